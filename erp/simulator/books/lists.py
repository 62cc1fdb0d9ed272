"""The lists: customers, vendors, items, accounts, classes and the small ones."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator

from erp.simulator.books.records import Entry
from erp.simulator.books.traces import Traces
from erp.simulator.reading import Fields
from erp.simulator.text import key


class Lists(Traces):
    """List entries by id, by name and in their tree."""

    def __init__(self, connection: sqlite3.Connection, now: float) -> None:
        super().__init__(connection, now)
        self._names: dict[str, str] = {}

    def add_entry(self, kind: str, name: str, parent: Entry | None, fields: Fields, active: bool = True) -> Entry:
        """A new list entry."""
        number = 0x80000000 + self.next_number("entry")
        full_name = f"{parent.full_name}:{name}" if parent else name
        entry = Entry(
            f"{number:08X}-{self.now}", kind, name, full_name, parent.id if parent else None, active,
            self.now, self.now, str(self.now), fields,
        )  # fmt: skip
        self._write_entry(entry)
        return entry

    def save_entry(self, entry: Entry) -> None:
        """Keep a changed entry with a new EditSequence."""
        entry.modified, entry.edit = self.now, str(self.now)
        self._write_entry(entry)

    def _write_entry(self, entry: Entry) -> None:
        self._names.pop(entry.id, None)
        self.connection.execute(
            "INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (entry.id, entry.kind, entry.name, entry.full_name, key(entry.full_name), entry.parent, int(entry.active),
             entry.created, entry.modified, entry.edit, json.dumps(entry.fields)),
        )  # fmt: skip
        self.note_uses(entry.id, entry.fields)

    def remove_entry(self, entry: Entry) -> None:
        """Take an entry out and remember that it was there."""
        self.connection.execute("DELETE FROM entries WHERE id = ?", (entry.id,))
        self.connection.execute("DELETE FROM uses WHERE user = ?", (entry.id,))
        self.note_deleted(entry.id, "list", entry.kind, entry.full_name, entry.created)

    def entry(self, identity: str) -> Entry | None:
        """The entry with this ListID."""
        row = self.connection.execute("SELECT * FROM entries WHERE id = ?", (identity,)).fetchone()
        return _entry(row) if row else None

    def named(self, full_name: str, *kinds: str) -> Entry | None:
        """The entry of one of these kinds with this full name, in any case."""
        rows = self.connection.execute("SELECT * FROM entries WHERE key = ?", (key(full_name),))
        return next((_entry(row) for row in rows if _is_kind(row["kind"], kinds)), None)

    def entries(self, *kinds: str) -> Iterator[Entry]:
        """All entries of these kinds, parents before their children."""
        for row in self.connection.execute("SELECT * FROM entries ORDER BY replace(key, ':', char(1))").fetchall():
            if _is_kind(row["kind"], kinds):
                yield _entry(row)

    def children(self, parent: Entry) -> list[Entry]:
        """The entries directly below this one."""
        rows = self.connection.execute("SELECT * FROM entries WHERE parent = ? ORDER BY key", (parent.id,))
        return [_entry(row) for row in rows.fetchall()]

    def descendants(self, parent: Entry) -> Iterator[Entry]:
        """The entries below this one, at any depth."""
        for child in self.children(parent):
            yield child
            yield from self.descendants(child)

    def full_name(self, identity: str) -> str:
        """The present full name behind a ListID."""
        if identity not in self._names:
            entry = self.entry(identity)
            self._names[identity] = entry.full_name if entry else ""
        return self._names[identity]


def _is_kind(kind: str, kinds: Iterable[str]) -> bool:
    return any(kind == wanted or (wanted == "Item" and kind.startswith("Item")) for wanted in kinds)


def _entry(row: sqlite3.Row) -> Entry:
    return Entry(
        row["id"], row["kind"], row["name"], row["full_name"], row["parent"], bool(row["active"]),
        row["created"], row["modified"], row["edit"], json.loads(row["fields"]),
    )  # fmt: skip
