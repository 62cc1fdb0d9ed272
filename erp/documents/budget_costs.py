"""What accounting spent and read back, per cost code: the one door from budgets to the job costs that were read."""

from erp.books import job_costs
from erp.books.job_costs import JobCost
from erp.documents.budget_tables import Budget

__all__ = ["JobCost", "by_code"]


def by_code(budget: Budget) -> dict[int, JobCost]:
    """cost code -> what was read of it, in minor units; nothing before the first reading."""
    project = budget.project
    return job_costs.by_code(project.connection_id, project.id) if project.connection_id else {}
