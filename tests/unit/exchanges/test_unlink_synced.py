"""Unlink of what is synced: accounting is asked first, children come first, and only an ERP administrator may force it."""

import pytest
from sqlalchemy import select

from erp import links
from erp.audit import Event
from erp.books import records
from erp.db import db, transaction
from erp.exchanges.refresh import refresh
from erp.exchanges.unlink import ask, unlink, why_not_unlink
from erp.items import Item
from erp.items.perform import Refused
from erp.people import Level
from erp.people.user import PUSH
from erp.simulator import bookkeeper
from erp.states import RecordState
from tests.house import CUSTOMER, House

NAME = f"{CUSTOMER}:Pier 9 Sewer Renewal"


@pytest.fixture
def job(house: House) -> Item:
    """Pier 9 is a job in accounting; Ann is ERP Admin with the privilege."""
    with transaction():
        next(grant for grant in house.ann.grants if grant.tool == "erp").level = Level.ADMIN
    item = house.exported_job()
    assert house.update().ok
    house.wait(60)
    db.session.refresh(item)
    return item


def against(house: House, item: Item, **how: bool) -> list[str]:
    return [reason.text for reason in why_not_unlink(item, house.ann, **how)]


def asked(house: House, item: Item) -> None:
    with transaction():
        assert ask(item, house.ann)
    assert house.update().ok
    db.session.expire_all()


def test_it_is_refused_until_accounting_was_asked_and_while_it_is_there(house: House, job: Item) -> None:
    assert against(house, job) == ["QuickBooks was not asked yet whether it is gone."]
    with transaction():
        assert ask(job, house.ann)
        assert not ask(job, house.ann)
    assert "is being asked" in against(house, job)[0]
    assert house.update().ok
    db.session.expire_all()
    assert against(house, job) == [f"It is still in QuickBooks: {NAME}. Delete it there first, then ask again."]
    with pytest.raises(Refused, match="still in QuickBooks"), transaction():
        unlink(job, house.ann)
    assert (job.state, job.erp_name) == ("Synced", NAME)


def test_what_is_gone_is_unlinked_and_sent_as_a_new_one(house: House, job: Item) -> None:
    house.touch(job)
    asked(house, job)
    bookkeeper.delete(house.company, "job", NAME)
    asked(house, job)
    old, record = job.erp_id, records.find(job.connection_id, "job", job.erp_id)
    with transaction():
        unlink(job, house.ann)
    assert (job.state, job.in_erp, job.erp_id) == ("With PM", False, "")
    assert record is not None and record.item_id is None
    house.exported_job()
    assert house.update().ok
    db.session.refresh(job)
    assert job.state == "Synced" and job.erp_id != old


@pytest.mark.parametrize("said_by", ["its id", "the list"])
def test_what_was_gone_for_an_hour_is_asked_for_once_more(house: House, job: Item, said_by: str) -> None:
    """The company file was put back to a backup meanwhile: sent as a new one, it would be there twice."""
    house.touch(job)
    bookkeeper.back_up(house.company)
    bookkeeper.delete(house.company, "job", NAME)
    if said_by == "its id":
        asked(house, job)
    else:
        with transaction():
            refresh(house.connection, ("customer",))
        assert house.update().ok
        db.session.expire_all()
    assert against(house, job) == []
    bookkeeper.restore(house.company)
    house.wait(2 * 3600)
    (said,) = against(house, job)
    assert "more than an hour ago" in said
    with pytest.raises(Refused, match="Ask again"), transaction():
        unlink(job, house.ann)
    asked(house, job)
    assert against(house, job) == [f"It is still in QuickBooks: {NAME}. Delete it there first, then ask again."]


def test_a_list_that_says_it_is_deleted_is_word_enough(house: House, job: Item) -> None:
    house.touch(job)
    bookkeeper.delete(house.company, "job", NAME)
    with transaction():
        refresh(house.connection, ("customer",))
    assert house.update().ok
    db.session.expire_all()
    assert against(house, job) == []
    with transaction():
        unlink(job, house.ann)
    assert db.session.scalars(select(records.Record.state).filter_by(full_name=NAME)).one() == RecordState.GONE


def test_an_answer_from_before_it_was_synced_counts_for_nothing(house: House, job: Item) -> None:
    asked(house, job)
    house.wait(60)
    job.changed_at = house.now
    assert against(house, job) == ["QuickBooks was not asked yet whether it is gone."]
    db.session.rollback()


def test_children_come_first_even_when_it_is_forced(house: House) -> None:
    with transaction():
        next(grant for grant in house.ann.grants if grant.tool == "erp").level = Level.ADMIN
    budget = house.exported_budget(100_000)
    assert house.update().ok
    for document in (house.pier, house.code("32-1200")):
        for forced in (False, True):
            (said,) = against(house, house.item(document), forced=forced)
            assert said.startswith("Accounting has what hangs on it:") and said.endswith("Unlink that first.")
    division = house.item(house.code("32-1200").division)
    assert "32-1200" in against(house, division)[0]
    assert against(house, budget) == ["QuickBooks was not asked yet whether it is gone."]


def test_what_may_be_there_keeps_what_it_hangs_on(house: House) -> None:
    """The Estimate is in doubt: without its job it could not be found again."""
    with transaction():
        next(grant for grant in house.ann.grants if grant.tool == "erp").level = Level.ADMIN
    budget = house.exported_budget(100_000)
    caller = house.caller()
    while "EstimateAdd" not in (request := caller.ask()):
        caller.answer(*caller.carry(request))
    caller.carry(request)
    caller.close()
    assert (budget.state, budget.in_erp) == ("Unknown", False)
    for document in (house.pier, house.code("32-1200")):
        (said,) = against(house, house.item(document), forced=True)
        assert said == f"Accounting may have what hangs on it: {budget.label}. Wait until that is decided."
    assert house.update().ok
    assert budget.state == "Synced"
    assert against(house, house.item(house.pier), forced=True)[0].endswith("Unlink that first.")


def test_an_administrator_forces_it_with_a_reason_that_stands_in_the_history(house: House, job: Item) -> None:
    for reason in ("", "   ", "bad\x00sign"):
        with pytest.raises(Refused), transaction():
            unlink(job, house.ann, forced=True, reason=reason)
    house.touch(job)
    with transaction():
        unlink(job, house.ann, forced=True, reason="The file was rebuilt.")
    event = db.session.scalars(select(Event).filter_by(subject=job.subject, action="unlink")).one()
    assert (event.comment, event.details["forced"], event.actor) == ("The file was rebuilt.", True, "Ann")
    record = db.session.scalars(select(records.Record).filter_by(full_name=NAME)).one()
    assert (record.state, record.filter, record.item_id) == (RecordState.STAGED, "ready-to-import", None)
    with transaction():
        again = links.link(record, house.pier.id, house.ann)
    assert (again.id, again.state) == (job.id, "Synced")


@pytest.mark.parametrize("name", ["pam", "bob", "stan"])
def test_nobody_else_unlinks_asks_or_forces(house: House, job: Item, name: str) -> None:
    person = getattr(house, name)
    for forced in (False, True):
        with pytest.raises(Refused, match="You need"), transaction():
            unlink(job, person, forced=forced, reason="because")
    with pytest.raises(Refused, match="You need"), transaction():
        ask(job, person)


def test_without_the_privilege_an_administrator_cannot_either(house: House, job: Item) -> None:
    with transaction():
        house.ann.privileges = [row for row in house.ann.privileges if row.name != PUSH]
    assert "Can Push to Accounting" in against(house, job, forced=True)[0]
