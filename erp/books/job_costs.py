"""Job costs as accounting told them: per job and item what its Estimate and its job report say, in minor units."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from erp.db import Base, Key, Money, Short, Words, db, refers

K = TypeVar("K")
TAKES = {"estimate": ("estimate_read", "ours"), "report": ("job_to_date",)}
"""What was read -> the columns it replaces."""


class JobCost(Base):
    """One item of accounting on one job; `code_id` is its cost code, empty when the item is none of ours.

    Where accounting keeps sub jobs and categories apart, `sub_job` and `category` are their codes there, and each has a row of
    its own. `ours` is the part of `estimate_read` on lines that carry our marker. `read_at` is when the Estimate was asked last,
    `told` what else was told with it, by name in minor units: original, changes, month_to_date, committed.
    """

    __tablename__ = "job_costs"
    __table_args__ = (
        UniqueConstraint("connection_id", "project_id", "erp_item_id"),
        Index("ix_job_costs_code", "connection_id", "project_id", "code_id"),
    )

    id: Mapped[Key]
    connection_id: Mapped[int] = refers("connections.id")
    project_id: Mapped[int] = refers("documents.id")
    code_id: Mapped[int | None] = refers("documents.id")
    erp_item_id: Mapped[Short]
    erp_item_name: Mapped[Short]
    sub_job: Mapped[Short] = mapped_column(default="", server_default="")
    category: Mapped[Short] = mapped_column(default="", server_default="")
    estimate_read: Mapped[Money]
    ours: Mapped[Money]
    job_to_date: Mapped[Money]
    told: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    read_at: Mapped[datetime | None]


class JobCostReading(Base):
    """The last reading of a job's costs: what was wrong with it, and the total of the job report, which is the truth.

    `made_on` is the day (ISO) on which accounting made what a person uploaded; empty where accounting was asked itself.
    """

    __tablename__ = "job_cost_readings"
    __table_args__ = (UniqueConstraint("connection_id", "project_id"),)

    id: Mapped[Key]
    connection_id: Mapped[int] = refers("connections.id")
    project_id: Mapped[int] = refers("documents.id")
    read_at: Mapped[datetime]
    estimate_at: Mapped[datetime | None]
    report_at: Mapped[datetime | None]
    problem: Mapped[Words]
    report_total: Mapped[Money | None]
    basis: Mapped[Short]
    made_on: Mapped[Short] = mapped_column(default="", server_default="")


def of(connection_id: int, project_ids: Iterable[int] | None = None) -> list[JobCost]:
    """What was read for these jobs, or for all of the connection."""
    asked = select(JobCost).where(JobCost.connection_id == connection_id)
    asked = asked if project_ids is None else asked.where(JobCost.project_id.in_(list(project_ids)))
    return list(db.session.scalars(asked.order_by(JobCost.project_id, JobCost.erp_item_name, JobCost.id)))


class Cost(NamedTuple):
    """What was read of several rows together, in minor units, and when."""

    estimate: int
    job_to_date: int
    read_at: datetime


def summed(connection_id: int, project_id: int, key: Callable[[JobCost], K]) -> dict[K, Cost]:
    """Rows with the same key added up, of cost codes whose Estimate was read at all."""
    found: dict[K, Cost] = {}
    for row in of(connection_id, [project_id]):
        if row.code_id is not None and row.read_at:
            was = found.get(key(row), Cost(0, 0, row.read_at))
            found[key(row)] = Cost(
                was.estimate + row.estimate_read, was.job_to_date + row.job_to_date, min(was.read_at, row.read_at)
            )
    return found


def readings(connection_id: int, project_ids: Iterable[int] | None = None) -> dict[int, JobCostReading]:
    """job -> its last reading."""
    asked = select(JobCostReading).where(JobCostReading.connection_id == connection_id)
    asked = asked if project_ids is None else asked.where(JobCostReading.project_id.in_(list(project_ids)))
    return {row.project_id: row for row in db.session.scalars(asked)}


def totals(costs: Iterable[JobCost]) -> tuple[int, int]:
    """(Estimate, Job to Date) of what stands on cost codes of ours."""
    placed = [cost for cost in costs if cost.code_id is not None]
    return sum(cost.estimate_read for cost in placed), sum(cost.job_to_date for cost in placed)


def not_explained(reading: JobCostReading | None, costs: Iterable[JobCost]) -> int:
    """The total of the job report minus what stands on cost codes of ours: payroll, costs without item, foreign items."""
    return reading.report_total - totals(costs)[1] if reading and reading.report_total is not None else 0


def apply(connection_id: int, project_id: int, row: Mapping[str, Any], at: datetime, codes: Mapping[str, int]) -> int:
    """Take one row of a reading asked at this moment; returns the number of items it holds.

    `row["read"]` is "estimate" or "report" with all its `items` (erp_id, name or label, and the columns of TAKES), the
    report also with `total` and `basis`; or "end" with the `problem` of the whole reading. `codes` places an item:
    its `code`, or where it has none its erp_id -> cost code. An item may say its `sub_job` and `category`; an
    estimate that a person uploaded the day it was `made_on`.
    """
    reading = _reading(connection_id, project_id, at)
    if row["read"] == "end":
        reading.problem = row["problem"]
        return 0
    if row["read"] == "estimate":
        reading.estimate_at, reading.made_on = at, row.get("made_on", "")
    else:
        reading.report_at, reading.report_total, reading.basis = at, row["total"], row["basis"]
    _take(reading, row, codes)
    return len(row["items"])


def _reading(connection_id: int, project_id: int, at: datetime) -> JobCostReading:
    reading = readings(connection_id, [project_id]).get(project_id)
    if reading is None:
        reading = JobCostReading(connection_id=connection_id, project_id=project_id, problem="", basis="")
        db.session.add(reading)
    reading.read_at = at
    db.session.flush()
    return reading


def _take(reading: JobCostReading, row: Mapping[str, Any], codes: Mapping[str, int]) -> None:
    known = {cost.erp_item_id: cost for cost in of(reading.connection_id, [reading.project_id])}
    told = {item["erp_id"][:255]: item for item in row["items"]}
    for erp_id in sorted(known.keys() | told.keys()):
        cost, item = known.get(erp_id) or _new(reading, erp_id), told.get(erp_id, {})
        for name in TAKES[row["read"]]:
            setattr(cost, name, item.get(name, 0))
        cost.read_at = reading.estimate_at
        if row["read"] == "estimate":
            cost.told = item.get("told", {})
        _place(cost, item, codes)
        cost.erp_item_name = (item.get("name") or cost.erp_item_name or item.get("label", ""))[:255]
        if cost.code_id is None and not (cost.estimate_read or cost.ours or cost.job_to_date):
            db.session.delete(cost)
    db.session.flush()


def _place(cost: JobCost, item: Mapping[str, Any], codes: Mapping[str, int]) -> None:
    """On its cost code; of a row that was not told again, the id says the code only where it is that of the code alone."""
    if "code" in item:
        cost.sub_job, cost.category = item.get("sub_job", "")[:255], item.get("category", "")[:255]
        cost.code_id = codes.get(item["code"])
    elif not cost.category:
        cost.code_id = codes.get(cost.erp_item_id)


def _new(reading: JobCostReading, erp_id: str) -> JobCost:
    cost = JobCost(connection_id=reading.connection_id, project_id=reading.project_id, erp_item_id=erp_id, erp_item_name="",
                   estimate_read=0, ours=0, job_to_date=0)  # fmt: skip
    db.session.add(cost)
    return cost


def fail(connection_id: int, project_id: int, sentence: str, at: datetime) -> None:
    """Keep why a reading could not be finished; what was read before stays."""
    _reading(connection_id, project_id, at).problem = sentence
