"""The chart of accounts, and classes."""

from __future__ import annotations

from erp.simulator.books import Books, Entry
from erp.simulator.list_kind import ListKind, refuse_fields
from erp.simulator.names import currency
from erp.simulator.preferences import require
from erp.simulator.reading import Fields
from erp.simulator.refusals import BadParent, Refusal

WITHOUT_BALANCE = ("Income", "OtherIncome", "Expense", "OtherExpense", "CostOfGoodsSold", "NonPosting")


def _rules(books: Books, fields: Fields, parent: Entry | None, entry: Entry | None) -> None:
    refuse_fields(fields, "OpenBalance", "OpenBalanceDate", "TaxLineID")
    if parent and parent.fields["AccountType"] != fields["AccountType"]:
        raise BadParent(parent.full_name, "Account")
    number = fields.get("AccountNumber")
    if number and any(a.fields.get("AccountNumber") == number for a in books.entries("Account") if a is not entry):
        why = f"The account number {number} is already in use."
        raise Refusal(f"There was an error when saving an Account. QuickBooks error message: {why}", 3180)


def _extras(books: Books, entry: Entry) -> Fields:
    balance = {} if entry.fields["AccountType"] in WITHOUT_BALANCE else {"Balance": "0.00", "TotalBalance": "0.00"}
    return {**balance, "CashFlowClassification": "None", **currency(books)}


def _class_rules(books: Books, fields: Fields, parent: Entry | None, entry: Entry | None) -> None:
    require(books, "class_tracking")


ACCOUNT = ListKind("Account", ("Account",), 159, _rules, _extras)
CLASS = ListKind("Class", ("Class",), 159, _class_rules)
