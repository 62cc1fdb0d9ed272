"""QuickBooks Desktop as a connector: what it takes, what it asks, how it converses."""

from collections.abc import Iterable
from typing import Any

from erp.connector import Choice, Connector, Work, register
from erp.connectors.quickbooks.conversation import converse
from erp.connectors.quickbooks.errors import explain
from erp.connectors.quickbooks.lists import LISTS
from erp.connectors.quickbooks.mapping import MAPPINGS
from erp.connectors.quickbooks.mapping.changes import CHANGES
from erp.connectors.quickbooks.mapping.mapping import guid
from erp.connectors.quickbooks.marked import SEARCHES
from erp.connectors.quickbooks.qbxml import check as check_message
from erp.connectors.quickbooks.qbxml import not_an_answer
from erp.connectors.quickbooks.step import sentence
from erp.kind import Reason

DUMMY = "80000000-0000000000"
INCOME = ("Income", "OtherIncome", "OtherCurrentAsset")
EXPENSE = ("CostOfGoodsSold", "Expense", "OtherExpense", "OtherCurrentLiability")


def check(kind: str, payload: dict[str, Any], choices: dict[str, Any], settings: dict[str, Any]) -> Iterable[Reason]:
    """The order-and-length check of the message that would be written, each problem once."""
    mapping = MAPPINGS[kind]
    problems = check_message(mapping.message, mapping.add(_rehearsed(payload, choices)))
    return [Reason(text) for text in dict.fromkeys(sentence(mapping, problem) for problem in problems)]


def preview(work: Work) -> dict[str, Any]:
    """What accounting will receive, for people."""
    change = CHANGES.get(work.kind) if work.purpose == "mod" else None
    return (change or MAPPINGS[work.kind]).preview(work)


class _Known(dict[str, str]):
    def get(self, key: str, default: Any = None) -> Any:
        return DUMMY


def _rehearsed(payload: dict[str, Any], choices: dict[str, Any]) -> Work:
    known = {"customer": {"id": DUMMY, "name": "?"}, "income_account": {"id": DUMMY}, "expense_account": {"id": DUMMY},
             "date": "2000-01-01", "number": "1"}  # fmt: skip
    given = {name: chosen for name, chosen in choices.items() if chosen}
    refs = {"job": DUMMY, "division": DUMMY, "codes": _Known()}
    return Work("add", "", payload, "CS-000000000000", "", choices=known | given, refs=refs)


QUICKBOOKS = register(Connector(
    slug="quickbooks",
    title="QuickBooks Desktop",
    short="QuickBooks",
    step=converse,
    not_an_answer=not_an_answer,
    check=check,
    preview=preview,
    explain=explain,
    choices={
        "job": (Choice("customer", "Customer", "customer", once=True),),
        "cost_code": (
            Choice("income_account", "Income account", "account", INCOME, remembered=True, once=True),
            Choice("expense_account", "Expense account", "account", EXPENSE, remembered=True, once=True),
        ),
        "budget": (
            Choice("date", "Accounting date", shape="date", once=True),
            Choice("number", "Number", shape="text", most=11, once=True),
        ),
    },
    supported=frozenset(MAPPINGS),
    unsupported={"sub_job": "QuickBooks Desktop has no sub jobs below a job; they cannot be sent there."},
    lists=tuple(LISTS),
    marked=tuple(SEARCHES),
    guid=guid,
))  # fmt: skip
