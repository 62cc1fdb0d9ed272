"""The table Cost Code Detail: one query per source, lines grouped by sub job and code, cut into pages."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from erp.db import db
from erp.documents import sub_job as sub_jobs
from erp.documents.budget_change import pending
from erp.documents.budget_costs import by_code
from erp.documents.budget_entries import Sums, sums
from erp.documents.budget_figures import Group, Line, Total, group, total
from erp.documents.budget_tables import Budget, BudgetLine
from erp.documents.cost_code import CostCode

A_PAGE = 200
At = tuple[str, int]
"""The number of a sub job, or nothing, and a cost code."""


@dataclass(frozen=True)
class Row:
    """One row of the page: a line, or the sum of a code (`line` is None) that has several lines or none in the budget."""

    code: CostCode
    figures: Line | Group
    line: BudgetLine | None = None

    @property
    def sub_job(self) -> str:
        """The number of its sub job, if it has one."""
        of_line = self.line.sub_job.number if self.line and self.line.sub_job else ""
        return of_line or getattr(self.figures, "sub_job", "")

    @property
    def key(self) -> str:
        """What tells the row of this code from others on the page."""
        return "-".join(part for part in (str(self.code.id), re.sub(r"\W", "-", self.sub_job)) if part)


@dataclass(frozen=True)
class Table:
    """Everything that was added up; lines are loaded only for the page that is shown."""

    groups: tuple[Group, ...]
    total: Total

    @property
    def size(self) -> int:
        """How many lines there are."""
        return sum(len(group.lines) for group in self.groups)

    @property
    def pages(self) -> int:
        """How many pages of lines there are."""
        return max(1, -(-self.size // A_PAGE))

    def page(self, number: int) -> list[Row]:
        """The rows of a page; what was spent on codes outside the budget stands at the end of the last one."""
        first = (max(1, number) - 1) * A_PAGE
        wanted = list(self._places())[first : first + A_PAGE]
        outside = [one for one in self.groups if not one.lines] if number >= self.pages else []
        return [*_rows(wanted), *_outside(outside)]

    def line(self, line: BudgetLine) -> list[Row]:
        """The row of one line, and behind it the row of its code if that has one."""
        mine = next(group for group in self.groups if any(one.id == line.id for one in group.lines))
        return [row for row in _rows([(one, mine) for one in mine.lines]) if row.line is None or row.line.id == line.id]

    def _places(self) -> Iterator[tuple[Line, Group]]:
        return ((line, group) for group in self.groups for line in group.lines)


def table(budget: Budget | None) -> Table:
    """The figures of the whole budget."""
    groups = tuple(_groups(budget)) if budget else ()
    return Table(groups, total(groups))


def _groups(budget: Budget) -> Iterator[Group]:
    numbers = {one.id: one.number for one in sub_jobs.of(budget.project)}
    lines, costs = _lines(budget, numbers), _costs(budget, numbers)
    for (sub_job, code_id), found in lines.items():
        yield group(code_id, found, costs.get((sub_job, code_id), 0), sub_job)
    for (sub_job, code_id), spent in costs.items():
        if (sub_job, code_id) not in lines and spent:
            yield group(code_id, [], spent, sub_job)


def _costs(budget: Budget, numbers: Mapping[int, str]) -> dict[At, int]:
    """Job to Date in minor units; a sub job that only accounting knows keeps its code there."""
    connection = budget.project.connection
    known = (
        {code: numbers[key] for key, code in sub_jobs.there(connection).items() if key in numbers}
        if connection and numbers
        else {}
    )
    found: dict[At, int] = {}
    for (code, code_id), cost in by_code(budget).items():
        at = (known.get(code, code), code_id)
        found[at] = found.get(at, 0) + cost.job_to_date
    return found


def _lines(budget: Budget, numbers: Mapping[int, str]) -> dict[At, list[Line]]:
    asked = select(BudgetLine.id, BudgetLine.code_id, BudgetLine.original, BudgetLine.forecast, BudgetLine.sub_job_id)
    asked = asked.where(BudgetLine.budget_id == budget.id, BudgetLine.deleted.is_(False))
    entered, waiting = sums(budget), pending(budget)
    found: dict[At, list[Line]] = {}
    for key, code_id, original, typed, below in db.session.execute(asked.order_by(BudgetLine.position, BudgetLine.id)):
        of = entered.get(key, Sums())
        found.setdefault((numbers[below] if below else "", code_id), []).append(Line(
            original, of.modifications, of.changes, waiting.get(key, 0), typed, id=key, code_id=code_id))  # fmt: skip
    return found


def _rows(wanted: list[tuple[Line, Group]]) -> list[Row]:
    asked = select(BudgetLine).where(BudgetLine.id.in_([line.id for line, _ in wanted]))
    loaded = {line.id: line for line in db.session.scalars(asked)}
    rows: list[Row] = []
    for line, of in wanted:
        row = loaded[line.id]
        alone = len(of.lines) == 1
        rows.append(Row(row.code, of if alone else line, row))
        if not alone and line is of.lines[-1]:
            rows.append(Row(row.code, of))
    return rows


def _outside(groups: list[Group]) -> list[Row]:
    asked = select(CostCode).where(CostCode.id.in_([one.code_id for one in groups]))
    codes = {code.id: code for code in db.session.scalars(asked)}
    rows = [Row(codes[one.code_id], one) for one in groups if one.code_id in codes]
    return sorted(rows, key=lambda row: row.code.code)


def pages(budget: Budget | None) -> int:
    """How many pages of lines a budget has."""
    return max(1, -(-budget.size // A_PAGE)) if budget else 1


def page_of(budget: Budget, page: int = 1) -> list[BudgetLine]:
    """One page of the lines that stand: those of a code together, in the order of the schedule."""
    return [row.line for row in table(budget).page(page) if row.line]
