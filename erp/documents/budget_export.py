"""After the first export a budget cannot be imported from the ERP any more: the caution before, and the fact afterwards."""

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import aliased

from erp import audit
from erp.audit import Actor, System
from erp.db import db, now
from erp.documents.budget_tables import Budget
from erp.documents.project import Project


def caution(budget_ids: Select[int] | list[int]) -> list[str]:
    """The sentences for budgets that were never exported, in the order of the projects' numbers."""
    project = aliased(Project, flat=True)
    asked = select(project.title).join(Budget, Budget.project_id == project.id)
    fresh = asked.where(Budget.id.in_(budget_ids), Budget.exported_at.is_(None))
    return [f"From this export on, the budget of {name} cannot be imported from the ERP any more."
            for name in db.session.scalars(fresh.order_by(project.number, project.id))]  # fmt: skip


def exported(budget_id: int, actor: Actor | None = None) -> None:
    """Keep as a fact that the budget went out; only the first time counts."""
    if db.session.scalar(_EXPORTED_AT, {"budget_id": budget_id}) is not None:
        return
    budget = db.session.get_one(Budget, budget_id)
    if budget.exported_at is None:
        budget.exported_at = now()
        audit.record(budget.subject, "first export", actor or System("product"))


_BUDGETS = Budget.__table__
_EXPORTED_AT = select(_BUDGETS.c.exported_at).where(_BUDGETS.c.id == bindparam("budget_id"))
