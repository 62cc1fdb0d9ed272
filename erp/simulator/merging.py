"""Merging two list elements into one, as QuickBooks does when one gets the other's name."""

from __future__ import annotations

from erp.simulator.books import Books, Entry
from erp.simulator.refusals import Refusal
from erp.simulator.tree import rename

TABLES = ("entries", "transactions", "lines")


def merge_entries(books: Books, gone: Entry, kept: Entry) -> None:
    """Everything that used `gone` uses `kept`, jobs move over, and `gone` is deleted."""
    if gone.kind != kept.kind or gone.id == kept.id:
        raise Refusal(f'"{gone.full_name}" and "{kept.full_name}" cannot be merged.')
    users = books.users_of(gone)
    for child in books.children(gone):
        rename(books, child, child.name, kept)
    _point_elsewhere(books, gone, kept)
    _stamp(books, users)
    books.remove_entry(gone)


def _point_elsewhere(books: Books, gone: Entry, kept: Entry) -> None:
    old, new = f'"{gone.id}"', f'"{kept.id}"'
    for table in TABLES:
        books.connection.execute(f"UPDATE {table} SET fields = replace(fields, ?, ?)", (old, new))  # noqa: S608  # the names are ours
    books.connection.execute("UPDATE transactions SET subject = ? WHERE subject = ?", (kept.id, gone.id))
    books.connection.execute("UPDATE OR IGNORE uses SET entry = ? WHERE entry = ?", (kept.id, gone.id))


def _stamp(books: Books, users: list[str]) -> None:
    """Whoever used the merged element is modified now."""
    for table in ("entries", "transactions"):
        for user in users:
            books.connection.execute(
                f"UPDATE {table} SET modified = ?, edit = ? WHERE id = ?",  # noqa: S608  # the names are ours
                (books.now, str(books.now), user),
            )
