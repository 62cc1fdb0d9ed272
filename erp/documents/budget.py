"""The budget of a project: what may change on it when, locking, and the transactions that travel to accounting."""

from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from erp import audit
from erp.audit import Actor, System
from erp.db import db, now
from erp.documents import words
from erp.documents.budget_tables import Budget, BudgetEntry, BudgetLine
from erp.documents.cost_code import COST_TYPES, CostCode
from erp.documents.document import DocumentRefused, StaleDocument, fresh, touch
from erp.documents.project import Project
from erp.items import Item, Snapshot, find
from erp.kind import Reason
from erp.people import User
from erp.sheets import MOST
from erp.states import State

__all__ = ["MOST", "NO_LINES", "Budget", "BudgetEntry", "BudgetLine", "BudgetRefused", "add_line", "change_line",
           "check_amount", "delete_line", "entries", "item_of", "lock", "of", "open_for", "page_of", "pages",
           "unlock", "unsynced", "why_not_edit", "why_not_lock", "why_not_unlock"]  # fmt: skip
A_PAGE = 500
PRODUCT = System("product")
NO_LINES = [Reason("The budget has no lines. Add or import some first.")]


class BudgetRefused(DocumentRefused):
    """The budget cannot take this now; `sentence` says why and what to do."""


def of(project: Project) -> Budget | None:
    """The budget of the project."""
    return db.session.scalar(select(Budget).where(Budget.project_id == project.id))


def open_for(project: Project, actor: User) -> Budget:
    """The budget of the project, made when there is none; of two at once, one makes it."""
    return of(project) or _made(project, actor)


def _made(project: Project, actor: User) -> Budget:
    made = Budget(**fresh(actor, project_id=project.id, **_headings(project)))
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError:
        return db.session.scalars(select(Budget).where(Budget.project_id == project.id)).one()
    audit.record(made.subject, "create", actor)
    return made


def _headings(project: Project) -> dict[str, str]:
    return {"number": f"{project.number}-B"[:255], "title": f"{project.name} budget"[:255]}


def item_of(budget: Budget) -> Item | None:
    """The budget's item on the project's connection."""
    return find(budget.project.connection_id, budget.id)


def _sent(budget: Budget) -> list[Reason]:
    item = item_of(budget)
    if item is None or item.as_state in (State.WITH_PM, State.SYNCED):
        return []
    return [Reason(f"The budget was sent to ERP and is {item.state} there. Retrieve it first, or wait for accounting.")]


def why_not_edit(budget: Budget) -> list[Reason]:
    """Why amounts and lines stand now."""
    if budget.locked_at and not _sent(budget):
        return [Reason("The budget is locked. Unlock it to change lines and original amounts.")]
    return _sent(budget)


def add_line(budget: Budget, code: CostCode, cost_type: str, original: int, description: str = "",
             actor: Actor = PRODUCT) -> BudgetLine:  # fmt: skip
    """A new line; raises BudgetRefused when the code and type already have one, or something cannot be taken."""
    _refuse(budget, code, cost_type, original, description)
    line = db.session.scalar(select(BudgetLine).filter_by(budget_id=budget.id, code_id=code.id, cost_type=cost_type))
    if line is not None and not line.deleted:
        raise BudgetRefused(f"Cost code {code.code} with type {cost_type} is in the budget already. Change that line.", "code")
    line = line or BudgetLine(code_id=code.id, cost_type=cost_type, position=next_position(budget), version=0)
    line.original, line.description, line.deleted = original, description.strip() or code.name, False
    line.version += 1
    line.budget = budget
    db.session.add(line)
    touch(budget, None)
    db.session.flush()
    _tell(line, "add line", actor, {"amount": original})
    return line


def _refuse(budget: Budget, code: CostCode, cost_type: str, original: int, description: str) -> None:
    _refuse_edit(budget)
    if code.is_division:
        raise BudgetRefused(f"{code.code} is a division. Choose a cost code below it.", "code")
    if cost_type not in COST_TYPES:
        raise BudgetRefused(f"{cost_type or 'Nothing'} is not a cost type. Choose one of L, M, E, S and O.", "cost_type")
    _refuse_values(original, description)


def _refuse_values(original: int, description: str) -> None:
    check_amount(original)
    if sentence := words.why_not("Description", description, most=None, required=False):
        raise BudgetRefused(sentence, "description")


def next_position(budget: Budget) -> int:
    """The place behind the last line."""
    return 1 + (db.session.scalar(select(func.max(BudgetLine.position)).where(BudgetLine.budget_id == budget.id)) or 0)


def check_amount(amount: int) -> None:
    """Raises BudgetRefused when an amount in minor units is beyond what accounting systems hold."""
    if abs(amount) > MOST:
        raise BudgetRefused("The amount is too large: at most 9,999,999,999.99 either way.", "amount")


def change_line(line: BudgetLine, original: int, description: str, actor: Actor = PRODUCT, seen: int | None = None) -> None:
    """Change the amount and description of an unlocked line; raises StaleDocument when somebody changed it first."""
    _refuse_edit(line.budget)
    _refuse_values(original, description)
    _touch_line(line, seen)
    was = line.original
    line.original, line.description = original, description.strip() or line.code.name
    _tell(line, "change line", actor, {"from": was, "to": original})


def delete_line(line: BudgetLine, actor: Actor = PRODUCT, seen: int | None = None) -> None:
    """Take a line out; what was ever entered for it is corrected to 0 at the next lock."""
    _refuse_edit(line.budget)
    _touch_line(line, seen)
    _tell(line, "delete line", actor, {"amount": line.original})
    if db.session.scalar(select(func.count()).where(BudgetEntry.line_id == line.id)):
        line.deleted, line.original = True, 0
    else:
        budget = line.budget
        db.session.delete(line)
        db.session.flush()
        db.session.expire(budget, ["lines"])


def _touch_line(line: BudgetLine, seen: int | None) -> None:
    """Count a change of the line; the budget changes with it."""
    shown = line.version if seen is None else seen
    same = update(BudgetLine).where(BudgetLine.id == line.id, BudgetLine.version == shown, BudgetLine.deleted.is_(False))
    counted = same.values(version=shown + 1).returning(BudgetLine.id).execution_options(synchronize_session=False)
    if db.session.scalar(counted) is None:
        raise StaleDocument
    db.session.refresh(line)
    touch(line.budget, None)


def _tell(line: BudgetLine, action: str, actor: Actor, details: dict[str, Any]) -> None:
    about = {"line": line.id, "code": line.code.code, "type": line.cost_type}
    audit.record(line.budget.subject, action, actor, details=about | details)


def _refuse_edit(budget: Budget) -> None:
    for reason in why_not_edit(budget):
        raise BudgetRefused(reason.text)


def pages(budget: Budget | None) -> int:
    """How many pages of lines there are."""
    return max(1, -(-budget.size // A_PAGE)) if budget else 1


def page_of(budget: Budget, page: int = 1) -> list[BudgetLine]:
    """One page of the lines that stand, in their order."""
    asked = select(BudgetLine).where(BudgetLine.budget_id == budget.id, BudgetLine.deleted.is_(False))
    ordered = asked.order_by(BudgetLine.position, BudgetLine.id)
    return list(db.session.scalars(ordered.offset((max(1, page) - 1) * A_PAGE).limit(A_PAGE)))


def why_not_lock(budget: Budget) -> list[Reason]:
    """Why the budget cannot be locked."""
    if budget.locked_at:
        return [Reason("The budget is locked already.")]
    if sent := _sent(budget):
        return sent
    return [] if budget.size else NO_LINES


def lock(budget: Budget, actor: User, seen: int | None) -> None:
    """From now on the original amounts stand: each line gets the entry that brings accounting to its amount."""
    for reason in why_not_lock(budget):
        raise BudgetRefused(reason.text)
    touch(budget, seen)
    budget.locked_at = now()
    for name, value in _headings(budget.project).items() if item_of(budget) is None else ():
        setattr(budget, name, value)
    _enter(budget)
    audit.record(budget.subject, "lock", actor, details={"lines": budget.size, "total": budget.total})


def _enter(budget: Budget) -> None:
    booked = dict(_booked(budget))
    lines = select(BudgetLine.id, BudgetLine.original).where(BudgetLine.budget_id == budget.id).order_by(BudgetLine.position)
    steps = [(key, original - booked.get(key, 0)) for key, original in db.session.execute(lines)]
    rows = [{"budget_id": budget.id, "line_id": key, "what": "correction" if key in booked else "original", "amount": step,
             "snapshot_id": None, "at": now()} for key, step in steps if step or key not in booked]  # fmt: skip
    if rows:
        db.session.execute(insert(BudgetEntry), rows)


def _booked(budget: Budget) -> list[tuple[int, int]]:
    asked = select(BudgetEntry.line_id, func.sum(BudgetEntry.amount)).where(BudgetEntry.budget_id == budget.id)
    return [(line_id, int(amount)) for line_id, amount in db.session.execute(asked.group_by(BudgetEntry.line_id))]


def why_not_unlock(budget: Budget) -> list[Reason]:
    """Why the budget cannot be unlocked (product.md section 5)."""
    item = item_of(budget)
    if not budget.locked_at:
        return [Reason("The budget is not locked.")]
    if sent := _sent(budget):
        return sent
    if item and item.in_erp:
        return [Reason("Accounting has this budget. It can be unlocked once the exported original amounts are back in the "
                       "Job Costs report; none of them has come back yet.")]  # fmt: skip
    return []


def unlock(budget: Budget, actor: User, seen: int | None) -> None:
    """Let lines and original amounts change again."""
    for reason in why_not_unlock(budget):
        raise BudgetRefused(reason.text)
    touch(budget, seen)
    budget.locked_at = None
    audit.record(budget.subject, "unlock", actor)


def entries(budget: Budget) -> list[BudgetEntry]:
    """Every transaction of the budget, in order."""
    return list(db.session.scalars(select(BudgetEntry).filter_by(budget_id=budget.id).order_by(BudgetEntry.id)))


def unsynced(budget: Budget) -> list[BudgetEntry]:
    """The transactions that accounting does not have: no snapshot carried them to Synced."""
    asked = select(BudgetEntry).outerjoin(Snapshot, Snapshot.id == BudgetEntry.snapshot_id)
    mine = asked.where(BudgetEntry.budget_id == budget.id, Snapshot.synced_at.is_(None))
    return list(db.session.scalars(mine.order_by(BudgetEntry.id)))
