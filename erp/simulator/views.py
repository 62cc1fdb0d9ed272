"""The company file as plain rows: for the page, for `show`, and for tests that judge."""

from __future__ import annotations

from typing import Any

from erp.simulator.books import Books, Entry, Transaction
from erp.simulator.company import Company
from erp.simulator.estimate_lines import totals
from erp.simulator.preferences import preferences as all_preferences
from erp.simulator.text import wall_clock

Row = dict[str, Any]


def company_name(company: Company) -> str:
    """The name of the company whose file is open."""
    with company.store.reading() as books:
        return str(books.fact("company_name", ""))


def customers(company: Company) -> list[Row]:
    """Customers and jobs, each customer before its jobs."""
    return _rows(company, "Customer", "JobStatus", "Phone", "AccountNumber", "Notes", "ExternalGUID")


def vendors(company: Company) -> list[Row]:
    """Vendors by name."""
    with company.store.reading() as books:
        told = ("CompanyName", "Phone", "VendorTaxIdent", "Notes", "ExternalGUID")
        return [_row(books, entry, *told) | {"address": _address(entry)} for entry in books.entries("Vendor")]


def classes(company: Company) -> list[Row]:
    """Classes by full name."""
    return _rows(company, "Class")


def accounts(company: Company) -> list[Row]:
    """The chart of accounts by number."""
    found = _rows(company, "Account", "AccountNumber", "AccountType", "Desc")
    return sorted(found, key=lambda row: (row["AccountNumber"], row["full_name"]))


def items(company: Company) -> list[Row]:
    """Items with their accounts."""
    with company.store.reading() as books:
        return [_row(books, entry, "ExternalGUID") | _sides(books, entry) for entry in books.entries("Item")]


def estimates(company: Company) -> list[Row]:
    """Estimates with their lines."""
    with company.store.reading() as books:
        return [_estimate(books, txn) for txn in books.transactions("Estimate")]


def costs(company: Company) -> list[Row]:
    """Bills entered for jobs, one row per line."""
    with company.store.reading() as books:
        return [_cost(books, txn, line.fields) for txn in books.transactions("Bill") for line in txn.lines]


def preferences(company: Company) -> Row:
    """The preferences, and what stands in an application's way."""
    with company.store.reading() as books:
        found = all_preferences(books)
        found |= {name: books.fact(name) for name in ("lock", "read_only", "crash_unsaved", "sets", "iterators", "zone")}
    with company.home.reading() as books:
        return found | {name: books.fact(name) for name in ("running", "dialog", "denied", "open_file")}


def log(company: Company, lines: int = 200) -> list[str]:
    """The last lines of the Web Connector's log."""
    path = company.path.with_name("QWCLog.txt")
    return path.read_text(encoding="utf-8").splitlines()[-lines:] if path.exists() else []


def _rows(company: Company, kind: str, *tags: str) -> list[Row]:
    with company.store.reading() as books:
        return [_row(books, entry, *tags) for entry in books.entries(kind)]


def _row(books: Books, entry: Entry, *tags: str) -> Row:
    return {
        "id": entry.id,
        "name": entry.name,
        "full_name": entry.full_name,
        "level": entry.full_name.count(":"),
        "active": entry.active,
        "edit_sequence": entry.edit,
        "modified": wall_clock(entry.modified, books.zone),
        **{tag: entry.fields.get(tag, "") for tag in tags},
    }


def _address(entry: Entry) -> str:
    found = entry.fields.get("VendorAddress", {})
    return ", ".join(found[tag] for tag in ("Addr1", "Addr2", "Addr3", "City", "State", "PostalCode") if found.get(tag))


def _sides(books: Books, entry: Entry) -> Row:
    both, one = entry.fields.get("SalesAndPurchase", {}), entry.fields.get("SalesOrPurchase", {})
    return {
        "description": both.get("SalesDesc") or both.get("PurchaseDesc") or one.get("Desc", ""),
        "two_sided": bool(both),
        "income_account": _name(books, both.get("IncomeAccountRef") or one.get("AccountRef")),
        "expense_account": _name(books, both.get("ExpenseAccountRef")),
    }


def _name(books: Books, reference: Row | None) -> str:
    return books.full_name(reference["ListID"]) if reference else ""


def _estimate(books: Books, txn: Transaction) -> Row:
    added = totals(books, txn)
    return {
        "id": txn.id,
        "ref_number": txn.ref,
        "date": txn.date,
        "customer": books.full_name(txn.subject),
        "customer_id": txn.subject,
        "memo": txn.fields.get("Memo", ""),
        "external_guid": txn.fields.get("ExternalGUID", ""),
        "active": txn.fields.get("IsActive", "true") == "true",
        "edit_sequence": txn.edit,
        "modified": wall_clock(txn.modified, books.zone),
        "subtotal": added["Subtotal"],
        "tax": added.get("SalesTaxTotal", "0.00"),
        "total": added["TotalAmount"],
        "lines": [_line(books, line.id, line.fields) for line in txn.lines],
    }


def _line(books: Books, identity: str, fields: Row) -> Row:
    return {
        "id": identity,
        "item": _name(books, fields.get("ItemRef")),
        "description": fields.get("Desc", ""),
        "quantity": fields.get("Quantity", ""),
        "rate": fields.get("Rate", ""),
        "amount": fields.get("Amount", ""),
        "class": _name(books, fields.get("ClassRef")),
        "other1": fields.get("Other1", ""),
        "other2": fields.get("Other2", ""),
    }


def _cost(books: Books, txn: Transaction, line: Row) -> Row:
    return {
        "id": txn.id,
        "date": txn.date,
        "number": txn.ref,
        "vendor": books.full_name(txn.subject) if txn.subject else "",
        "job": _name(books, line.get("CustomerRef")),
        "item": _name(books, line.get("ItemRef")),
        "memo": line.get("Desc", ""),
        "amount": line["Amount"],
    }
