"""The budget: its lines, locking, and what travels."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from erp import audit
from erp.db import db, now
from erp.documents import budget as budgets
from erp.documents import budget_table, cost_code
from erp.documents.budget import MOST, Budget, BudgetRefused
from erp.documents.cost_code import CostCode
from erp.documents.document import StaleDocument
from erp.documents.project import Project
from erp.items import Item, Snapshot
from erp.states import State
from tests.unit.stage import what_now


@pytest.fixture
def budget(people: SimpleNamespace, pier: Project, codes: list[CostCode]) -> Budget:
    """Two lines; the noise project has a budget of its own."""
    noise = budgets.open_for(db.session.get_one(Project, pier.id - 1), people.pam)
    budgets.add_line(noise, codes[0], "L", 999_00)
    made = budgets.open_for(pier, people.pam)
    budgets.add_line(made, codes[0], "M", 1_000_00, "Concrete", people.pam)
    budgets.add_line(made, codes[1], "S", 250_50, actor=people.pam)
    db.session.commit()
    return made


def test_a_project_has_one_budget(people: SimpleNamespace, pier: Project, budget: Budget) -> None:
    assert budgets.open_for(pier, people.pam) is budget
    assert (budget.number, budget.title) == ("25-1361-B", "Pier 9 Sewer Renewal budget")


def test_who_opens_it_at_the_same_moment_gets_the_same_one(people: SimpleNamespace, pier: Project, budget: Budget,
                                                          monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(budgets, "of", lambda project: None)
    assert budgets.open_for(pier, people.pam) is budget


def test_lines_add_up_and_a_missing_description_is_the_codes_name(budget: Budget) -> None:
    assert (budget.size, budget.total) == (2, 1_250_50)
    assert [(line.category, line.description) for line in budgets.page_of(budget)] == [("Material", "Concrete"),
                                                                                      ("Subcontract",
                                                                                      "Reinforcing steel")]  # fmt: skip


def test_a_code_and_type_stand_once(budget: Budget, codes: list[CostCode]) -> None:
    with pytest.raises(BudgetRefused, match="Cost code 03-3000 with type M is in the budget already") as refused:
        budgets.add_line(budget, codes[0], "M", 5)
    assert refused.value.field == "code"
    budgets.add_line(budget, codes[0], "L", 5)


@pytest.mark.parametrize(("cost_type", "amount", "words", "field"), [
    ("X", 5, "X is not a cost type", "cost_type"), ("", 5, "Nothing is not a cost type", "cost_type"),
    ("L", MOST + 1, "at most 9,999,999,999.99", "amount"), ("L", -MOST - 1, "at most", "amount"),
])  # fmt: skip
def test_a_line_that_cannot_travel_is_refused_at_its_field(
    budget: Budget, codes: list[CostCode], cost_type: str, amount: int, words: str, field: str
) -> None:
    with pytest.raises(BudgetRefused, match=words) as refused:
        budgets.add_line(budget, codes[0], cost_type, amount)
    assert refused.value.field == field


def test_a_division_is_never_a_line(budget: Budget, codes: list[CostCode]) -> None:
    assert codes[0].division
    with pytest.raises(BudgetRefused, match="03 is a division. Choose a cost code below it."):
        budgets.add_line(budget, codes[0].division, "M", 5)


def test_a_control_character_in_a_description_is_refused_and_its_length_is_free(budget: Budget, codes: list[CostCode]) -> None:
    with pytest.raises(BudgetRefused, match="Description has a control character"):
        budgets.add_line(budget, codes[2], "M", 5, "Pipe\x01")
    budgets.add_line(budget, codes[2], "M", MOST, "x" * 3000)


def test_a_line_changes_and_the_audit_says_from_what_to_what(people: SimpleNamespace, budget: Budget) -> None:
    line = budgets.page_of(budget)[0]
    was = budget.version
    budgets.change_line(line, 900_00, "Less concrete", people.pam, line.version)
    assert (line.original, line.description, budget.total, budget.version) == (900_00, "Less concrete", 1_150_50, was + 1)
    details = audit.history(budget.subject)[-1].details
    assert (details["from"], details["to"], details["code"]) == (1_000_00, 900_00, "03-3000")


def test_who_shows_an_older_line_changes_and_deletes_nothing(people: SimpleNamespace, budget: Budget) -> None:
    line = budgets.page_of(budget)[0]
    seen = line.version
    budgets.change_line(line, 900_00, "", people.pam, seen)
    with pytest.raises(StaleDocument):
        budgets.change_line(line, 1, "", people.pam, seen)
    with pytest.raises(StaleDocument):
        budgets.delete_line(line, people.pam, seen)
    assert budget.total == 1_150_50


def test_a_line_never_locked_goes_and_one_that_was_is_corrected_to_nothing(
    people: SimpleNamespace, budget: Budget, codes: list[CostCode]
) -> None:
    concrete, steel = budgets.page_of(budget)
    budgets.delete_line(steel, people.pam)
    budgets.lock(budget, people.pam, None)
    budgets.unlock(budget, people.pam, None)
    budgets.delete_line(concrete, people.pam)
    assert (budget.size, budget.total) == (0, 0)
    assert [entry.amount for entry in budgets.entries(budget)] == [1_000_00]
    budgets.add_line(budget, codes[2], "M", 5)
    budgets.lock(budget, people.pam, None)
    assert [(entry.what, entry.amount) for entry in budgets.entries(budget)] == [
        ("original", 1_000_00),
        ("correction", -1_000_00),
        ("original", 5),
    ]


def test_a_deleted_line_comes_back_on_its_own_entries(people: SimpleNamespace, budget: Budget, codes: list[CostCode]) -> None:
    concrete = budgets.page_of(budget)[0]
    budgets.lock(budget, people.pam, None)
    budgets.unlock(budget, people.pam, None)
    budgets.delete_line(concrete, people.pam)
    back = budgets.add_line(budget, codes[0], "M", 1_100_00)
    assert back.id == concrete.id
    budgets.lock(budget, people.pam, None)
    assert [(entry.what, entry.amount) for entry in budgets.entries(budget) if entry.line_id == back.id] == [
        ("original", 1_000_00), ("correction", 100_00)]  # fmt: skip


def test_locking_enters_each_line_and_nothing_changes_afterwards(
    people: SimpleNamespace, budget: Budget, codes: list[CostCode]
) -> None:
    line = budgets.page_of(budget)[0]
    budgets.lock(budget, people.pam, budget.version)
    assert [(entry.what, entry.amount) for entry in budgets.entries(budget)] == [("original", 1_000_00), ("original", 250_50)]
    assert len(budgets.unsynced(budget)) == 2
    for attempt in (lambda: budgets.change_line(line, 5, ""), lambda: budgets.delete_line(line)):
        with pytest.raises(BudgetRefused, match="The budget is locked. Unlock it"):
            attempt()
    assert audit.history(budget.subject)[-1].details == {"lines": 2, "total": 1_250_50}


def test_locking_again_enters_only_the_differences(people: SimpleNamespace, budget: Budget) -> None:
    budgets.lock(budget, people.pam, None)
    budgets.unlock(budget, people.pam, None)
    budgets.change_line(budgets.page_of(budget)[0], 1_010_00, "")
    budgets.lock(budget, people.pam, None)
    assert [(entry.what, entry.amount) for entry in budgets.entries(budget)][2:] == [("correction", 10_00)]


def test_a_line_of_zero_is_entered_once(people: SimpleNamespace, pier: Project, codes: list[CostCode]) -> None:
    made = budgets.open_for(pier, people.pam)
    budgets.add_line(made, codes[0], "M", 0)
    for _ in range(2):
        budgets.lock(made, people.pam, None)
        budgets.unlock(made, people.pam, None)
    assert [(entry.what, entry.amount) for entry in budgets.entries(made)] == [("original", 0)]


def test_a_budget_without_lines_or_locked_already_says_why_it_cannot_be_locked(
    people: SimpleNamespace, pier: Project, budget: Budget
) -> None:
    empty = budgets.open_for(pier, people.pam)
    for line in budgets.page_of(empty):
        budgets.delete_line(line)
    assert [reason.text for reason in budgets.why_not_lock(empty)] == ["The budget has no lines. Add or import some first."]
    with pytest.raises(BudgetRefused, match="has no lines"):
        budgets.lock(empty, people.pam, None)
    empty.locked_at = now()
    assert [reason.text for reason in budgets.why_not_lock(empty)] == ["The budget is locked already."]


def test_a_page_that_shows_other_lines_locks_nothing(people: SimpleNamespace, budget: Budget) -> None:
    seen = budget.version
    budgets.change_line(budgets.page_of(budget)[0], 5, "")
    with pytest.raises(StaleDocument):
        budgets.lock(budget, people.pam, seen)
    assert budget.locked_at is None


def test_locking_takes_the_projects_new_number_until_it_was_sent(
    people: SimpleNamespace, pier: Project, budget: Budget, at: Callable[..., Item]
) -> None:
    pier.number, pier.title = "26-0001", "Pier 10"
    budgets.lock(budget, people.pam, None)
    assert (budget.number, budget.title) == ("26-0001-B", "Pier 10 budget")
    at("budget", budget, State.WITH_PM)
    pier.number = "26-0002"
    budgets.unlock(budget, people.pam, None)
    budgets.lock(budget, people.pam, None)
    assert budget.number == "26-0001-B"


@pytest.mark.parametrize("state", [state for state in State if state not in (State.WITH_PM, State.SYNCED)])
def test_while_it_is_sent_nothing_changes_and_the_state_is_named(
    people: SimpleNamespace, budget: Budget, at: Callable[..., Item], state: State
) -> None:
    budgets.lock(budget, people.pam, None)
    at("budget", budget, state)
    for reasons in (budgets.why_not_edit(budget), budgets.why_not_unlock(budget)):
        assert [reason.text for reason in reasons] == [
            f"The budget was sent to ERP and is {state} there. {what_now(state)}"]  # fmt: skip
    with pytest.raises(BudgetRefused, match=what_now(state)):
        budgets.unlock(budget, people.pam, None)


def test_a_rejected_budget_stays_locked_and_can_be_unlocked(
    people: SimpleNamespace, budget: Budget, at: Callable[..., Item]
) -> None:
    budgets.lock(budget, people.pam, None)
    at("budget", budget, State.WITH_PM)
    assert [reason.text for reason in budgets.why_not_edit(budget)] == [
        "The budget is locked. Unlock it to change lines and original amounts."
    ]
    assert budgets.why_not_unlock(budget) == []
    budgets.unlock(budget, people.pam, None)
    assert budgets.why_not_edit(budget) == []


def test_entries_are_unsynced_until_their_snapshot_is_synced(
    people: SimpleNamespace, budget: Budget, at: Callable[..., Item]
) -> None:
    budgets.lock(budget, people.pam, None)
    first, second = budgets.entries(budget)
    item = at("budget", budget, State.READY)
    first.snapshot_id = item.snapshot_id
    assert budgets.unsynced(budget) == [first, second]
    db.session.get_one(Snapshot, item.snapshot_id).synced_at = now()
    assert budgets.unsynced(budget) == [second]


def test_pages_hold_so_many_lines(budget: Budget, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (budgets.pages(budget), budgets.pages(None)) == (1, 1)
    monkeypatch.setattr(budget_table, "A_PAGE", 1)
    assert budgets.pages(budget) == 2
    assert [[line.code.code for line in budgets.page_of(budget, page)] for page in (0, 1, 2, 3)] == [
        ["03-3000"],
        ["03-3000"],
        ["03-2000"],
        [],
    ]


def test_a_code_of_a_line_may_be_found_by_its_number(budget: Budget) -> None:
    assert budgets.page_of(budget)[0].code is cost_code.by_number()["03-3000"]


def test_a_locked_budget_takes_a_line_of_zero_and_no_other(
    budget: Budget, people: SimpleNamespace, codes: list[CostCode]
) -> None:
    budgets.lock(budget, people.pam, None)
    with pytest.raises(BudgetRefused, match="The budget is locked: a new line starts at 0.") as refused:
        budgets.add_line(budget, codes[2], "M", 5)
    assert refused.value.field == "amount"
    made = budgets.add_line(budget, codes[2], "M", 0, actor=people.pam)
    assert [(entry.what, entry.amount, entry.by) for entry in budgets.entries(budget) if entry.line_id == made.id] == [
        ("original", 0, people.pam.id)]  # fmt: skip
    budgets.unlock(budget, people.pam, None)
    budgets.lock(budget, people.pam, None)
    assert len(budgets.entries(budget)) == 3


def test_a_code_that_is_not_active_takes_no_line(budget: Budget, codes: list[CostCode]) -> None:
    codes[2].active = False
    with pytest.raises(BudgetRefused, match="Cost code 33-3100 is not active any more. Choose another one."):
        budgets.add_line(budget, codes[2], "M", 5)


def test_lines_of_a_code_stand_together_in_the_order_of_the_schedule(budget: Budget, codes: list[CostCode]) -> None:
    budgets.add_line(budget, codes[0], "L", 5)
    assert [line.name for line in budgets.page_of(budget)] == ["03-3000 M", "03-3000 L", "03-2000 S"]
