"""Verify with QuickBooks: each of the five verdicts, one item and all, at night, and nothing is ever changed by it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from erp import audit
from erp.audit import Event
from erp.books import verification
from erp.books.verification import Verification
from erp.cli.user import make
from erp.db import db, now, transaction
from erp.documents import cost_code, project
from erp.documents.budget import BudgetEntry
from erp.exchanges import undecided, verify
from erp.exchanges.findings import sentence, tell_of_findings
from erp.items import Item
from erp.items.perform import retrieve, send
from erp.mail import Mail
from erp.people import Level
from erp.reports import verified
from erp.simulator import bookkeeper, views
from tests.house import Caller, House
from tests.unit.exchanges.test_looking import foreign_estimate, move_estimate
from tests.unit.exchanges.test_mod import resend, visits
from tests.unit.exchanges.test_undecided import WHY, changed, erin, foreign, send_again

__all__ = ["erin"]


@pytest.fixture
def item(house: House) -> Item:
    """Pier 9's budget, its job and its codes, all synced."""
    made = house.exported_budget(100_000, 200_000, 300_000)
    house.update()
    assert made.state == "Synced"
    house.wait(60)
    return made


def verify_all(house: House) -> dict[str, str]:
    """Everything is verified; item -> verdict of what is not ok."""
    with transaction():
        verify.everything(house.connection)
    house.update()
    assert not verify.running(house.connection)
    return {row.item.number: row.state for row in verified.listed(house.connection) if row.state != "ok"}


def verify_one(house: House, item: Item) -> Verification:
    with transaction():
        assert verify.one(item)
    house.update()
    found = verification.of(item.id)
    assert found is not None
    db.session.refresh(found)
    return found


def estimate(house: House) -> dict[str, Any]:
    return views.estimates(house.company)[0]


def test_what_is_as_it_was_sent_is_ok_with_its_time(house: House, item: Item) -> None:
    assert verify_all(house) == {}
    assert verified.counts(house.connection) == {"ok": 7}
    assert verified.last(house.connection) == now()


def test_verifying_changes_nothing_here_or_there(house: House, item: Item) -> None:
    before = db.session.scalar(select(func.count(Event.id))), item.version, estimate(house)
    verify_all(house)
    assert (db.session.scalar(select(func.count(Event.id))), item.version, estimate(house)) == before
    assert not [m for row in house.exchanges(purpose="verify") for m in house.messages_of(row) if m.writes]


def test_a_copy_is_a_duplicate_until_it_is_gone(house: House, item: Item) -> None:
    copy = bookkeeper.duplicate_estimate(house.company, estimate(house)["id"])
    assert verify_all(house) == {item.number: "duplicate"}
    found = verification.of(item.id)
    assert [one["id"] for one in found.others] == [copy]
    assert copy in sentence(found)
    bookkeeper.delete_estimate(house.company, copy)
    house.wait(60)
    assert verify_all(house) == {}


def test_an_inactive_copy_counts_no_more(house: House, item: Item) -> None:
    copy = bookkeeper.duplicate_estimate(house.company, estimate(house)["id"])
    bookkeeper.deactivate_estimate(house.company, copy)
    assert verify_all(house) == {}


@pytest.mark.parametrize("alone", [False, True])
def test_what_is_gone_is_missing(house: House, item: Item, alone: bool) -> None:
    bookkeeper.delete_estimate(house.company, estimate(house)["id"])
    house.touch(item)
    if alone:
        assert verify_one(house, item).state == "missing"
    else:
        assert verify_all(house) == {item.number: "missing"}


def test_another_amount_is_changed_with_both_amounts(house: House, item: Item) -> None:
    bookkeeper.edit_estimate_line(house.company, estimate(house)["id"], 2, "1999.00")
    house.touch(item)
    assert verify_all(house) == {item.number: "changed"}
    found = verification.of(item.id)
    assert found.differences == [["32-1600", "2,000.00", "1,999.00"], ["Total", "6,000.00", "5,999.00"]]
    assert sentence(found) == "It was changed there: 32-1600: 2,000.00 sent, 1,999.00 there; Total: 6,000.00 sent, 5,999.00 there"


def test_a_missing_line_is_changed(house: House, item: Item) -> None:
    bookkeeper.delete_estimate_line(house.company, estimate(house)["id"], 1)
    house.touch(item)
    assert ["Lines", "3", "2"] in verify_one(house, item).differences


def test_another_party_is_changed(house: House, item: Item) -> None:
    move_estimate(house, estimate(house)["ref_number"], "City of Bayview:Fire Station 4")
    house.touch(item)
    found = verify_one(house, item)
    assert found.differences == [["Customer:Job", "City of Bayview:Pier 9 Sewer Renewal", "City of Bayview:Fire Station 4"]]


def test_an_id_that_is_none_of_ours_is_foreign(house: House, item: Item) -> None:
    job = house.item(house.pier)
    house.touch(job)
    bookkeeper.change(house.company, "job", job.erp_id, Notes="", ExternalGUID="{00000000-0000-0000-0000-000000000000}")
    assert verify_all(house) == {job.number: "foreign"}


def test_what_a_bookkeeper_renames_or_adds_of_his_own_is_ok(house: House, item: Item) -> None:
    bookkeeper.add_estimate_line(house.company, estimate(house)["id"], "Consulting", "99.00", "Rita's own")
    bookkeeper.rename(house.company, "job", "City of Bayview:Pier 9 Sewer Renewal", "Pier 9")
    for row in (item, house.item(house.pier)):
        house.touch(row)
    assert verify_all(house) == {}


def test_changes_that_were_sent_later_belong_to_it(house: House, item: Item) -> None:
    resend(house, line0=5_00)
    house.update()
    house.wait(60)
    assert (item.state, verify_all(house)) == ("Synced", {})
    bookkeeper.edit_estimate_line(house.company, estimate(house)["id"], 4, "6.00")
    house.touch(item)
    assert verify_one(house, item).differences[0] == ["32-1200", "1,005.00", "1,006.00"]


def test_what_only_the_project_manager_changed_is_ok(house: House, item: Item) -> None:
    """She moved a code to another division and has not sent it."""
    code = house.code("32-1200")
    with transaction():
        cost_code.edit(code, house.pam, None, number=code.code, name=code.name, division="33")
    assert verify_all(house) == {}
    there = house.item(code)
    house.touch(there)
    row = next(row for row in views.items(house.company) if row["id"] == there.erp_id)
    house.qbxml(f"<ItemServiceModRq><ItemServiceMod><ListID>{row['id']}</ListID><EditSequence>{row['edit_sequence']}"
                "</EditSequence><ParentRef><FullName>98</FullName></ParentRef></ItemServiceMod></ItemServiceModRq>")  # fmt: skip
    assert verify_all(house) == {there.number: "changed"}
    assert verification.of(there.id).differences == [["Division", "32", "98"]]


# what a person decided before


def test_what_a_person_adopted_is_ok_with_what_he_accepted(house: House) -> None:
    item = changed(house)
    with transaction():
        undecided.adopt(item, house.ann, undecided.candidates(item)[0]["result"]["erp_id"], WHY)
    assert verify_all(house) == {}
    bookkeeper.edit_estimate_line(house.company, estimate(house)["id"], 1, "2.00")
    assert verify_all(house) == {item.number: "changed"}


def test_an_adopted_foreign_estimate_is_not_foreign(house: House) -> None:
    item = foreign(house)
    with transaction():
        undecided.adopt(item, house.ann, undecided.candidates(item)[0]["result"]["erp_id"], WHY)
    assert verify_all(house) == {}


@pytest.mark.parametrize("found", [foreign, changed])
def test_a_change_of_what_a_person_adopted_is_ok_with_what_he_accepted(house: House, found: Callable[[House], Item]) -> None:
    item = found(house)
    with transaction():
        undecided.adopt(item, house.ann, undecided.candidates(item)[0]["result"]["erp_id"], WHY)
    house.update()
    house.wait(60)
    resend(house, line0=5_00)
    visits(house)
    assert (item.state, verify_all(house)) == ("Synced", {})
    bookkeeper.edit_estimate_line(house.company, estimate(house)["id"], len(estimate(house)["lines"]), "6.00")
    house.touch(item)
    assert verify_all(house) == {item.number: "changed"}


def test_the_first_try_that_arrives_late_is_a_duplicate(house: House, erin: Any) -> None:
    item = house.exported_budget()
    slow = house.caller()
    zombie = slow.ask()
    slow.close()
    foreign_estimate(house, "25-1361-B")
    house.caller().drain()
    send_again(item, erin)
    house.caller().drain()
    assert (item.state, verify_all(house)) == ("Synced", {})
    house.wait(3600)
    slow.carry(zombie)
    assert verify_all(house) == {item.number: "duplicate"}


def test_lines_of_a_first_try_on_its_own_estimate_are_a_duplicate(house: House, erin: Any, item: Item) -> None:
    resend(house, line0=5_00)
    caller = house.caller()
    caller.turn()
    caller.lose_answer()
    caller.close()
    bookkeeper.edit_estimate_line(house.company, estimate(house)["id"], 4, "4.00")
    house.touch(item)
    house.caller().drain()
    send_again(item, erin)
    for _ in range(4):
        house.wait(90)
        house.update()
    assert (item.state, verify_all(house)) == ("Synced", {item.number: "duplicate"})
    assert "1 line of an earlier try" in sentence(verification.of(item.id))


# queueing


def test_everything_is_read_in_small_batches_and_is_queued_once(
    house: House, item: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "BATCH", 2)
    with transaction():
        assert verify.everything(house.connection) == verify.everything(house.connection) == 7
    subjects = [row.subject for row in house.exchanges(purpose="verify")]
    assert len(subjects) == len(set(subjects)) == 3 + 1 + 1 + 3
    house.update()
    assert verified.counts(house.connection) == {"ok": 7}


@pytest.mark.parametrize("turns", [0, 1, 2, 3, 4, 5, 6])
def test_a_check_that_dies_goes_on_at_the_next_visit(house: House, item: Item, turns: int) -> None:
    bookkeeper.duplicate_estimate(house.company, estimate(house)["id"])
    with transaction():
        verify.everything(house.connection)
    caller = house.caller()
    for _ in range(turns):
        caller.turn()
    caller.ask()
    caller.close()
    house.update()
    assert verified.counts(house.connection) == {"ok": 6, "duplicate": 1}


def test_exports_go_first(house: House, item: Item) -> None:
    with transaction():
        verify.everything(house.connection)
    other = house.exported("job", house.project("25-0001"))
    caller = house.caller()
    assert "CustomerAddRq" in caller.ask()
    caller.close()
    house.caller().drain()
    assert other.state == "Synced"


def test_what_is_sent_again_meanwhile_is_left_alone(house: House, item: Item) -> None:
    with transaction():
        verify.one(item)
    caller = house.caller()
    request = caller.ask()
    budget = house.budget_of_pier()
    with transaction():
        db.session.add(BudgetEntry(budget_id=budget.id, line_id=budget.lines[0].id, what="modification", amount=5_00, at=now()))
    house.accepted("budget", budget)
    caller.answer(*caller.carry(request))
    caller.drain()
    assert (item.state, verification.of(item.id)) == ("Accepted", None)
    assert verify.running(house.connection) == 0


def pam_moves_money(house: House, item: Item) -> None:
    """The budget is on its way with a change."""
    budget = house.budget_of_pier()
    with transaction():
        db.session.add(BudgetEntry(budget_id=budget.id, line_id=budget.lines[0].id, what="modification", amount=5_00, at=now()))
    with transaction():
        send("budget", house.connection, budget, house.pam)
    assert item.state == "Ready"


def pam_retrieves(house: House, item: Item) -> None:
    with transaction():
        retrieve(item, house.pam)
    assert item.state == "Synced"


def test_an_item_on_its_way_is_not_asked_for(house: House, item: Item) -> None:
    with transaction():
        verify.one(item)
    pam_moves_money(house, item)
    house.update()
    assert not [message for row in house.exchanges(purpose="verify") for message in house.messages_of(row)]
    assert verify.running(house.connection) == 0


def question(caller: Caller, words: str) -> str:
    """The next question with these words in it; those before it are answered."""
    while words not in (request := caller.ask()):
        assert "HostQuery" not in request, "it was not asked"
        caller.answer(*caller.carry(request))
    return request


def test_nothing_is_said_about_what_was_not_asked(house: House, item: Item) -> None:
    """It is retrieved while QuickBooks answers about another one."""
    job, other = house.item(house.pier), house.exported("job", house.project("25-0001"))
    house.update()
    with transaction():
        verify.everything(house.connection)
        project.edit(house.pier, house.pam, None, street="10 Pier Road")
        send("job", house.connection, house.pier, house.pam)
    caller = house.caller()
    request = question(caller, "CustomerQuery")
    assert (other.erp_id in request, job.erp_id in request) == (True, False)
    pam_retrieves(house, job)
    caller.answer(*caller.carry(request))
    caller.drain()
    assert (verification.of(job.id), verification.of(other.id).state) == (None, "ok")


def test_nothing_is_said_about_what_moved_while_it_was_asked(house: House, item: Item) -> None:
    bookkeeper.delete_estimate(house.company, estimate(house)["id"])
    house.touch(item)
    with transaction():
        verify.one(item)
    caller = house.caller()
    request = caller.ask()
    pam_moves_money(house, item)
    pam_retrieves(house, item)
    caller.answer(*caller.carry(request))
    caller.drain()
    assert verification.of(item.id) is None


def test_a_search_says_nothing_about_what_came_while_it_ran(house: House, item: Item, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("erp.connectors.quickbooks.pages.at_once", lambda work, query: 1)
    bookkeeper.duplicate_estimate(house.company, estimate(house)["id"])
    foreign_estimate(house, "99")
    assert verify_all(house) == {item.number: "duplicate"}
    house.wait(60)
    with transaction():
        verify.everything(house.connection)
    house.wait(60)
    caller = house.caller()
    for _ in range(2):
        page = question(caller, "ModifiedDateRangeFilter")
        pam_moves_money(house, item)
        caller.answer(*caller.carry(page))
        pam_retrieves(house, item)
    caller.drain()
    assert verification.of(item.id).state == "duplicate"


def test_searching_for_markers_does_not_renew_what_was_read_by_its_id(house: House, item: Item) -> None:
    read = verify_one(house, item).checked_at
    house.wait(60)
    verification.end_search([item.id], now(), now())
    assert (verification.of(item.id).checked_at, verification.of(item.id).swept_at) == (read, now())


def test_a_search_over_several_pages_finds_it(house: House, item: Item, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("erp.connectors.quickbooks.pages.at_once", lambda work, query: 1)
    for _ in range(3):
        bookkeeper.duplicate_estimate(house.company, estimate(house)["id"])
    assert verify_all(house) == {item.number: "duplicate"}
    assert len(verification.of(item.id).others) == 3


def test_estimates_switched_off_end_the_check_with_a_sentence(house: House, item: Item) -> None:
    bookkeeper.prefer(house.company, "estimates", False)
    with transaction():
        verify.one(item)
    for _ in range(8):
        house.wait(120)
        house.update()
    assert verify.running(house.connection) == 0
    assert verify.broken(house.connection)
    assert item.state == "Synced"


# the night and the mail


def adam(house: House) -> None:
    with transaction():
        make("adam@x.test", "Adam", "-", erp=Level.ADMIN)


def mails() -> list[tuple[str, str]]:
    return [(mail.to, mail.subject) for mail in db.session.scalars(select(Mail)) if "Verifying" in mail.subject]


def test_every_night_by_itself(house: House, item: Item) -> None:
    assert verify.verify_at_night() == 0
    assert verify.verify_at_night() == 0
    house.wait(24 * 3600)
    assert (verify.verify_at_night(), verify.verify_at_night()) == (1, 0)
    house.update()
    assert verified.counts(house.connection) == {"ok": 7}


def test_never_when_switched_off(house: House, item: Item) -> None:
    with transaction():
        verify.choose(house.connection, house.ann, on=False, at="02:00", zone="UTC")
    house.wait(48 * 3600)
    assert verify.verify_at_night() == 0
    assert audit.history(f"connection:{house.connection.id}")[-1].details["on"] is False


def test_the_chosen_time_is_that_of_the_zone(house: House) -> None:
    with transaction():
        verify.choose(house.connection, house.ann, on=True, at="02:00", zone="America/Los_Angeles")
    row = verify.night_check(house.connection)
    assert row.next_at - now() == timedelta(hours=17)  # it is 9:00 there


def test_a_finding_is_told_once_to_erp_administrators(house: House, item: Item) -> None:
    adam(house)
    copy = bookkeeper.duplicate_estimate(house.company, estimate(house)["id"])
    for _ in range(3):
        verify_all(house)
        tell_of_findings()
    assert mails() == [("adam@x.test", "Verifying found 1 difference in Harbor & Hill")]
    bookkeeper.delete_estimate(house.company, copy)
    verify_all(house)
    assert tell_of_findings() == 0
    bookkeeper.duplicate_estimate(house.company, estimate(house)["id"])
    verify_all(house)
    assert (tell_of_findings(), len(mails())) == (1, 2)


def test_nothing_is_told_before_the_check_is_over(house: House, item: Item) -> None:
    adam(house)
    bookkeeper.edit_estimate_line(house.company, estimate(house)["id"], 1, "1.00")
    house.touch(item)
    verify_one(house, item)
    with transaction():
        verify.everything(house.connection)
    assert tell_of_findings() == 0
    house.update()
    assert tell_of_findings() == 1


def test_after_a_new_success_the_old_verdict_counts_no_more(house: House, item: Item) -> None:
    assert verify_one(house, item).state == "ok"
    resend(house, line0=12_34)
    house.update()
    assert item.state == "Synced"
    assert verification.of(item.id) is None
    assert verify_one(house, item).state == "ok"
