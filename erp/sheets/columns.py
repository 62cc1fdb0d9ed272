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
    "short": ("short name", "abbreviation", "short"),
    "sub_job": ("sub job", "sub job code", "subjob", "sub job number", "extra", "extra code"),
    "division": ("division", "division code", "section", "group"),
    "job": ("job", "job number", "job no", "job id"),
    "extra": ("extra", "extra number", "sub job"),
    "category": ("category", "standard category", "cost category", "cost type"),
    "vendor": ("vendor", "vendor id", "vendor number", "vendor code"),
    "status": ("status", "job status", "vendor status"),
    "street": ("street", "address 1", "address line 1", "address"),
    "street2": ("street second line", "address 2", "address line 2"),
    "city": ("city",),
    "region": ("state", "province"),
    "postal_code": ("zip", "zip code", "postal code"),
    "phone": ("phone", "telephone", "phone number"),
    "tax_id": ("tax id", "federal id", "tax id number"),
    "original": ("original estimate", "original estimated cost", "original budget", "orig estimate"),
    "changes": ("approved estimate changes", "approved changes", "jtd aprvd estimate chgs", "aprvd estimate chgs",
                "estimate changes", "budget changes"),
    "estimate": ("total estimate", "revised estimate", "current estimate", "revised budget", "estimate"),
    "job_to_date": ("jtd cost", "jtd costs", "job to date cost", "job to date costs", "job to date", "cost to date", "jtd"),
    "month_to_date": ("mtd cost", "mtd costs", "month to date cost", "month to date", "mtd"),
    "committed": ("committed cost", "committed costs", "committed", "total commitment", "revised commitment"),
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
