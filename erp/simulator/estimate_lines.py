"""The lines of an estimate and what they add up to."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from erp.simulator.books import Books, Transaction
from erp.simulator.list_kind import refuse_fields
from erp.simulator.lists import merged
from erp.simulator.money import amount, cents, decimal, quantity, rate
from erp.simulator.preferences import is_on
from erp.simulator.reading import Fields
from erp.simulator.references import bind
from erp.simulator.refusals import NotFound, Refusal

NEW = "-1"
NEEDS_ITEM = ("Quantity", "Rate", "RatePercent", "Amount", "MarkupRate", "MarkupRatePercent", "SalesTaxCodeRef")
PRICING = ("Quantity", "Rate", "RatePercent", "Amount", "MarkupRate", "MarkupRatePercent")
NOT_KEPT = (
    "DataExt", "PriceLevelRef", "InventorySiteRef", "InventorySiteLocationRef", "OverrideUOMSetRef", "UnitOfMeasure",
    "RatePercent",
)  # fmt: skip
FORGOTTEN = ("OptionForPriceRuleConflict", "OverrideItemAccountRef")


def lines_added(books: Books, lines: list[Fields]) -> list[Fields]:
    """New lines, checked and priced."""
    return [_line(books, line, {}) for line in lines]


def lines_modified(books: Books, txn: Transaction, lines: list[Fields]) -> Iterator[tuple[str, Fields]]:
    """The new list of lines with their ids; a new line has none yet, a line not in the list is gone."""
    old = {line.id: line.fields for line in txn.lines}
    for line in lines:
        identity = line["TxnLineID"]
        if identity == NEW:
            yield "", _line(books, _without_id(line), {})
        elif identity in old:
            yield identity, _line(books, _without_id(line), old.pop(identity))
        else:
            raise NotFound(identity)


def _without_id(line: Fields) -> Fields:
    return {tag: value for tag, value in line.items() if tag != "TxnLineID"}


def _line(books: Books, given: Fields, old: Fields) -> Fields:
    refuse_fields(given, *NOT_KEPT)
    bound = {tag: value for tag, value in bind(books, given, "Estimate line").items() if tag not in FORGOTTEN}
    repriced = not old or any(tag in bound for tag in PRICING)
    line = merged(_unpriced(old, bound) if repriced else old, bound)
    if "ItemRef" not in line:
        return _description(line)
    return _priced(books, line) if repriced else line


def _unpriced(old: Fields, bound: Fields) -> Fields:
    """An amount that was computed before does not survive a new quantity or rate."""
    drop = "Amount" if "Amount" not in bound else "Rate" if "Rate" not in bound else ""
    return {tag: value for tag, value in old.items() if tag != drop}


def _description(line: Fields) -> Fields:
    for tag in NEEDS_ITEM:
        if tag in line:
            raise Refusal(f"There is an Estimate line with {tag} but without an item. A line without item is only text.")
    return line


def _priced(books: Books, line: Fields) -> Fields:
    item = books.entry(line["ItemRef"]["ListID"])
    assert item is not None
    side = item.fields.get("SalesAndPurchase") or item.fields.get("SalesOrPurchase") or {}
    line.setdefault("Desc", side.get("SalesDesc") or side.get("Desc") or "")
    number, price, whole = decimal(line.get("Quantity")), decimal(line.get("Rate")), decimal(line.get("Amount"))
    if whole is None:
        price = price if price is not None else decimal(side.get("SalesPrice") or side.get("Price")) or Decimal(0)
        whole = _with_markup((Decimal(1) if number is None else number) * price, line)
    elif number:
        price = whole / number
    line["Amount"] = amount(whole)
    line |= {"Quantity": quantity(number)} if number is not None else {}
    line |= {"Rate": rate(price)} if price is not None else {}
    _tax_code(books, line, item.fields)
    return {tag: value for tag, value in line.items() if value != ""}


def _with_markup(base: Decimal, line: Fields) -> Decimal:
    percent = decimal(line.get("MarkupRatePercent")) or Decimal(0)
    return cents(base * (1 + percent / 100)) + (decimal(line.get("MarkupRate")) or Decimal(0))


def _tax_code(books: Books, line: Fields, item: Fields) -> None:
    if is_on(books, "sales_tax") and "SalesTaxCodeRef" not in line:
        default = books.named("Tax", "SalesTaxCode")
        code = item.get("SalesTaxCodeRef") or ({"ListID": default.id} if default else None)
        line |= {"SalesTaxCodeRef": code} if code else {}


def totals(books: Books, txn: Transaction) -> Fields:
    """Subtotal, tax and total as they are returned."""
    subtotal = sum((Decimal(line.fields.get("Amount", "0")) for line in txn.lines), Decimal(0))
    percent = tax_percent(books)
    tax = cents(_taxable(books, txn) * percent / 100)
    fields = {"Subtotal": amount(subtotal), "TotalAmount": amount(subtotal + tax)}
    if is_on(books, "sales_tax"):
        fields |= {"SalesTaxPercentage": rate(percent), "SalesTaxTotal": amount(tax)}
    if is_on(books, "multi_currency"):
        fields |= {"TotalAmountInHomeCurrency": amount(subtotal + tax)}
    return fields


def tax_percent(books: Books) -> Decimal:
    """The company's sales tax, nothing while sales tax is off."""
    return Decimal(str(books.fact("tax_percent", "8.25"))) if is_on(books, "sales_tax") else Decimal(0)


def _taxable(books: Books, txn: Transaction) -> Decimal:
    code = books.named("Tax", "SalesTaxCode")
    lines = (line.fields for line in txn.lines if code and line.fields.get("SalesTaxCodeRef") == {"ListID": code.id})
    return sum((Decimal(line.get("Amount", "0")) for line in lines), Decimal(0))
