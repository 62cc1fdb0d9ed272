"""Every change of state: one conditional UPDATE, one event, the counts, in the caller's transaction."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped

from erp import audit
from erp.audit import Actor, Event
from erp.db import Base, Key, Short, db, now
from erp.states import Filter


class Count(Base):
    """How many rows a list of a tab shows."""

    __tablename__ = "counts"
    __table_args__ = (UniqueConstraint("connection_id", "kind", "filter"),)

    id: Mapped[Key]
    connection_id: Mapped[int]
    kind: Mapped[Short]
    filter: Mapped[Short]
    n: Mapped[int]


class Movable(Base):
    """What an item and a record have in common: a state that only moves change.

    `changed_at` is when the row came into its list: while it stays there it keeps its place, under Ann's pointer too.
    """

    __abstract__ = True

    id: Mapped[Key]
    connection_id: Mapped[int]
    kind: Mapped[Short]
    state: Mapped[Short]
    filter: Mapped[Short | None]
    version: Mapped[int]
    changed_at: Mapped[datetime]

    @property
    def subject(self) -> str:
        """The name of the row in the audit trail."""
        return f"{self.__tablename__[:-1]}:{self.id}"


class Stale(Exception):
    """Somebody was first, or the page showed something older; nothing was changed."""

    def __init__(self, row: Movable, last: Event | None) -> None:
        who = f"{last.actor} {audit.past(last.action)} first" if last else "It changed meanwhile"
        self.sentence = f"{who}. It is now {row.state}; nothing was changed by you."
        self.row = row
        super().__init__(self.sentence)


def move(
    row: Movable,
    action: str,
    to: str,
    actor: Actor,
    *,
    frm: Iterable[str],
    filter: Filter | None,
    version: int | None = None,
    comment: str = "",
    details: dict[str, Any] | None = None,
    exchange_id: int | None = None,
    **columns: Any,
) -> Event:
    """Move `row` to the state `to` if it is still in `frm` and at `version`; raises Stale otherwise, changing nothing."""
    seen, was, old = row.version if version is None else version, row.state, row.filter
    cls = type(row)
    guarded = update(cls).where(cls.id == row.id, cls.version == seen, cls.state.in_(list(frm)))
    arrived = row.changed_at if filter == old else now()
    values = {"state": to, "filter": filter, "version": seen + 1, "changed_at": arrived, **columns}
    moved = db.session.scalar(guarded.values(values).returning(cls.id).execution_options(synchronize_session=False))
    db.session.refresh(row)
    if moved is None:
        raise Stale(row, last_event(row))
    shift(row.connection_id, {(row.kind, old): -1, (row.kind, filter): 1} if old != filter else {})
    return audit.record(row.subject, action, actor, version=seen + 1, frm=was, to=to, comment=comment,
                        details=details, exchange_id=exchange_id)  # fmt: skip


def last_event(row: Movable) -> Event | None:
    """The newest move of the row."""
    asked = select(Event).where(Event.subject == row.subject).order_by(Event.id.desc()).limit(1)
    return db.session.scalar(asked)


def shift(connection_id: int, steps: dict[tuple[str, str | None], int]) -> None:
    """Add to the counts, always in key order so that two transactions never wait for each other in a ring."""
    insert = postgres_insert if db.engine.dialect.name == "postgresql" else sqlite_insert
    for (kind, name), step in sorted((key, n) for key, n in steps.items() if key[1] is not None and n):
        row = insert(Count).values(connection_id=connection_id, kind=kind, filter=name, n=step)
        keys = ["connection_id", "kind", "filter"]
        db.session.execute(row.on_conflict_do_update(index_elements=keys, set_={"n": Count.n + step}))


def counts(connection_id: int) -> dict[tuple[str, str], int]:
    """(kind, filter) -> number of rows."""
    rows = db.session.execute(select(Count.kind, Count.filter, Count.n).where(Count.connection_id == connection_id))
    return {(kind, name): n for kind, name, n in rows}
