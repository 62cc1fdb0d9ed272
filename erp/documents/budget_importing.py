"""Carrying out the plan of a budget import with few statements, in the caller's one transaction."""

from typing import Any

from sqlalchemy import delete, insert, select, update

from erp import audit
from erp.db import db
from erp.documents import cost_code, sub_job
from erp.documents.budget import item_of, next_position, why_not_edit
from erp.documents.budget_change_tables import BudgetChange, BudgetModification
from erp.documents.budget_import import Mapping, Plan, Planned, plan
from erp.documents.budget_tables import Budget, BudgetEntry, BudgetLine
from erp.documents.cost_code import Known
from erp.documents.document import touch
from erp.documents.imports import ImportRefused, refuse_faults
from erp.documents.uploads import Upload, forget
from erp.kind import Reason
from erp.people import User


def why_not_replace(budget: Budget | None) -> list[Reason]:
    """Why the lines that are there cannot be replaced by a file."""
    if budget is None or not budget.size:
        return [Reason("The budget has no lines yet.")]
    item = item_of(budget)
    if item and item.ever_sent:
        return [Reason("The budget was sent to ERP once, so its lines stay. Change or delete single lines instead.")]
    if has_moves(budget):
        return [Reason("The budget has modifications or budget changes, so its lines stay. Change single lines instead.")]
    return why_not_edit(budget)


def has_moves(budget: Budget) -> bool:
    """Whether money was ever moved in it, so that its lines stay."""
    asked = (select(table.id).where(table.budget_id == budget.id).limit(1) for table in (BudgetModification, BudgetChange))
    return any(db.session.scalar(one) is not None for one in asked)


def carry_out(budget: Budget, upload: Upload, mapping: Mapping, actor: User, leave_out: bool) -> Plan:
    """Import the upload as planned at this moment; raises ImportRefused and changes nothing when something is against it."""
    for reason in [*why_not_edit(budget), *(why_not_replace(budget) if mapping.replace and budget.size else [])]:
        raise ImportRefused(reason.text)
    agreed = plan(budget, upload.sheet, mapping, actor, sub_job.of(budget.project))
    refuse_faults(agreed.faults, len(agreed.lines), leave_out)
    touch(budget, None)
    put(budget, agreed, actor)
    audit.record(budget.subject, "import", actor, details={
        "file": upload.name, "lines": len(agreed.lines), "total": agreed.total, "replaced": mapping.replace,
        "left_out": agreed.rows_with_errors, "new_codes": len(agreed.new_codes), "upload": upload.id})  # fmt: skip
    forget(upload)
    return agreed


def put(budget: Budget, agreed: Plan, actor: User) -> None:
    """Write the lines of a plan, in place of all that are there if it replaces them."""
    cost_code.create_many(actor, agreed.new_codes)
    if agreed.replace:
        _clear(budget)
    known, there, first = cost_code.by_code(), _there(budget), next_position(budget)
    below = {one.number: one.id for one in sub_job.of(budget.project)}
    rows = [_row(line, known[line.code.lower()], first + place, below.get(line.sub_job))
            for place, line in enumerate(agreed.lines)]  # fmt: skip
    fresh = [row for row in rows if _key(row) not in there]
    again = [{**row, "id": there[_key(row)]} for row in rows if _key(row) in there]
    if fresh:
        db.session.execute(insert(BudgetLine), [{**row, "budget_id": budget.id, "version": 1} for row in fresh])
    if again:
        db.session.execute(update(BudgetLine), again)
    db.session.expire(budget, ["lines"])


def _row(line: Planned, code: Known, position: int, sub_job_id: int | None) -> dict[str, Any]:
    return {"sub_job_id": sub_job_id, "code_id": code.id, "cost_type": line.cost_type, "original": line.amount,
            "position": position, "deleted": False, "description": line.description or code.name}  # fmt: skip


Place = tuple[int | None, int, str]
"""Sub job, cost code and cost type: what may stand in a budget once."""


def _key(row: dict[str, Any]) -> Place:
    return row["sub_job_id"], row["code_id"], row["cost_type"]


def _there(budget: Budget) -> dict[Place, int]:
    asked = select(BudgetLine.sub_job_id, BudgetLine.code_id, BudgetLine.cost_type, BudgetLine.id)
    rows = db.session.execute(asked.where(BudgetLine.budget_id == budget.id))
    return {(below, code_id, letter): key for below, code_id, letter, key in rows}


def _clear(budget: Budget) -> None:
    """Lines that were locked once keep their row for the correction to 0; the others go."""
    entered = select(BudgetEntry.line_id).where(BudgetEntry.budget_id == budget.id)
    mine, gone = BudgetLine.budget_id == budget.id, {"deleted": True, "original": 0, "version": BudgetLine.version + 1}
    db.session.execute(update(BudgetLine).where(mine, BudgetLine.id.in_(entered)).values(gone))
    db.session.execute(delete(BudgetLine).where(mine, BudgetLine.id.not_in(entered)))
