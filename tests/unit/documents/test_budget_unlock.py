"""Unlock: grey until every amount that accounting has came back, and the caution before the first export."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from erp.audit import history
from erp.books.job_costs import JobCost
from erp.db import db, now, transaction
from erp.documents import budget as budgets
from erp.documents import budget_change as changes
from erp.documents import budget_modification as modifications
from erp.documents import cost_code
from erp.documents.budget import Budget, BudgetRefused
from erp.documents.budget_moves import Move
from erp.documents.project import Project
from tests.unit.stage import Stage

SENTENCE = "Accounting has this budget. It can be unlocked once the exported amounts are back in the Job Costs report. Missing: "


@pytest.fixture
def budget(stage: Stage) -> Budget:
    """What accounting has: 03-3000 150.00 in two lines, 03-2000 200.00, 33-3100 300.00."""
    return budget_of(stage, stage.ready_budget(100_00, 200_00, 300_00, 50_00))


def budget_of(stage: Stage, item: Any) -> Budget:
    """The budget of a sent item, synced."""
    stage.synced(item)
    return db.session.get_one(Budget, item.document_id)


def read(stage: Stage, *estimates: int | None, minutes: int = 5, project_id: int = 0) -> None:
    """Job costs were read so many minutes after now: the Estimate of each code in turn, None: of this one nothing."""
    for code, amount in zip(stage.codes, estimates, strict=False):
        db.session.query(JobCost).filter_by(code_id=code.id, project_id=project_id or stage.pier.id).delete()
        if amount is not None:
            db.session.add(
                JobCost(
                    connection_id=stage.connection.id,
                    project_id=project_id or stage.pier.id,
                    code_id=code.id,
                    erp_item_id=f"I-{code.id}",
                    erp_item_name="",
                    estimate_read=amount,
                    ours=amount,
                    job_to_date=0,
                    read_at=now() + timedelta(minutes=minutes),
                )
            )
    db.session.commit()


def grey(budget: Budget) -> list[str]:
    """The sentences of the grey Unlock."""
    return [reason.text.removeprefix(SENTENCE) for reason in budgets.why_not_unlock(budget)]


def test_nothing_read_yet_names_each_code_once_with_its_sum_and_links_to_the_report(stage: Stage, budget: Budget) -> None:
    read(stage, 150_00, 200_00, 300_00, project_id=stage.pier.id - 1)
    assert grey(budget) == [
        "03-2000 200.00 (nothing read since), 03-3000 150.00 (nothing read since), 33-3100 300.00 (nothing read since)."
    ]
    reason = budgets.why_not_unlock(budget)[0]
    assert (reason.url, reason.link) == (f"/projects/{stage.pier.id}/job-costs?missing=1", "See the job costs")
    with pytest.raises(BudgetRefused, match="Missing: 03-2000 200.00"):
        budgets.unlock(budget, stage.people.pam, None)


def test_only_what_differs_is_named_with_both_amounts(stage: Stage, budget: Budget) -> None:
    read(stage, 150_00, 199_99, 300_00)
    assert grey(budget) == ["03-2000 200.00 (199.99 read)."]
    assert [(gone.code, gone.sent, gone.read) for gone in budgets.missing(budget)] == [("03-2000", 200_00, 199_99)]


def test_what_was_read_before_the_export_does_not_count(stage: Stage, budget: Budget) -> None:
    read(stage, 150_00, 200_00, 300_00, minutes=-5)
    assert "03-3000 150.00 (nothing read since)" in grey(budget)[0]


def test_when_every_amount_is_back_it_is_live(stage: Stage, budget: Budget) -> None:
    read(stage, 150_00, 200_00, 300_00)
    assert grey(budget) == []
    with transaction():
        budgets.unlock(budget, stage.people.pam, None)
    assert budget.locked_at is None


def test_a_code_that_adds_up_to_nothing_counts_as_back(stage: Stage) -> None:
    budget = budget_of(stage, stage.ready_budget(100_00, 200_00, 300_00, -100_00))
    read(stage, None, 200_00, 300_00)
    assert grey(budget) == []


def test_five_are_named_and_the_others_counted(stage: Stage) -> None:
    stage.job_in_erp()
    with transaction():
        made = budgets.open_for(stage.pier, stage.people.pam)
        for n in range(7):
            budgets.add_line(made, cost_code.create(stage.people.adam, f"44-{n}", "Noise", ""), "S", 1_00)
        budgets.lock(made, stage.people.pam, None)
    for n in range(7):
        code = cost_code.find(f"44-{n}")
        stage.synced(stage.send("cost_code", code))
    stage.synced(stage.send("budget", made))
    assert grey(made)[0].endswith("44-4 1.00 (nothing read since) and 2 more.")


def test_changes_that_were_sent_later_must_come_back_too(stage: Stage, budget: Budget) -> None:
    read(stage, 150_00, 200_00, 300_00)
    with transaction():
        modifications.modify(budget, [Move(budget.lines[0], -20_00), Move(budget.lines[1], 20_00)], "Less", stage.people.pam)
    assert grey(budget) == []
    stage.synced(stage.send("budget", budget))
    assert grey(budget) == ["03-2000 220.00 (200.00 read), 03-3000 130.00 (150.00 read)."]
    read(stage, 130_00, 220_00, 300_00)
    assert grey(budget) == []


def test_a_rejected_budget_unlocks_at_once_and_one_on_its_way_is_retrieved_first(stage: Stage) -> None:
    item = stage.ready_budget()
    budget = db.session.get_one(Budget, item.document_id)
    assert grey(budget) == ["The budget was sent to ERP and is Ready there. Retrieve it first, or wait for accounting."]
    stage.reject(item, "Not the right customer")
    assert grey(budget) == []


def test_a_budget_whose_item_was_unlinked_unlocks(stage: Stage, budget: Budget) -> None:
    item = stage.item(budget.id)
    assert item.snapshot
    item.snapshot.synced_at, item.in_erp = None, False
    assert grey(budget) == []


# The caution


def test_the_caution_stands_until_the_first_export_and_is_kept_as_a_fact(stage: Stage, people: SimpleNamespace) -> None:
    with transaction():
        noise = budgets.open_for(db.session.get_one(Project, stage.pier.id - 1), people.pam)
    item = stage.ready_budget()
    budget = db.session.get_one(Budget, item.document_id)
    both = [
        "From this export on, the budget of Noise Barrier cannot be imported from the ERP any more.",
        "From this export on, the budget of Pier 9 Sewer Renewal cannot be imported from the ERP any more.",
    ]
    assert budgets.caution([budget.id, noise.id]) == both
    assert budgets.caution([]) == []
    item.declaration.settled(item)
    first = budget.exported_at
    assert first is not None
    assert budgets.caution([budget.id, noise.id]) == both[:1]
    budgets.exported(budget.id, people.ann)
    assert budget.exported_at == first
    assert [event.action for event in history(budget.subject)].count("first export") == 1


def test_a_change_of_what_accounting_has_travels_alone_and_its_void_sends_the_reversal(stage: Stage, budget: Budget) -> None:
    pam = stage.people.pam
    with transaction():
        change = changes.create(budget, pam, "BC-001", "Rock", "", [Move(budget.lines[0], 40_00)])
        changes.submit(change, pam)
        changes.approve(change, pam)
    item = stage.synced(stage.send("budget", budget))
    assert {line["code"]: line["send"] for line in item.payload["lines"] if line["send"]} == {"03-3000": 40_00}
    with transaction():
        changes.void(change, pam)
    again = stage.send("budget", budget)
    assert [(line["original"], line["changes"], line["revised"], line["send"]) for line in again.payload["lines"]][0] == (
        100_00,
        0,
        100_00,
        -40_00,
    )
