"""What accounting spent and read back, per cost code: the one door from budgets to the job costs that were read."""

from datetime import datetime

from erp.books import job_costs
from erp.books.job_costs import JobCost
from erp.documents.budget_tables import Budget

__all__ = ["JobCost", "by_code", "read_at"]


def by_code(budget: Budget) -> dict[int, JobCost]:
    """cost code -> what was read of it, in minor units; nothing before the first reading."""
    project = budget.project
    return job_costs.by_code(project.connection_id, project.id) if project.connection_id else {}


def read_at(budget: Budget) -> datetime | None:
    """When the Estimate was asked last; a code that was not on it has nothing there."""
    project = budget.project
    reading = job_costs.readings(project.connection_id, [project.id]).get(project.id) if project.connection_id else None
    return reading.estimate_at if reading else None
