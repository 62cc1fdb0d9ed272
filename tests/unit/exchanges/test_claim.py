"""What is handed out next: rules 8 to 12 of the engine."""

from datetime import timedelta
from typing import Any

import pytest

from erp.connector import Failed
from erp.connectors.quickbooks.connector import QUICKBOOKS
from erp.db import db, transaction
from erp.exchanges import claim
from erp.exchanges.exchange import Message
from erp.exchanges.export import withdraw
from erp.exchanges.refresh import refresh
from erp.items import Item
from erp.kind import KINDS
from erp.simulator import bookkeeper
from tests.house import House


def break_step(monkeypatch: pytest.MonkeyPatch, wrong: Any, item: Item) -> None:
    """Let our own mapping fail for one item."""
    sound = QUICKBOOKS.step

    def step(work: Any, answer: str | None) -> Any:
        return wrong(work, answer) if work.marker == item.snapshot.marker else sound(work, answer)

    monkeypatch.setitem(QUICKBOOKS.__dict__, "step", step)


def crash(work: Any, answer: str | None) -> Any:
    raise ZeroDivisionError("our own fault")


# rule 8


def test_parents_travel_before_their_children(house: House) -> None:
    house.accepted("job", house.pier)
    house.accepted("cost_code", house.code("33-3100"))
    house.accepted("cost_code", house.code("32-1200"))
    house.export("job")
    house.export("cost_code")
    caller, names = house.caller(), []
    while not names or house.exchanges(state="queued"):
        request = caller.ask()
        names.append(request.partition("<Name>")[2].partition("<")[0])
        caller.answer(*caller.carry(request))
    assert names == ["33", "32", "33-3100", "32-1200", "Pier 9 Sewer Renewal"]


def test_an_open_write_lets_nothing_else_be_written(house: House) -> None:
    job = house.exported_job()
    caller = house.caller()
    caller.lose_answer()
    caller.close()
    code = house.exported("cost_code", house.code("32-1200"))
    caller = house.caller()
    assert "CustomerQueryRq" in caller.ask()
    assert house.messages(code) == []
    assert house.exchange(job).state == "handed"


def test_while_a_write_in_doubt_waits_only_lists_are_read(house: House) -> None:
    job = house.exported_job()
    caller = house.caller()
    caller.lose_answer()
    caller.close()
    house.exported("cost_code", house.code("32-1200"))
    with transaction():
        house.exchange(job).next_at += timedelta(seconds=30)
        refresh(house.connection, ("class",))
    caller = house.caller()
    request = caller.ask()
    assert "ClassQueryRq" in request
    assert caller.answer(*caller.carry(request)) == 100


def test_lists_are_read_when_no_write_is_due(house: House) -> None:
    house.exported_job()
    with transaction():
        refresh(house.connection, ("class", "account"))
    caller, asked = house.caller(), []
    for _ in range(3):
        request = caller.ask()
        asked.append(next(name for name in ("CustomerAddRq", "ClassQueryRq", "AccountQueryRq") if name in request))
        caller.answer(*caller.carry(request))
    assert asked == ["CustomerAddRq", "ClassQueryRq", "AccountQueryRq"]


def test_a_conversation_begun_is_finished_before_a_lower_rank_begins(house: House) -> None:
    job = house.exported_job()
    with transaction():
        house.exchange(job).look = True
    caller = house.caller()
    caller.turn()
    house.exported("cost_code", house.code("32-1200"))
    assert "CustomerQueryRq" in caller.ask()


# rule 9


def test_a_message_that_cannot_be_built_costs_its_item_and_nothing_else(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    job, code = house.exported_job(), house.exported("cost_code", house.code("32-1200"))
    break_step(monkeypatch, crash, job)
    house.caller().drain()
    assert (job.state, job.error["code"], code.state) == ("Failed", "internal", "Synced")
    assert house.messages(job) == []


def test_references_that_cannot_be_found_out_cost_their_item_and_nothing_else(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, code = house.exported_job(), house.exported("cost_code", house.code("32-1200"))
    monkeypatch.setitem(KINDS["job"].__dict__, "refs", lambda item: {}[item.number])
    house.caller().drain()
    assert (job.state, job.error["code"], code.state) == ("Failed", "internal", "Synced")


def test_a_message_that_cannot_be_built_while_a_write_is_open_goes_to_a_person(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, caller = house.exported_job(), house.caller()
    caller.lose_answer()
    break_step(monkeypatch, crash, job)
    caller.ask()
    assert (job.state, house.exchange(job).state) == ("Unknown", "person")
    assert house.writes(job)[0].outcome == "undecided"


def test_a_message_that_cannot_be_built_when_an_earlier_one_may_have_arrived_goes_to_a_person(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = house.exported_job()
    with transaction():
        house.exchange(job).look = True
    break_step(monkeypatch, crash, job)
    house.caller().drain()
    assert (job.state, house.exchange(job).state) == ("Unknown", "person")


def test_estimates_switched_off_after_accept_fail_with_the_cure_before_anything_is_sent(house: House) -> None:
    item = house.exported_budget()
    bookkeeper.prefer(house.company, "estimates", False)
    house.caller().drain()
    assert (item.state, item.error["code"]) == ("Failed", "estimates-off")
    assert "Do you create estimates" in item.error["cure"]
    assert house.messages(item) == []


def test_a_code_whose_division_was_refused_fails_with_the_reason(house: House) -> None:
    bookkeeper.add_item(house.company, "32", "Construction Income", "Subcontracts")
    code = house.exported("cost_code", house.code("32-1200"))
    house.caller().drain()
    assert (code.state, code.error["code"]) == ("Failed", "parent-missing")
    assert code.error["message"] == "The division 32 is not in QuickBooks."


def test_a_code_waits_while_its_division_is_only_postponed(house: House) -> None:
    code = house.exported("cost_code", house.code("32-1200"))
    bookkeeper.lock(house.company, 3175, times=1)
    house.app.config["QBWC_BACKOFF"] = 1.0
    house.caller().drain()
    assert code.state == "Exporting"
    house.wait(10)
    house.caller().drain()
    assert (code.state, code.erp_name) == ("Synced", "32:32-1200")


# rule 10


def test_a_write_handed_five_times_that_is_not_there_fails(house: House) -> None:
    job = house.exported_job()
    caller = house.caller()
    for _ in range(5):
        assert "CustomerAddRq" in caller.ask()
        caller.turn()
        caller.turn()
    caller.drain()
    assert (job.state, job.error["message"]) == ("Failed", "It broke off 5 times; looked: not there.")
    assert [write.handed for write in house.writes(job)] == [5]
    assert house.exchange(job).state == "failed"


# rule 11


def test_a_write_is_committed_before_its_bytes_leave(house: House) -> None:
    job, caller = house.exported_job(), house.caller()
    request = caller.ask()
    db.session.rollback()
    (write,) = house.writes(job)
    assert (write.body, write.handed, write.settled_at) == (request, 1, None)
    assert (house.session().outstanding, house.exchange(job).state) == (write.key, "handed")


def test_one_random_key_is_message_set_and_request(house: House) -> None:
    house.exported_job()
    request = house.caller().ask()
    (write,) = db.session.query(Message).filter(Message.settled_at.is_(None)).all()
    assert f'newMessageSetID="{write.key}"' in request
    assert f'requestID="{write.key}"' in request
    assert len(write.key) == 20
    assert set(write.key) <= set(claim.ALPHABET)


def test_keys_do_not_repeat() -> None:
    assert len({claim.new_key() for _ in range(1000)}) == 1000


def test_a_write_handed_again_is_the_same_row_and_the_same_bytes(house: House) -> None:
    job, caller = house.exported_job(), house.caller()
    first = caller.ask()
    caller.close()
    caller = house.caller()
    caller.turn()
    caller.turn()
    assert caller.ask() == first
    assert [write.handed for write in house.writes(job)] == [2]


def test_a_question_asked_again_is_another_row(house: House) -> None:
    job, caller = house.exported_job(), house.caller()
    caller.lose_answer()
    looks = [caller.ask(), caller.ask()]
    assert looks[0] != looks[1]
    assert [(m.outcome, m.handed) for m in house.messages(job) if not m.writes] == [("lost", 1), ("", 1)]


# rule 12


def test_when_the_queue_emptied_in_mid_session_a_harmless_question_ends_it(house: House) -> None:
    job, caller = house.exported_job(), house.caller()
    with transaction():
        withdraw(job, house.ann)
    request = caller.ask()
    assert "HostQueryRq" in request
    assert caller.answer(*caller.carry(request)) == 100
    assert house.answers()[-1].applied == 1


def test_a_lost_filler_loses_nothing(house: House) -> None:
    job, caller = house.exported_job(), house.caller()
    with transaction():
        withdraw(job, house.ann)
    caller.ask()
    assert caller.close() == "OK"
    assert db.session.query(Message).filter(Message.settled_at.is_(None)).count() == 0


def test_an_outcome_is_no_answer_to_the_question_what_to_ask(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    job = house.exported_job()
    break_step(monkeypatch, lambda work, answer: Failed("3100", "taken"), job)
    house.caller().drain()
    assert (job.state, job.error["code"]) == ("Failed", "3100")
