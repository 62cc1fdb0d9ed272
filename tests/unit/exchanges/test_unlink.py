"""A budget whose Estimate a bookkeeper deleted is unlinked by an ERP administrator with the privilege and sent as a new one."""

import pytest
from sqlalchemy import select

from erp.books import verification
from erp.books.verification import Verdict
from erp.db import db, now, transaction
from erp.documents import budget as budgets
from erp.exchanges import undecided, verify
from erp.exchanges.unlink import ask, unlink, why_not_unlink
from erp.items import Item, Snapshot
from erp.items.perform import Refused
from erp.people import Level, User
from erp.reports import verified
from erp.simulator import bookkeeper, views
from tests.house import House
from tests.unit.exchanges.test_mod import estimate, resend, visits


@pytest.fixture
def gone(house: House) -> Item:
    """Pier 9's budget, whose Estimate is not in QuickBooks any more; a change of it has just failed for that."""
    item = house.exported_budget(100_000, 200_000, 300_000)
    house.update()
    house.wait(60)
    house.touch(item)
    resend(house, line0=12_34)
    bookkeeper.delete_estimate(house.company, estimate(house)["id"])
    visits(house, 3)
    assert (item.state, item.error["code"]) == ("Failed", "gone")
    return item


def administrator(house: House) -> User:
    """Ann, now ERP Admin with the privilege."""
    ann = house.ann
    with transaction():
        next(grant for grant in ann.grants if grant.tool == "erp").level = Level.ADMIN
    return ann


def test_it_is_sent_as_a_new_one_with_everything_in_it(house: House, gone: Item) -> None:
    with transaction():
        unlink(gone, administrator(house))
    assert (gone.state, gone.in_erp, gone.erp_id) == ("With PM", False, "")
    assert budgets.missing(house.budget_of_pier()) == []
    house.exported("budget", house.budget_of_pier())
    visits(house, 3)
    assert gone.state == "Synced"
    assert sorted(line["amount"] for line in estimate(house)["lines"]) == ["1012.34", "2000.00", "3000.00"]


@pytest.mark.parametrize("name", ["pam", "ann", "bob", "stan"])
def test_nobody_else_unlinks_it(house: House, gone: Item, name: str) -> None:
    with pytest.raises(Refused, match="You need"), transaction():
        unlink(gone, getattr(house, name))


def test_what_accounting_has_is_not_unlinked(house: House, gone: Item) -> None:
    ann = administrator(house)
    gone.error = {"code": "closed"}
    assert [reason.text for reason in why_not_unlink(gone, ann)] == ["QuickBooks was not asked yet whether it is gone."]


def test_what_was_gone_and_is_there_again_stays_linked(house: House) -> None:
    """The company file was put back to a backup: sent as a new one, it would be there twice."""
    ann, item = administrator(house), house.exported_budget(100_000, 200_000, 300_000)
    house.update()
    house.wait(60)
    bookkeeper.back_up(house.company)
    house.touch(item)
    bookkeeper.delete_estimate(house.company, estimate(house)["id"])
    resend(house, line0=12_34)
    visits(house, 3)
    assert (item.error["code"], why_not_unlink(item, ann)) == ("gone", [])
    bookkeeper.restore(house.company)
    house.wait(3 * 24 * 3600)
    (said,) = why_not_unlink(item, ann)
    assert said.text.startswith("QuickBooks said that it is gone more than an hour ago;") and said.text.endswith("Ask again.")
    with transaction():
        assert ask(item, ann)
    visits(house, 1)
    (said,) = why_not_unlink(item, ann)
    assert said.text.startswith("It is still in QuickBooks: Estimate 25-1361-B")
    with pytest.raises(Refused), transaction():
        unlink(item, ann)
    assert len(views.estimates(house.company)) == 1


@pytest.mark.parametrize("renamed", [False, True])
def test_what_comes_back_after_unlink_is_found_before_it_is_sent_as_a_new_one(house: House, renamed: bool) -> None:
    """The company file was put back to a backup within the hour, or the administrator forced it."""
    ann, item = administrator(house), house.exported_budget(100_000, 200_000, 300_000)
    house.update()
    house.wait(60)
    old = estimate(house)["id"]
    if renamed:
        bookkeeper.edit_estimate(house.company, old, RefNumber="R-1", memo="Rita was here")
    bookkeeper.back_up(house.company)
    house.touch(item)
    bookkeeper.delete_estimate(house.company, old)
    resend(house, line0=12_34)
    visits(house, 3)
    with transaction():
        unlink(item, ann)
    bookkeeper.restore(house.company)
    house.returned |= {snapshot.marker for snapshot in db.session.scalars(select(Snapshot).filter_by(item_id=item.id))}
    house.wait(30 * 24 * 3600)
    house.exported("budget", house.budget_of_pier())
    visits(house, 3)
    assert (item.state, [row["id"] for row in views.estimates(house.company)]) == ("Unknown", [old])
    with transaction():
        undecided.adopt(item, ann, old, "The backup brought it back.")
    assert (item.state, item.erp_id) == ("Synced", old)
    resend(house, line0=5_00)
    visits(house, 3)
    assert (item.state, len(views.estimates(house.company))) == ("Synced", 1)


def test_what_is_gone_for_long_is_asked_for_once_more(house: House, gone: Item) -> None:
    ann = administrator(house)
    house.wait(2 * 3600)
    assert why_not_unlink(gone, ann)
    with transaction():
        verify.everything(house.connection)
    visits(house, 1)
    assert (gone.state, verification.of(gone.id).by_id, why_not_unlink(gone, ann)) == ("Failed", "missing", [])


def test_a_synced_budget_has_no_unlink(house: House) -> None:
    item = house.exported_budget(100_000)
    house.update()
    assert item.state == "Synced"
    assert why_not_unlink(item, administrator(house))
    assert len(views.estimates(house.company)) == 1


def test_what_is_sent_as_a_new_one_is_not_verified_yet(house: House, gone: Item) -> None:
    row = {"item": gone.id, "state": Verdict.MISSING, "name": "", "differences": []}
    with transaction():
        verification.read_by_id(gone.connection_id, row, now())
    with transaction():
        unlink(gone, administrator(house))
    assert verification.of(gone.id) is None
    house.exported("budget", house.budget_of_pier())
    visits(house, 3)
    assert gone.state == "Synced"
    assert verified.counts(house.connection)["not-yet"] == 7
