"""The table Cost Code Detail: one query per source, lines grouped by code, cut into pages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from erp.db import db
from erp.documents.budget_change import pending
from erp.documents.budget_costs import JobCost, by_code
from erp.documents.budget_entries import Sums, sums
from erp.documents.budget_figures import Group, Line, Total, group, total
from erp.documents.budget_tables import Budget, BudgetLine
from erp.documents.cost_code import CostCode

A_PAGE = 200


@dataclass(frozen=True)
class Row:
    """One row of the page: a line, or the sum of a code (`line` is None) that has several lines or none in the budget."""

    code: CostCode
    figures: Line | Group
    line: BudgetLine | None = None


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
        return [row for row in _rows([place for place in self._places() if place[0].code_id == line.code_id])
                if row.line is None or row.line.id == line.id]  # fmt: skip

    def _places(self) -> Iterator[tuple[Line, Group]]:
        return ((line, group) for group in self.groups for line in group.lines)


def table(budget: Budget | None) -> Table:
    """The figures of the whole budget."""
    groups = tuple(_groups(budget)) if budget else ()
    return Table(groups, total(groups))


def _groups(budget: Budget) -> Iterator[Group]:
    there, costs = _lines(budget), by_code(budget)
    for code_id, lines in there.items():
        yield group(code_id, lines, _spent(costs, code_id))
    for code_id in costs.keys() - there.keys():
        if _spent(costs, code_id):
            yield group(code_id, [], _spent(costs, code_id))


def _spent(costs: Mapping[int, JobCost], code_id: int) -> int:
    return costs[code_id].job_to_date if code_id in costs else 0


def _lines(budget: Budget) -> dict[int, list[Line]]:
    asked = select(BudgetLine.id, BudgetLine.code_id, BudgetLine.original, BudgetLine.forecast)
    asked = asked.where(BudgetLine.budget_id == budget.id, BudgetLine.deleted.is_(False))
    entered, waiting = sums(budget), pending(budget)
    found: dict[int, list[Line]] = {}
    for key, code_id, original, typed in db.session.execute(asked.order_by(BudgetLine.position, BudgetLine.id)):
        of = entered.get(key, Sums())
        found.setdefault(code_id, []).append(Line(original, of.modifications, of.changes, waiting.get(key, 0), typed,
                                                  id=key, code_id=code_id))  # fmt: skip
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
