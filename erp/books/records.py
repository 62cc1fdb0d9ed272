"""Records of accounting: customers, jobs, items, accounts and classes, as the last refresh read them."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Index, UniqueConstraint, func, insert, select, text
from sqlalchemy.orm import Mapped

from erp import moves
from erp.audit import Actor
from erp.books.ranges import Ranges, holds, with_ids
from erp.db import Short, db, now, refers
from erp.moves import Movable
from erp.states import Filter, RecordState, record_filter_of

SHOWN = {"job": "job", "extra": "sub_job", "item": "cost_code", "vendor": "company"}
"""list -> the kind whose tab shows its records in Ready To Import; other lists only serve drop-downs."""


TOGETHER = {"customer": ("customer", "job"), "job": ("customer", "job")}
"""Lists that are one in accounting: what stands in one of them cannot stand in another."""

SLICE = 500
_canonical = json.JSONEncoder(sort_keys=True).encode
COLUMNS = ("list", "erp_id", "parent_id", "name", "full_name", "edit_sequence", "active", "data")
"""What a row of a reading has."""


BELOW = text("parent_id != ''")
"""A record that hangs below another; in these very words, so that the small index of those is used."""


class Record(Movable):
    """One entry of a list in accounting. `data` holds what the list told beyond the common columns."""

    __tablename__ = "records"
    __table_args__ = (
        UniqueConstraint("connection_id", "list", "erp_id"),
        Index("ix_records_shown", "connection_id", "kind", "filter", text("lower(full_name)"), "id"),
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
        """The full name of what it hangs below; empty at the top, where a colon is one of its own."""
        return self.full_name.rpartition(":")[0] if self.parent_id else ""

    @property
    def row(self) -> dict[str, Any]:
        """As the list told it."""
        return {name: getattr(self, name) for name in COLUMNS}


def apply(connection_id: int, rows: Sequence[dict[str, Any]], *, whole: Sequence[str] = ()) -> int:
    """Take a page of rows; only what changed is written. Returns the number of rows written.

    A row has list, erp_id, parent_id, name, full_name, edit_sequence, active, data. With `whole` the page is all that
    these lists hold, and what it lacks is Gone in accounting.
    """
    newest = last_id()
    written, seen = take(connection_id, rows)
    return written + (lacking(connection_id, whole, with_ids([], seen), newest) if whole else 0)


def take(connection_id: int, rows: Sequence[dict[str, Any]]) -> tuple[int, list[int]]:
    """Take a page of rows; the number written, and the ids of the records that were known before."""
    known = {(row.list, row.erp_id): row for row in _known(connection_id, rows)}
    fresh, changed, seen = [], [], []
    for row in rows:
        was = known.get((row["list"], row["erp_id"]))
        told = digest(row)
        if was is None:
            fresh.append((row, told))
            continue
        seen.append(was.id)
        if was.hash != told or was.state == RecordState.GONE:
            changed.append((was.id, row, told))
    _insert(connection_id, fresh)
    _change_all(changed)
    return len(fresh) + len(changed) + _left_list(rows, known), seen


def _known(connection_id: int, rows: Sequence[dict[str, Any]]) -> Sequence[Any]:
    ids = [row["erp_id"] for row in rows]
    lists = {name for row in rows for name in TOGETHER.get(row["list"], (row["list"],))}
    columns = (Record.id, Record.list, Record.erp_id, Record.hash, Record.state)
    asked = select(*columns).where(Record.connection_id == connection_id, Record.list.in_(lists), Record.erp_id.in_(ids))
    return db.session.execute(asked).all() if ids else []


def _left_list(rows: Sequence[dict[str, Any]], known: dict[tuple[str, str], Any]) -> int:
    """What stands in another list now, a job that became a customer, is gone from its old one."""
    others = ((other, row["erp_id"]) for row in rows for other in TOGETHER.get(row["list"], ()) if other != row["list"])
    left = [known[key].id for key in others if key in known and known[key].state != RecordState.GONE]
    return _gone(left)


def digest(row: dict[str, Any]) -> str:
    """What tells a row as it was told from the same row told otherwise."""
    return hashlib.sha256(_canonical(row).encode()).hexdigest()[:32]


def _insert(connection_id: int, rows: Sequence[tuple[dict[str, Any], str]]) -> None:
    if not rows:
        return
    moment = now()
    values = [
        {**row, "hash": told, "changed_at": moment, "connection_id": connection_id, "kind": SHOWN.get(row["list"], ""),
         "version": 0, "state": RecordState.STAGED.value,
         "filter": _filter(row["list"], RecordState.STAGED, row["active"])} for row, told in rows
    ]  # fmt: skip
    db.session.execute(insert(Record), values)
    moves.shift(connection_id, Counter((value["kind"], value["filter"]) for value in values))


def _filter(list_name: str, state: RecordState, active: bool) -> Filter | None:
    return record_filter_of(state, active) if list_name in SHOWN else None


def _change_all(changed: Sequence[tuple[int, dict[str, Any], str]]) -> None:
    """Few of a page: one by one, and what hangs below a renamed one is renamed with it."""
    if not changed:
        return
    asked = select(Record).where(Record.id.in_([key for key, _, _ in changed]))
    found = {record.id: record for record in db.session.scalars(asked)}
    for key, row, told in changed:
        record, was = found[key], found[key].full_name
        for name in COLUMNS:
            setattr(record, name, row[name])
        record.hash = told
        there = RecordState.LINKED if record.item_id else RecordState.STAGED
        _place([record], there if record.state == RecordState.GONE else None)
        if record.full_name != was:
            _rename_below(record)


def _rename_below(above: Record) -> None:
    """Accounting tells of the renamed one only, not of what hangs below it."""
    lists = TOGETHER.get(above.list, (above.list,))
    asked = select(Record).where(Record.connection_id == above.connection_id, Record.list.in_(lists),
                                 Record.parent_id == above.erp_id, BELOW)  # fmt: skip
    for record in db.session.scalars(asked).all():
        record.full_name = f"{above.full_name}:{record.name}"
        record.hash = digest(record.row)
        _rename_below(record)


def _place(found: Sequence[Record], state: RecordState | None = None) -> None:
    """Put records into this state (None: the one they have) and into the list that belongs to it."""
    steps: dict[int, Counter[tuple[str, str | None]]] = defaultdict(Counter)
    for record in found:
        to = state or RecordState(record.state)
        shown = _filter(record.list, to, record.active)
        if (record.state, record.filter) != (to, shown):
            steps[record.connection_id].subtract([(record.kind, record.filter)])
            steps[record.connection_id].update([(record.kind, shown)])
            record.state, record.filter, record.changed_at = to, shown, now()
    for connection_id, counted in steps.items():
        moves.shift(connection_id, dict(counted))


def lacking(connection_id: int, lists: Sequence[str], seen: Ranges, newest: int) -> int:
    """All of these lists was read: what was there when it began (ids up to `newest`) and was not `seen` is gone."""
    asked = select(Record.id).where(Record.connection_id == connection_id, Record.list.in_(lists), Record.id <= newest,
                                    Record.state != RecordState.GONE)  # fmt: skip
    return _gone([key for key in db.session.scalars(asked) if not holds(seen, key)])


def deleted(connection_id: int, lists: Sequence[str], erp_ids: Sequence[str]) -> int:
    """Accounting said that these were deleted."""
    asked = select(Record.id).where(Record.connection_id == connection_id, Record.list.in_(lists), Record.erp_id.in_(erp_ids),
                                    Record.state != RecordState.GONE)  # fmt: skip
    return _gone(list(db.session.scalars(asked))) if erp_ids else 0


def _gone(keys: Sequence[int]) -> int:
    for at in range(0, len(keys), SLICE):
        _place(db.session.scalars(select(Record).where(Record.id.in_(keys[at : at + SLICE]))).all(), RecordState.GONE)
    return len(keys)


def last_id() -> int:
    """The id of the newest record."""
    return db.session.scalar(select(func.max(Record.id))) or 0


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


def spelled(connection_id: int, list_name: str, erp_id: str) -> str:
    """The id as the list has it, whatever the capitals; as it is where the list does not have it."""
    asked = select(Record.erp_id).filter_by(connection_id=connection_id, list=list_name)
    asked = asked.where(func.lower(Record.erp_id) == erp_id.lower()).order_by(Record.erp_id != erp_id, Record.id)
    return db.session.scalar(asked.limit(1)) or erp_id


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
