"""The books while they are open: list entries, transactions and single facts of one company file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from erp.simulator.reading import Fields
from erp.simulator.text import key


@dataclass
class Entry:
    """One element of a list: a customer, job, vendor, item, account, class …"""

    id: str
    kind: str
    name: str
    full_name: str
    parent: str | None
    active: bool
    created: int
    modified: int
    edit: str
    fields: Fields


@dataclass
class Line:
    """One line of a transaction."""

    id: str
    fields: Fields


@dataclass
class Transaction:
    """One transaction with its lines; `subject` is the customer, job or vendor it belongs to."""

    id: str
    kind: str
    number: int
    date: str
    ref: str
    subject: str
    created: int
    modified: int
    edit: str
    fields: Fields
    lines: list[Line] = field(default_factory=list)


class Books:
    """One open transaction on the company file."""

    def __init__(self, connection: sqlite3.Connection, now: float) -> None:
        self.connection = connection
        self.now = int(now)
        self._names: dict[str, str] = {}

    # single facts

    def fact(self, name: str, default: Any = None) -> Any:
        """A setting or counter."""
        row = self.connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return default if row is None else json.loads(row["value"])

    def set_fact(self, name: str, value: Any) -> None:
        """Keep a setting or counter."""
        self.connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, json.dumps(value)))

    def next_number(self, name: str) -> int:
        """The next number of a counter."""
        number: int = self.fact(name, 0) + 1
        self.set_fact(name, number)
        return number

    @property
    def zone(self) -> str:
        """The time zone of the computer QuickBooks runs on."""
        zone: str = self.fact("zone", "America/New_York")
        return zone

    # list entries

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
        self._note_uses(entry.id, entry.fields)

    def remove_entry(self, entry: Entry) -> None:
        """Take an entry out and remember that it was there."""
        self.connection.execute("DELETE FROM entries WHERE id = ?", (entry.id,))
        self.connection.execute("DELETE FROM uses WHERE user = ?", (entry.id,))
        self._note_deleted(entry.id, "list", entry.kind, entry.full_name, entry.created)

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

    # transactions

    def new_txn_id(self) -> str:
        """An id for a transaction or a line."""
        return f"{0x1000 + self.next_number('txn'):X}-{self.now}"

    def add_transaction(self, kind: str, date: str, ref: str, subject: str, fields: Fields, lines: list[Fields]) -> Transaction:
        """A new transaction."""
        txn = Transaction(
            self.new_txn_id(), kind, self.next_number("transaction"), date, ref, subject,
            self.now, self.now, str(self.now), fields,
        )  # fmt: skip
        txn.lines = [Line(self.new_txn_id(), line) for line in lines]
        self._write_transaction(txn)
        return txn

    def save_transaction(self, txn: Transaction) -> None:
        """Keep a changed transaction with a new EditSequence."""
        txn.modified, txn.edit = self.now, str(self.now)
        self._write_transaction(txn)

    def _write_transaction(self, txn: Transaction) -> None:
        self.connection.execute(
            "INSERT OR REPLACE INTO transactions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (txn.id, txn.kind, txn.number, txn.date, txn.ref, txn.subject, txn.created, txn.modified, txn.edit,
             json.dumps(txn.fields)),
        )  # fmt: skip
        self.connection.execute("DELETE FROM lines WHERE txn = ?", (txn.id,))
        self.connection.executemany(
            "INSERT INTO lines VALUES (?, ?, ?, ?)",
            [(line.id, txn.id, position, json.dumps(line.fields)) for position, line in enumerate(txn.lines)],
        )
        self._note_uses(txn.id, {"head": txn.fields, "lines": [line.fields for line in txn.lines]})

    def remove_transaction(self, txn: Transaction) -> None:
        """Take a transaction out and remember that it was there."""
        self.connection.execute("DELETE FROM transactions WHERE id = ?", (txn.id,))
        self.connection.execute("DELETE FROM lines WHERE txn = ?", (txn.id,))
        self.connection.execute("DELETE FROM uses WHERE user = ?", (txn.id,))
        self._note_deleted(txn.id, "txn", txn.kind, txn.ref, txn.created)

    def transaction(self, identity: str) -> Transaction | None:
        """The transaction with this TxnID."""
        row = self.connection.execute("SELECT * FROM transactions WHERE id = ?", (identity,)).fetchone()
        return self._transaction(row) if row else None

    def transactions(self, *kinds: str) -> Iterator[Transaction]:
        """All transactions of these kinds, oldest date first."""
        for row in self.connection.execute("SELECT * FROM transactions ORDER BY date, number").fetchall():
            if row["kind"] in kinds:
                yield self._transaction(row)

    def _transaction(self, row: sqlite3.Row) -> Transaction:
        values = {name: row[name] for name in row.keys() if name != "fields"}  # noqa: SIM118
        lines = self.connection.execute("SELECT id, fields FROM lines WHERE txn = ? ORDER BY position", (row["id"],))
        return Transaction(
            **values, fields=json.loads(row["fields"]), lines=[Line(line["id"], json.loads(line["fields"])) for line in lines]
        )

    # who uses whom, and what is gone

    def _note_uses(self, user: str, fields: Fields) -> None:
        self.connection.execute("DELETE FROM uses WHERE user = ?", (user,))
        rows = [(used, user) for used in set(_ids(fields))]
        self.connection.executemany("INSERT INTO uses VALUES (?, ?)", rows)

    def users_of(self, entry: Entry) -> list[str]:
        """The ids of everything that refers to this entry."""
        rows = self.connection.execute("SELECT user FROM uses WHERE entry = ?", (entry.id,))
        return [row["user"] for row in rows]

    def _note_deleted(self, identity: str, family: str, kind: str, name: str, created: int) -> None:
        self.connection.execute(
            "INSERT INTO deleted VALUES (?, ?, ?, ?, ?, ?)", (identity, family, kind, name, created, self.now)
        )

    def deleted(self, family: str) -> list[sqlite3.Row]:
        """What was deleted, oldest first; family is `list` or `txn`."""
        return self.connection.execute("SELECT * FROM deleted WHERE family = ? ORDER BY deleted, id", (family,)).fetchall()

    # data of applications

    def extensions(self, owner: str, subject: str = "") -> dict[str, str]:
        """What an application keeps at an object, or at the company."""
        rows = self.connection.execute(
            "SELECT name, value FROM extensions WHERE lower(owner) = lower(?) AND subject = ? ORDER BY name", (owner, subject)
        )
        return {row["name"]: row["value"] for row in rows}

    def set_extension(self, owner: str, name: str, value: str, subject: str = "") -> None:
        """Keep a value of an application."""
        self.connection.execute("INSERT OR REPLACE INTO extensions VALUES (?, ?, ?, ?)", (owner, subject, name, value))


def _is_kind(kind: str, kinds: Iterable[str]) -> bool:
    return any(kind == wanted or (wanted == "Item" and kind.startswith("Item")) for wanted in kinds)


def _entry(row: sqlite3.Row) -> Entry:
    return Entry(
        row["id"], row["kind"], row["name"], row["full_name"], row["parent"], bool(row["active"]),
        row["created"], row["modified"], row["edit"], json.loads(row["fields"]),
    )  # fmt: skip


def _ids(fields: Any) -> Iterator[str]:
    if isinstance(fields, dict):
        for name, value in fields.items():
            if name == "ListID" and isinstance(value, str):
                yield value
            else:
                yield from _ids(value)
    elif isinstance(fields, list):
        for value in fields:
            yield from _ids(value)
