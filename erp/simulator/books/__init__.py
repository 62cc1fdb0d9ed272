"""The books while they are open."""

from __future__ import annotations

from erp.simulator.books.records import Entry, Line, Transaction
from erp.simulator.books.transactions import Transactions


class Books(Transactions):
    """One open transaction on the company file: settings, traces, lists and transactions."""


__all__ = ["Books", "Entry", "Line", "Transaction"]
