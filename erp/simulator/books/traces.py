"""Who uses whom, and what is gone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

from erp.simulator.books.records import Entry
from erp.simulator.books.settings import Settings
from erp.simulator.reading import Fields


class Traces(Settings):
    """The traces objects leave in others and after themselves."""

    def note_uses(self, user: str, fields: Fields) -> None:
        """Remember which ids an object refers to."""
        self.connection.execute("DELETE FROM uses WHERE user = ?", (user,))
        rows = [(used, user) for used in set(ids_in(fields))]
        self.connection.executemany("INSERT INTO uses VALUES (?, ?)", rows)

    def users_of(self, entry: Entry) -> list[str]:
        """The ids of everything that refers to this entry."""
        rows = self.connection.execute("SELECT user FROM uses WHERE entry = ?", (entry.id,))
        return [row["user"] for row in rows]

    def note_deleted(self, identity: str, family: str, kind: str, name: str, created: int) -> None:
        """Remember that an object was deleted."""
        self.connection.execute(
            "INSERT INTO deleted VALUES (?, ?, ?, ?, ?, ?)", (identity, family, kind, name, created, self.now)
        )

    def deleted(self, family: str) -> list[sqlite3.Row]:
        """What was deleted, oldest first; family is `list` or `txn`."""
        return self.connection.execute("SELECT * FROM deleted WHERE family = ? ORDER BY deleted, id", (family,)).fetchall()


def ids_in(fields: Any) -> Iterator[str]:
    """All ListIDs anywhere in these fields."""
    if isinstance(fields, dict):
        for name, value in fields.items():
            if name == "ListID" and isinstance(value, str):
                yield value
            else:
                yield from ids_in(value)
    elif isinstance(fields, list):
        for value in fields:
            yield from ids_in(value)
