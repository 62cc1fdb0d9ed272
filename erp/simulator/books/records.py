"""What is kept in the books: list entries, transactions and their lines."""

from __future__ import annotations

from dataclasses import dataclass, field

from erp.simulator.reading import Fields


@dataclass
class Entry:
    """One element of a list: a customer, job, vendor, item, account, class …"""

    id: str
    kind: str
    name: str
    full_name: str
    parent: str | None
    active: bool
    created: int
    modified: int
    edit: str
    fields: Fields


@dataclass
class Line:
    """One line of a transaction."""

    id: str
    fields: Fields


@dataclass
class Transaction:
    """One transaction with its lines; `subject` is the customer, job or vendor it belongs to."""

    id: str
    kind: str
    number: int
    date: str
    ref: str
    subject: str
    created: int
    modified: int
    edit: str
    fields: Fields
    lines: list[Line] = field(default_factory=list)
