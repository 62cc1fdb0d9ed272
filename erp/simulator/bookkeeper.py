"""What a bookkeeper does in QuickBooks while nobody else is looking; every function is one deed on one company.

Lists and transactions are named as people name them: customers and jobs `City of Bayview:Library`, items and accounts
by full name, estimates by number or TxnID. Refusal is raised where QuickBooks would refuse the bookkeeper too.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

from erp.simulator import estimates, lists, locks, names
from erp.simulator.accounts import ACCOUNT, CLASS
from erp.simulator.books import Books, Entry, Line, Transaction
from erp.simulator.calls import Call, Iterators
from erp.simulator.company import Company
from erp.simulator.deletions import remove_entry
from erp.simulator.estimate_lines import lines_added
from erp.simulator.items import ITEM_SERVICE
from erp.simulator.lists import ListKind
from erp.simulator.merging import merge_entries
from erp.simulator.money import amount
from erp.simulator.preferences import DEFAULTS, preferences
from erp.simulator.reading import Fields
from erp.simulator.refusals import NotFound, Refusal
from erp.simulator.text import local_date, narrow

T = TypeVar("T")
KINDS: dict[str, ListKind] = {
    "customer": names.CUSTOMER,
    "job": names.CUSTOMER,
    "vendor": names.VENDOR,
    "item": ITEM_SERVICE,
    "account": ACCOUNT,
    "class": CLASS,
}

# lists


def add_customer(company: Company, name: str, **fields: Any) -> str:
    """Add a customer; returns its ListID."""
    return _added(company, "Customer", {"Name": name, **fields})


def add_job(company: Company, customer: str, name: str, **fields: Any) -> str:
    """Add a job below a customer; returns its ListID."""
    return _added(company, "Customer", {"Name": name, "ParentRef": {"FullName": customer}, **fields})


def add_vendor(company: Company, name: str, **fields: Any) -> str:
    """Add a vendor; returns its ListID."""
    return _added(company, "Vendor", {"Name": name, **fields})


def add_account(company: Company, name: str, account_type: str, number: str = "", parent: str = "") -> str:
    """Add an account; returns its ListID."""
    fields: Fields = {"Name": name, "AccountType": account_type, "AccountNumber": number}
    return _added(company, "Account", fields | _parent(parent))


def add_class(company: Company, name: str, parent: str = "") -> str:
    """Add a class; returns its ListID."""
    return _added(company, "Class", {"Name": name} | _parent(parent))


def add_item(company: Company, name: str, income: str, expense: str = "", parent: str = "", description: str = "") -> str:
    """Add a service item, two-sided if an expense account is given; returns its ListID."""
    both = {
        "SalesDesc": description,
        "IncomeAccountRef": {"FullName": income},
        "PurchaseDesc": description,
        "ExpenseAccountRef": {"FullName": expense},
    }
    one = {"Desc": description, "AccountRef": {"FullName": income}}
    side: Fields = {"SalesAndPurchase": both} if expense else {"SalesOrPurchase": one}
    return _added(company, "ItemService", {"Name": name} | side | _parent(parent))


def rename(company: Company, kind: str, name: str, new_name: str) -> None:
    """Rename a customer, job, vendor, item, account or class."""

    def deed(books: Books) -> None:
        entry = _named(books, kind, name)
        parent = books.entry(entry.parent) if entry.parent else None
        lists.check_name(books, KINDS[kind], narrow(new_name), parent, entry)
        lists.rename(books, entry, narrow(new_name), parent)

    _do(company, deed)


def change(company: Company, kind: str, name: str, **fields: str) -> None:
    """Change plain fields of a list element, such as Phone or Notes."""

    def deed(books: Books) -> None:
        entry = _named(books, kind, name)
        entry.fields = lists.merged(entry.fields, {tag: narrow(value) for tag, value in fields.items()})
        books.save_entry(entry)

    _do(company, deed)


def delete(company: Company, kind: str, name: str) -> None:
    """Delete a list element nobody uses."""
    _do(company, lambda books: remove_entry(books, _named(books, kind, name)))


def deactivate(company: Company, kind: str, name: str) -> None:
    """Make a list element inactive."""
    _do(company, lambda books: lists.set_active(books, _named(books, kind, name), False))


def activate(company: Company, kind: str, name: str) -> None:
    """Make a list element active again."""
    _do(company, lambda books: lists.set_active(books, _named(books, kind, name), True))


def merge(company: Company, kind: str, name: str, into: str) -> None:
    """Merge a list element into another one: its ListID vanishes, what used it uses the other."""
    _do(company, lambda books: merge_entries(books, _named(books, kind, name), _named(books, kind, into)))


# estimates


def edit_estimate(company: Company, estimate: str, memo: str | None = None, **fields: str) -> None:
    """Change the memo or other head fields (TxnDate, RefNumber, PONumber, Other) of an estimate."""
    changed = {tag: narrow(value) for tag, value in fields.items()} | ({} if memo is None else {"Memo": narrow(memo)})
    _do_estimate(company, estimate, lambda books, txn: estimates.change_head(books, txn, changed))


def add_estimate_line(company: Company, estimate: str, item: str, value: str, description: str = "") -> None:
    """Add a line of the bookkeeper's own to an estimate."""

    def deed(books: Books, txn: Transaction) -> None:
        given = {"ItemRef": {"FullName": item}, "Desc": narrow(description), "Amount": amount(Decimal(value))}
        txn.lines += [Line(books.new_txn_id(), line) for line in lines_added(books, [given])]

    _do_estimate(company, estimate, deed)


def edit_estimate_line(company: Company, estimate: str, line: int, value: str) -> None:
    """Give a line of an estimate, counted from 1, another amount."""

    def deed(books: Books, txn: Transaction) -> None:
        txn.lines[line - 1].fields |= {"Amount": amount(Decimal(value))}

    _do_estimate(company, estimate, deed)


def delete_estimate_line(company: Company, estimate: str, line: int) -> None:
    """Delete a line of an estimate, counted from 1."""
    _do_estimate(company, estimate, lambda books, txn: _drop(txn.lines, line - 1))


def deactivate_estimate(company: Company, estimate: str) -> None:
    """Make an estimate inactive."""
    _do_estimate(company, estimate, lambda books, txn: txn.fields.update(IsActive="false"))


def delete_estimate(company: Company, estimate: str) -> None:
    """Delete an estimate."""
    _do(company, lambda books: books.remove_transaction(_estimate(books, estimate)))


def duplicate_estimate(company: Company, estimate: str) -> str:
    """Make a copy of an estimate as QuickBooks does: next number, no ExternalGUID; returns its TxnID."""

    def deed(books: Books) -> str:
        txn = _estimate(books, estimate)
        head = {tag: value for tag, value in txn.fields.items() if tag != "ExternalGUID"}
        copy = [dict(line.fields) for line in txn.lines]
        return books.add_transaction("Estimate", txn.date, estimates.next_ref(books), txn.subject, head, copy).id

    return _do(company, deed)


# costs


def post_cost(
    company: Company, job: str, item: str, value: str, vendor: str = "", date: str = "", number: str = "", memo: str = ""
) -> str:
    """Enter a bill for a job, so that job reports have actual costs; an empty item is a cost without one; returns its TxnID."""

    def deed(books: Books) -> str:
        head: Fields = {"VendorRef": {"ListID": _named(books, "vendor", vendor).id}} if vendor else {}
        line = {
            **({"ItemRef": {"ListID": _named(books, "item", item).id}} if item else {}),
            "CustomerRef": {"ListID": _named(books, "job", job).id},
            "Amount": amount(Decimal(value)),
            "Desc": narrow(memo),
        }
        day = date or local_date(books.now, books.zone)
        return books.add_transaction("Bill", day, number, head.get("VendorRef", {}).get("ListID", ""), head, [line]).id

    return _do(company, deed)


# preferences and what stands in the way


def prefer(company: Company, name: str, value: bool | str) -> None:
    """Switch estimates, class_tracking, sales_tax or multi_currency, or set closing_date (YYYY-MM-DD or nothing)."""
    if name not in DEFAULTS:
        raise Refusal(f"There is no preference {name!r}; there are {', '.join(DEFAULTS)}.")

    def deed(books: Books) -> None:
        books.set_fact("preferences", {**preferences(books), name: value})

    _do(company, deed)


def lock(company: Company, code: int = 3175, times: int = locks.FOREVER) -> None:
    """Be in the way: the next `times` writes fail with 3170, 3175, 3176, 3180 or 1010; -1 is all until `unlock`."""
    _do(company, lambda books: locks.lock(books, code, times))


def unlock(company: Company) -> None:
    """Be out of the way again."""
    _do(company, locks.unlock)


def set_read_only(company: Company, on: bool = True) -> None:
    """Take away, or give back, the application's right to change anything (3260)."""
    _set(company, "read_only", on)


def keep_message_sets(company: Company, count: int) -> None:
    """How many message sets QuickBooks remembers."""
    _set(company, "sets", count)


def limit_iterators(company: Company, count: int) -> None:
    """How many iterators one session may have open."""
    _set(company, "iterators", count)


def crash_unsaved(company: Company, hresult: str = "0x8004041C") -> None:
    """Let the next write be done but not remembered: this HRESULT now, 9002 when the same set comes again."""
    _set(company, "crash_unsaved", hresult)


def set_zone(company: Company, zone: str) -> None:
    """Move the computer to another time zone."""
    _set(company, "zone", zone)


# the program itself


def open_dialog(company: Company) -> None:
    """Leave a modal dialog open: no application gets a session (0x80040414)."""
    _set_program(company, "dialog", True)


def close_dialog(company: Company) -> None:
    """Close the dialog."""
    _set_program(company, "dialog", False)


def quit_quickbooks(company: Company) -> None:
    """Close QuickBooks: a session needs a file name now (0x80040416)."""
    _set_program(company, "running", False)


def start_quickbooks(company: Company) -> None:
    """Start QuickBooks again."""
    _set_program(company, "running", True)


def deny(company: Company, hresult: str = "0x80040420") -> None:
    """Refuse the application at the door with this HRESULT; an empty one lets it in again."""
    _set_program(company, "denied", hresult)


def open_other_file(company: Company, name: str = "Another Company") -> None:
    """Open another company file; applications now talk to that one."""
    _set_program(company, "open_file", name)
    with company.store.transaction() as books:
        if books.fact("company_name") is None:
            books.set_fact("company_name", name)


def open_own_file(company: Company) -> None:
    """Open this company's file again."""
    _set_program(company, "open_file", "")


def back_up(company: Company, name: str = "backup") -> None:
    """Copy the company file beside itself."""
    company.home.copy_to(company.path.with_name(f"{company.path.stem}.{name}.qbb"))


def restore(company: Company, name: str = "backup") -> None:
    """Put a copy back in place of the company file."""
    path = company.path.with_name(f"{company.path.stem}.{name}.qbb")
    if not path.exists():
        raise Refusal(f"There is no backup {name!r}.")
    company.home.copy_from(path)


# how it is done


def _do(company: Company, deed: Callable[[Books], T]) -> T:
    with company.store.transaction() as books:
        return deed(books)


def _do_estimate(company: Company, estimate: str, deed: Callable[[Books, Transaction], None]) -> None:
    def whole(books: Books) -> None:
        txn = _estimate(books, estimate)
        deed(books, txn)
        books.save_transaction(txn)

    _do(company, whole)


def _set(company: Company, name: str, value: Any) -> None:
    _do(company, lambda books: books.set_fact(name, value))


def _set_program(company: Company, name: str, value: Any) -> None:
    with company.home.transaction() as books:
        books.set_fact(name, value)


def _added(company: Company, kind: str, fields: Fields) -> str:
    cleaned = {tag: narrow(value) if isinstance(value, str) else value for tag, value in fields.items()}
    given = {tag: value for tag, value in cleaned.items() if value != "" or tag == "Name"}
    name = f"{kind}Add"

    def deed(books: Books) -> str:
        answer = lists.add(Call(name, {name: given}, {}, books, Iterators()), _kind(kind))
        return str(answer.rets[0][1]["ListID"])

    return _do(company, deed)


def _kind(name: str) -> ListKind:
    return next(kind for kind in KINDS.values() if kind.name == name)


def _parent(name: str) -> Fields:
    return {"ParentRef": {"FullName": name}} if name else {}


def _named(books: Books, kind: str, name: str) -> Entry:
    entry = books.named(name, KINDS[kind].name) or books.entry(name)
    if entry is None or entry.kind != KINDS[kind].name:
        raise NotFound(name)
    return entry


def _estimate(books: Books, name: str) -> Transaction:
    found = books.transaction(name) or next((t for t in books.transactions("Estimate") if t.ref == name), None)
    if found is None or found.kind != "Estimate":
        raise NotFound(name)
    return found


def _drop(lines: list[Line], index: int) -> None:
    del lines[index]


ACTIONS: dict[str, Callable[..., Any]] = {
    deed.__name__.replace("_", "-"): deed
    for deed in (
        add_customer, add_job, add_vendor, add_account, add_class, add_item, rename, change, delete, deactivate, activate,
        merge, edit_estimate, add_estimate_line, edit_estimate_line, delete_estimate_line, deactivate_estimate,
        delete_estimate, duplicate_estimate, post_cost, prefer, lock, unlock, set_read_only, keep_message_sets,
        limit_iterators, crash_unsaved, set_zone, open_dialog, close_dialog, quit_quickbooks, start_quickbooks, deny,
        open_other_file, open_own_file, back_up, restore,
    )
}  # fmt: skip
