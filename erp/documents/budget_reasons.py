"""Why a budget's money moved: the modifications and budget changes among the transactions of one send."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import select

from erp.db import db
from erp.documents.budget_change_tables import BudgetChange, BudgetModification
from erp.documents.budget_tables import BudgetEntry


class Moved(NamedTuple):
    """A modification or a budget change: what it is called, its reason or title, and the sum that it added, in minor units."""

    name: str
    words: str
    amount: int


def moved(budget_id: int, entries: Iterable[int]) -> list[Moved]:
    """The modifications and budget changes that these transactions of the budget come from, in their order."""
    sent = set(entries)
    return [
        *_of(budget_id, sent, BudgetEntry.modification_id, _modification),
        *_of(budget_id, sent, BudgetEntry.change_id, _change),
    ]


def _of(budget_id: int, sent: set[int], source: Any, tell: Any) -> list[Moved]:
    asked = select(BudgetEntry.id, source, BudgetEntry.amount).where(BudgetEntry.budget_id == budget_id, source.is_not(None))
    sums: dict[int, int] = {}
    for key, of, amount in db.session.execute(asked.order_by(BudgetEntry.id)):
        if key in sent:
            sums[of] = sums.get(of, 0) + amount
    return [tell(of, amount) for of, amount in sums.items()]


def _modification(key: int, amount: int) -> Moved:
    one = db.session.get_one(BudgetModification, key)
    return Moved(f"Modification {one.number}", one.reason, amount)


def _change(key: int, amount: int) -> Moved:
    one = db.session.get_one(BudgetChange, key)
    return Moved(f"Budget change {one.number}", one.title, amount)
