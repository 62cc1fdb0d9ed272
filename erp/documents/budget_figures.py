"""The columns of a budget: what a line, a code and the whole add up to, in minor units."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

COLUMNS = (
    ("Original Budget", "original"), ("Budget Modifications", "modifications"), ("Budget Changes", "changes"),
    ("Approved COs", "approved_cos"), ("Revised Budget", "revised"), ("Pending", "pending"), ("Projected Budget", "projected"),
    ("Committed", "committed"), ("Direct Costs", "direct"), ("Job to Date", "job_to_date"), ("Projected Cost", "cost"),
    ("Forecast to Complete", "forecast"), ("Over/Under", "over_under"),
)  # fmt: skip
"""Heading -> the figure below it, in the order of product.md section 5; `approved_cos` and `committed` have no source yet."""


T = TypeVar("T", bound="Budgeted")


@dataclass
class Budgeted:
    """What is budgeted; `pending` are changes that are not approved, `typed` a forecast that a person typed."""

    original: int = 0
    modifications: int = 0
    changes: int = 0
    pending: int = 0
    typed: int | None = None
    approved_cos: int = 0

    @property
    def revised(self) -> int:
        """Revised Budget."""
        return self.original + self.modifications + self.changes + self.approved_cos

    @property
    def projected(self) -> int:
        """Projected Budget."""
        return self.revised + self.pending


@dataclass
class Line(Budgeted):
    """One line among several on its code: costs stand on the code, so the line has only the forecast typed for it."""

    id: int = 0
    code_id: int = 0
    committed = direct = job_to_date = cost = over_under = None

    @property
    def forecast(self) -> int | None:
        """The typed forecast."""
        return self.typed


@dataclass
class Group(Budgeted):
    """All lines of a code, on the same sub job if any, and what accounting says of them; never spread over the lines."""

    code_id: int = 0
    sub_job: str = ""
    lines: list[Line] = field(default_factory=list)
    job_to_date: int = 0
    committed: int = 0

    @property
    def direct(self) -> int:
        """Direct Costs: job to date without what commitments were invoiced; there are no commitments yet."""
        return self.job_to_date

    @property
    def cost(self) -> int:
        """Projected Cost."""
        return self.committed + self.direct

    @property
    def forecast(self) -> int:
        """Forecast to Complete: what was typed, and for the other lines what their budget leaves after all costs."""
        typed = sum(line.typed for line in self.lines if line.typed is not None)
        rest = [line.projected for line in self.lines if line.typed is None]
        return typed + (max(0, sum(rest) - self.cost) if rest else 0)

    @property
    def over_under(self) -> int:
        """Over/Under: what the budget leaves, negative when it does not suffice."""
        return self.projected - self.cost - self.forecast


@dataclass
class Total(Budgeted):
    """The whole budget."""

    committed: int = 0
    direct: int = 0
    job_to_date: int = 0
    cost: int = 0
    forecast: int = 0
    over_under: int = 0


def group(code_id: int, lines: list[Line], job_to_date: int, sub_job: str = "") -> Group:
    """A code with its lines."""
    made = Group(code_id=code_id, lines=lines, job_to_date=job_to_date, sub_job=sub_job)
    return _add(made, lines, ("original", "modifications", "changes", "pending"))


def total(groups: Iterable[Group]) -> Total:
    """All codes together."""
    names = [name for _, name in COLUMNS if name not in ("revised", "projected")]
    return _add(Total(), list(groups), names)


def _add(to: T, parts: Iterable[Budgeted], names: Iterable[str]) -> T:
    for name in names:
        setattr(to, name, sum(getattr(part, name) for part in parts))
    return to
