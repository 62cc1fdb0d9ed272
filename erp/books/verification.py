"""What verifying found of each synced item, the newest finding only; and when the nightly check of a connection is due."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, delete, select
from sqlalchemy.orm import Mapped

from erp.db import Base, Short, Words, db, refers


class Verdict(StrEnum):
    """What an item is like in accounting. Duplicate: its marker stands on another object too. Foreign: its id is none of ours."""

    OK = "ok"
    DUPLICATE = "duplicate"
    MISSING = "missing"
    CHANGED = "changed"
    FOREIGN = "foreign"


class Verification(Base):
    """The newest verification of one item. `differences` are rows (what, as sent, as it is there), `others` the objects that
    carry its marker too, `checked_at` when it was asked for by its id, `swept_at` when its markers were searched, `found_at` when
    the present finding was first made, `told_at` when administrators were told of it.
    """

    __tablename__ = "verifications"
    __table_args__ = (Index("ix_verifications_state", "connection_id", "state"),)

    item_id: Mapped[int] = refers("items.id", primary_key=True)
    connection_id: Mapped[int] = refers("connections.id")
    state: Mapped[Short]
    by_id: Mapped[Short]
    name: Mapped[Words]
    differences: Mapped[list[Any]]
    others: Mapped[list[Any]]
    checked_at: Mapped[datetime]
    swept_at: Mapped[datetime | None]
    found_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]


class NightCheck(Base):
    """Whether a connection is verified every night, at what time (such as 02:00) of which zone, and when it is due next."""

    __tablename__ = "night_checks"

    connection_id: Mapped[int] = refers("connections.id", primary_key=True)
    on: Mapped[bool]
    at: Mapped[Short]
    zone: Mapped[Short]
    next_at: Mapped[datetime]


def of(item_id: int) -> Verification | None:
    """The newest verification of an item."""
    return db.session.get(Verification, item_id)


def forget(item_id: int) -> None:
    """What was found is about something else than the item is now: it is not verified yet."""
    db.session.execute(delete(Verification).where(Verification.item_id == item_id))


def read_by_id(connection_id: int, row: dict[str, Any], at: datetime) -> None:
    """Keep what the reading by id told of an item."""
    found = of(row["item"]) or _first(connection_id, row["item"], at)
    before = _finding(found)
    found.by_id, found.name, found.differences, found.checked_at = row["state"], row["name"], row["differences"], at
    _conclude(found, before, at)


def add_other(connection_id: int, row: dict[str, Any], since: datetime, at: datetime) -> None:
    """Keep another object with the item's marker; what a search before `since` found is forgotten."""
    found = of(row["item"]) or _first(connection_id, row["item"], at)
    before = _finding(found)
    kept = found.others if found.swept_at and found.swept_at >= since else []
    found.others = [*(one for one in kept if one["id"] != row["other"]["id"]), row["other"]]
    found.swept_at = at
    _conclude(found, before, at)


def end_search(item_ids: Iterable[int], since: datetime, at: datetime) -> None:
    """Every object was looked at: whose marker was not found elsewhere since then stands there once. Whether it is there is not
    told by that.
    """
    for found in db.session.scalars(select(Verification).where(Verification.item_id.in_(list(item_ids)))):
        before = _finding(found)
        if found.swept_at is None or found.swept_at < since:
            found.others = []
        found.swept_at = at
        _conclude(found, before, at)


def _first(connection_id: int, item_id: int, at: datetime) -> Verification:
    row = Verification(item_id=item_id, connection_id=connection_id, state=Verdict.OK, by_id=Verdict.OK, name="", differences=[],
                       others=[], checked_at=at)  # fmt: skip
    db.session.add(row)
    return row


def _finding(row: Verification) -> tuple[Any, ...]:
    return row.state, row.differences, sorted(one["id"] for one in row.others)


def _conclude(row: Verification, before: tuple[Any, ...], at: datetime) -> None:
    """A marker that stands elsewhere too outweighs everything but that ours is gone; another finding is told anew."""
    row.state = Verdict.DUPLICATE if row.others and row.by_id != Verdict.MISSING else row.by_id
    if _finding(row) != before:
        row.found_at, row.told_at = (None if row.state == Verdict.OK else at), None
    db.session.flush()


def untold(connection_id: int) -> Sequence[Verification]:
    """Findings of which nobody was told yet."""
    asked = select(Verification).where(Verification.connection_id == connection_id, Verification.state != Verdict.OK)
    return db.session.scalars(asked.where(Verification.told_at.is_(None)).order_by(Verification.item_id)).all()
