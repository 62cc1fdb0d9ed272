"""Names and places in a list: who is below whom, what is taken, what is active."""

from __future__ import annotations

from typing import Any

from erp.simulator.books import Books, Entry
from erp.simulator.list_kind import ListKind
from erp.simulator.references import find, given
from erp.simulator.refusals import BadName, BadParent, NameInUse

DEEPEST = 5


def parent_of(books: Books, kind: ListKind, reference: Any, entry: Entry | None = None) -> Entry | None:
    """The parent an element asks for."""
    if not reference or not given(reference):
        return None
    parent = find(books, reference, kind.name)
    if parent is None or not parent.active or parent.full_name.count(":") >= DEEPEST - 1:
        raise BadParent(given(reference), kind.name)
    if entry is not None and (parent.id == entry.id or any(c.id == parent.id for c in books.descendants(entry))):
        raise BadParent(given(reference), kind.name)
    return parent


def check_name(books: Books, kind: ListKind, name: str, parent: Entry | None, entry: Entry | None = None) -> None:
    """Refuse names that are empty, hold a colon, are taken, or make too long a full name."""
    if not name:
        raise BadName(name, "The name is empty.")
    if ":" in name:
        raise BadName(name, "Names in this list cannot contain a colon (:).")
    full_name = f"{parent.full_name}:{name}" if parent else name
    if len(full_name) > kind.longest:
        raise BadName(full_name, "The full name is too long.")
    taken = books.named(full_name, *kind.rivals)
    if taken is not None and (entry is None or taken.id != entry.id):
        raise NameInUse(name)


def rename(books: Books, entry: Entry, name: str, parent: Entry | None) -> None:
    """Give an element its name and place; those below it follow."""
    entry.name, entry.parent = name, parent.id if parent else None
    entry.full_name = f"{parent.full_name}:{name}" if parent else name
    books.save_entry(entry)
    for child in books.children(entry):
        rename(books, child, child.name, entry)


def set_active(books: Books, entry: Entry, active: bool) -> None:
    """Make an element active or inactive; whatever is below an inactive one is inactive too."""
    if entry.active == active:
        return
    entry.active = active
    books.save_entry(entry)
    if not active:
        for child in books.children(entry):
            set_active(books, child, False)
