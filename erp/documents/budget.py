"""The budget of a project: what may change on it when, locking, and the transactions that travel to accounting."""

from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from erp import audit
from erp.amounts import accounted
from erp.audit import Actor, System
from erp.db import db, now
from erp.documents import words
from erp.documents.budget_change import waiting_on
from erp.documents.budget_entries import Sums, enter_originals, entries, sums, unsynced
from erp.documents.budget_export import caution, exported
from erp.documents.budget_state import BudgetRefused, check_amount, check_code, item_of, of, refuse, why_sent
from erp.documents.budget_table import page_of, pages
from erp.documents.budget_tables import Budget, BudgetEntry, BudgetLine
from erp.documents.budget_unlock import unlock, why_not_unlock
from erp.documents.budget_waiting import missing, why_not_back
from erp.documents.cost_code import COST_TYPES, CostCode
from erp.documents.document import StaleDocument, fresh, touch
from erp.documents.project import Project
from erp.documents.sub_job import SubJob
from erp.kind import Reason
from erp.people import User
from erp.sheets import MOST

__all__ = ["MOST", "NO_LINES", "Budget", "BudgetEntry", "BudgetLine", "BudgetRefused", "add_line", "caution",
           "change_line", "check_amount", "delete_line", "entered", "entries", "exported", "item_of", "lock",
           "missing", "of", "open_for", "page_of", "pages", "put_below", "set_forecast", "sums", "unlock", "unsynced",
           "why_not_add", "why_not_back", "why_not_edit", "why_not_lock", "why_not_unlock"]  # fmt: skip
PRODUCT = System("product")
NO_LINES = [Reason("The budget has no lines. Add or import some first.")]


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


def why_not_edit(budget: Budget) -> list[Reason]:
    """Why amounts and lines stand now."""
    if budget.locked_at and not why_sent(budget):
        return [Reason("The budget is locked. Unlock it to change lines and original amounts.")]
    return why_sent(budget)


def why_not_add(budget: Budget) -> list[Reason]:
    """Why no line can be added; a locked budget takes lines of zero, for changes."""
    return why_sent(budget) or why_not_back(budget)


def add_line(budget: Budget, code: CostCode, cost_type: str, original: int, description: str = "",
             actor: Actor = PRODUCT, sub_job: SubJob | None = None) -> BudgetLine:  # fmt: skip
    """A new line, of zero when the budget is locked; raises BudgetRefused when something cannot be taken."""
    _refuse(budget, code, cost_type, original, description)
    _refuse_sub_job(budget, sub_job)
    line = _line_at(budget, code, cost_type, sub_job)
    if line is not None and not line.deleted:
        raise BudgetRefused(_there_already(code, cost_type, sub_job), "code")
    line = line or BudgetLine(code_id=code.id, cost_type=cost_type, sub_job=sub_job, position=next_position(budget), version=0)
    line.original, line.description, line.deleted = original, description.strip() or code.name, False
    line.version += 1
    line.budget = budget
    db.session.add(line)
    touch(budget, None)
    db.session.flush()
    if budget.locked_at:
        enter_originals(budget, actor)
    _tell(line, "add line", actor, {"amount": original})
    return line


def _line_at(budget: Budget, code: CostCode, cost_type: str, sub_job: SubJob | None) -> BudgetLine | None:
    """The line of this sub job, code and type, also a deleted one."""
    asked = select(BudgetLine).filter_by(budget_id=budget.id, code_id=code.id, cost_type=cost_type)
    return db.session.scalar(asked.filter_by(sub_job_id=sub_job.id if sub_job else None))


def _there_already(code: CostCode, cost_type: str, sub_job: SubJob | None) -> str:
    below = f" on sub job {sub_job.number}" if sub_job else ""
    return f"Cost code {code.code} with type {cost_type}{below} is in the budget already. Change that line."


def _refuse_sub_job(budget: Budget, sub_job: SubJob | None) -> None:
    if sub_job is None:
        return
    if sub_job.project_id != budget.project_id:
        raise BudgetRefused(f"{sub_job.number} is a sub job of another project. Choose one of this project.", "sub_job")
    if not sub_job.active:
        raise BudgetRefused(f"Sub job {sub_job.number} is not active any more. Choose another one.", "sub_job")


def _refuse(budget: Budget, code: CostCode, cost_type: str, original: int, description: str) -> None:
    refuse(why_not_add(budget))
    if budget.locked_at and original:
        raise BudgetRefused("The budget is locked: a new line starts at 0. Put money on it by a modification or a budget change.",
                            "amount")  # fmt: skip
    check_code(code)
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


def change_line(line: BudgetLine, original: int, description: str, actor: Actor = PRODUCT, seen: int | None = None) -> None:
    """Change the amount and description of an unlocked line; raises StaleDocument when somebody changed it first."""
    _refuse_edit(line.budget)
    _refuse_values(original, description)
    _refuse_overdrawn(line, original)
    _touch_line(line, seen)
    was = line.original
    line.original, line.description = original, description.strip() or line.code.name
    _tell(line, "change line", actor, {"from": was, "to": original})


def put_below(line: BudgetLine, sub_job: SubJob | None, actor: Actor = PRODUCT) -> None:
    """Put a line of an unlocked budget on another sub job, or on none; what was locked once keeps its place."""
    if line.sub_job_id == (sub_job.id if sub_job else None):
        return
    _refuse_edit(line.budget)
    _refuse_sub_job(line.budget, sub_job)
    if entered(line):
        raise BudgetRefused(f"{line.name} was locked once, so it keeps its sub job. Delete it and add it where it belongs.",
                            "sub_job")  # fmt: skip
    if (other := _line_at(line.budget, line.code, line.cost_type, sub_job)) and not other.deleted:
        raise BudgetRefused(_there_already(line.code, line.cost_type, sub_job), "sub_job")
    if other:
        raise BudgetRefused(f"{other.name} was deleted after it was locked. Add it again and delete this one instead.", "sub_job")
    was, line.sub_job = line.name, sub_job
    _tell(line, "move line", actor, {"from": was, "to": line.name})


def entered(line: BudgetLine) -> bool:
    """Whether a transaction of the line was ever written."""
    return db.session.scalar(select(BudgetEntry.id).where(BudgetEntry.line_id == line.id).limit(1)) is not None


def _refuse_overdrawn(line: BudgetLine, original: int) -> None:
    moved = sums(line.budget, [line.id]).get(line.id, Sums()).moved
    if moved < 0 <= original < line.original and original + moved < 0:
        raise BudgetRefused(f"{accounted(-moved)} were taken from {line.name} by modifications and changes. Its original amount "
                            f"must be at least {accounted(-moved)}.", "amount")  # fmt: skip


def set_forecast(line: BudgetLine, forecast: int | None, actor: Actor = PRODUCT, seen: int | None = None) -> None:
    """Keep a typed Forecast to Complete in minor units; None lets it be computed again. Possible at any time."""
    if forecast is not None:
        check_amount(forecast, "forecast")
    was = line.forecast
    _touch_line(line, seen)
    line.forecast = forecast
    _tell(line, "forecast", actor, {"from": was, "to": forecast})


def delete_line(line: BudgetLine, actor: Actor = PRODUCT, seen: int | None = None) -> None:
    """Take a line out; what was ever entered for it is corrected to 0 at the next lock."""
    _refuse_edit(line.budget)
    refuse(_why_not_delete(line))
    _touch_line(line, seen)
    _tell(line, "delete line", actor, {"amount": line.original})
    if entered(line):
        line.deleted, line.original, line.forecast = True, 0, None
    else:
        budget = line.budget
        db.session.delete(line)
        db.session.flush()
        db.session.expire(budget, ["lines"])


def in_accounting(line: BudgetLine) -> int:
    """What accounting has of a line, in minor units."""
    booked = sums(line.budget, [line.id]).get(line.id, Sums())
    return booked.revised - booked.unsynced


def _why_not_delete(line: BudgetLine) -> list[Reason]:
    if moved := sums(line.budget, [line.id]).get(line.id, Sums()).moved:
        return [Reason(f"Modifications and changes of {accounted(moved)} stand on {line.name}. Lock the budget, move them back, "
                       "then delete the line.")]  # fmt: skip
    if number := waiting_on(line.id):
        return [Reason(f"{line.name} is a line of the budget change {number}. Take it out there or void the change first.")]
    return []


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
    refuse(why_not_edit(budget))


def why_not_lock(budget: Budget) -> list[Reason]:
    """Why the budget cannot be locked."""
    if budget.locked_at:
        return [Reason("The budget is locked already.")]
    if sent := why_sent(budget):
        return sent
    return [] if budget.size else NO_LINES


def lock(budget: Budget, actor: User, seen: int | None) -> None:
    """From now on the original amounts stand: each line gets the entry that brings accounting to its amount."""
    refuse(why_not_lock(budget))
    touch(budget, seen)
    budget.locked_at = now()
    for name, value in _headings(budget.project).items() if item_of(budget) is None else ():
        setattr(budget, name, value)
    enter_originals(budget, actor)
    audit.record(budget.subject, "lock", actor, details={"lines": budget.size, "total": budget.total})
