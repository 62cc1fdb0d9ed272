"""What was estimated and what was spent on jobs, per item."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from erp.simulator.books import Books
from erp.simulator.money import cents, decimal
from erp.simulator.reading import Fields
from erp.simulator.selecting import family

ZERO = Decimal(0)


@dataclass
class Sums:
    """Four sums of one item."""

    estimated_cost: Decimal = ZERO
    actual_cost: Decimal = ZERO
    estimated_revenue: Decimal = ZERO
    actual_revenue: Decimal = ZERO

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.estimated_cost + other.estimated_cost,
            self.actual_cost + other.actual_cost,
            self.estimated_revenue + other.estimated_revenue,
            self.actual_revenue + other.actual_revenue,
        )


@dataclass
class Figures:
    """Sums by the ListID of the item; costs without item stand under nothing."""

    by_item: dict[str, Sums] = field(default_factory=dict)

    def add(self, item: str, sums: Sums) -> None:
        """Count some more for an item."""
        self.by_item[item] = self.by_item.get(item, Sums()) + sums

    def total(self, counts: Callable[[str], bool]) -> Sums:
        """The sums of all items that count."""
        return sum((sums for item, sums in self.by_item.items() if counts(item)), Sums())


@dataclass
class Scope:
    """Which lines a report is about."""

    jobs: set[str] | None
    items: set[str] | None
    begin: str
    end: str

    def covers(self, date: str, job: str, item: str) -> bool:
        """Whether a line of this date, job and item belongs into the report."""
        in_period = self.begin <= date <= (self.end or "9999")
        return in_period and (self.jobs is None or job in self.jobs) and (self.items is None or item in self.items)


def figures(books: Books, filters: Fields) -> Figures:
    """The figures a report asks for: active estimates against bills."""
    scope, found = _scope(books, filters), Figures()
    for txn in books.transactions("Estimate"):
        if txn.fields.get("IsActive", "true") == "true":
            _count_estimate(books, scope, found, txn.date, txn.subject, (line.fields for line in txn.lines))
    for txn in books.transactions("Bill"):
        for line in txn.lines:
            item = _id(line.fields, "ItemRef")
            if scope.covers(txn.date, _id(line.fields, "CustomerRef"), item):
                found.add(item, Sums(actual_cost=Decimal(line.fields["Amount"])))
    return found


def _count_estimate(books: Books, scope: Scope, found: Figures, date: str, job: str, lines: Iterable[Fields]) -> None:
    for line in lines:
        item = _id(line, "ItemRef")
        if item and scope.covers(date, job, item):
            sums = Sums(estimated_cost=_cost(books, item, line), estimated_revenue=Decimal(line.get("Amount", "0")))
            found.add(item, sums)


def _cost(books: Books, item: str, line: Fields) -> Decimal:
    """With a markup the rate is the cost; otherwise the item's own cost counts."""
    number = decimal(line.get("Quantity")) or Decimal(1)
    if "MarkupRate" in line or "MarkupRatePercent" in line:
        return cents(number * (decimal(line.get("Rate")) or ZERO))
    entry = books.entry(item)
    side = entry.fields.get("SalesAndPurchase", {}) if entry else {}
    return cents(number * (decimal(side.get("PurchaseCost")) or ZERO))


def _id(fields: Fields, tag: str) -> str:
    return str(fields.get(tag, {}).get("ListID", ""))


def _scope(books: Books, filters: Fields) -> Scope:
    period = filters.get("ReportPeriod", {})
    return Scope(
        _chosen(books, filters.get("ReportEntityFilter"), "Entity"),
        _chosen(books, filters.get("ReportItemFilter"), "Item"),
        period.get("FromReportDate", ""),
        period.get("ToReportDate", ""),
    )


def _chosen(books: Books, chosen: Fields | None, kind: str) -> set[str] | None:
    if chosen is None or "EntityTypeFilter" in chosen or "ItemTypeFilter" in chosen:
        return None
    return family(books, chosen, kind)
