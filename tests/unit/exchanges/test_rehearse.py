"""The dry run after an Export click."""

import pytest

from erp.db import db, transaction
from erp.exchanges.export import retry
from erp.exchanges.rehearse import rehearse
from erp.simulator import bookkeeper
from tests.house import House
from tests.unit.exchanges.test_claim import break_step, crash


def test_what_could_not_be_written_fails_before_quickbooks_is_bothered(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    job, code = house.exported_job(), house.exported("cost_code", house.code("32-1200"))
    break_step(monkeypatch, crash, job)
    assert rehearse(house.exchange(job).batch) == 1
    assert rehearse(house.exchange(code).batch) == 0
    assert (job.state, job.error["code"], code.state) == ("Failed", "internal", "Exporting")
    assert house.messages(job) == []


def test_a_dry_run_leaves_no_trace_of_what_could_be_written(house: House) -> None:
    job = house.exported_job()
    assert rehearse(house.exchange(job).batch) == 0
    assert (job.state, house.exchange(job).state, house.messages(job)) == ("Exporting", "queued", [])


def test_a_code_whose_division_is_still_on_its_way_is_no_refusal(house: House) -> None:
    code = house.exported("cost_code", house.code("32-1200"))
    assert rehearse(house.exchange(code).batch) == 0
    assert code.state == "Exporting"


@pytest.mark.parametrize("calls", ["ask", "turn"])
def test_what_was_handed_out_is_not_rehearsed(house: House, monkeypatch: pytest.MonkeyPatch, calls: str) -> None:
    job, caller = house.exported_job(), house.caller()
    bookkeeper.lock(house.company, 3175, times=1)
    getattr(caller, calls)()
    state = job.state
    break_step(monkeypatch, crash, job)
    assert rehearse(house.exchange(job).batch) == 0
    assert job.state == state


def test_a_dry_run_twice_refuses_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    job = house.exported_job()
    break_step(monkeypatch, crash, job)
    assert [rehearse(house.exchange(job).batch) for _ in range(2)] == [1, 0]


def test_what_may_be_there_is_never_refused_by_a_dry_run(house: House) -> None:
    item = house.exported_budget()
    bookkeeper.lock(house.company, 3140, times=1)
    house.caller().drain()
    with transaction():
        retry(item, house.ann, {})
        house.connection.facts = {**house.connection.facts, "estimates": False}
    assert rehearse(house.exchange(item).batch) == 0
    assert item.state == "Exporting"


def test_an_unknown_click_is_nothing(house: House) -> None:
    assert rehearse("no such click") == 0
    assert not db.session.dirty
