"""Service items: one-sided or two-sided, each side with a fitting account."""

from __future__ import annotations

from collections.abc import Iterator

from erp.simulator.books import Books, Entry
from erp.simulator.calls import Answer, Call
from erp.simulator.list_kind import ListKind, refuse_fields
from erp.simulator.lists import modify
from erp.simulator.reading import Fields
from erp.simulator.references import shown
from erp.simulator.refusals import BadReference, NoAccount, NotFound, Refusal

NOT_FOR_ITEMS = ("AccountsPayable", "AccountsReceivable", "NonPosting", "Bank", "CreditCard")
NOT_INCOME = (*NOT_FOR_ITEMS, "Expense", "OtherExpense", "CostOfGoodsSold")
NOT_EXPENSE = (*NOT_FOR_ITEMS, "Income", "OtherIncome")
SIDES = ("SalesOrPurchase", "SalesAndPurchase")


def _rules(books: Books, fields: Fields, parent: Entry | None, entry: Entry | None) -> None:
    refuse_fields(fields, "UnitOfMeasureSetRef")
    fields.pop("ForceUOMChange", None)
    if "BarCode" in fields:
        fields["BarCodeValue"] = fields.pop("BarCode").get("BarCodeValue", "")
    for side, tag, unfit in _accounts(fields):
        _check_account(books, side, tag, unfit)


def _accounts(fields: Fields) -> Iterator[tuple[Fields, str, tuple[str, ...]]]:
    if "SalesAndPurchase" in fields:
        yield fields["SalesAndPurchase"], "IncomeAccountRef", NOT_INCOME
        yield fields["SalesAndPurchase"], "ExpenseAccountRef", NOT_EXPENSE
    else:
        yield fields.get("SalesOrPurchase", {}), "AccountRef", NOT_FOR_ITEMS


def _check_account(books: Books, side: Fields, tag: str, unfit: tuple[str, ...]) -> None:
    account = books.entry(side[tag]["ListID"]) if side.get(tag) else None
    if account is None:
        raise NoAccount(tag)
    if account.fields["AccountType"] in unfit:
        why = f"QuickBooks error message: An account of type {account.fields['AccountType']} cannot be used here."
        raise BadReference("Account", account.full_name, f"Item ({tag})", why)


def _extras(books: Books, entry: Entry) -> Fields:
    """Prices are returned even where none were given."""
    if "SalesAndPurchase" in entry.fields:
        both = _side(books, entry, "SalesAndPurchase")
        return {"SalesAndPurchase": {"SalesPrice": "0.00", "PurchaseCost": "0.00", **both}}
    one = _side(books, entry, "SalesOrPurchase")
    return {"SalesOrPurchase": one if "PricePercent" in one else {"Price": "0.00", **one}}


def _side(books: Books, entry: Entry, side: str) -> Fields:
    return shown(books, entry.fields.get(side, {}))


def modify_item(call: Call) -> Answer:
    """Change an item; a one-sided item stays one-sided, as older QuickBooks versions demand."""
    fields = call.fields[call.name]
    entry = call.books.entry(fields["ListID"])
    if entry is None or entry.kind != ITEM_SERVICE.name:
        raise NotFound(fields["ListID"])
    for side in SIDES:
        if f"{side}Mod" in fields:
            if side not in entry.fields:
                raise Refusal(f'The item "{entry.full_name}" cannot be changed between one-sided and two-sided.')
            changed = fields.pop(f"{side}Mod")
            fields[side] = {tag: value for tag, value in changed.items() if not tag.startswith("Apply")}
    return modify(call, ITEM_SERVICE)


ITEM_SERVICE = ListKind("ItemService", ("Item",), 159, _rules, _extras)
