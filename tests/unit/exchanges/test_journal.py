"""The journal of answers: rules 13 to 20 of the engine."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from erp.connector import Again
from erp.connectors.quickbooks import session
from erp.db import db, transaction
from erp.exchanges import journal, settle
from erp.exchanges.export import look_again
from erp.exchanges.refresh import refresh
from erp.items import Item
from erp.mail import Mail
from erp.simulator import bookkeeper, views
from tests.house import Caller, House
from tests.unit.exchanges.test_claim import break_step, crash

NOTHING_HAPPENED = "0x80040400"


def lost(house: House, item: Item) -> Caller:
    """A write that QuickBooks carried out and whose answer is lost; the next session is open."""
    caller = house.caller()
    caller.lose_answer()
    caller.close()
    return house.caller()


# rule 13


def test_an_unknown_ticket_stores_nothing(house: House) -> None:
    house.exported_job()
    caller, before = house.caller(), len(house.answers())
    caller.ask()
    assert session.receive("forged", "<QBXML/>", "", "") == -1
    assert len(house.answers()) == before


def test_an_answer_is_kept_as_it_came_before_it_is_read(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    item, caller = house.exported_job(), house.caller()
    response, _ = caller.carry(caller.ask())

    def power_cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(journal, "apply_unapplied", power_cut)
        with pytest.raises(KeyboardInterrupt):
            caller.answer(response)
    db.session.rollback()
    kept = house.answers()[-1]
    assert (kept.body, kept.applied, item.state) == (response, None, "Exporting")
    house.caller()
    assert item.state == "Synced"


def test_an_answer_that_nobody_waits_for_is_kept_and_never_read(house: House) -> None:
    item, caller = house.exported_job(), house.caller()
    assert caller.answer("<QBXML/>") >= 0
    kept = house.answers()[-1]
    assert (kept.applied, kept.why, item.state) == (0, "nobody waited for it", "Exporting")


def test_an_answer_refreshes_the_lease(house: House) -> None:
    house.exported_job()
    caller = house.caller()
    opened = house.session().seen_at
    house.wait(10)
    caller.answer("<QBXML/>")
    assert house.session().seen_at - opened == timedelta(seconds=10)


# rule 14


def test_a_closed_ticket_is_kept_and_told_to_stop(house: House) -> None:
    item, first = house.exported_job(), house.caller()
    response, _ = first.carry(first.ask())
    house.wait(61)
    house.caller()
    assert first.answer(response) == -1
    assert (house.answers()[-1].applied, item.state) == (0, "Unknown")


def test_a_hundred_percent_means_that_nothing_can_be_handed_out_now(house: House) -> None:
    house.exported_job()
    code = house.exported("cost_code", house.code("32-1200"))
    caller = house.caller()
    assert 0 < caller.turn() < 100
    assert 0 < caller.turn() < 100
    assert code.state == "Synced"
    assert caller.turn() == 100


def test_what_waits_for_its_time_does_not_keep_the_web_connector(house: House) -> None:
    house.app.config["QBWC_BACKOFF"] = 1.0
    item = house.exported_job()
    bookkeeper.lock(house.company, 3175, times=1)
    assert house.caller().turn() == 100
    assert item.state == "Exporting"


# rule 15


def test_a_fault_of_ours_is_never_minus_one(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    item, caller = house.exported_job(), house.caller()
    response, _ = caller.carry(caller.ask())
    break_step(monkeypatch, crash, item)
    assert caller.answer(response) >= 0


# rule 16


def test_a_fault_in_reading_one_answer_is_journalled_and_counts_as_lost(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    item, caller = house.exported_job(), house.caller()
    response, _ = caller.carry(caller.ask())
    with monkeypatch.context() as broken:
        break_step(broken, crash, item)
        caller.answer(response)
    kept = house.answers()[-1]
    assert (kept.applied, kept.why) == (0, "could not be read: ZeroDivisionError: our own fault")
    assert (item.state, house.exchange(item).state, house.exchange(item).poison) == ("Unknown", "doubt", 1)
    caller.drain()
    assert (item.state, len(house.writes(item))) == ("Synced", 1)


def test_an_answer_that_the_database_could_not_keep_as_read_is_read_at_the_next_visit(house: House) -> None:
    item, caller = house.exported_job(), house.caller()
    response, _ = caller.carry(caller.ask())

    def full(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("RELEASE"):
            raise OperationalError("disk I/O error", {}, Exception("injected"))

    event.listen(db.engine, "before_cursor_execute", full)
    try:
        with pytest.raises(OperationalError):
            caller.answer(response)
    finally:
        event.remove(db.engine, "before_cursor_execute", full)
    assert (house.answers()[-1].applied, item.state) == (None, "Exporting")
    caller.drain()
    assert (house.answers()[-1].applied, item.state, len(house.writes(item))) == (1, "Synced", 1)


def test_a_conversation_that_answers_with_a_question_counts_as_lost(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    item, caller = house.exported_job(), house.caller()
    response, _ = caller.carry(caller.ask())
    with monkeypatch.context() as broken:
        break_step(broken, lambda work, answer: Again(), item)
        caller.answer(response)
    assert house.answers()[-1].why == "could not be read: TypeError: Again() is no answer"
    caller.drain()
    assert (item.state, len(house.writes(item))) == ("Synced", 1)


@pytest.mark.parametrize("trouble", [OperationalError, InterfaceError])
def test_a_database_that_does_not_answer_loses_no_answer(
    house: House, monkeypatch: pytest.MonkeyPatch, trouble: type[DBAPIError]
) -> None:
    """It was stored: the next call reads it, and nobody has to look in accounting."""
    item, caller = house.exported_job(), house.caller()
    response, _ = caller.carry(caller.ask())

    def away(*_: object) -> None:
        raise trouble("UPDATE", {}, Exception("no room"))

    with monkeypatch.context() as broken:
        broken.setattr("erp.exchanges.settle.records.link", away)
        with pytest.raises(trouble):
            caller.answer(response)
    db.session.rollback()
    assert (house.answers()[-1].applied, item.state) == (None, "Exporting")
    caller.ask()
    assert (house.answers()[-1].applied, item.state, [row.handed for row in house.writes(item)]) == (1, "Synced", [1])


def test_half_a_settlement_is_taken_back_when_it_fails(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    item, caller = house.exported_job(), house.caller()
    response, _ = caller.carry(caller.ask())
    with monkeypatch.context() as broken:
        broken.setattr("erp.exchanges.settle.records.link", lambda *_: 1 / 0)
        caller.answer(response)
    assert (item.state, item.erp_id, house.exchange(item).state) == ("Unknown", "", "doubt")
    assert house.writes(item)[0].settled_at is None


@pytest.mark.parametrize(
    "response",
    ["", "<QBXML>", "no xml at all", "<QBXML><QBXMLMsgsRs/></QBXML>", "<QBXML/>", "\x00\x01", "<!DOCTYPE x><QBXML/>",
     '<QBXML><QBXMLMsgsRs><CustomerAddRs requestID="{key}" statusCode="0" statusSeverity="Info"/></QBXMLMsgsRs></QBXML>'],
)  # fmt: skip
def test_a_broken_answer_to_a_write_leads_to_a_look(house: House, response: str) -> None:
    item, caller = house.exported_job(), house.caller()
    caller.lose_answer()
    caller.answer(response.replace("{key}", house.session().outstanding))
    assert (item.state, house.exchange(item).state) == ("Unknown", "doubt")
    caller.drain()
    assert (item.state, len(house.writes(item))) == ("Synced", 1)


def test_a_truncated_answer_leads_to_a_look(house: House) -> None:
    item, caller = house.exported_job(), house.caller()
    response, _ = caller.carry(caller.ask())
    for cut in (1, len(response) // 2, len(response) - 12):
        caller.answer(response[:cut])
        assert item.state == "Unknown"
        caller.ask()
    caller.answer(*caller.carry(house.messages(item)[-1].body))
    assert (item.state, len(house.writes(item))) == ("Synced", 1)


@pytest.mark.parametrize("junk", ["\x0b", "&#11;", "&#x1F;", "\x00", "\x1b"])
def test_control_characters_of_an_old_company_file_do_no_harm(house: House, junk: str) -> None:
    item, caller = house.exported_job(), house.caller()
    response, _ = caller.carry(caller.ask())
    caller.answer(response.replace("<Sublevel>", f"<JobDesc>old{junk}note</JobDesc><Sublevel>"))
    assert item.state == "Synced"


# rule 17


def test_the_same_answer_twice_counts_once(house: House) -> None:
    item, caller = house.exported_job(), house.caller()
    response, _ = caller.carry(caller.ask())
    percents = {caller.answer(response), caller.answer(response)}
    assert percents == {100}
    assert [a.applied for a in house.answers()][-2:] == [1, 0]
    assert (item.state, item.version) == ("Synced", 4)


def test_an_answer_to_an_older_question_waits_for_the_right_one(house: House) -> None:
    item, caller = house.exported_job(), house.caller()
    written, _ = caller.carry(caller.ask())
    look = caller.ask()
    caller.answer(written)
    assert house.answers()[-1].why.startswith("it answers ")
    assert house.exchange(item).state == "handed", "the look is still awaited"
    caller.answer(*caller.carry(look))
    assert item.state == "Synced"


NAMELESS = '<HostQueryRs statusCode="0" statusSeverity="Info"/>'
ALSO = [("<EstimateAddRs", f"{NAMELESS}<EstimateAddRs"), ("requestID=", "x="), ("EstimateAddRs", "EstimateQueryRs")]


@pytest.mark.parametrize(("there", "instead"), ALSO)
def test_an_answer_with_more_or_less_in_it_than_was_asked_never_makes_a_second_write(
    house: House, there: str, instead: str
) -> None:
    item, caller = house.exported_budget(), house.caller()
    for _ in range(25):
        asked = caller.ask()
        answer, hresult = caller.carry(asked)
        if caller.answer(answer.replace(there, instead) if "EstimateAddRq" in asked else answer, hresult) == 100:
            break
    caller.drain()
    assert (item.state, len(house.writes(item)), len(views.estimates(house.company))) == ("Synced", 1, 1)


def test_a_late_answer_of_an_old_session_is_journal_only(house: House) -> None:
    item, first = house.exported_job(), house.caller()
    response, _ = first.carry(first.ask())
    first.close()
    second = house.caller()
    look = second.ask()
    assert first.answer(response) == -1
    assert house.exchange(item).state == "handed"
    second.answer(*second.carry(look))
    assert item.state == "Synced"


def test_an_answer_stored_before_its_session_was_closed_is_not_read_afterwards(house: House) -> None:
    item, caller = house.exported_job(), house.caller()
    response, _ = caller.carry(caller.ask())
    with transaction():
        held = house.session()
        journal.store(caller.ticket, response, "", "")
        journal.close(held)
        journal.apply_unapplied(held)
    assert (house.answers()[-1].applied, house.answers()[-1].why) == (0, "the session was closed")
    assert item.state == "Unknown"


# rule 18


def test_a_message_that_quickbooks_could_not_read_fails_and_is_not_repeated(house: House) -> None:
    item, caller = house.exported_job(), house.caller()
    caller.ask()
    caller.answer("", NOTHING_HAPPENED, "QuickBooks found an error when parsing the provided XML text stream.")
    assert (item.state, item.error["code"]) == ("Failed", NOTHING_HAPPENED)
    assert item.error["cause"] == "QuickBooks could not read the message; nothing was written."
    assert [write.outcome for write in house.writes(item)] == ["failed"]


def test_a_look_that_quickbooks_could_not_read_goes_to_a_person(house: House) -> None:
    item = house.exported_job()
    caller = lost(house, item)
    caller.ask()
    caller.answer("", NOTHING_HAPPENED, "parse error")
    assert (item.state, house.exchange(item).state) == ("Unknown", "person")
    assert house.writes(item)[0].outcome == "undecided"
    assert [mail.to for mail in db.session.scalars(select(Mail))] == ["ann@x.test"], "she exported it"


def test_an_unreadable_look_goes_to_a_person_even_when_the_write_was_closed_before(house: House) -> None:
    item = house.exported_job()
    caller = lost(house, item)
    caller.ask()
    caller.answer("", NOTHING_HAPPENED, "parse error")
    with transaction():
        look_again(item, house.ann)
    caller = house.caller()
    assert "CustomerQueryRq" in caller.ask()
    caller.answer("", NOTHING_HAPPENED, "parse error")
    assert (item.state, house.exchange(item).state) == ("Unknown", "person"), "it is in QuickBooks: never Failed"


@pytest.mark.parametrize("hresult", ["0x8004041C", "0x80010105", "0x80040402", "0x80040408", "0xFFFFFFFF", "-2147220964"])
def test_any_other_hresult_is_a_lost_answer(house: House, hresult: str) -> None:
    item, caller = house.exported_job(), house.caller()
    caller.lose_answer()
    caller.answer("", hresult, "It broke off.")
    assert (item.state, house.exchange(item).state) == ("Unknown", "doubt")
    assert house.answers()[-1].why == f"no answer: {hresult}"
    assert hresult in house.connection.problem
    caller.drain()
    assert (item.state, len(house.writes(item))) == ("Synced", 1)


def test_an_hresult_for_a_list_leaves_the_list_queued(house: House) -> None:
    with transaction():
        refresh(house.connection, ("class",))
    caller = house.caller()
    caller.ask()
    caller.answer("", "0x8004041C", "It broke off.")
    (exchange,) = [e for e in house.exchanges(subject="list:class") if e.settled_at is None]
    assert (exchange.state, exchange.poison) == ("queued", 1)


# rule 19


def test_an_applied_answer_closes_the_message_the_exchange_and_the_item_together(house: House) -> None:
    item, caller = house.exported_job(), house.caller()
    caller.turn()
    (write,) = house.writes(item)
    exchange = house.exchange(item)
    assert (write.outcome, exchange.state, item.state, house.session().outstanding) == ("synced", "synced", "Synced", None)
    assert write.settled_at == exchange.settled_at == item.snapshot.synced_at


# rule 20


def test_a_lost_question_is_closed_and_a_lost_write_stays_open(house: House) -> None:
    item = house.exported_job()
    caller = lost(house, item)
    caller.ask()
    caller.close()
    assert [(m.writes, m.outcome, m.settled_at is None) for m in house.messages(item)] == [
        (True, "", True),
        (False, "lost", False),
    ]


def test_a_lost_exchange_remembers_nothing_but_that_it_was_lost(house: House) -> None:
    item = house.exported_job()
    caller = lost(house, item)
    caller.ask()
    caller.close()
    exchange = house.exchange(item)
    assert (exchange.memo, exchange.memo_ticket, exchange.poison) == ({}, "", 2)


def test_from_the_third_loss_on_the_wait_doubles_up_to_a_minute(house: House) -> None:
    house.app.config["QBWC_BACKOFF"] = 1.0
    item, waits = house.exported_job(), []
    for _ in range(10):
        exchange = house.exchange(item)
        house.wait(max(0, (exchange.next_at - house.now).total_seconds()))
        caller = house.caller()
        caller.ask()
        caller.close()
        waits.append((house.exchange(item).next_at - house.now).total_seconds())
    assert waits == [0, 0, 2, 4, 8, 16, 32, 60, 60, 60]


def test_the_item_is_unknown_as_soon_as_its_write_is_in_doubt(house: House) -> None:
    item, caller = house.exported_job(), house.caller()
    caller.ask()
    assert item.state == "Exporting"
    caller.close()
    assert item.state == "Unknown"
    assert item.error["message"] == "The answer was lost. It is being looked up; nothing is sent again on a guess."


def test_a_lost_look_before_the_first_write_leaves_the_item_exporting(house: House) -> None:
    item = house.exported_job()
    with transaction():
        house.exchange(item).look = True
    caller = house.caller()
    caller.ask()
    caller.close()
    assert (item.state, house.exchange(item).state) == ("Exporting", "queued")


def test_twenty_losses_with_an_open_write_go_to_a_person_and_free_the_connection(house: House) -> None:
    item = house.exported_job()
    caller = house.caller()
    caller.lose_answer()
    while house.exchange(item).state != "person":
        caller.ask()
    caller.close()
    assert (house.exchange(item).poison, item.state) == (settle.POISON, "Unknown")
    assert "broke off 20 times. Whether accounting has it is not known." in item.error["message"]
    assert house.writes(item)[0].outcome == "undecided"
    code = house.exported("cost_code", house.code("32-1200"))
    house.caller().drain()
    assert code.state == "Synced"
    with transaction():
        look_again(item, house.ann)
    house.caller().drain()
    assert (item.state, len(house.writes(item))) == ("Synced", 1)


def test_twenty_lost_looks_at_what_may_be_there_never_read_as_failed(house: House) -> None:
    item = house.exported_job()
    caller = house.caller()
    caller.lose_answer()
    while house.exchange(item).state != "person":
        caller.ask()
    with transaction():
        look_again(item, house.ann)
    caller = house.caller()
    for _ in range(21):
        caller.ask()
    assert (item.state, house.exchange(item).state) == ("Unknown", "person"), "it is in QuickBooks: never Failed"


def test_a_list_that_was_lost_twenty_times_gives_up(house: House) -> None:
    with transaction():
        refresh(house.connection, ("class",))
    caller = house.caller()
    for _ in range(21):
        caller.ask()
    exchange = house.exchanges(subject="list:class")[-1]
    assert (exchange.state, exchange.poison) == ("failed", settle.POISON)
