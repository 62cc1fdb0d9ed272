"""References between objects: kept by ListID, shown with the present name."""

from __future__ import annotations

from typing import Any

from erp.simulator.books import Books, Entry
from erp.simulator.preferences import require_for_field
from erp.simulator.reading import Fields
from erp.simulator.refusals import BadReference

TARGETS: dict[str, str] = {
    "AccountRef": "Account",
    "IncomeAccountRef": "Account",
    "ExpenseAccountRef": "Account",
    "OverrideItemAccountRef": "Account",
    "PrefillAccountRef": "Account",
    "ItemRef": "Item",
    "PrefVendorRef": "Vendor",
    "CustomerSalesTaxCodeRef": "SalesTaxCode",
    "ItemSalesTaxRef": "SalesTaxItem",
}


def target(tag: str) -> str:
    """The list a reference points into."""
    return TARGETS.get(tag, tag.removesuffix("Ref"))


def given(reference: Fields) -> str:
    """The id or name in a reference, or nothing."""
    return str(reference.get("ListID") or reference.get("FullName") or "")


def find(books: Books, reference: Fields, *kinds: str) -> Entry | None:
    """What a reference points to: by ListID, or else by full name."""
    if reference.get("ListID"):
        entry = books.entry(reference["ListID"])
        return entry if entry and (entry.kind in kinds or ("Item" in kinds and entry.kind.startswith("Item"))) else None
    return books.named(reference.get("FullName", ""), *kinds)


def pointed(books: Books, reference: Fields, kind: str, where: str) -> Entry:
    """What a reference points to; unknown and inactive entries are refused."""
    entry = find(books, reference, kind)
    if entry is None:
        raise BadReference(kind, given(reference), where)
    if not entry.active:
        raise BadReference(kind, entry.full_name, where, "QuickBooks error message: The list element is inactive.")
    return entry


def bind(books: Books, fields: Fields, where: str) -> Fields:
    """The fields with every reference turned into a bare ListID; empty ones become empty texts."""
    return {tag: _bound(books, tag, value, where) for tag, value in fields.items()}


def _bound(books: Books, tag: str, value: Any, where: str) -> Any:
    if isinstance(value, list):
        return [_bound(books, tag, one, where) for one in value]
    if tag.endswith("Ref") and isinstance(value, dict):
        return _bound_reference(books, tag, value, where)
    if value:
        require_for_field(books, tag)
    return bind(books, value, where) if isinstance(value, dict) else value


def _bound_reference(books: Books, tag: str, reference: Fields, where: str) -> Any:
    if not given(reference):
        return ""
    require_for_field(books, tag)
    return {"ListID": pointed(books, reference, target(tag), where).id}


def shown(books: Books, fields: Fields) -> Fields:
    """The fields with the present name beside every ListID."""
    return {tag: _shown(books, tag, value) for tag, value in fields.items()}


def _shown(books: Books, tag: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_shown(books, tag, one) for one in value]
    if not isinstance(value, dict):
        return value
    if tag.endswith("Ref") and set(value) == {"ListID"}:
        return {"ListID": value["ListID"], "FullName": books.full_name(value["ListID"])}
    return shown(books, value)
