"""The ERP Job Costs report: per job and cost code what accounting was sent, and what it has and spent, in minor units.

Where accounting tells as much, each sub job and category of a code has a line of its own.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select

from erp.books import job_costs
from erp.books.job_costs import JobCost, JobCostReading
from erp.connections import Connection
from erp.db import db
from erp.documents.budget_costs import Place, place_of, place_there
from erp.documents.budget_tables import Budget, BudgetEntry, BudgetLine
from erp.documents.cost_code import CostCode
from erp.documents.project import Project
from erp.items import Item, Snapshot
from erp.sheets.writing import Cell

COLUMNS = ("Original Estimate", "Approved Changes", "Estimate", "Estimate in {}", "Difference", "Job to Date")
"""With the name of the accounting system: see `columns`."""
ORIGINALS = ("original", "correction")
APART = {"sub_job": "Sub Job", "category": "Category"}
"""Columns that are there when a line has something in them."""
NOT_EXPLAINED = "Not explained (payroll, costs on no cost code of ours)"


@dataclass
class Figures:
    """The amounts of one row; `read` is empty while the Estimate was never read."""

    original: int = 0
    changes: int = 0
    read: int | None = None
    job_to_date: int = 0

    @property
    def estimate(self) -> int:
        """What accounting was sent."""
        return self.original + self.changes

    @property
    def difference(self) -> int | None:
        """What the Estimate in accounting has more than it was sent; empty while it was never read."""
        return None if self.read is None else self.read - self.estimate

    @property
    def amounts(self) -> tuple[int | None, ...]:
        """In the order of COLUMNS."""
        return self.original, self.changes, self.estimate, self.read, self.difference, self.job_to_date


@dataclass
class Line(Figures):
    """One cost code of one job, perhaps of one sub job and category; `read_at` is when it was read back, `synced_at` when
    accounting took the last of it, empty where only a reading of the very amounts says that it did."""

    code_id: int = 0
    sub_job: str = ""
    category: str = ""
    code: str = ""
    name: str = ""
    synced_at: datetime | None = None
    read_at: datetime | None = None

    @property
    def missing(self) -> bool:
        """Whether the amount has not come back since; nothing sent counts as back until something else was read."""
        stale = bool(self.synced_at and self.estimate and (self.read_at is None or self.read_at <= self.synced_at))
        return stale or (self.read or 0) != self.estimate


@dataclass
class JobReport:
    """One job: its lines by code, what stands on no cost code of ours, and its last reading."""

    project: Project
    lines: list[Line] = field(default_factory=list)
    foreign: list[JobCost] = field(default_factory=list)
    reading: JobCostReading | None = None
    not_explained: int = 0

    @property
    def total(self) -> Figures:
        """The sum of the lines."""
        return add(self.lines)

    @property
    def missing(self) -> list[Line]:
        """The lines whose amount has not come back."""
        return [line for line in self.lines if line.missing]

    @property
    def apart(self) -> tuple[str, ...]:
        """What tells lines of one code apart here: the fields `sub_job` and `category`, as far as a line has them."""
        return tuple(name for name in APART if any(getattr(line, name) for line in self.lines))


def columns(connection: Connection | None) -> tuple[str, ...]:
    """The headings of the amounts; what was read bears the name of the accounting system."""
    return tuple(words.format(connection.connector.short if connection else "accounting") for words in COLUMNS)


def add(rows: Iterable[Figures]) -> Figures:
    """The sums of several rows."""
    found = list(rows)
    read = [row.read for row in found if row.read is not None]
    return Figures(sum(row.original for row in found), sum(row.changes for row in found), sum(read) if read else None,
                   sum(row.job_to_date for row in found))  # fmt: skip


def of_project(project: Project) -> JobReport:
    """The report of one project; empty when nothing of it was sent or read."""
    found = _reports(project.connection, [project.id]) if project.connection else []
    return found[0] if found else JobReport(project)


def of_connection(connection: Connection) -> list[JobReport]:
    """The reports of all jobs with a synced budget or a reading, by number."""
    return _reports(connection, None)


def _reports(connection: Connection, project_ids: Sequence[int] | None) -> list[JobReport]:
    lines, costs = _sent(connection, project_ids), job_costs.of(connection.id, project_ids)
    readings, place = job_costs.readings(connection.id, project_ids), place_there(connection)
    for cost in costs:
        if cost.code_id is not None:
            _read(_at(lines[cost.project_id], place(cost)), cost)
    _name(line for of_job in lines.values() for line in of_job.values())
    asked = select(Project).where(Project.id.in_(lines.keys() | readings.keys()))
    projects = db.session.scalars(asked.order_by(func.lower(Project.number), Project.id))
    return [_report(project, lines[project.id], [cost for cost in costs if cost.project_id == project.id],
                    readings.get(project.id)) for project in projects]  # fmt: skip


Lines = dict[Place, Line]


def _sent(connection: Connection, project_ids: Sequence[int] | None) -> defaultdict[int, Lines]:
    """project -> place -> what of it was synced on this connection."""
    of = (Budget.project_id, BudgetLine.sub_job_id, BudgetLine.code_id, BudgetLine.cost_type, BudgetEntry.what)
    asked = select(*of, func.sum(BudgetEntry.amount), func.max(Snapshot.synced_at))
    asked = asked.join(BudgetEntry, BudgetEntry.budget_id == Budget.id).join(BudgetLine, BudgetLine.id == BudgetEntry.line_id)
    asked = asked.join(Snapshot, Snapshot.id == BudgetEntry.snapshot_id).join(Item, Item.id == Snapshot.item_id)
    asked = asked.where(Item.connection_id == connection.id, Snapshot.synced_at.is_not(None))
    if project_ids is not None:
        asked = asked.where(Budget.project_id.in_(project_ids))
    found, place = defaultdict[int, Lines](dict), place_of(connection)
    for project_id, sub_job_id, code_id, cost_type, what, amount, at in db.session.execute(asked.group_by(*of)):
        if project_id is not None and at is not None:
            line = _at(found[project_id], place(sub_job_id, code_id, cost_type))
            _count(line, what, int(amount), None if connection.connector.waits_for_posting else at)
    return found


def _at(lines: Lines, place: Place) -> Line:
    return lines.setdefault(place, Line(code_id=place.code_id, sub_job=place.sub_job, category=place.category))


def _count(line: Line, what: str, amount: int, at: datetime | None) -> None:
    line.original += amount if what in ORIGINALS else 0
    line.changes += 0 if what in ORIGINALS else amount
    line.synced_at = max(at, line.synced_at or at) if at else None


def _read(line: Line, cost: JobCost) -> None:
    line.job_to_date += cost.job_to_date
    if cost.read_at:
        line.read, line.read_at = (line.read or 0) + cost.estimate_read, cost.read_at


def _not_on_it(line: Line, reading: JobCostReading | None) -> None:
    """A code that was not on the Estimate when that was read has nothing there."""
    if line.read_at is None and reading is not None and reading.estimate_at:
        line.read, line.read_at = 0, reading.estimate_at


def _name(lines: Iterable[Line]) -> None:
    """Number and name of the codes, in one question."""
    found = list(lines)
    asked = select(CostCode.id, CostCode.code, CostCode.title).where(CostCode.id.in_({line.code_id for line in found}))
    named = {key: (code, name) for key, code, name in db.session.execute(asked)}
    for line in found:
        line.code, line.name = named.get(line.code_id, ("?", ""))


def _report(project: Project, lines: Lines, costs: list[JobCost], reading: JobCostReading | None) -> JobReport:
    foreign = [cost for cost in costs if cost.code_id is None]
    for line in lines.values():
        _not_on_it(line, reading)
    ordered = sorted(lines.values(), key=lambda line: (line.sub_job, line.code, line.category))
    return JobReport(project, ordered, foreign, reading, job_costs.not_explained(reading, costs))


def table(reports: Iterable[JobReport], when: Callable[[datetime], str], missing: bool = False) -> Iterator[list[Cell]]:
    """The report as rows of a file: a head, then each job's cost codes, what is not explained, and its total."""
    found = list(reports)
    apart = [name for name in APART if any(name in report.apart for report in found)]
    yield ["Project", "Name", "Cost Code", "Description", *(APART[name] for name in apart),
           *columns(found[0].project.connection if found else None), "Read at", "Basis"]  # fmt: skip
    for report in found:
        yield from _rows(report, when, missing, apart)


def _rows(report: JobReport, when: Callable[[datetime], str], missing: bool, apart: list[str]) -> Iterator[list[Cell]]:
    head: list[Cell] = [report.project.number, report.project.name]
    basis = report.reading.basis if report.reading else ""
    for line in report.missing if missing else report.lines:
        kept = [getattr(line, name) for name in apart]
        yield [*head, line.code, line.name, *kept, *_cells(line.amounts), when(line.read_at) if line.read_at else "", basis]
    if report.not_explained and not missing:
        yield [
            *head,
            "",
            NOT_EXPLAINED,
            *([""] * len(apart)),
            *_cells((None, None, None, None, None, report.not_explained)),
            "",
            basis,
        ]


def _cells(amounts: Iterable[int | None]) -> list[Cell]:
    return [None if amount is None else Decimal(amount).scaleb(-2) for amount in amounts]
