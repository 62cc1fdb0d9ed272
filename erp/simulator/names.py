"""Customers with their jobs, and vendors: they share one pool of names."""

from __future__ import annotations

from erp.simulator.books import Books, Entry
from erp.simulator.list_kind import ListKind, refuse_fields
from erp.simulator.preferences import is_on
from erp.simulator.reading import Fields

RIVALS = ("Customer", "Vendor", "Employee", "OtherName")
NOT_KEPT = ("Contacts", "ContactsMod", "AdditionalNotes", "AdditionalNotesMod", "OpenBalance", "OpenBalanceDate")


def _rules(books: Books, fields: Fields, parent: Entry | None, entry: Entry | None) -> None:
    refuse_fields(fields, *NOT_KEPT)


def _customer_extras(books: Books, entry: Entry) -> Fields:
    return {
        "Balance": "0.00",
        "TotalBalance": "0.00",
        "JobStatus": entry.fields.get("JobStatus", "None"),
        "PreferredDeliveryMethod": entry.fields.get("PreferredDeliveryMethod", "None"),
        **blocks(entry.fields, "BillAddress", "ShipAddress"),
        **currency(books),
    }


def _vendor_extras(books: Books, entry: Entry) -> Fields:
    return {
        "Balance": "0.00",
        "IsVendorEligibleFor1099": entry.fields.get("IsVendorEligibleFor1099", "false"),
        **blocks(entry.fields, "VendorAddress"),
        **currency(books),
    }


def blocks(fields: Fields, *tags: str) -> Fields:
    """Addresses once more, as QuickBooks prints them: at most five lines."""
    return {f"{tag}Block": _block(fields[tag]) for tag in tags if tag in fields}


def _block(address: Fields) -> Fields:
    lines = [address[f"Addr{n}"] for n in range(1, 6) if address.get(f"Addr{n}")]
    place = ", ".join(address[tag] for tag in ("City", "State") if address.get(tag))
    lines.append(f"{place} {address.get('PostalCode', '')}".strip())
    return {f"Addr{n}": line[:41] for n, line in enumerate([line for line in lines if line][:5], 1)}


def currency(books: Books) -> Fields:
    """The home currency, shown only by files with several currencies."""
    home = books.named("US Dollar", "Currency")
    return {"CurrencyRef": {"ListID": home.id, "FullName": home.full_name}} if home and is_on(books, "multi_currency") else {}


CUSTOMER = ListKind("Customer", RIVALS, 209, _rules, _customer_extras)
VENDOR = ListKind("Vendor", RIVALS, 41, _rules, _vendor_extras, in_tree=False)
