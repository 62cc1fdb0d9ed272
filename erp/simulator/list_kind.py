"""How one list differs from the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from erp.simulator.books import Books, Entry
from erp.simulator.reading import Fields
from erp.simulator.refusals import Unsupported


def _nothing(books: Books, fields: Fields, parent: Entry | None, entry: Entry | None) -> None:
    """No rules of its own."""


def _no_extras(books: Books, entry: Entry) -> Fields:
    return {}


@dataclass(frozen=True)
class ListKind:
    """How one list differs: whose names it shares, its longest full name, its own rules and computed fields."""

    name: str
    rivals: tuple[str, ...]
    longest: int
    rules: Callable[[Books, Fields, Entry | None, Entry | None], None] = _nothing
    extras: Callable[[Books, Entry], Fields] = _no_extras
    in_tree: bool = True


def refuse_fields(fields: Fields, *tags: str) -> None:
    """Refuse honestly what the simulation does not keep."""
    for tag in tags:
        if tag in fields:
            raise Unsupported(tag)
