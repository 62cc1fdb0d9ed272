"""Single facts of a company file, and what applications keep in it."""

from __future__ import annotations

import json
import sqlite3
from typing import Any


class Settings:
    """Named values in the open company file."""

    def __init__(self, connection: sqlite3.Connection, now: float) -> None:
        self.connection = connection
        self.now = int(now)

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

    def extensions(self, owner: str, subject: str = "") -> dict[str, str]:
        """What an application keeps at an object, or at the company."""
        rows = self.connection.execute(
            "SELECT name, value FROM extensions WHERE lower(owner) = lower(?) AND subject = ? ORDER BY name", (owner, subject)
        )
        return {row["name"]: row["value"] for row in rows}

    def set_extension(self, owner: str, name: str, value: str, subject: str = "") -> None:
        """Keep a value of an application."""
        self.connection.execute("INSERT OR REPLACE INTO extensions VALUES (?, ?, ?, ?)", (owner, subject, name, value))
