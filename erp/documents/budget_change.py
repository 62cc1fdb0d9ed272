"""Budget changes: documents that let a locked budget grow or shrink. Only an approved one writes transactions."""

from collections.abc import Sequence

from sqlalchemy import case, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from erp import audit
from erp.audit import Actor
from erp.db import db
from erp.documents import words
from erp.documents.budget_change_tables import PENDING, BudgetChange, BudgetChangeLine, ChangeState
from erp.documents.budget_entries import row, write
from erp.documents.budget_moves import Move, check_moves, check_results
from erp.documents.budget_state import BudgetRefused, refuse, why_not_draft
from erp.documents.budget_tables import Budget, BudgetEntry
from erp.documents.budget_waiting import why_not_move
from erp.documents.document import fresh, touch
from erp.kind import Reason
from erp.people import User

MOVE_BACK = "Move money back to it first."
TAKEN = "Budget change {} is there already. Choose another number."


def create(budget: Budget, actor: User, number: str, title: str, description: str, moves: Sequence[Move]) -> BudgetChange:
    """A new budget change, Draft; raises BudgetRefused naming the field."""
    refuse(why_not_draft(budget))
    _refuse(budget, number, title, description, moves)
    made = BudgetChange(**fresh(actor, project_id=budget.project_id, number=number.strip(), title=title.strip()), budget=budget,
                        number_key=_key(number), description=description.strip(), state=ChangeState.DRAFT)  # fmt: skip
    db.session.add(made)
    _keep(made, moves)
    _tell(made, "create", actor)
    return made


def _keep(change: BudgetChange, moves: Sequence[Move]) -> None:
    """Write the head, the only one with its number, and its lines anew."""
    try:
        with db.session.begin_nested():
            change.lines = []
            db.session.flush()
            change.lines = _lines(moves)
    except IntegrityError as twice:
        raise BudgetRefused(TAKEN.format(change.number), "number") from twice


def _one_line(text: str) -> str:
    return text.replace("\r\n", " ").replace("\n", " ")


def _key(number: str) -> str:
    return number.strip().lower()


def _lines(moves: Sequence[Move]) -> list[BudgetChangeLine]:
    return [BudgetChangeLine(line_id=move.line.id, amount=move.amount, position=n) for n, move in enumerate(moves)]


def _refuse(budget: Budget, number: str, title: str, description: str, moves: Sequence[Move], but: int | None = None) -> None:
    against = {"number": words.why_not("Number", number), "title": words.why_not("Title", title),
               "description": words.why_not("Description", _one_line(description), required=False)}  # fmt: skip
    same = db.session.scalar(select(BudgetChange.id).filter_by(budget_id=budget.id, number_key=_key(number)))
    if same and same != but:
        against["number"] = TAKEN.format(number.strip())
    for field, sentence in against.items():
        if sentence:
            raise BudgetRefused(sentence, field)
    check_moves(budget, moves)


def edit(change: BudgetChange, actor: Actor, seen: int | None, number: str, title: str, description: str,
         moves: Sequence[Move]) -> None:  # fmt: skip
    """Save the form of a change that is not approved; raises StaleDocument when somebody saved first."""
    refuse(why_not_edit(change))
    _refuse(change.budget, number, title, description, moves, change.id)
    touch(change, seen)
    was = {"number": change.number, "title": change.title, "lines": [[line.line.name, line.amount] for line in change.lines]}
    change.number, change.number_key = number.strip(), _key(number)
    change.title, change.description = title.strip(), description.strip()
    _keep(change, moves)
    _tell(change, "edit", actor, was=was)


def why_not_edit(change: BudgetChange) -> list[Reason]:
    """Why its form stands now."""
    if not change.pending:
        return [Reason(f"Budget change {change.number} is {change.state} and stands as it is. Write a new one.")]
    return why_not_draft(change.budget)


def why_not_submit(change: BudgetChange) -> list[Reason]:
    """Why it cannot go into review."""
    if change.state != ChangeState.DRAFT:
        return [Reason(f"Budget change {change.number} is {change.state}; only a draft is submitted.")]
    if not change.lines:
        return [Reason("The budget change has no lines. Add one first.")]
    return why_not_draft(change.budget)


def submit(change: BudgetChange, actor: Actor, seen: int | None = None) -> None:
    """From Draft to In review."""
    refuse(why_not_submit(change))
    _turn(change, actor, seen, ChangeState.IN_REVIEW, "submit")


def why_not_approve(change: BudgetChange) -> list[Reason]:
    """Why it cannot be approved."""
    if change.state == ChangeState.DRAFT:
        return [Reason(f"Budget change {change.number} is a draft. Submit it first.")]
    if change.state != ChangeState.IN_REVIEW:
        return [Reason(f"Budget change {change.number} is {change.state} already.")]
    if not change.lines:
        return [Reason("The budget change has no lines. Add one first.")]
    return why_not_move(change.budget)


def approve(change: BudgetChange, actor: Actor, seen: int | None = None) -> None:
    """From In review to Approved: its lines become transactions of the budget, which the next Send carries."""
    refuse(why_not_approve(change))
    moves = [Move(line.line, line.amount) for line in change.lines]
    check_moves(change.budget, moves)
    check_results(change.budget, moves, deducts=True)
    _turn(change, actor, seen, ChangeState.APPROVED, "approve")
    touch(change.budget, None)
    write([row(change.budget, move.line.id, "change", move.amount, actor, change_id=change.id) for move in moves])


def why_not_void(change: BudgetChange) -> list[Reason]:
    """Why it cannot be voided."""
    if change.state == ChangeState.VOID:
        return [Reason(f"Budget change {change.number} is void already.")]
    return why_not_move(change.budget) if change.state == ChangeState.APPROVED else []


def void(change: BudgetChange, actor: Actor, seen: int | None = None) -> None:
    """To Void; an approved change is taken back by entries of its own, so that accounting gets the reversal, or nothing."""
    refuse(why_not_void(change))
    written = _entries(change)
    check_results(change.budget, [Move(entry.line, -entry.amount) for entry in written], MOVE_BACK)
    _turn(change, actor, seen, ChangeState.VOID, "void")
    if written:
        touch(change.budget, None)
    write([row(change.budget, entry.line_id, "change", -entry.amount, actor, change_id=change.id, reverses_id=entry.id)
           for entry in written])  # fmt: skip


def _entries(change: BudgetChange) -> list[BudgetEntry]:
    return list(db.session.scalars(select(BudgetEntry).filter_by(change_id=change.id).order_by(BudgetEntry.id)))


def _turn(change: BudgetChange, actor: Actor, seen: int | None, to: ChangeState, action: str) -> None:
    touch(change, seen)
    was, change.state = change.state, to
    _tell(change, action, actor, was, to)


def _tell(change: BudgetChange, action: str, actor: Actor, frm: str = "", to: str = "", **details: object) -> None:
    about = {"change": change.number, "total": change.total} | details
    audit.record(change.subject, action, actor, frm=frm, to=to, details=about)


def next_number(budget: Budget) -> str:
    """The number that the form of a new change offers."""
    taken = set(db.session.scalars(select(BudgetChange.number_key).filter_by(budget_id=budget.id)))
    return next(number for n in range(len(taken) + 1, len(taken) * 2 + 2) if (number := f"BC-{n:03d}").lower() not in taken)


def find(budget: Budget, change_id: int) -> BudgetChange | None:
    """A change of this budget."""
    return db.session.scalar(select(BudgetChange).filter_by(id=change_id, budget_id=budget.id))


def listed(budget: Budget) -> list[BudgetChange]:
    """Every change of the budget with its lines: what waits first, then by number."""
    waits = case((BudgetChange.state.in_(PENDING), 0), else_=1)
    asked = select(BudgetChange).filter_by(budget_id=budget.id).options(selectinload(BudgetChange.lines))
    return list(db.session.scalars(asked.order_by(waits, BudgetChange.id.desc())))


def pending(budget: Budget) -> dict[int, int]:
    """What changes that are not approved yet would add, in one query: line -> minor units."""
    asked = select(BudgetChangeLine.line_id, func.sum(BudgetChangeLine.amount)).join(BudgetChange)
    mine = asked.where(BudgetChange.budget_id == budget.id, BudgetChange.state.in_(PENDING))
    return {line_id: int(amount) for line_id, amount in db.session.execute(mine.group_by(BudgetChangeLine.line_id))}


def waiting_on(line_id: int) -> str:
    """The number of a change that is not approved yet and names the line; empty when none does."""
    asked = select(BudgetChange.number).join(BudgetChangeLine).where(BudgetChangeLine.line_id == line_id)
    return db.session.scalar(asked.where(BudgetChange.state.in_(PENDING)).limit(1)) or ""
