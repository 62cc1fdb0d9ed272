"""Which column is which: a guess from the usual names, for a person to confirm."""

import re
from collections.abc import Iterable, Sequence

Wanted = str
NAMES: dict[Wanted, tuple[str, ...]] = {
    "code": ("cost code", "bid item", "bid item no", "item no", "item number", "item", "code", "phase code", "phase",
             "csi code", "number", "no"),
    "name": ("name", "description", "title", "item description", "code description", "cost code description"),
    "description": ("description", "item description", "description of work", "name", "title", "scope"),
    "amount": ("original budget", "budget amount", "scheduled value", "total amount", "amount", "total", "budget", "value",
               "extension", "original estimate"),
    "type": ("cost type", "type", "category", "cost category"),
    "short": ("short name", "short"),
    "sub_job": ("sub job", "sub job code", "subjob", "sub job number", "extra", "extra code"),
    "division": ("division", "division code", "section", "group"),
}  # fmt: skip
"""The usual names of a column, the surest first."""


def guess(header: Sequence[str], wanted: Iterable[Wanted]) -> dict[Wanted, int]:
    """The column (counted from 0) of each wanted thing whose name is known; no column is taken twice."""
    found: dict[Wanted, int] = {}
    names = [_simple(name) for name in header]
    for exact in (True, False):
        for want in wanted:
            column = None if want in found else _column(names, NAMES[want], set(found.values()), exact)
            if column is not None:
                found[want] = column
    return found


def known(cells: Iterable[str]) -> int:
    """How many of the cells are usual names of columns."""
    usual = {name for names in NAMES.values() for name in names}
    return sum(_simple(cell) in usual for cell in cells)


def _column(names: Sequence[str], usual: Sequence[str], taken: set[int], exact: bool) -> int | None:
    for name in usual:
        for column, text in enumerate(names):
            if column not in taken and (text == name if exact else f" {name} " in f" {text} "):
                return column
    return None


def _simple(name: str) -> str:
    return " ".join(re.sub(r"[^a-z0-9]+", " ", name.casefold()).split())
