"""Money that moves in a locked budget: modifications, budget changes, and everything that is refused."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from erp import audit
from erp.db import db
from erp.documents import budget as budgets
from erp.documents import budget_change as changes
from erp.documents import budget_importing
from erp.documents import budget_modification as modifications
from erp.documents.budget import MOST, Budget, BudgetLine, BudgetRefused
from erp.documents.budget_change_tables import BudgetChange, ChangeState
from erp.documents.budget_moves import MOST_MOVES, Move
from erp.documents.cost_code import CostCode
from erp.documents.document import StaleDocument
from erp.documents.project import Project
from erp.items import Item
from erp.states import State
from tests.unit.stage import what_now

ON_ITS_WAY = [state for state in State if state not in (State.WITH_PM, State.SYNCED)]


@pytest.fixture
def noise(people: SimpleNamespace, pier: Project, codes: list[CostCode]) -> Budget:
    """The locked budget of another project."""
    made = budgets.open_for(db.session.get_one(Project, pier.id - 1), people.pam)
    for code in codes:
        budgets.add_line(made, code, "L", 999_00)
    budgets.lock(made, people.pam, None)
    first, second, _ = made.lines
    modifications.modify(made, [Move(first, -1_00), Move(second, 1_00)], "noise", people.pam)
    return made


@pytest.fixture
def budget(people: SimpleNamespace, pier: Project, codes: list[CostCode], noise: Budget) -> Budget:
    """Three lines, the last one negative, locked."""
    made = budgets.open_for(pier, people.pam)
    for code, amount in zip(codes, (1_000_00, 250_50, -40_00), strict=True):
        budgets.add_line(made, code, "M", amount)
    budgets.lock(made, people.pam, None)
    db.session.commit()
    return made


@pytest.fixture
def modify(budget: Budget, people: SimpleNamespace) -> Callable[..., Any]:
    """modify(-5, 5): Pam moves money between the lines in their order."""

    def run(*amounts: int, reason: str = "Less rock", lines: list[BudgetLine] | None = None) -> Any:
        moves = [Move(line, amount) for line, amount in zip(lines or budget.lines, amounts, strict=False)]
        return modifications.modify(budget, moves, reason, people.pam)

    return run


@pytest.fixture
def draft(budget: Budget, people: SimpleNamespace) -> Callable[..., BudgetChange]:
    """draft(40_00): Pam's draft for the lines in their order."""

    def run(*amounts: int, number: str = "BC-001", title: str = "Rock", description: str = "") -> BudgetChange:
        moves = [Move(line, amount) for line, amount in zip(budget.lines, amounts, strict=False)]
        return changes.create(budget, people.pam, number, title, description, moves)

    return run


def approved(change: BudgetChange, people: SimpleNamespace) -> BudgetChange:
    """Submitted and approved."""
    changes.submit(change, people.pam)
    changes.approve(change, people.pam)
    return change


def added(budget: Budget) -> list[tuple[str, int]]:
    """What was entered after the originals."""
    return [(entry.what, entry.amount) for entry in budgets.entries(budget)][3:]


def refused(attempt: Callable[[], Any], sentence: str, field: str = "") -> None:
    """The attempt is refused with this sentence at this field."""
    with pytest.raises(BudgetRefused) as why:
        attempt()
    assert sentence in why.value.sentence
    assert why.value.field == field


# Modifications


def test_a_modification_writes_an_entry_per_line_and_says_so(
    budget: Budget, people: SimpleNamespace, modify: Callable[..., Any]
) -> None:
    was = budget.version
    made = modify(-100_00, 60_00, 40_00)
    assert added(budget) == [("modification", -100_00), ("modification", 60_00), ("modification", 40_00)]
    assert {entry.by for entry in made.entries} == {people.pam.id}
    assert (made.number, made.reason, budget.version, budget.total) == (1, "Less rock", was + 1, 1_210_50)
    details = audit.history(budget.subject)[-1].details
    assert details["amounts"] == [["03-3000 M", -100_00], ["03-2000 M", 60_00], ["33-3100 M", 40_00]]
    assert modifications.listed(budget) == [made]


@pytest.mark.parametrize(
    ("amounts", "sentence", "field"),
    [
        ((-100, 90), "1.00 are taken and 0.90 are added: the sum must be zero. For a budget that grows", ""),
        ((0, 0), "The amount for 03-3000 M is zero.", "amount-0"),
        ((-100, 100, 0), "The amount for 33-3100 M is zero.", "amount-2"),
        ((-5,), "Fill in at least two lines.", ""),
        ((), "Fill in at least two lines.", ""),
        ((-MOST - 1, MOST + 1), "The amount is too large", "amount-0"),
        ((-1_000_01, 1_000_01), "03-3000 M has 1,000.00 and would go below zero, to (0.01). Take less from it.", "amount-0"),
        ((5, -250_51, 250_46), "03-2000 M has 250.50 and would go below zero", "amount-1"),
    ],
)
def test_amounts_that_cannot_move_are_refused_at_their_field(
    budget: Budget, modify: Callable[..., Any], amounts: tuple[int, ...], sentence: str, field: str
) -> None:
    refused(lambda: modify(*amounts), sentence, field)
    assert added(budget) == []


def test_a_line_may_go_to_zero_and_one_that_started_below_may_go_further(budget: Budget, modify: Callable[..., Any]) -> None:
    modify(-1_000_00, 1_000_00)
    modifications.modify(budget, [Move(budget.lines[1], 10_00), Move(budget.lines[2], -10_00)], "Credit", budgets.PRODUCT)
    assert [sums.revised for sums in budgets.sums(budget).values()] == [0, 1_260_50, -50_00]


def test_a_line_that_becomes_too_large_is_refused(budget: Budget, modify: Callable[..., Any], people: SimpleNamespace) -> None:
    change = changes.create(budget, people.pam, "1", "Much", "", [Move(budget.lines[0], MOST - 1_000_00)])
    approved(change, people)
    refused(lambda: modify(1, -1), "03-3000 M would become too large", "amount-0")


def test_lines_of_another_project_deleted_or_named_twice_are_refused(
    budget: Budget, noise: Budget, modify: Callable[..., Any]
) -> None:
    one, two, three = budget.lines
    refused(lambda: modify(-5, 5, lines=[one, noise.lines[0]]), "03-3000 L is a line of another project.", "line-1")
    refused(lambda: modify(-5, 5, lines=[one, one]), "03-3000 M stands here twice.", "line-1")
    three.deleted = True
    refused(lambda: modify(-5, 5, lines=[three, two]), "33-3100 M was deleted.", "line-0")


def test_an_inactive_code_takes_part_in_no_modification_but_in_its_reversal(
    budget: Budget, people: SimpleNamespace, modify: Callable[..., Any], codes: list[CostCode]
) -> None:
    made = modify(-5, 5)
    codes[1].active = False
    refused(lambda: modify(-5, 5), "Cost code 03-2000 is not active any more.", "line-1")
    modifications.reverse(made, people.pam)


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [("", "Reason is missing."), ("  ", "Reason is missing."), ("Rock\x07", "Reason has a control character")],
)
def test_the_reason_is_words(modify: Callable[..., Any], reason: str, sentence: str) -> None:
    refused(lambda: modify(-5, 5, reason=reason), sentence, "reason")


def test_more_lines_than_a_person_can_read_are_too_many(budget: Budget, people: SimpleNamespace) -> None:
    moves = [Move(budget.lines[0], 5)] * (MOST_MOVES + 1)
    refused(lambda: changes.create(budget, people.pam, "1", "Much", "", moves), "501 lines are too many")


def test_a_modification_is_reversed_once_and_a_reversal_never(
    budget: Budget, people: SimpleNamespace, modify: Callable[..., Any]
) -> None:
    made = modify(-100_00, 100_00)
    back = modifications.reverse(made, people.pam)
    assert added(budget)[2:] == [("modification", 100_00), ("modification", -100_00)]
    assert [entry.reverses_id for entry in back.entries] == [entry.id for entry in made.entries]
    assert modifications.reversed_among([made, back]) == {made.id: 2}
    refused(lambda: modifications.reverse(made, people.pam), "Modification 1 is reversed already.")
    refused(lambda: modifications.reverse(back, people.pam), "This is a reversal itself.")


def test_money_that_went_on_is_not_reversed_below_zero(people: SimpleNamespace, modify: Callable[..., Any]) -> None:
    made = modify(-100_00, 100_00)
    modify(300_00, -300_00)
    refused(
        lambda: modifications.reverse(made, people.pam),
        "03-2000 M has 50.50 and would go below zero, to (49.50). Move money back to it first.",
        "amount-1",
    )


def test_who_shows_an_older_budget_moves_nothing(budget: Budget, people: SimpleNamespace, modify: Callable[..., Any]) -> None:
    made, seen = modify(-5, 5), budget.version - 1
    with pytest.raises(StaleDocument):
        modifications.modify(budget, [Move(budget.lines[0], -5), Move(budget.lines[1], 5)], "Late", people.pam, seen)
    with pytest.raises(StaleDocument):
        modifications.reverse(made, people.pam, seen)


@pytest.mark.parametrize("state", ON_ITS_WAY)
def test_while_it_is_sent_no_money_moves_and_drafts_can_still_be_written(
    budget: Budget,
    people: SimpleNamespace,
    modify: Callable[..., Any],
    draft: Callable[..., BudgetChange],
    at: Callable[..., Item],
    state: State,
) -> None:
    made, done, change = modify(-5, 5), approved(draft(7, number="A"), people), draft(7)
    at("budget", budget, state)
    words = f"The budget was sent to ERP and is {state} there. {what_now(state)}"
    changes.edit(change, people.pam, None, "BC-001", "More rock", "", [Move(budget.lines[0], 9)])
    changes.submit(change, people.pam)
    for attempt in (
        lambda: modify(-5, 5),
        lambda: modifications.reverse(made, people.pam),
        lambda: changes.approve(change, people.pam),
        lambda: changes.void(done, people.pam),
        lambda: budgets.add_line(budget, budget.lines[0].code, "E", 0),
    ):
        refused(attempt, words)
    changes.void(change, people.pam)


def test_before_the_lock_no_money_moves(
    budget: Budget, people: SimpleNamespace, modify: Callable[..., Any], draft: Callable[..., BudgetChange]
) -> None:
    made, done, change = modify(-5, 5), approved(draft(7, number="A"), people), draft(7)
    budgets.unlock(budget, people.pam, None)
    for attempt in (
        lambda: modify(-5, 5),
        lambda: modifications.reverse(made, people.pam),
        lambda: draft(5, number="B"),
        lambda: changes.submit(change, people.pam),
        lambda: changes.void(done, people.pam),
    ):
        refused(attempt, "The budget is not locked.")


# After an unlock


def test_a_lock_corrects_originals_only_and_leaves_what_was_moved(
    budget: Budget, people: SimpleNamespace, modify: Callable[..., Any]
) -> None:
    modify(-100_00, 100_00)
    budgets.unlock(budget, people.pam, None)
    budgets.change_line(budget.lines[0], 1_010_00, "")
    budgets.lock(budget, people.pam, None)
    assert added(budget)[2:] == [("correction", 10_00)]
    sums = budgets.sums(budget)[budget.lines[0].id]
    assert (sums.original, sums.modifications, sums.revised) == (1_010_00, -100_00, 910_00)


def test_an_original_is_not_edited_below_what_was_taken_from_it(
    budget: Budget, people: SimpleNamespace, modify: Callable[..., Any]
) -> None:
    modify(-100_00, 100_00)
    budgets.unlock(budget, people.pam, None)
    refused(lambda: budgets.change_line(budget.lines[0], 99_99, ""), "Its original amount must be at least 100.00.", "amount")
    budgets.change_line(budget.lines[0], 100_00, "")


def test_a_line_on_which_money_or_a_change_stands_is_not_deleted(
    budget: Budget, people: SimpleNamespace, modify: Callable[..., Any], draft: Callable[..., BudgetChange]
) -> None:
    made, change = modify(-5_00, 5_00, lines=budget.lines[1:]), draft(7)
    budgets.unlock(budget, people.pam, None)
    one, two, _ = budget.lines
    refused(lambda: budgets.delete_line(two), "Modifications and changes of (5.00) stand on 03-2000 M.")
    refused(lambda: budgets.delete_line(one), "03-3000 M is a line of the budget change BC-001.")
    changes.void(change, people.pam)
    budgets.delete_line(one)
    budgets.lock(budget, people.pam, None)
    modifications.reverse(made, people.pam)


def test_a_file_replaces_no_lines_on_which_money_was_moved(
    budget: Budget, people: SimpleNamespace, modify: Callable[..., Any]
) -> None:
    modify(-5, 5)
    budgets.unlock(budget, people.pam, None)
    assert "has modifications or budget changes" in budget_importing.why_not_replace(budget)[0].text


# Budget changes


def test_a_change_travels_only_when_it_is_approved(
    budget: Budget, people: SimpleNamespace, draft: Callable[..., BudgetChange]
) -> None:
    change, first = draft(100_00, -50_50), budget.lines[0].id
    assert (change.number, change.state, change.total, change.project_id) == ("BC-001", "Draft", 49_50, budget.project_id)
    assert (changes.pending(budget)[first], added(budget)) == (100_00, [])
    changes.submit(change, people.pam)
    assert (change.state, changes.pending(budget)[first], added(budget)) == ("In review", 100_00, [])
    changes.approve(change, people.pam)
    assert (change.state, changes.pending(budget), added(budget)) == ("Approved", {}, [("change", 100_00), ("change", -50_50)])
    assert [(e.action, e.frm, e.to) for e in audit.history(change.subject)] == [
        ("create", "", ""),
        ("submit", "Draft", "In review"),
        ("approve", "In review", "Approved"),
    ]


def test_voiding_an_approved_change_writes_the_reversal_and_voiding_a_pending_one_nothing(
    budget: Budget, people: SimpleNamespace, draft: Callable[..., BudgetChange]
) -> None:
    change = approved(draft(100_00), people)
    changes.void(change, people.pam)
    assert (change.state, added(budget)) == ("Void", [("change", 100_00), ("change", -100_00)])
    first, second = budgets.entries(budget)[3:]
    assert (second.reverses_id, second.change_id, second.by) == (first.id, change.id, people.pam.id)
    waiting = draft(5, number="BC-002")
    changes.void(waiting, people.pam)
    assert (waiting.state, len(added(budget))) == ("Void", 2)


@pytest.mark.parametrize(
    ("state", "sentences"),
    [
        (ChangeState.DRAFT, {"approve": "Budget change BC-001 is a draft. Submit it first."}),
        (ChangeState.IN_REVIEW, {"submit": "is In review; only a draft is submitted."}),
        (
            ChangeState.APPROVED,
            {
                "submit": "is Approved; only a draft",
                "approve": "is Approved already.",
                "edit": "is Approved and stands as it is.",
            },
        ),
        (
            ChangeState.VOID,
            {
                "submit": "is Void; only a draft",
                "approve": "is Void already.",
                "edit": "is Void and stands",
                "void": "is void already.",
            },
        ),
    ],
)
def test_each_state_takes_its_own_steps_only(
    budget: Budget, people: SimpleNamespace, draft: Callable[..., BudgetChange], state: ChangeState, sentences: dict[str, str]
) -> None:
    change = draft(5)
    change.state = state
    steps: dict[str, Callable[[], Any]] = {
        "edit": lambda: changes.edit(change, people.pam, None, "BC-001", "Rock", "", [Move(budget.lines[0], 5)]),
        "submit": lambda: changes.submit(change, people.pam),
        "approve": lambda: changes.approve(change, people.pam),
        "void": lambda: changes.void(change, people.pam),
    }
    for name, sentence in sentences.items():
        refused(steps[name], sentence)
    assert change.state == state


def test_a_change_without_lines_stays_a_draft(people: SimpleNamespace, draft: Callable[..., BudgetChange]) -> None:
    refused(lambda: changes.submit(draft(), people.pam), "The budget change has no lines. Add one first.")


@pytest.mark.parametrize(
    ("values", "sentence", "field"),
    [
        ({"number": ""}, "Number is missing.", "number"),
        ({"description": "x" * 256}, "Description has 256 characters; at most 255 fit. Shorten it.", "description"),
        ({"number": "x" * 256}, "Number has 256 characters", "number"),
        ({"title": " "}, "Title is missing.", "title"),
        ({"title": "Ro\x01ck"}, "Title has a control character", "title"),
        ({"description": "Ro\x00ck"}, "Description has a control character", "description"),
        ({"number": "bc-000"}, "bc-000 is there already", "number"),
    ],
)
def test_words_that_cannot_be_kept_are_refused_at_their_field(
    draft: Callable[..., BudgetChange], values: dict[str, str], sentence: str, field: str
) -> None:
    draft(5, number="BC-000")
    refused(lambda: draft(5, **values), sentence, field)
    assert draft(5, description="Two\r\nlines").description == "Two\r\nlines"


def test_two_projects_may_use_the_same_number(noise: Budget, people: SimpleNamespace, draft: Callable[..., BudgetChange]) -> None:
    draft(5)
    assert changes.create(noise, people.pam, "BC-001", "Noise", "", []).number == "BC-001"


def test_an_edit_replaces_the_lines_and_a_stale_one_nothing(
    budget: Budget, people: SimpleNamespace, draft: Callable[..., BudgetChange]
) -> None:
    change = draft(5, 6)
    seen, (one, two, _) = change.version, budget.lines
    changes.edit(change, people.pam, seen, "BC-1", "Sand", "", [Move(two, 7), Move(one, -8)])
    assert [(line.line.name, line.amount) for line in change.lines] == [("03-2000 M", 7), ("03-3000 M", -8)]
    for attempt in (
        lambda: changes.edit(change, people.pam, seen, "BC-2", "Clay", "", []),
        lambda: changes.submit(change, people.pam, seen),
        lambda: changes.void(change, people.pam, seen),
    ):
        with pytest.raises(StaleDocument):
            attempt()
    assert (change.number, change.state) == ("BC-1", "Draft")


def test_what_became_impossible_since_it_was_written_is_refused_at_approval(
    budget: Budget, people: SimpleNamespace, modify: Callable[..., Any], draft: Callable[..., BudgetChange], codes: list[CostCode]
) -> None:
    change = draft(-1_000_00)
    changes.submit(change, people.pam)
    modify(-5, 5)
    refused(lambda: changes.approve(change, people.pam), "03-3000 M has 999.95 and would go below zero", "amount-0")
    other = draft(5, number="BC-002")
    changes.submit(other, people.pam)
    codes[0].active = False
    refused(lambda: changes.approve(other, people.pam), "Cost code 03-3000 is not active any more.", "line-0")
    assert (change.state, other.state) == ("In review", "In review")


def test_a_change_whose_money_was_moved_on_is_not_voided_below_zero(
    people: SimpleNamespace, modify: Callable[..., Any], draft: Callable[..., BudgetChange]
) -> None:
    change = approved(draft(100_00), people)
    modify(-1_050_00, 1_050_00)
    refused(
        lambda: changes.void(change, people.pam),
        "03-3000 M has 50.00 and would go below zero, to (50.00). Move money back to it first.",
        "amount-0",
    )


def test_what_waits_stands_first_in_the_list(people: SimpleNamespace, budget: Budget, draft: Callable[..., BudgetChange]) -> None:
    draft(5)
    approved(draft(5, number="BC-002"), people)
    assert [change.number for change in changes.listed(budget)] == ["BC-001", "BC-002"]
    assert changes.next_number(budget) == "BC-003"


def test_a_reason_is_a_sentence_and_no_book(people: SimpleNamespace, budget: Budget) -> None:
    with pytest.raises(BudgetRefused, match="Reason has 256 characters; at most 255 fit. Shorten it.") as refused:
        modifications.modify(budget, [], "x" * 256, people.pam)
    assert refused.value.field == "reason"
