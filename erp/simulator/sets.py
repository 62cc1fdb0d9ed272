"""Error recovery: message sets QuickBooks remembers under the id the application gave them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from erp.simulator.books import Books

KEPT = 64
LONGEST = 24
ALL = "ClearAllMessageSets"
OK, CHANGED, NOT_STORED, TOO_LONG, UNKNOWN = 0, 9001, 9002, 9004, 600


@dataclass
class Known:
    """What is known of a message set before it is processed: a status, and perhaps the old answer."""

    status: int
    response: str | None = None
    process: bool = False


def recall(books: Books, new: str, old: str, text: str, is_empty: bool) -> Known:
    """Clear the old set, look up the new one, and say whether there is something to process."""
    if len(new) > LONGEST or len(old) > LONGEST:
        return Known(TOO_LONG)
    if new and new == old and is_empty:
        return _status_of(books, new)
    found = _clear(books, old) if old and old != new else True
    if new:
        return _repeated(books, new, text)
    return Known(OK if found else UNKNOWN, process=not is_empty)


def _status_of(books: Books, new: str) -> Known:
    row = _row(books, new)
    if row is None:
        return Known(UNKNOWN)
    return Known(NOT_STORED) if row[1] is None else Known(OK, row[1])


def _repeated(books: Books, new: str, text: str) -> Known:
    row = _row(books, new)
    if row is None:
        return Known(OK, process=True)
    if row[0] != digest(text):
        return Known(CHANGED)
    return Known(NOT_STORED) if row[1] is None else Known(OK, row[1])


def _row(books: Books, identity: str) -> tuple[str, str | None] | None:
    row = books.connection.execute("SELECT hash, response FROM sets WHERE id = ?", (identity,)).fetchone()
    return (row["hash"], row["response"]) if row else None


def _clear(books: Books, identity: str) -> bool:
    if identity == ALL:
        books.connection.execute("DELETE FROM sets")
        return True
    return books.connection.execute("DELETE FROM sets WHERE id = ?", (identity,)).rowcount > 0


def keep(books: Books, identity: str, text: str, response: str | None) -> None:
    """Remember a set and its answer; the oldest ones are forgotten."""
    books.connection.execute("INSERT INTO sets (id, hash, response) VALUES (?, ?, ?)", (identity, digest(text), response))
    books.connection.execute(
        "DELETE FROM sets WHERE seq NOT IN (SELECT seq FROM sets ORDER BY seq DESC LIMIT ?)", (books.fact("sets", KEPT),)
    )


def digest(text: str) -> str:
    """The checksum by which changed content is noticed."""
    return hashlib.sha256(text.encode()).hexdigest()
