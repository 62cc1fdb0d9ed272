"""The lines of a budget by what people call them: 03-3000 M, or 03-3000 while it has one line; E1 / 03-3000 M of a sub job."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from erp.db import db
from erp.documents.budget_state import BudgetRefused
from erp.documents.budget_tables import Budget, BudgetLine, line_name
from erp.documents.cost_code import CostCode
from erp.documents.sub_job import SubJob


class Named(NamedTuple):
    """What there is of a line, without its code's document."""

    id: int
    code: str
    cost_type: str
    description: str
    sub_job: str

    @property
    def name(self) -> str:
        """What tells it from the other lines."""
        return line_name(self.code, self.cost_type, self.sub_job)

    @property
    def short(self) -> str:
        """The name without the type."""
        return self.name.removesuffix(f" {self.cost_type}")


def named(budget: Budget) -> list[Named]:
    """The lines that stand, in the order of the schedule."""
    below = aliased(SubJob, flat=True)
    number = func.coalesce(below.number, "")
    asked = select(BudgetLine.id, CostCode.code, BudgetLine.cost_type, BudgetLine.description, number)
    asked = asked.join(CostCode, CostCode.id == BudgetLine.code_id).outerjoin(below, below.id == BudgetLine.sub_job_id)
    asked = asked.where(BudgetLine.budget_id == budget.id)
    rows = db.session.execute(asked.where(BudgetLine.deleted.is_(False)).order_by(BudgetLine.position, BudgetLine.id))
    return [Named(*row) for row in rows]


def find(budget: Budget, names: Iterable[str]) -> list[BudgetLine]:
    """The lines that people named, in their order; raises BudgetRefused at the field `line-3` of the first unknown one."""
    wanted, known = list(names), _known(named(budget))
    for n, name in enumerate(wanted):
        if _key(name) not in known:
            raise BudgetRefused(_unknown(name), f"line-{n}")
    keys = [known[_key(name)] for name in wanted]
    rows = {line.id: line for line in db.session.scalars(select(BudgetLine).where(BudgetLine.id.in_(keys)))}
    return [rows[key] for key in keys]


def _known(lines: list[Named]) -> dict[str, int]:
    alone = Counter(_key(line.short) for line in lines)
    short = {_key(line.short): line.id for line in lines if alone[_key(line.short)] == 1}
    return short | {_key(line.name): line.id for line in lines}


def _key(name: str) -> str:
    return " ".join(name.lower().replace("/", " / ").split())


def _unknown(name: str) -> str:
    shown = name if len(name) <= 40 else f"{name[:40]}…"
    return f"There is no line “{shown}” in this budget. Write its cost code and type, such as 03-3000 M." if shown else (
        "The line is missing. Write its cost code and type, such as 03-3000 M.")  # fmt: skip
