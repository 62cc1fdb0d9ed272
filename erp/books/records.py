"""Records of accounting: customers, jobs, items, accounts and classes, as the last refresh read them."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Index, UniqueConstraint, func, insert, select, text
from sqlalchemy.orm import Mapped

from erp import moves
from erp.audit import Actor
from erp.db import Short, db, now, refers
from erp.moves import Movable
from erp.states import Filter, RecordState, record_filter_of

SHOWN = {"job": "job", "item": "cost_code", "vendor": "company"}
"""list -> the kind whose tab shows its records in Ready To Import; other lists only serve drop-downs."""


COLUMNS = ("list", "erp_id", "parent_id", "name", "full_name", "edit_sequence", "active", "data")
"""What a row of a reading has."""


BELOW = text("parent_id != ''")
"""A record that hangs below another; in these very words, so that the small index of those is used."""


class Record(Movable):
    """One entry of a list in accounting. `data` holds what the list told beyond the common columns."""

    __tablename__ = "records"
    __table_args__ = (
        UniqueConstraint("connection_id", "list", "erp_id"),
        Index("ix_records_shown", "connection_id", "kind", "filter", "full_name", "id"),
        Index("ix_records_name", "connection_id", "list", "full_name"),
        Index("ix_records_below", "connection_id", "list", "parent_id", sqlite_where=BELOW, postgresql_where=BELOW),
    )

    connection_id: Mapped[int] = refers("connections.id")
    list: Mapped[Short]
    erp_id: Mapped[Short]
    parent_id: Mapped[Short]
    name: Mapped[Short]
    full_name: Mapped[Short]
    edit_sequence: Mapped[Short]
    active: Mapped[bool]
    data: Mapped[dict[str, Any]]
    hash: Mapped[Short]
    item_id: Mapped[int | None] = refers("items.id")

    @property
    def number(self) -> str:
        """Its number there; empty when it has none."""
        return str(self.data.get("number", ""))

    @property
    def above(self) -> str:
        """The full name of what it hangs below; empty at the top."""
        return self.full_name.rpartition(":")[0]

    @property
    def row(self) -> dict[str, Any]:
        """As the list told it."""
        return {name: getattr(self, name) for name in COLUMNS}


def apply(connection_id: int, rows: Sequence[dict[str, Any]], *, whole: Sequence[str] = ()) -> int:
    """Take a page of rows; only what changed is written. Returns the number of rows written.

    A row has list, erp_id, parent_id, name, full_name, edit_sequence, active, data. With `whole` the page is all that
    these lists hold, and what it lacks is Gone in accounting.
    """
    known = {(r.list, r.erp_id): r for r in _known(connection_id, [row["erp_id"] for row in rows])}
    fresh = [row for row in rows if (row["list"], row["erp_id"]) not in known]
    both = [(known[row["list"], row["erp_id"]], row) for row in rows if (row["list"], row["erp_id"]) in known]
    changed = [(record, row) for record, row in both if record.hash != _hash(row) or record.state == RecordState.GONE]
    _insert(connection_id, fresh)
    for record, row in changed:
        _change(record, row)
    return len(fresh) + len(changed) + _mark_gone(connection_id, {row["erp_id"] for row in rows}, whole)


def _known(connection_id: int, ids: Sequence[str]) -> Iterable[Record]:
    return db.session.scalars(select(Record).where(Record.connection_id == connection_id, Record.erp_id.in_(ids)))


def _columns(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in COLUMNS} | {"hash": _hash(row), "changed_at": now()}


def _hash(row: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()[:32]


def _insert(connection_id: int, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    values = [
        {**_columns(row), "connection_id": connection_id, "kind": SHOWN.get(row["list"], ""), "version": 0,
         "state": RecordState.STAGED, "filter": _filter(row["list"], RecordState.STAGED, row["active"])} for row in rows
    ]  # fmt: skip
    db.session.execute(insert(Record), values)
    moves.shift(connection_id, Counter((value["kind"], value["filter"]) for value in values))


def _filter(list_name: str, state: RecordState, active: bool) -> Filter | None:
    return record_filter_of(state, active) if list_name in SHOWN else None


def _change(record: Record, row: dict[str, Any]) -> None:
    for name, value in _columns(row).items():
        setattr(record, name, value)
    there = RecordState.LINKED if record.item_id else RecordState.STAGED
    _place(record, there if record.state == RecordState.GONE else RecordState(record.state))


def _place(record: Record, state: RecordState) -> None:
    steps: Counter[tuple[str, str | None]] = Counter({(record.kind, record.filter): -1})
    record.state, record.filter, record.changed_at = state, _filter(record.list, state, record.active), now()
    steps[record.kind, record.filter] += 1
    moves.shift(record.connection_id, dict(steps))


def _mark_gone(connection_id: int, there: set[str], lists: Sequence[str]) -> int:
    staged = select(Record).where(Record.connection_id == connection_id, Record.list.in_(lists),
                                  Record.state == RecordState.STAGED)  # fmt: skip
    gone = [record for record in db.session.scalars(staged) if record.erp_id not in there]
    for record in gone:
        _place(record, RecordState.GONE)
    return len(gone)


def link(connection_id: int, row: dict[str, Any], item_id: int, actor: Actor) -> Record:
    """Keep the record of an item that has just been synced, so that our own never shows up as new."""
    apply(connection_id, [row])
    record = find(connection_id, row["list"], row["erp_id"])
    assert record is not None
    if record.item_id != item_id:
        moves.move(record, "link", RecordState.LINKED, actor, frm=list(RecordState), filter=None, item_id=item_id)
    return record


def find(connection_id: int, list_name: str, erp_id: str) -> Record | None:
    """The record with this id."""
    return db.session.scalar(select(Record).filter_by(connection_id=connection_id, list=list_name, erp_id=erp_id))


def has_below(record: Record) -> bool:
    """Whether other records of its list hang below it."""
    mine = (Record.connection_id == record.connection_id, Record.list == record.list, Record.parent_id == record.erp_id)
    asked = select(Record.id).where(*mine, BELOW, Record.state != RecordState.GONE)
    return db.session.scalar(asked.limit(1)) is not None


def choices(connection_id: int, list_name: str, types: Iterable[str] = ()) -> list[Record]:
    """The active records of a list for a drop-down, by full name; `types` narrows accounts."""
    asked = select(Record).filter_by(connection_id=connection_id, list=list_name, active=True)
    rows = db.session.scalars(asked.where(Record.state != RecordState.GONE).order_by(func.lower(Record.full_name)))
    return of_types(rows, types)


def of_types(rows: Iterable[Record], types: Iterable[str] = ()) -> list[Record]:
    """Those of these types; all of them when no type is asked for."""
    wanted = set(types)
    return [row for row in rows if not wanted or row.data.get("type") in wanted]
