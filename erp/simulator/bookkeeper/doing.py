"""How the deeds reach the books."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from erp.simulator import lists, names
from erp.simulator.accounts import ACCOUNT, CLASS
from erp.simulator.books import Books, Entry, Transaction
from erp.simulator.calls import Call, Iterators
from erp.simulator.company import Company
from erp.simulator.items import ITEM_SERVICE
from erp.simulator.list_kind import ListKind
from erp.simulator.money import amount
from erp.simulator.reading import Fields
from erp.simulator.refusals import BadValue, NotFound
from erp.simulator.text import narrow

T = TypeVar("T")
KINDS: dict[str, ListKind] = {
    "customer": names.CUSTOMER,
    "job": names.CUSTOMER,
    "vendor": names.VENDOR,
    "item": ITEM_SERVICE,
    "account": ACCOUNT,
    "class": CLASS,
}


def do(company: Company, deed: Callable[[Books], T]) -> T:
    """Do a deed in one transaction of the open file."""
    with company.store.transaction() as books:
        return deed(books)


def do_to_estimate(company: Company, estimate: str, deed: Callable[[Books, Transaction], None]) -> None:
    """Change an estimate and keep it."""

    def whole(books: Books) -> None:
        txn = estimate_of(books, estimate)
        deed(books, txn)
        books.save_transaction(txn)

    do(company, whole)


def keep_fact(company: Company, name: str, value: Any) -> None:
    """Keep a setting of the open file."""
    do(company, lambda books: books.set_fact(name, value))


def set_program(company: Company, name: str, value: Any) -> None:
    """Keep a state of the program itself, whatever file is open."""
    with company.home.transaction() as books:
        books.set_fact(name, value)


def added(company: Company, kind: str, fields: Fields) -> str:
    """Add a list element as an application would; returns its ListID."""
    cleaned = {tag: narrow(value) if isinstance(value, str) else value for tag, value in fields.items()}
    given = {tag: value for tag, value in cleaned.items() if value != "" or tag == "Name"}
    name = f"{kind}Add"

    def deed(books: Books) -> str:
        answer = lists.add(Call(name, {name: given}, {}, books, Iterators()), _kind(kind))
        return str(answer.rets[0][1]["ListID"])

    return do(company, deed)


def _kind(name: str) -> ListKind:
    return next(kind for kind in KINDS.values() if kind.name == name)


def below(name: str) -> Fields:
    """The reference to a parent, if there is one."""
    return {"ParentRef": {"FullName": name}} if name else {}


def named(books: Books, kind: str, name: str) -> Entry:
    """The list element with this full name or ListID."""
    entry = books.named(name, KINDS[kind].name) or books.entry(name)
    if entry is None or entry.kind != KINDS[kind].name:
        raise NotFound(name)
    return entry


def estimate_of(books: Books, name: str) -> Transaction:
    """The estimate with this TxnID or number."""
    found = books.transaction(name) or next((t for t in books.transactions("Estimate") if t.ref == name), None)
    if found is None or found.kind != "Estimate":
        raise NotFound(name)
    return found


def entered(value: str) -> str:
    """An amount as a bookkeeper types it."""
    try:
        return amount(Decimal(value))
    except InvalidOperation as error:
        raise BadValue(3040, "amount", value, "Amount") from error
