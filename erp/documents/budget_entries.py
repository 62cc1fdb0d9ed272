"""The transactions of a budget: what was entered, what accounting has of it, and writing more of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, insert, select

from erp.audit import Actor
from erp.db import db, now
from erp.documents.budget_tables import Budget, BudgetEntry, BudgetLine
from erp.items import Snapshot

ORIGINALS = ("original", "correction")
"""The entries that make up the original amount of a line."""


@dataclass
class Sums:
    """What the entries of one line add up to, in minor units; `unsynced` is the part accounting does not have, and
    `unsynced_original` what of that comes from originals and corrections."""

    original: int = 0
    modifications: int = 0
    changes: int = 0
    unsynced: int = 0
    unsynced_original: int = 0

    @property
    def moved(self) -> int:
        """Modifications and approved changes."""
        return self.modifications + self.changes

    @property
    def revised(self) -> int:
        """The amount as it stands."""
        return self.original + self.moved


def entries(budget: Budget) -> list[BudgetEntry]:
    """Every transaction of the budget, in order."""
    return list(db.session.scalars(select(BudgetEntry).filter_by(budget_id=budget.id).order_by(BudgetEntry.id)))


def unsynced(budget: Budget) -> list[BudgetEntry]:
    """The transactions that accounting does not have: no snapshot carried them to Synced."""
    mine = select(BudgetEntry).outerjoin(Snapshot, Snapshot.id == BudgetEntry.snapshot_id).where(_unsynced(budget))
    return list(db.session.scalars(mine.order_by(BudgetEntry.id)))


def unsynced_ids(budget: Budget) -> list[int]:
    """Their ids alone."""
    mine = select(BudgetEntry.id).outerjoin(Snapshot, Snapshot.id == BudgetEntry.snapshot_id).where(_unsynced(budget))
    return list(db.session.scalars(mine.order_by(BudgetEntry.id)))


def _unsynced(budget: Budget) -> ColumnElement[bool]:
    return and_(BudgetEntry.budget_id == budget.id, Snapshot.synced_at.is_(None))


def any_synced(budget: Budget) -> bool:
    """Whether accounting has something of it."""
    asked = select(BudgetEntry.id).join(Snapshot, Snapshot.id == BudgetEntry.snapshot_id)
    synced = asked.where(BudgetEntry.budget_id == budget.id, Snapshot.synced_at.is_not(None))
    return db.session.scalar(synced.limit(1)) is not None


def sums(budget: Budget, lines: Iterable[int] | None = None) -> dict[int, Sums]:
    """What every line adds up to, or only those named, in one query: line -> Sums; a line without entries is not there."""
    left = func.sum(case((Snapshot.synced_at.is_(None), BudgetEntry.amount), else_=0))
    asked = select(BudgetEntry.line_id, BudgetEntry.what, func.sum(BudgetEntry.amount), left)
    asked = asked.outerjoin(Snapshot, Snapshot.id == BudgetEntry.snapshot_id).where(BudgetEntry.budget_id == budget.id)
    if lines is not None:
        asked = asked.where(BudgetEntry.line_id.in_(list(lines)))
    found: dict[int, Sums] = {}
    for line_id, what, amount, rest in db.session.execute(asked.group_by(BudgetEntry.line_id, BudgetEntry.what)):
        _add(found.setdefault(line_id, Sums()), what, int(amount), int(rest))
    return found


def _add(sums: Sums, what: str, amount: int, rest: int) -> None:
    name = "original" if what in ORIGINALS else f"{what}s"
    setattr(sums, name, getattr(sums, name) + amount)
    sums.unsynced += rest
    sums.unsynced_original += rest if what in ORIGINALS else 0


def enter_originals(budget: Budget, actor: Actor) -> None:
    """Give each line the entry that brings its booked original amount to the line's: first an original, then corrections."""
    asked = select(BudgetLine.id, BudgetLine.original).where(BudgetLine.budget_id == budget.id).order_by(BudgetLine.position)
    booked = {key: sums.original for key, sums in sums(budget).items()}
    steps = [(key, original - booked.get(key, 0)) for key, original in db.session.execute(asked)]
    write([row(budget, key, "correction" if key in booked else "original", step, actor) for key, step in steps
           if step or key not in booked])  # fmt: skip


def row(budget: Budget, line_id: int, what: str, amount: int, actor: Actor, **more: int | None) -> dict[str, Any]:
    """The columns of one new entry."""
    of = {"modification_id": None, "change_id": None, "reverses_id": None} | more
    return {"budget_id": budget.id, "line_id": line_id, "what": what, "amount": amount, "snapshot_id": None, "at": now(),
            "by": actor.id, **of}  # fmt: skip


def write(rows: list[dict[str, Any]]) -> None:
    """Add the entries with one statement."""
    if rows:
        db.session.execute(insert(BudgetEntry), rows)
