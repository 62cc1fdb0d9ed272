"""Preferences, and what stands in an application's way."""

from __future__ import annotations

from erp.simulator import locks
from erp.simulator.bookkeeper.doing import do, keep_fact
from erp.simulator.books import Books
from erp.simulator.company import Company
from erp.simulator.preferences import DEFAULTS, preferences
from erp.simulator.refusals import Refusal


def prefer(company: Company, name: str, value: bool | str) -> None:
    """Switch estimates, class_tracking, sales_tax or multi_currency, or set closing_date (YYYY-MM-DD or nothing)."""
    if name not in DEFAULTS:
        raise Refusal(f"There is no preference {name!r}; there are {', '.join(DEFAULTS)}.")

    def deed(books: Books) -> None:
        books.set_fact("preferences", {**preferences(books), name: value})

    do(company, deed)


def lock(company: Company, code: int = 3175, times: int = locks.FOREVER) -> None:
    """Be in the way: the next `times` writes fail with 3170, 3175, 3176, 3180 or 1010; -1 is all until `unlock`."""
    do(company, lambda books: locks.lock(books, code, times))


def unlock(company: Company) -> None:
    """Be out of the way again."""
    do(company, locks.unlock)


def set_read_only(company: Company, on: bool = True) -> None:
    """Take away, or give back, the application's right to change anything (3260)."""
    keep_fact(company, "read_only", on)


def keep_message_sets(company: Company, count: int) -> None:
    """How many message sets QuickBooks remembers."""
    keep_fact(company, "sets", count)


def limit_iterators(company: Company, count: int) -> None:
    """How many iterators one session may have open."""
    keep_fact(company, "iterators", count)


def crash_unsaved(company: Company, hresult: str = "0x8004041C") -> None:
    """Let the next write be done but not remembered: this HRESULT now, 9002 when the same set comes again."""
    keep_fact(company, "crash_unsaved", hresult)


def set_zone(company: Company, zone: str) -> None:
    """Move the computer to another time zone."""
    keep_fact(company, "zone", zone)
