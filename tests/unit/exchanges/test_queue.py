"""Long queues, two Web Connectors, and everything through the SOAP door."""

import pytest

from erp.db import transaction
from erp.exchanges.export import export
from erp.items import Item
from erp.items.perform import accept, send
from erp.simulator import bookkeeper, views
from erp.simulator.faults import STAGES, ConnectorDied
from tests.house import House


def many_codes(house: House, n: int) -> list[Item]:
    """`n` codes of one new division on their way."""
    from erp.documents import cost_code

    form = house.accounts()
    with transaction():
        for i in range(n - 1):
            made = cost_code.create(house.pam, f"44-{i:04}", f"Odor control {i}")
            accept(send("cost_code", house.connection, made, house.pam), house.ann, form)
        export(house.connection, "cost_code", house.ann)
    return [e.item for e in house.exchanges(kind="cost_code")]


def test_two_hundred_items_drain_in_one_session_and_a_hundred_is_said_once(house: House) -> None:
    items = many_codes(house, 200)
    caller, percents = house.caller(), []
    while not percents or percents[-1] != 100:
        percents.append(caller.turn())
    assert len(percents) == 200
    assert all(1 <= percent <= 99 for percent in percents[:-1])
    assert percents == sorted(percents)
    assert {item.state for item in items} == {"Synced"}
    assert len(views.items(house.company)) == 200 + 2


def test_a_whole_session_through_the_soap_door(house: House) -> None:
    item = house.exported_job()
    session = house.update()
    assert (session.outcome, session.percent, item.state) == ("done", 100, "Synced")
    assert house.update().outcome == "none"


@pytest.mark.parametrize("style", ["Document", "RPC"])
def test_both_styles_of_soap_come_to_the_same(house: House, style: str) -> None:
    item = house.exported_job()
    assert house.update(style=style).outcome == "done"
    assert item.state == "Synced"


@pytest.mark.parametrize("stage", STAGES)
def test_a_web_connector_that_vanishes_at_any_point_leaves_the_work_to_the_next(house: House, stage: str) -> None:
    item = house.exported_job()

    def fault(now: str) -> None:
        if now == stage:
            raise ConnectorDied

    assert house.update(fault=fault).outcome == "died"
    house.wait(61)
    house.update()
    assert (item.state, len(house.writes(item))) == ("Synced", 1)


@pytest.mark.parametrize("twist", ["hresult:0x8004041C", "truncate", "duplicate"])
def test_an_answer_that_is_twisted_once_costs_nothing(house: House, twist: str) -> None:
    items = many_codes(house, 5)
    twists = iter([twist])
    session = house.update(fault=lambda stage: next(twists, None) if stage == "executed" else None)
    assert session.ok
    assert {item.state for item in items} == {"Synced"}
    assert [len(house.writes(item)) for item in items] == [1] * 5


def test_a_late_answer_is_kept_and_changes_nothing(house: House) -> None:
    item = house.exported_job()
    first = house.web_connector(fault=lambda stage: "late" if stage == "executed" else None)
    assert first.update().outcome == "died"
    house.wait(61)
    second = house.web_connector()
    second.fault = lambda stage: first.deliver_late() and None if stage == "request_received" and first.late else None
    assert second.update().outcome == "done"
    assert (item.state, len(house.writes(item)), item.version) == ("Synced", 1, 5)
    assert [(a.applied, a.why) for a in house.answers()][-2:] == [(0, "nobody waited for it"), (1, "")]


def test_two_web_connectors_at_once_write_everything_once(house: House) -> None:
    items = many_codes(house, 20)
    outcomes: list[str] = []
    second = house.web_connector()

    def meanwhile(stage: str) -> None:
        if stage in ("request_received", "executed"):
            outcomes.append(second.update().outcome)

    assert house.update(fault=meanwhile).outcome == "done"
    assert set(outcomes) == {"none"}
    assert [len(house.writes(item)) for item in items] == [1] * 20


def test_a_second_web_connector_takes_over_after_the_lease(house: House) -> None:
    items = many_codes(house, 3)
    second = house.web_connector()
    outcomes: list[str] = []

    def slow(stage: str) -> None:
        if stage == "executed" and not outcomes:
            house.wait(61)
            outcomes.append(second.update().outcome)

    assert house.update(fault=slow).outcome == "failed"
    assert outcomes == ["done"]
    assert [(item.state, len(house.writes(item))) for item in items] == [("Synced", 1)] * 3


def test_while_quickbooks_cannot_be_opened_everything_waits(house: House) -> None:
    item = house.exported_job()
    for close, open_again, cure in (
        (bookkeeper.open_dialog, bookkeeper.close_dialog, "Close it."),
        (bookkeeper.quit_quickbooks, bookkeeper.start_quickbooks, "Start it and open the company file."),
        (bookkeeper.deny, lambda company: bookkeeper.deny(company, ""), "Allow Countersign"),
    ):
        close(house.company)
        assert house.update().outcome == "no company"
        assert cure in house.connection.problem
        assert (item.state, house.messages(item)) == ("Exporting", [])
        open_again(house.company)
    assert house.update().outcome == "done"
    assert (item.state, house.connection.problem) == ("Synced", "")
