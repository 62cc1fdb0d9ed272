"""Customers, jobs, vendors, items, accounts and classes."""

from __future__ import annotations

from typing import Any

from erp.simulator import lists, names, tree
from erp.simulator.bookkeeper.doing import KINDS, added, below, do, named
from erp.simulator.books import Books
from erp.simulator.company import Company
from erp.simulator.deletions import remove_entry
from erp.simulator.merging import merge_entries
from erp.simulator.reading import Fields
from erp.simulator.text import narrow


def add_customer(company: Company, name: str, **fields: Any) -> str:
    """Add a customer; returns its ListID."""
    return added(company, "Customer", {"Name": name, **fields})


def add_job(company: Company, customer: str, name: str, **fields: Any) -> str:
    """Add a job below a customer; returns its ListID."""
    return added(company, "Customer", {"Name": name, "ParentRef": {"FullName": customer}, **fields})


def add_vendor(company: Company, name: str, **fields: Any) -> str:
    """Add a vendor; returns its ListID."""
    return added(company, "Vendor", {"Name": name, **fields})


def add_employee(company: Company, name: str) -> str:
    """Add an employee, of whom only the name counts here: no customer or vendor can have it; returns the ListID."""
    return do(company, lambda books: _add_name(books, "Employee", name))


def add_other_name(company: Company, name: str) -> str:
    """Add an entry to the list Other Names; returns its ListID."""
    return do(company, lambda books: _add_name(books, "OtherName", name))


def _add_name(books: Books, kind: str, name: str) -> str:
    tree.check_name(books, names.VENDOR, narrow(name), None)
    return books.add_entry(kind, narrow(name), None, {}).id


def add_account(company: Company, name: str, account_type: str, number: str = "", parent: str = "") -> str:
    """Add an account; returns its ListID."""
    fields: Fields = {"Name": name, "AccountType": account_type, "AccountNumber": number}
    return added(company, "Account", fields | below(parent))


def add_class(company: Company, name: str, parent: str = "") -> str:
    """Add a class; returns its ListID."""
    return added(company, "Class", {"Name": name} | below(parent))


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
    return added(company, "ItemService", {"Name": name} | side | below(parent))


def rename(company: Company, kind: str, name: str, new_name: str) -> None:
    """Rename a customer, job, vendor, item, account or class."""

    def deed(books: Books) -> None:
        entry = named(books, kind, name)
        parent = books.entry(entry.parent) if entry.parent else None
        tree.check_name(books, KINDS[kind], narrow(new_name), parent, entry)
        tree.rename(books, entry, narrow(new_name), parent)

    do(company, deed)


def change(company: Company, kind: str, name: str, **fields: str) -> None:
    """Change plain fields of a list element, such as Phone or Notes."""

    def deed(books: Books) -> None:
        entry = named(books, kind, name)
        entry.fields = lists.merged(entry.fields, {tag: narrow(value) for tag, value in fields.items()})
        books.save_entry(entry)

    do(company, deed)


def delete(company: Company, kind: str, name: str) -> None:
    """Delete a list element nobody uses."""
    do(company, lambda books: remove_entry(books, named(books, kind, name)))


def deactivate(company: Company, kind: str, name: str) -> None:
    """Make a list element inactive."""
    do(company, lambda books: tree.set_active(books, named(books, kind, name), False))


def activate(company: Company, kind: str, name: str) -> None:
    """Make a list element active again."""
    do(company, lambda books: tree.set_active(books, named(books, kind, name), True))


def merge(company: Company, kind: str, name: str, into: str) -> None:
    """Merge a list element into another one: its ListID vanishes, what used it uses the other."""
    do(company, lambda books: merge_entries(books, named(books, kind, name), named(books, kind, into)))
