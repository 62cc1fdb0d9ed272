"""Unlocking: possible again once every amount that accounting has came back in the Job Costs report."""

from erp import audit
from erp.documents.budget_state import refuse, why_sent
from erp.documents.budget_tables import Budget
from erp.documents.budget_waiting import reasons
from erp.documents.document import touch
from erp.kind import Reason
from erp.people import User

WORDS = "Accounting has this budget. It can be unlocked once the exported amounts are back in the Job Costs report."


def why_not_unlock(budget: Budget) -> list[Reason]:
    """Why the budget cannot be unlocked (product.md section 5)."""
    if not budget.locked_at:
        return [Reason("The budget is not locked.")]
    return why_sent(budget) or reasons(budget, WORDS)


def unlock(budget: Budget, actor: User, seen: int | None) -> None:
    """Let lines and original amounts change again."""
    refuse(why_not_unlock(budget))
    touch(budget, seen)
    budget.locked_at = None
    audit.record(budget.subject, "unlock", actor)
