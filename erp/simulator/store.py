"""The company file on disk: one SQLite file, one immediate transaction per message set."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from erp.simulator.books import Books

SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS entries (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, full_name TEXT NOT NULL, key TEXT NOT NULL,
    parent TEXT, active INTEGER NOT NULL, created INTEGER NOT NULL, modified INTEGER NOT NULL, edit TEXT NOT NULL,
    fields TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS entries_by_key ON entries (key);
CREATE INDEX IF NOT EXISTS entries_by_parent ON entries (parent);
CREATE TABLE IF NOT EXISTS transactions (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, number INTEGER NOT NULL, date TEXT NOT NULL, ref TEXT NOT NULL,
    subject TEXT NOT NULL, created INTEGER NOT NULL, modified INTEGER NOT NULL, edit TEXT NOT NULL,
    fields TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS transactions_by_subject ON transactions (subject);
CREATE TABLE IF NOT EXISTS lines (
    id TEXT PRIMARY KEY, txn TEXT NOT NULL, position INTEGER NOT NULL, fields TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS lines_by_txn ON lines (txn, position);
CREATE TABLE IF NOT EXISTS uses (entry TEXT NOT NULL, user TEXT NOT NULL, PRIMARY KEY (entry, user)) STRICT;
CREATE INDEX IF NOT EXISTS uses_by_user ON uses (user);
CREATE TABLE IF NOT EXISTS deleted (
    id TEXT PRIMARY KEY, family TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, created INTEGER NOT NULL,
    deleted INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS extensions (
    owner TEXT NOT NULL, subject TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (owner, subject, name)) STRICT;
CREATE TABLE IF NOT EXISTS sets (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, hash TEXT NOT NULL, response TEXT) STRICT;
"""


class Store:
    """Opens transactions on one company file; threads and processes may share it."""

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        self.path = path
        self.clock = clock
        self._local = threading.local()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Books]:
        """Books that are written when the block ends, and untouched when it raises."""
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield Books(connection, self.clock())
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    @contextlib.contextmanager
    def reading(self) -> Iterator[Books]:
        """Books for looking only."""
        connection = self._connection()
        connection.execute("BEGIN")
        try:
            yield Books(connection, self.clock())
        finally:
            connection.execute("ROLLBACK")

    def copy_to(self, path: Path) -> None:
        """Write a complete copy of the file to `path`."""
        with contextlib.closing(sqlite3.connect(path)) as target:
            self._connection().backup(target)

    def copy_from(self, path: Path) -> None:
        """Replace the content of the file by that of `path`."""
        with contextlib.closing(sqlite3.connect(path)) as source:
            source.backup(self._connection())

    def close(self) -> None:
        """Close this thread's connection."""
        if hasattr(self._local, "connection"):
            self._local.connection.close()
            del self._local.connection

    def _connection(self) -> sqlite3.Connection:
        if not hasattr(self._local, "connection"):
            self._local.connection = _opened(self.path)
        return self._local.connection  # type: ignore[no-any-return]  # a thread's own attribute has no type


def _opened(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=30, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.executescript(SCHEMA)
    return connection
