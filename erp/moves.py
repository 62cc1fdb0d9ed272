"""Every change of state: one conditional UPDATE, one event, the counts, in the caller's transaction."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, bindparam, select, update
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
    arrived = row.changed_at if filter == old else now()
    values = {"state": to, "filter": filter, "version": seen + 1, "changed_at": arrived, **columns}
    if not _take(row, seen, frm, values):
        raise Stale(row, last_event(row))
    shift(row.connection_id, {(row.kind, old): -1, (row.kind, filter): 1} if old != filter else {})
    return audit.record(row.subject, action, actor, version=seen + 1, frm=was, to=to, comment=comment,
                        details=details, exchange_id=exchange_id)  # fmt: skip


def _take(row: Movable, seen: int, frm: Iterable[str], values: dict[str, Any]) -> bool:
    """Write the values if nobody was first; what the row is afterwards is read when somebody asks for it."""
    if db.session.is_modified(row):
        db.session.flush()
    table = type(row).__table__
    if table not in _GUARDED:
        _GUARDED[table] = update(table).where(table.c.id == bindparam("its_id"), table.c.version == bindparam("its_version"),
                                              table.c.state.in_(bindparam("its_states", expanding=True)))  # fmt: skip
    given = {"its_id": row.id, "its_version": seen, "its_states": list(frm)}
    moved = db.session.connection().execute(_GUARDED[table], given | values)
    db.session.expire(row, [*values, *row.__mapper__.relationships.keys()] if moved.rowcount else None)
    return bool(moved.rowcount)


_GUARDED: dict[Any, Any] = {}
"""table -> the conditional UPDATE of its rows."""


def last_event(row: Movable) -> Event | None:
    """The newest move of the row."""
    asked = select(Event).where(Event.subject == row.subject).order_by(Event.id.desc()).limit(1)
    return db.session.scalar(asked)


def shift(connection_id: int, steps: dict[tuple[str, str | None], int]) -> None:
    """Add to the counts, always in key order so that two transactions never wait for each other in a ring."""
    rows = [{"connection_id": connection_id, "kind": kind, "filter": name, "n": step}
            for (kind, name), step in sorted((key, n) for key, n in steps.items() if key[1] is not None and n)]  # fmt: skip
    if rows:
        db.session.execute(_ADD[db.engine.dialect.name], rows)


def _add(insert: Any) -> Any:
    row = insert(Count.__table__)
    return row.on_conflict_do_update(index_elements=["connection_id", "kind", "filter"], set_={"n": Count.n + row.excluded.n})


_ADD = {"sqlite": _add(sqlite_insert), "postgresql": _add(postgres_insert)}


def counts(connection_id: int) -> dict[tuple[str, str], int]:
    """(kind, filter) -> number of rows."""
    rows = db.session.execute(select(Count.kind, Count.filter, Count.n).where(Count.connection_id == connection_id))
    return {(kind, name): n for kind, name, n in rows}
