"""The transactions: estimates and bills."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator

from erp.simulator.books.lists import Lists
from erp.simulator.books.records import Line, Transaction
from erp.simulator.reading import Fields


class Transactions(Lists):
    """Transactions with their lines."""

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
        self.note_uses(txn.id, {"head": txn.fields, "lines": [line.fields for line in txn.lines]})

    def remove_transaction(self, txn: Transaction) -> None:
        """Take a transaction out and remember that it was there."""
        self.connection.execute("DELETE FROM transactions WHERE id = ?", (txn.id,))
        self.connection.execute("DELETE FROM lines WHERE txn = ?", (txn.id,))
        self.connection.execute("DELETE FROM uses WHERE user = ?", (txn.id,))
        self.note_deleted(txn.id, "txn", txn.kind, txn.ref, txn.created)

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
        values = {name: row[name] for name in row.keys() if name != "fields"}  # noqa: SIM118  # a Row yields its values
        lines = self.connection.execute("SELECT id, fields FROM lines WHERE txn = ? ORDER BY position", (row["id"],))
        return Transaction(
            **values, fields=json.loads(row["fields"]), lines=[Line(line["id"], json.loads(line["fields"])) for line in lines]
        )
