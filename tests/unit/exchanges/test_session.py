"""The Web Connector's session: rules 1 to 7, 21 and 22 of the engine."""

from datetime import timedelta

import pytest

from erp.connectors.quickbooks import session
from erp.db import db, transaction
from erp.exchanges import journal
from erp.exchanges.exchange import Session
from erp.exchanges.export import withdraw
from erp.simulator import bookkeeper
from tests.house import Caller, House

LEASE = 60


def sessions() -> int:
    return len(db.session.query(Session).all())


# rule 1


@pytest.mark.parametrize(("name", "password"), [("nobody", "web connector"), ("", ""), (None, "wrong"), (None, "")])
def test_a_wrong_name_or_password_reads_nvu_in_the_second_place_and_leaves_no_trace(
    house: House, name: str | None, password: str
) -> None:
    house.exported_job()
    before = sessions()
    assert session.authenticate(house.connection.username if name is None else name, password) == ["", "nvu", "", ""]
    assert sessions() == before


def test_no_transaction_is_open_while_a_password_is_checked(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing takes long on purpose; on SQLite every writer would wait for whoever guesses passwords."""
    name = house.connection.username
    db.session.rollback()
    held: list[bool] = []
    monkeypatch.setattr(session, "check_password_hash", lambda *_: held.append(db.session.registry().in_transaction()))
    assert session.authenticate(name, "guess")[1] == "nvu"
    assert session.authenticate("nobody", "guess")[1] == "nvu"
    assert held == [False, False]


# rule 2


def test_an_answer_that_was_kept_and_not_read_is_read_when_somebody_logs_in(house: House) -> None:
    item, caller = house.exported_job(), house.caller()
    response, _ = caller.carry(caller.ask())
    with transaction():
        journal.store(caller.ticket, response, "", "")
    house.caller()
    assert item.state == "Synced"
    assert house.answers()[-1].applied == 1


# rule 3


def test_nobody_else_gets_the_connection_while_a_write_may_still_be_running(house: House) -> None:
    item, first = house.exported_job(), house.caller()
    first.ask()
    before = (house.session().ticket, house.session().outstanding, house.exchange(item).state)
    assert Caller(house).authenticate() == ["throwaway", "none", "", ""]
    assert (house.session().ticket, house.session().outstanding, house.exchange(item).state) == before
    assert item.state == "Exporting"


def test_the_lease_counts_from_the_last_call_of_the_ticket(house: House) -> None:
    house.exported_job()
    first = house.caller()
    house.wait(LEASE)
    first.ask()
    house.wait(LEASE - 1)
    assert Caller(house).authenticate()[1] == "none"
    house.wait(1)
    assert Caller(house).authenticate()[1] == ""


def test_after_the_lease_the_next_one_takes_over_and_the_write_is_in_doubt(house: House) -> None:
    item, first = house.exported_job(), house.caller()
    first.ask()
    house.wait(LEASE + 1)
    second = house.caller()
    assert (house.exchange(item).state, item.state) == ("doubt", "Unknown")
    assert house.session().ticket == second.ticket
    assert "CustomerQueryRq" in second.ask()


def test_an_outstanding_question_never_blocks_a_second_web_connector(house: House) -> None:
    item, first = house.exported_job(), house.caller()
    first.lose_answer()
    first.close()
    looking = house.caller()
    assert "CustomerQueryRq" in looking.ask()
    second = house.caller()
    assert second.ticket not in ("", "throwaway", looking.ticket)
    assert house.exchange(item).state == "doubt"


# rule 4


def test_without_work_there_is_no_session(house: House) -> None:
    before = sessions()
    assert Caller(house).authenticate() == ["", "none", "", ""]
    assert sessions() == before


def test_after_a_problem_the_file_is_looked_at_even_without_work(house: House) -> None:
    bookkeeper.open_other_file(house.company)
    house.exported_job()
    house.caller().ask()
    with transaction():
        withdraw(house.item(house.pier), house.ann)
    bookkeeper.open_own_file(house.company)
    caller = house.caller()
    assert "HostQueryRq" in caller.ask()
    assert house.connection.problem == ""


def test_work_that_waits_for_its_time_is_not_yet_work(house: House) -> None:
    item = house.exported_job()
    with transaction():
        house.exchange(item).next_at += timedelta(seconds=30)
    assert Caller(house).authenticate()[1] == "none"
    house.wait(30)
    assert Caller(house).authenticate()[1] == ""


def test_a_ticket_is_long_and_random(house: House) -> None:
    house.exported_job()
    tickets = {house.caller().ticket for _ in range(3)}
    assert len(tickets) == 3
    assert all(len(ticket) == 32 for ticket in tickets)


# rule 5


def test_an_unknown_ticket_gets_nothing_and_a_sentence(house: House) -> None:
    house.exported_job()
    caller = house.caller()
    caller.ticket = "forged"
    assert caller.ask() == ""
    assert caller.error() == "This session is not known here. Nothing was exchanged; the next update starts a new one."


def test_a_closed_ticket_gets_nothing_and_a_sentence(house: House) -> None:
    house.exported_job()
    first = house.caller()
    house.caller()
    assert first.ask() == ""
    assert "another one took over" in first.error()


def test_each_request_refreshes_the_lease(house: House) -> None:
    house.exported_job()
    caller = house.caller()
    opened = house.session().seen_at
    house.wait(10)
    caller.ask()
    assert (house.session().seen_at - opened).total_seconds() == 10


# rule 6


def test_the_wrong_company_file_gets_nothing_not_even_a_look(house: House) -> None:
    item, lost = house.exported_job(), house.caller()
    lost.lose_answer()
    lost.close()
    handed = len(house.messages(item))
    bookkeeper.open_other_file(house.company)
    wrong = house.caller()
    assert wrong.ask() == ""
    assert "The wrong company file is open in QuickBooks (Another Company)" in wrong.error()
    assert house.connection.problem == wrong.error()
    assert len(house.messages(item)) == handed
    assert wrong.ask() == "", "a second try in the same session is no better"
    assert wrong.close().startswith("Finished. ")
    bookkeeper.open_own_file(house.company)
    house.caller().drain()
    assert (item.state, house.connection.problem) == ("Synced", "")


@pytest.mark.parametrize(
    ("major", "hcp", "sentence"),
    [
        ("12", None, "speaks qbXML 12"),
        ("", None, "speaks qbXML 0"),
        ("16", "", "did not tell which company file is open"),
        ("16", "<QBXML/>", "did not tell which company file is open"),
        ("16", "<html>no", "did not tell which company file is open"),
    ],
)
def test_a_file_that_cannot_be_worked_with_is_refused_with_its_reason(
    house: House, major: str, hcp: str | None, sentence: str
) -> None:
    item, caller = house.exported_job(), house.caller()
    caller.hcp = caller.hcp if hcp is None else hcp
    assert caller.ask(major) == ""
    assert sentence in caller.error()
    assert house.messages(item) == []


def test_a_file_with_several_currencies_is_refused(house: House) -> None:
    item = house.exported_job()
    bookkeeper.prefer(house.company, "multi_currency", True)
    caller = house.caller()
    assert caller.ask() == ""
    assert "several currencies" in caller.error()
    assert house.messages(item) == []


def test_what_the_file_said_of_itself_is_kept(house: House) -> None:
    house.exported_job()
    house.caller().ask()
    facts = house.connection.facts
    assert (facts["company"], facts["country"], facts["qbxml"]) == ("Harbor & Hill Builders", "US", 16)
    assert (facts["estimates"], facts["currencies"]) == (True, False)


# rule 7


def test_asking_again_means_that_the_answer_was_lost(house: House) -> None:
    item, caller = house.exported_job(), house.caller()
    write = caller.lose_answer()
    look = caller.ask()
    assert "CustomerAddRq" in write
    assert "CustomerQueryRq" in look
    assert (house.exchange(item).state, item.state) == ("handed", "Unknown")
    caller.answer(*caller.carry(look))
    assert item.state == "Synced"
    assert len(house.writes(item)) == 1


def test_asking_again_reads_first_what_was_kept(house: House) -> None:
    item, caller = house.exported_job(), house.caller()
    response, _ = caller.carry(caller.ask())
    with transaction():
        journal.store(caller.ticket, response, "", "")
    assert "HostQueryRq" in caller.ask()
    assert item.state == "Synced"


# rule 21


def test_a_closed_connection_loses_what_it_held(house: House) -> None:
    item, caller = house.exported_job(), house.caller()
    caller.ask()
    assert caller.close() == "OK"
    assert (house.exchange(item).state, item.state, house.session()) == ("doubt", "Unknown", None)


def test_a_file_that_cannot_be_opened_ends_the_session_and_keeps_the_queue(house: House) -> None:
    item, caller = house.exported_job(), house.caller()
    assert session.connection_error(caller.ticket, "0x80040416", "QuickBooks is not running.") == "done"
    assert (item.state, house.exchange(item).state, house.session()) == ("Exporting", "queued", None)
    assert "Start it and open the company file" in house.connection.problem


def test_an_error_of_the_connection_in_mid_session_loses_what_it_held(house: House) -> None:
    item, caller = house.exported_job(), house.caller()
    caller.ask()
    session.connection_error(caller.ticket, "0x80010105", "The server threw an exception.")
    assert (house.exchange(item).state, house.session()) == ("doubt", None)


@pytest.mark.parametrize("ticket", ["throwaway", "forged", ""])
def test_other_tickets_end_nothing(house: House, ticket: str) -> None:
    item, caller = house.exported_job(), house.caller()
    caller.ask()
    assert session.close_connection(ticket) == "OK"
    assert session.connection_error(ticket, "0x80040401", "") == "done"
    assert house.session().ticket == caller.ticket
    assert (house.exchange(item).state, item.state) == ("handed", "Exporting")


def test_an_old_ticket_ends_nothing(house: House) -> None:
    item, first = house.exported_job(), house.caller()
    second = house.caller()
    second.ask()
    assert first.close() == "OK"
    assert (house.session().ticket, house.exchange(item).state) == (second.ticket, "handed")


# rule 22


def test_the_clock_reads_what_lies_there_and_leaves_a_living_session_alone(house: House) -> None:
    item, caller = house.exported_job(), house.caller()
    response, _ = caller.carry(caller.ask())
    with transaction():
        journal.store(caller.ticket, response, "", "")
    assert session.sweep() == 0
    assert item.state == "Synced"
    assert house.session().ticket == caller.ticket


def test_the_clock_ends_a_silent_session_only_after_the_lease(house: House) -> None:
    item, caller = house.exported_job(), house.caller()
    caller.ask()
    house.wait(LEASE - 1)
    assert session.sweep() == 0
    house.wait(2)
    assert session.sweep() == 1
    assert (house.exchange(item).state, item.state, house.session()) == ("doubt", "Unknown", None)
    assert caller.answer("late") == -1


def test_the_lease_ends_with_an_answer(house: House) -> None:
    house.exported_job()
    caller = house.caller()
    caller.turn()
    house.exported("cost_code", house.code("32-1200"))
    assert Caller(house).authenticate()[1] == ""


def test_the_lease_ends_with_an_hresult(house: House) -> None:
    house.exported_job()
    caller = house.caller()
    caller.ask()
    caller.answer("", "0x8004041C", "An internal QuickBooks error occurred.")
    assert Caller(house).authenticate()[1] == ""


def test_a_session_that_ended_with_a_reason_says_it_at_the_end(house: House) -> None:
    house.exported_job()
    caller = house.caller()
    caller.ask()
    caller.answer("", "0x8004041C", "An internal QuickBooks error occurred.")
    assert caller.close() == "Finished. QuickBooks broke off with 0x8004041C: An internal QuickBooks error occurred."
