"""Importing a budget from the estimate that Sage has: amounts only, a diff before, Synced at once, never sent a second time."""

import json

import pytest

from erp.connectors.sage300.step import step
from erp.db import db, now, transaction
from erp.documents import budget as budgets
from erp.documents import budget_modification, budget_reading, sub_job
from erp.documents.budget_moves import Move
from erp.documents.document import StaleDocument
from erp.documents.imports import ImportRefused
from erp.exchanges import handover
from erp.invariants import broken
from tests.unit.ridge import EXTRAS, Ridge

ROWS = [("25-1361", "", "32-1200", "S", "1000", "200", "12"), ("25-1361", "", "32-1600", "M", "2000", "0", "0")]


@pytest.fixture(autouse=True)
def promises(ridge):
    """Every test ends with all invariants."""
    yield
    assert broken(thorough=True) == []


@pytest.fixture
def told(ridge: Ridge) -> Ridge:
    """Job and codes are in Sage, and a report told the estimate of the job."""
    ridge.job_in_sage()
    ridge.codes_in_sage()
    ridge.report_back(*ROWS)
    return ridge


def carry_out(ridge: Ridge, by: str = "ann", seen: str | None = None, leave_out: bool = False):
    at = budget_reading.plan(ridge.pier).read_at
    shown = (at.isoformat() if at else "") if seen is None else seen
    with transaction():
        return budget_reading.carry_out(ridge.pier, getattr(ridge.people, by), seen=shown, leave_out=leave_out)


def lines(ridge: Ridge) -> dict[str, int]:
    return {line.name: line.original for line in budgets.of(ridge.pier).lines if not line.deleted}


def test_the_estimate_becomes_the_budget_and_is_synced(told):
    item = carry_out(told)
    assert lines(told) == {"32-1200 S": 120_000, "32-1600 M": 200_000}
    assert (item.state, item.in_erp, item.erp_id, item.amount) == ("Synced", True, "25-1361", 320_000)
    assert budgets.unsynced(budgets.of(told.pier)) == []
    assert budgets.missing(budgets.of(told.pier)) == []
    assert told.events(item)[-1].action == "import"


def test_the_diff_shows_what_would_be_replaced(told):
    with transaction():
        made = budgets.open_for(told.pier, told.people.pam)
        budgets.add_line(made, told.codes[0], "S", 50_000, "By hand")
        budgets.add_line(made, told.codes[2], "L", 1_000)
    plan = budget_reading.plan(told.pier)
    assert [(line.key, line.here, line.there) for line in plan.lines] == [
        (("", "32-1200", "S"), 50_000, 120_000), (("", "32-1600", "M"), 0, 200_000), (("", "33-3100", "L"), 1_000, 0)]  # fmt: skip
    carry_out(told)
    assert lines(told) == {"32-1200 S": 120_000, "32-1600 M": 200_000}
    assert next(line for line in budgets.of(told.pier).lines if line.original == 120_000).description == "By hand"


def test_what_was_locked_once_is_corrected_and_never_travels(told):
    with transaction():
        made = budgets.open_for(told.pier, told.people.pam)
        budgets.add_line(made, told.codes[0], "S", 50_000)
        budgets.lock(made, told.people.pam, None)
        budgets.unlock(made, told.people.pam, None)
    carry_out(told)
    assert lines(told)["32-1200 S"] == 120_000
    assert budgets.unsynced(made) == []


def test_after_it_only_what_is_new_is_sent_and_sage_is_compared_with_both(told):
    carry_out(told)
    made = budgets.of(told.pier)
    with transaction():
        budgets.lock(made, told.people.pam, None)
    assert budgets.unsynced(made) == []
    a, b = made.lines
    with transaction():
        budget_modification.modify(made, [Move(a, -10_000), Move(b, 10_000)], "Shift", told.people.pam)
    item = told.accept(told.send("budget", made), date="2026-11-22")
    told.export("budget")
    assert item.error == {}
    work = handover.work_of(told.exchange(item))
    assert {line["file"] for line in json.loads(step(work, None).body)} == {"estimate_changes"}
    taken = told.report_back(
        ("25-1361", "", "32-1200", "S", "1000", "100", "0"), ("25-1361", "", "32-1600", "M", "2000", "100", "0")
    )
    assert (item.state, taken.differing) == ("Synced", [])


def test_an_amount_that_fits_nowhere_is_told_and_must_be_left_out_by_hand(told):
    told.report_back(*ROWS, ("25-1361", "", "32-1200", "XX", "5", "0", "0"), ("25-1361", "", "99", "S", "7", "0", "0"))
    plan = budget_reading.plan(told.pier)
    assert len(plan.left_out) == 2
    assert any("no cost type has the category XX" in words for words in plan.left_out)
    with pytest.raises(ImportRefused, match="tick “Leave it out”"):
        carry_out(told)
    assert budgets.of(told.pier) is None
    carry_out(told, leave_out=True)
    assert sum(lines(told).values()) == 320_000


def test_a_category_of_two_cost_types_fits_nowhere(told):
    with transaction():
        told.connection.settings = told.connection.settings | {"sage300": {"categories": {"S": "S", "M": "S"}}}
    assert any("Material and Subcontract both have the category S" in words for words in budget_reading.plan(told.pier).left_out)


def test_sub_jobs_come_from_the_extras(told):
    with transaction():
        sub_job.create(told.pier, told.people.pam, number="01", title="North reach")
    waits = told.delivered(told.accept(told.send("sub_job", sub_job.of(told.pier)[0])))
    told.list_back("extras", *EXTRAS)
    assert waits.state == "Synced"
    told.report_back(*ROWS, ("25-1361", "01", "32-1200", "S", "30", "0", "0"))
    carry_out(told)
    assert {(line.sub_job.number if line.sub_job else "", line.name): line.original for line in budgets.of(told.pier).lines}[
        "01", next(line.name for line in budgets.of(told.pier).lines if line.sub_job)] == 3_000  # fmt: skip


def test_nothing_is_imported_twice(told):
    carry_out(told)
    with pytest.raises(ImportRefused, match="was imported already"):
        carry_out(told)


def test_after_an_export_nothing_is_imported(ridge):
    ridge.waiting_budget(100_000)
    ridge.report_back(("25-1361", "", "32-1200", "S", "1000", "0", "0"))
    assert ["went to accounting already" in reason.text for reason in budget_reading.why_not(ridge.pier)] == [True]
    with pytest.raises(ImportRefused, match="went to accounting already"):
        carry_out(ridge)


def test_a_locked_budget_is_unlocked_first(told):
    told.budget(100)
    with pytest.raises(ImportRefused, match="Unlock it"):
        carry_out(told)


def test_a_report_that_came_meanwhile_is_looked_at_first(told):
    with pytest.raises(StaleDocument):
        carry_out(told, seen=now().isoformat())
    db.session.rollback()
    assert budgets.of(told.pier) is None


def test_a_project_that_sage_does_not_have_has_nothing_to_import(ridge):
    assert "is not synced with ERP yet" in budget_reading.why_not(ridge.pier)[0].text
    assert budget_reading.candidates(ridge.connection) == []


def test_the_tab_lists_the_jobs_with_an_estimate_and_why_not(told, as_):
    other = told.project("26-0001", "Library Annex")
    told.keyed("job", other, "26-0001")
    told.report_back(*ROWS, ("26-0001", "", "32-1200", "S", "5", "0", "0"))
    found = budget_reading.candidates(told.connection)
    assert [(project.number, reasons) for project, reasons in found] == [("25-1361", []), ("26-0001", [])]
    text = as_("ann").get(f"/erp/{told.connection.id}/budget/ready-to-import").text
    assert f"/erp/{told.connection.id}/readback/estimates/{told.pier.id}" in text


def test_who_may_import_sees_the_diff_and_imports(told, as_):
    at = f"/erp/{told.connection.id}/readback/estimates/{told.pier.id}"
    shown = as_("stan").get(at).text
    assert "Approved changes of 200.00 become part of the original budget" in shown
    seen = budget_reading.plan(told.pier).read_at.isoformat()
    assert as_("stan").post(at, data={"seen": ""}).status_code == 409
    assert as_("stan").post(at, data={"seen": seen}).status_code == 303
    assert sum(lines(told).values()) == 320_000


@pytest.mark.parametrize("name", ["pam", "olga"])
def test_who_may_not_is_refused(told, as_, name):
    at = f"/erp/{told.connection.id}/readback/estimates/{told.pier.id}"
    assert as_(name).get(at).status_code == 403
    assert as_(name).post(at).status_code == 403
