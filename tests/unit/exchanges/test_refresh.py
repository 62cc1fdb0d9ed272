"""Reading the lists of a company file: pages, losses, schedules."""

from datetime import timedelta

import pytest

from erp.books.records import Record
from erp.connections import Schedule
from erp.connectors.quickbooks import lists
from erp.db import db, transaction
from erp.exchanges.exchange import Exchange
from erp.exchanges.refresh import due, refresh, running
from erp.simulator import bookkeeper
from tests.house import House


def queued(house: House, *names: str) -> list[Exchange]:
    with transaction():
        refresh(house.connection, names)
    return [e for e in house.exchanges(purpose="refresh") if e.settled_at is None]


def names(list_name: str) -> set[str]:
    return {r.full_name for r in db.session.query(Record).filter_by(list=list_name) if r.state != "Gone"}


def test_a_list_comes_in_pages_of_one_conversation(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "PAGE", 3)
    bookkeeper.add_customer(house.company, "Zenith Parks")
    (exchange,) = queued(house, "customer")
    turns = house.caller().drain()
    assert (turns, exchange.state, exchange.result["rows"], exchange.result["written"]) == (3, "synced", 6, 1)
    assert "Zenith Parks" in names("customer")


def test_a_list_that_broke_off_begins_anew_in_the_next_session(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "PAGE", 3)
    (exchange,) = queued(house, "customer")
    caller = house.caller()
    caller.turn()
    assert exchange.memo["iterator"]
    caller.close()
    caller = house.caller()
    assert 'iterator="Start"' in caller.ask()
    caller.close()
    house.caller().drain()
    assert (exchange.state, exchange.poison) == ("synced", 0)


def test_a_page_heals_earlier_losses(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "PAGE", 3)
    (exchange,) = queued(house, "customer")
    caller = house.caller()
    caller.ask()
    caller.ask()
    assert exchange.poison == 1
    caller.answer(*caller.carry(house.messages_of(exchange)[-1].body))
    assert exchange.poison == 0


def test_an_iterator_that_died_begins_anew(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "PAGE", 3)
    (exchange,) = queued(house, "customer")
    caller = house.caller()
    caller.turn()
    house.company.end_session()
    caller.drain()
    assert exchange.state == "synced"


def test_too_many_open_iterators_end_the_session_instead_of_turning_for_ever(house: House) -> None:
    bookkeeper.limit_iterators(house.company, 0)
    (exchange,) = queued(house, "customer")
    assert house.caller().drain(most=50) <= 6
    assert exchange.state in ("queued", "failed")


def test_a_list_that_quickbooks_refuses_is_tried_again_later(house: House) -> None:
    house.app.config["QBWC_BACKOFF"] = 1.0
    bookkeeper.limit_iterators(house.company, 0)
    (exchange,) = queued(house, "customer")
    house.caller().drain()
    assert (exchange.state, exchange.next_at - house.now) == ("queued", timedelta(seconds=30))


def test_an_empty_list_is_a_complete_reading(house: House) -> None:
    bookkeeper.prefer(house.company, "class_tracking", True)
    bookkeeper.add_class(house.company, "East")
    queued(house, "class")
    house.caller().drain()
    assert names("class") == {"East"}
    bookkeeper.delete(house.company, "class", "East")
    (exchange,) = queued(house, "class")
    house.caller().drain()
    assert (exchange.state, names("class")) == ("synced", set())


def test_what_is_gone_in_accounting_is_gone_here(house: House) -> None:
    bookkeeper.delete(house.company, "item", "Consulting")
    queued(house, "item")
    house.caller().drain()
    assert "Consulting" not in names("item")


def test_a_second_page_never_makes_anything_gone(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    before = names("customer") | names("job")
    monkeypatch.setattr(lists, "PAGE", 2)
    queued(house, "customer")
    house.caller().drain()
    assert names("customer") | names("job") == before


def test_an_unchanged_list_writes_nothing(house: House) -> None:
    (exchange,) = queued(house, "item")
    house.caller().drain()
    assert exchange.result["written"] == 0


def test_a_list_is_queued_once(house: House) -> None:
    with transaction():
        assert (refresh(house.connection), refresh(house.connection)) == (5, 0)
    assert running(house.connection) == {"customer", "vendor", "account", "item", "class"}


def test_the_clock_queues_what_the_schedule_asks_for(house: House) -> None:
    with transaction():
        assert due() == 0
    house.wait(3601)
    with transaction():
        assert due() == 5
    house.caller().drain()
    with transaction():
        assert due() == 0
    assert all(row.read_at == house.now for row in db.session.query(Schedule))


# a feature that this company file does not have


def refuse_classes(house: House, request: str) -> tuple[str, str]:
    """QuickBooks works, but knows no classes."""
    if "<ClassQueryRq" not in request:
        return house.company.process(request), ""
    key = house.session().outstanding if house.session() else ""
    return (f'<?xml version="1.0" ?><QBXML><QBXMLMsgsRs><ClassQueryRs requestID="{key}" statusCode="3250" statusSeverity="Error" '
            'statusMessage="This feature is not enabled."/></QBXMLMsgsRs></QBXML>'), ""  # fmt: skip


def visit_without_classes(house: House) -> None:
    caller = house.caller()
    while caller.answer(*refuse_classes(house, caller.ask())) != 100:
        pass


def test_a_list_that_this_file_does_not_have_counts_as_read_and_nothing_of_it_is_gone(house: House) -> None:
    bookkeeper.prefer(house.company, "class_tracking", True)
    bookkeeper.add_class(house.company, "East")
    queued(house, "class")
    house.caller().drain()
    (exchange,) = queued(house, "class")
    visit_without_classes(house)
    assert (exchange.state, names("class")) == ("synced", {"East"})
    assert [row.problem for row in house.connection.schedules if row.list == "class"] == ["This feature is not enabled."]


def test_a_restored_connection_writes_though_this_file_does_not_have_every_list(house: House) -> None:
    house.restore(house.backup())
    job = house.exported_job()
    visit_without_classes(house)
    assert job.state == "Synced"
