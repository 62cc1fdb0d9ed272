"""Unlocking: possible again once every amount that accounting has came back in the Job Costs report."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from erp import audit
from erp.db import db
from erp.documents.budget_costs import JobCost, by_code, read_at
from erp.documents.budget_state import money, refuse, why_sent
from erp.documents.budget_tables import Budget, BudgetEntry, BudgetLine
from erp.documents.cost_code import CostCode
from erp.documents.document import touch
from erp.items import Snapshot
from erp.kind import Reason
from erp.people import User

NAMED = 5
"""So many missing amounts are named; the others are counted."""


class Sent(NamedTuple):
    """What accounting was sent on one cost code, in minor units, and when the last of it was settled."""

    code_id: int
    code: str
    amount: int
    synced_at: datetime


class Missing(NamedTuple):
    """An amount that did not come back; `read` is None when nothing was read after the export."""

    code_id: int
    code: str
    sent: int
    read: int | None

    @property
    def words(self) -> str:
        """The code with both amounts."""
        return f"{self.code} {money(self.sent)} ({'nothing read since' if self.read is None else f'{money(self.read)} read'})"


def missing(budget: Budget) -> list[Missing]:
    """The codes whose synced transactions have not come back, by code; a code that adds up to 0 counts as back."""
    costs, at = by_code(budget), read_at(budget)
    found = [(sent, _read_since(costs.get(sent.code_id), sent, at)) for sent in _sent(budget) if sent.amount]
    return [Missing(sent.code_id, sent.code, sent.amount, read) for sent, read in found if read != sent.amount]


def _sent(budget: Budget) -> list[Sent]:
    asked = select(CostCode.id, CostCode.code, func.sum(BudgetEntry.amount), func.max(Snapshot.synced_at))
    asked = asked.select_from(BudgetEntry).join(Snapshot, Snapshot.id == BudgetEntry.snapshot_id)
    asked = asked.join(BudgetLine, BudgetLine.id == BudgetEntry.line_id).join(CostCode, CostCode.id == BudgetLine.code_id)
    synced = asked.where(BudgetEntry.budget_id == budget.id, Snapshot.synced_at.is_not(None))
    rows = db.session.execute(synced.group_by(CostCode.id, CostCode.code).order_by(CostCode.code))
    return [Sent(key, code, int(amount), moment) for key, code, amount, moment in rows if moment]


def _read_since(cost: JobCost | None, sent: Sent, last: datetime | None) -> int | None:
    at = cost.read_at if cost else last
    if at is None or at <= sent.synced_at:
        return None
    return cost.estimate_read if cost else 0


def why_not_unlock(budget: Budget) -> list[Reason]:
    """Why the budget cannot be unlocked (product.md section 5)."""
    if not budget.locked_at:
        return [Reason("The budget is not locked.")]
    if sent := why_sent(budget):
        return sent
    gone = missing(budget)
    return [_reason(budget, gone)] if gone else []


def _reason(budget: Budget, gone: list[Missing]) -> Reason:
    named = ", ".join(one.words for one in gone[:NAMED])
    more = f" and {len(gone) - NAMED:,} more" if len(gone) > NAMED else ""
    words = "Accounting has this budget. It can be unlocked once the exported amounts are back in the Job Costs report."
    return Reason(f"{words} Missing: {named}{more}.", f"/projects/{budget.project_id}/job-costs?missing=1", "See the job costs")


def unlock(budget: Budget, actor: User, seen: int | None) -> None:
    """Let lines and original amounts change again."""
    refuse(why_not_unlock(budget))
    touch(budget, seen)
    budget.locked_at = None
    audit.record(budget.subject, "unlock", actor)
