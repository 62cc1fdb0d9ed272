"""What an exported budget waits for: that every amount which accounting has came back in the Job Costs report."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from erp.amounts import accounted
from erp.db import db
from erp.documents.budget_costs import Cost, Place, by_place, place_of, read_at
from erp.documents.budget_state import why_not_draft, why_sent
from erp.documents.budget_tables import Budget, BudgetEntry, BudgetLine
from erp.documents.cost_code import CostCode
from erp.items import Snapshot
from erp.kind import Reason

NAMED = 5
"""So many missing amounts are named; the others are counted."""


class Missing(NamedTuple):
    """An amount that did not come back; `read` is None when nothing was read after the export."""

    place: Place
    code: str
    sent: int
    read: int | None

    @property
    def words(self) -> str:
        """The place with both amounts."""
        read = "nothing read since" if self.read is None else f"{accounted(self.read)} read"
        return f"{self.code} {accounted(self.sent)} ({read})"


def missing(budget: Budget) -> list[Missing]:
    """What was synced and has not come back, by code; what adds up to 0 counts as back.

    It is compared per code, or per sub job, code and category where accounting tells as much.
    """
    costs, at = by_place(budget), read_at(budget)
    proven = _by_read_back(budget)
    found = [(sent, _read(costs.get(sent.place), sent, at, proven)) for sent in _sent(budget) if sent.amount]
    return [Missing(sent.place, sent.code, sent.amount, read) for sent, read in found if read != sent.amount]


class Sent(NamedTuple):
    """What accounting was sent of one place, in minor units, and when the last of it was settled."""

    place: Place
    code: str
    amount: int
    synced_at: datetime


def _sent(budget: Budget) -> list[Sent]:
    of = (BudgetLine.sub_job_id, CostCode.id, CostCode.code, BudgetLine.cost_type)
    asked = select(*of, func.sum(BudgetEntry.amount), func.max(Snapshot.synced_at))
    asked = asked.select_from(BudgetEntry).join(Snapshot, Snapshot.id == BudgetEntry.snapshot_id)
    asked = asked.join(BudgetLine, BudgetLine.id == BudgetEntry.line_id).join(CostCode, CostCode.id == BudgetLine.code_id)
    synced = asked.where(BudgetEntry.budget_id == budget.id, Snapshot.synced_at.is_not(None))
    rows, place = db.session.execute(synced.group_by(*of)).all(), place_of(budget.project.connection)
    found: dict[Place, Sent] = {}
    for sub_job_id, key, code, cost_type, amount, moment in rows:
        if moment is not None:
            at = place(sub_job_id, key, cost_type)
            was = found.get(at, Sent(at, at.name(code), 0, moment))
            found[at] = was._replace(amount=was.amount + int(amount), synced_at=max(was.synced_at, moment))
    return sorted(found.values(), key=lambda sent: sent.code)


def _by_read_back(budget: Budget) -> bool:
    """Whether only a reading of these very amounts makes the budget Synced, so that it need not be a later one."""
    connection = budget.project.connection
    return bool(connection and connection.connector.waits_for_posting)


def _read(cost: Cost | None, sent: Sent, last: datetime | None, proven: bool) -> int | None:
    at = cost.read_at if cost else last
    if at is None or (at <= sent.synced_at and not proven):
        return None
    return cost.estimate if cost else 0


def why_not_back(budget: Budget) -> list[Reason]:
    """Why nothing moves in an exported budget before it came back, where accounting posts it after the export."""
    connection = budget.project.connection
    if connection is None or not connection.connector.waits_for_posting:
        return []
    short = connection.connector.short
    words = f"The budget is exported and posted in {short}, but not all of it is back: it moves again once the amounts are read."
    return reasons(budget, words)


def reasons(budget: Budget, words: str) -> list[Reason]:
    """The reason that names what is missing, after these words; none when everything is back."""
    gone = missing(budget)
    if not gone:
        return []
    named = ", ".join(one.words for one in gone[:NAMED])
    more = f" and {len(gone) - NAMED:,} more" if len(gone) > NAMED else ""
    return [Reason(f"{words} Missing: {named}{more}.", f"/projects/{budget.project_id}/job-costs?missing=1", "See the job costs")]


def why_not_move(budget: Budget | None) -> list[Reason]:
    """Why no money moves in it now."""
    return why_not_draft(budget) or (why_sent(budget) or why_not_back(budget) if budget else [])
