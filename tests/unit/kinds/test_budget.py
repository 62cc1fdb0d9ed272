"""A budget on its way: each rule of product.md section 4 with its sentence, at the stages where it counts."""

from datetime import UTC, datetime

import pytest
import time_machine

from erp.db import db, transaction
from erp.documents import budget as budgets
from erp.documents import budget_change as changes
from erp.documents import budget_modification as modifications
from erp.documents import cost_code
from erp.documents import project as projects
from erp.documents.budget_moves import Move
from erp.items.choices import proposals
from erp.items.perform import Refused, item_for
from erp.items.why_not import why_not
from erp.kind import KINDS
from erp.people import Level
from erp.states import Filter, State

BUDGET = KINDS["budget"]


@pytest.fixture
def made(stage):
    """Pam's locked budget; its job and codes are in accounting."""
    stage.job_in_erp()
    stage.codes_in_erp()
    return stage.budget()


def grey(stage, made):
    """Why Pam's button is grey: (sentence, link)."""
    return [(r.text, r.url) for r in why_not("send", item_for("budget", stage.connection, made), stage.people.pam)]


def test_a_locked_budget_whose_job_and_codes_are_known_can_go(stage, made):
    assert grey(stage, made) == []


def test_the_job_comes_first_and_the_reason_links_to_it(stage):
    stage.codes_in_erp()
    made, link = stage.budget(), f"/projects/{stage.pier.id}"
    said = "The project Pier 9 Sewer Renewal is not synced with ERP yet: it "
    assert grey(stage, made) == [(said + "was not sent.", link)]
    item = stage.job()
    assert grey(stage, made) == [(said + "is Ready and waits for accounting.", link)]
    stage.reject(item)
    assert grey(stage, made) == [(said + "was not sent.", link)]
    stage.synced(stage.job())
    assert grey(stage, made) == []


def test_the_tool_must_be_active_at_send_and_at_accept(stage, made):
    item = stage.send("budget", made)
    stage.pier.tools = ["commitments"]
    db.session.commit()
    with pytest.raises(Refused, match="The Budget tool is not active on this project."):
        stage.accept(item)
    stage.retrieve(item)
    assert grey(stage, made) == [("The Budget tool is not active on this project.", f"/projects/{stage.pier.id}/edit")]


def test_only_a_locked_budget_travels(stage, made):
    with transaction():
        budgets.unlock(made, stage.people.pam, None)
    assert ("The budget is not locked. Press Lock Budget first.", f"/projects/{stage.pier.id}/budget") in grey(stage, made)
    with pytest.raises(Refused, match="not locked"):
        stage.send("budget", made)


def test_codes_that_are_not_synced_are_named_five_at_most_and_counted(stage):
    stage.job_in_erp()
    with transaction():
        budget = budgets.open_for(stage.pier, stage.people.pam)
        for n in range(7):
            budgets.add_line(budget, cost_code.create(stage.people.adam, f"44-{n}", "Noise", ""), "S", 100)
        budgets.lock(budget, stage.people.pam, None)
    assert grey(stage, budget) == [
        ("7 cost codes are not synced with ERP yet: 44-0, 44-1, 44-2, 44-3, 44-4 and 2 more.", "/cost-codes")
    ]
    for n in range(6):
        stage.synced(stage.send("cost_code", cost_code.find(f"44-{n}")))
    assert grey(stage, budget) == [("1 cost code is not synced with ERP yet: 44-6.", "/cost-codes")]


def test_a_line_of_zero_may_stand_on_an_unknown_code(stage, made):
    with transaction():
        budgets.unlock(made, stage.people.pam, None)
        budgets.add_line(made, cost_code.create(stage.people.adam, "44-1", "Noise", ""), "S", 0)
        budgets.lock(made, stage.people.pam, None)
    assert grey(stage, made) == []


def test_a_budget_of_zeros_has_nothing_to_send(stage):
    stage.job_in_erp()
    stage.codes_in_erp()
    assert [text for text, _ in grey(stage, stage.budget(0, 0))] == [
        "There is nothing to send. Every line of the budget is zero."]  # fmt: skip


def test_amounts_that_cancel_each_other_out_are_still_something_to_send(stage):
    stage.job_in_erp()
    stage.codes_in_erp()
    assert grey(stage, stage.budget(100, -100)) == []


def test_a_budget_that_accounting_has_in_full_has_nothing_to_send(stage, made):
    stage.synced(stage.send("budget", made))
    assert grey(stage, made) == [("There is nothing to send. Accounting has everything in this budget.", "")]


def test_a_budget_that_is_not_locked_yet_hears_of_every_obstacle_at_once(stage):
    stage.job_in_erp()
    made = stage.budget()
    with transaction():
        budgets.unlock(made, stage.people.pam, None)
    codes = ", ".join(sorted(code.code for code in stage.codes))
    page = f"/projects/{stage.pier.id}/budget"
    assert grey(stage, made) == [("The budget is not locked. Press Lock Budget first.", page),
                                 (f"3 cost codes are not synced with ERP yet: {codes}.", "/cost-codes")]  # fmt: skip


def test_a_budget_that_was_never_locked_counts_its_lines_as_they_stand(stage):
    stage.job_in_erp()
    stage.codes_in_erp()
    with transaction():
        made = budgets.open_for(stage.pier, stage.people.pam)
        budgets.add_line(made, stage.codes[0], "S", 5_00)
    assert [text for text, _ in grey(stage, made)] == ["The budget is not locked. Press Lock Budget first."]
    assert [(line["original"], line["send"]) for line in BUDGET.snapshot(made)["lines"]] == [(5_00, 5_00)]


def test_an_original_edited_after_an_unlock_would_travel_as_its_difference(stage, made):
    with transaction():
        budgets.unlock(made, stage.people.pam, None)
        budgets.change_line(made.lines[0], 100_051, "", stage.people.pam)
    before = BUDGET.snapshot(made)
    with transaction():
        budgets.lock(made, stage.people.pam, None)
    assert before["lines"] == BUDGET.snapshot(made)["lines"]


def moved(stage, made, *amounts):
    """Money is moved between the lines in their order."""
    with transaction():
        moves = [Move(*pair) for pair in zip(made.lines, amounts, strict=False)]
        return modifications.modify(made, moves, "Less", stage.people.pam)


def test_only_what_is_new_travels_again_and_the_desk_says_so(stage, made):
    first = stage.synced(stage.send("budget", made))
    assert (first.payload["changes_only"], "badge" in first.summary) == (False, False)
    moved(stage, made, -50_00, 50_00)
    assert grey(stage, made) == []
    again = stage.send("budget", made)
    assert [(line["original"], line["changes"], line["revised"], line["send"]) for line in again.payload["lines"]] == [
        (100_050, -50_00, 95_050, -50_00), (200_000, 50_00, 205_000, 50_00), (300_100, 0, 300_100, 0)]  # fmt: skip
    assert (again.payload["changes_only"], again.summary["badge"], again.summary["changes"]) == (True, "Changes only", 0)
    assert again.payload["entries"] == [entry.id for entry in budgets.entries(made)][3:]
    assert [entry.snapshot_id == again.snapshot_id for entry in budgets.entries(made)] == [False] * 3 + [True] * 2


def test_what_was_moved_before_the_first_send_travels_with_it(stage, made):
    moved(stage, made, -50_00, 50_00)
    item = stage.send("budget", made)
    assert [line["send"] for line in item.payload["lines"]] == [95_050, 205_000, 300_100]
    assert item.payload["changes_only"] is False


def test_a_rejected_resend_carries_the_same_changes_again(stage, made):
    stage.synced(stage.send("budget", made))
    moved(stage, made, -50_00, 50_00)
    stage.reject(stage.send("budget", made), "Which line?")
    again = stage.send("budget", made)
    assert [line["send"] for line in again.payload["lines"]] == [-50_00, 50_00, 0]


def test_a_resend_needs_a_locked_budget_too(stage, made):
    stage.synced(stage.send("budget", made))
    moved(stage, made, -50_00, 50_00)
    made.locked_at = None
    assert ("The budget is not locked. Press Lock Budget first.", f"/projects/{stage.pier.id}/budget") in grey(stage, made)


def test_a_change_voided_before_it_was_sent_leaves_nothing_to_send(stage, made):
    stage.synced(stage.send("budget", made))
    with transaction():
        change = changes.create(made, stage.people.pam, "BC-001", "Rock", "", [Move(made.lines[0], 40_00)])
        changes.submit(change, stage.people.pam)
        changes.approve(change, stage.people.pam)
    assert grey(stage, made) == []
    with transaction():
        changes.void(change, stage.people.pam)
    assert ("There is nothing to send. Accounting has everything in this budget.", "") in grey(stage, made)


def test_an_entry_made_after_the_snapshot_is_not_claimed_by_it(stage, made):
    item = stage.send("budget", made)
    late = budgets.BudgetEntry(budget_id=made.id, line_id=made.lines[0].id, what="modification", amount=5, at=made.locked_at)
    db.session.add(late)
    db.session.flush()
    BUDGET.sent(item, made, stage.people.pam)
    assert late.snapshot_id is None


def test_estimates_switched_off_is_told_with_the_place_where_they_are_switched_on(stage, made):
    stage.connection.facts = {"estimates": False}
    reasons = [text for text, _ in grey(stage, made)]
    assert len(reasons) == 1
    assert "Estimates are switched off in QuickBooks" in reasons[0]
    assert "Jobs & Estimates" in reasons[0]


def test_a_file_that_did_not_say_whether_it_has_estimates_is_trusted_until_it_does(stage, made):
    stage.connection.facts = {}
    assert grey(stage, made) == []


def test_more_lines_than_one_estimate_takes_are_counted(stage, made):
    stage.connection.settings = {"most_lines": 2}
    assert grey(stage, made) == [("The budget has 3 lines; one Estimate takes 2. Combine lines on the same cost code and type.",
                                  f"/projects/{stage.pier.id}/budget")]  # fmt: skip


@pytest.mark.parametrize("words", ["x" * 4096, "bell \x07", "Канава"])
def test_a_description_that_quickbooks_cannot_keep_is_refused(stage, made, words):
    made.lines[0].description = words
    assert ["Description" in text for text, _ in grey(stage, made)] == [True]


def test_an_amount_beyond_what_quickbooks_takes_is_refused(stage, made):
    entry = budgets.entries(made)[0]
    entry.amount = 10**16
    assert any("Amount" in text for text, _ in grey(stage, made))


def test_the_snapshot_holds_every_line_its_sums_and_the_entries_it_carries(stage, made):
    item = stage.send("budget", made)
    lines = [
        (line["code"], line["type"], line["original"], line["changes"], line["revised"], line["send"])
        for line in item.payload["lines"]
    ]
    assert lines == [("32-1200", "S", 100_050, 0, 100_050, 100_050), ("32-1600", "S", 200_000, 0, 200_000, 200_000),
                     ("33-3100", "S", 300_100, 0, 300_100, 300_100)]  # fmt: skip
    assert item.payload["entries"] == [entry.id for entry in budgets.entries(made)]
    assert (item.amount, item.summary["lines"], item.summary["original"], item.summary["changes"]) == (600_150, 3, 600_150, 0)


def test_the_date_proposed_is_the_day_of_send_on_the_senders_clock(stage, made):
    stage.people.pam.zone = "America/Los_Angeles"
    with time_machine.travel(datetime(2026, 11, 1, 1, 30, tzinfo=UTC), tick=False):
        item = stage.send("budget", made)
    assert proposals(item)["date"] == "2026-10-31"
    assert proposals(item)["number"] == "25-1361-B"


def test_a_job_that_was_unsynced_between_accept_and_export_keeps_the_budget_accepted(stage, made):
    item = stage.accept(stage.send("budget", made))
    job = stage.item(stage.pier.id)
    job.in_erp, job.state = False, State.FAILED
    db.session.commit()
    assert "is not synced with ERP yet" in why_not("export", item, stage.people.ann)[0].text


def test_refs_carry_the_job_and_every_known_code_of_this_connection(stage, made):
    refs = BUDGET.refs(stage.send("budget", made))
    assert refs["job"] == stage.item(stage.pier.id).erp_id
    assert refs["codes"][str(stage.codes[1].id)] == stage.item(stage.codes[1].id).erp_id


def test_named_approvers_are_those_of_its_project(stage, made):
    stage.pier.approver_ids = [stage.people.bob.id]
    assert BUDGET.named(stage.send("budget", made)) == [stage.people.bob.id]


def test_a_reader_of_the_budget_tool_sends_nothing(stage, made):
    projects.grant(stage.pier, stage.people.stan, "budget", Level.STANDARD)
    with pytest.raises(Refused, match="Admin on Budget"):
        stage.send("budget", made, by="stan")


def test_the_words_of_the_tab_are_those_of_the_product():
    assert (BUDGET.tab, BUDGET.filter_title) == ("Budget", "Filter Estimates By")
    assert BUDGET.heading(Filter.EXPORT) == "Budgets Ready to Be Exported"
    assert [column.label for column in BUDGET.columns] == ["Original Budget", "Budget Changes", "Revised Estimate"]
    assert (BUDGET.comment.label, BUDGET.comment.required) == ("Enter a short explanation", True)
