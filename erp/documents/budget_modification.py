"""Budget modifications: money moves from line to line of one locked budget, sum zero, and is only ever moved back."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from erp import audit
from erp.amounts import accounted
from erp.audit import Actor
from erp.db import db, now
from erp.documents import words
from erp.documents.budget_change_tables import BudgetModification
from erp.documents.budget_entries import row, write
from erp.documents.budget_moves import Move, check_moves, check_results
from erp.documents.budget_state import BudgetRefused, refuse
from erp.documents.budget_tables import Budget, BudgetEntry, BudgetLine
from erp.documents.budget_waiting import why_not_move
from erp.documents.document import touch
from erp.kind import Reason

MOVE_BACK = "Move money back to it first."
A_PAGE = 100


def modify(budget: Budget, moves: Sequence[Move], reason: str, actor: Actor, seen: int | None = None) -> BudgetModification:
    """Move money between lines; raises BudgetRefused naming the field, StaleDocument when the page showed something older."""
    refuse(why_not_move(budget))
    if sentence := words.why_not("Reason", reason):
        raise BudgetRefused(sentence, "reason")
    _check(budget, moves)
    touch(budget, seen)
    made = _make(budget, reason.strip(), actor, None)
    write([row(budget, move.line.id, "modification", move.amount, actor, modification_id=made.id) for move in moves])
    return _tell(made, "modify budget", moves, actor)


def _check(budget: Budget, moves: Sequence[Move]) -> None:
    if len(moves) < 2:
        raise BudgetRefused("A modification moves money from one line to another. Fill in at least two lines.")
    check_moves(budget, moves)
    if left := sum(move.amount for move in moves):
        raise BudgetRefused(_unbalanced(left, moves))
    check_results(budget, moves)


def _unbalanced(left: int, moves: Sequence[Move]) -> str:
    taken = -sum(move.amount for move in moves if move.amount < 0)
    return (f"{accounted(taken)} are taken and {accounted(taken + left)} are added: the sum must be zero. "
            "For a budget that grows or shrinks write a budget change.")  # fmt: skip


def reverse(modification: BudgetModification, actor: Actor, seen: int | None = None) -> BudgetModification:
    """Move the money back, by a modification of its own."""
    budget = modification.budget
    refuse(why_not_reverse(modification) or why_not_move(budget))
    there = _entries(modification)
    moves = [Move(entry.line, -entry.amount) for entry in there]
    check_results(budget, moves, MOVE_BACK)
    touch(budget, seen)
    made = _make(budget, f"Reversal of modification {modification.number}", actor, modification.id)
    write([row(budget, entry.line_id, "modification", -entry.amount, actor, modification_id=made.id, reverses_id=entry.id)
           for entry in there])  # fmt: skip
    return _tell(made, "reverse modification", moves, actor)


def why_not_reverse(modification: BudgetModification) -> list[Reason]:
    """Why there is nothing to reverse."""
    if modification.reverses_id:
        return [Reason("This is a reversal itself. Move the money again by a new modification.")]
    if db.session.scalar(select(BudgetModification.id).filter_by(reverses_id=modification.id)):
        return [Reason(f"Modification {modification.number} is reversed already.")]
    return []


def _entries(modification: BudgetModification) -> list[BudgetEntry]:
    return list(db.session.scalars(select(BudgetEntry).filter_by(modification_id=modification.id).order_by(BudgetEntry.id)))


def _make(budget: Budget, reason: str, actor: Actor, reverses_id: int | None) -> BudgetModification:
    last = db.session.scalar(select(func.max(BudgetModification.number)).where(BudgetModification.budget_id == budget.id)) or 0
    made = BudgetModification(budget_id=budget.id, number=last + 1, reason=reason, by=actor.id, at=now(), reverses_id=reverses_id)
    db.session.add(made)
    db.session.flush()
    return made


def _tell(made: BudgetModification, action: str, moves: Sequence[Move], actor: Actor) -> BudgetModification:
    amounts = [[move.line.name, move.amount] for move in moves]
    audit.record(made.budget.subject, action, actor, details={"modification": made.number, "amounts": amounts})
    return made


def find(budget: Budget, modification_id: int) -> BudgetModification | None:
    """A modification of this budget."""
    return db.session.scalar(select(BudgetModification).filter_by(id=modification_id, budget_id=budget.id))


def listed(budget: Budget, page: int = 1) -> list[BudgetModification]:
    """A page of the modifications with their lines and authors, newest first."""
    with_lines = selectinload(BudgetModification.entries).selectinload(BudgetEntry.line).joinedload(BudgetLine.code)
    asked = select(BudgetModification).filter_by(budget_id=budget.id).order_by(BudgetModification.number.desc())
    asked = asked.options(with_lines, selectinload(BudgetModification.author))
    return list(db.session.scalars(asked.offset((max(1, page) - 1) * A_PAGE).limit(A_PAGE)))


def pages(budget: Budget) -> int:
    """How many pages of modifications there are."""
    size = db.session.scalar(select(func.count()).where(BudgetModification.budget_id == budget.id)) or 0
    return max(1, -(-size // A_PAGE))


def reversed_among(shown: Sequence[BudgetModification]) -> dict[int, int]:
    """Which of them were reversed: id -> the number of the reversal."""
    asked = select(BudgetModification.reverses_id, BudgetModification.number)
    found = db.session.execute(asked.where(BudgetModification.reverses_id.in_([one.id for one in shown])))
    return {key: number for key, number in found if key}
