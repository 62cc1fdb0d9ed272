"""The preferences a bookkeeper may switch, and what they refuse."""

from __future__ import annotations

from typing import Any

from erp.simulator.books import Books
from erp.simulator.refusals import ClosedPeriod, FeatureOff

DEFAULTS: dict[str, Any] = {
    "estimates": True,
    "class_tracking": False,
    "sales_tax": False,
    "multi_currency": False,
    "closing_date": "",
}
LABELS = {
    "estimates": "Estimates",
    "class_tracking": "Class tracking",
    "sales_tax": "Sales tax",
    "multi_currency": "Multiple currencies",
    "closing_date": "Closing date",
}
FEATURES = {
    "ClassRef": "class_tracking",
    "SalesTaxCodeRef": "sales_tax",
    "CustomerSalesTaxCodeRef": "sales_tax",
    "ItemSalesTaxRef": "sales_tax",
    "CurrencyRef": "multi_currency",
    "ExchangeRate": "multi_currency",
    "CurrencyFilter": "multi_currency",
}


def preferences(books: Books) -> dict[str, Any]:
    """All preferences with their present values."""
    return {**DEFAULTS, **books.fact("preferences", {})}


def is_on(books: Books, name: str) -> bool:
    """Whether a preference is switched on."""
    return bool(preferences(books)[name])


def require(books: Books, name: str) -> None:
    """Refuse with 3250 what needs a preference that is off."""
    if not is_on(books, name):
        raise FeatureOff(LABELS[name])


def require_for_field(books: Books, field: str) -> None:
    """Refuse with 3250 a field whose preference is off."""
    if field in FEATURES:
        require(books, FEATURES[field])


def require_open_period(books: Books, date: str) -> None:
    """Refuse a transaction dated in a closed period."""
    closing = str(preferences(books)["closing_date"])
    if closing and date <= closing:
        raise ClosedPeriod(date, closing)
