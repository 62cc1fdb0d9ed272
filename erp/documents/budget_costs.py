"""What accounting spent and read back: the one door from budgets to the job costs that were read."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from erp.books import job_costs
from erp.books.job_costs import Cost, JobCost
from erp.connections import Connection
from erp.documents import sub_job
from erp.documents.budget_tables import Budget

__all__ = ["Cost", "Place", "by_code", "by_place", "place_of", "place_there", "read_at"]


class Place(NamedTuple):
    """Where an amount stands in accounting: on a cost code; where it tells as much also its sub job's code and its category."""

    sub_job: str
    code_id: int
    category: str

    def name(self, code: str) -> str:
        """What people call it, by the number of its code."""
        return " ".join(part for part in (self.sub_job and f"{self.sub_job} /", code, self.category) if part)


def place_of(connection: Connection | None) -> Callable[[int | None, int, str], Place]:
    """How a line's sub job, code and cost type become its place on this connection."""
    if connection is None or not connection.connector.costs_by_category:
        return lambda sub_job_id, code_id, cost_type: Place("", code_id, "")
    known, category, settings = sub_job.there(connection), connection.connector.category_of, connection.settings
    return lambda sub_job_id, code_id, cost_type: Place(_code(known, sub_job_id), code_id, category(cost_type, settings))


def _code(known: dict[int, str], sub_job_id: int | None) -> str:
    return known.get(sub_job_id, f"sub job {sub_job_id}") if sub_job_id else ""


def place_there(connection: Connection) -> Callable[[JobCost], Place]:
    """The place of what was read from this connection."""
    if connection.connector.costs_by_category:
        return lambda row: Place(row.sub_job, row.code_id or 0, row.category)
    return lambda row: Place("", row.code_id or 0, "")


def by_place(budget: Budget) -> dict[Place, Cost]:
    """place -> what was read of it; nothing before the first reading."""
    project = budget.project
    if project.connection is None:
        return {}
    return job_costs.summed(project.connection.id, project.id, place_there(project.connection))


def by_code(budget: Budget) -> dict[tuple[str, int], Cost]:
    """(sub job's code in accounting, cost code) -> what was read of it."""
    project = budget.project
    if project.connection_id is None:
        return {}
    return job_costs.summed(project.connection_id, project.id, lambda row: (row.sub_job, row.code_id or 0))


def read_at(budget: Budget) -> datetime | None:
    """When the Estimate was asked last; a code that was not on it has nothing there."""
    project = budget.project
    reading = job_costs.readings(project.connection_id, [project.id]).get(project.id) if project.connection_id else None
    return reading.estimate_at if reading else None
