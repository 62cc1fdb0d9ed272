"""Reading the lists of a company file: a conversation of pages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from erp.connector import Ask, Later, Next, Outcome, Page, Work
from erp.connectors.quickbooks.errors import EMPTY
from erp.connectors.quickbooks.qbxml import Response, Tree, message, read, value

PAGE = 500
DEAD_ITERATOR = {"3390", "3391"}
COMMON = ("ListID", "Name", "FullName", "IsActive", "ParentRef", "Sublevel", "EditSequence")


@dataclass(frozen=True)
class List:
    """One list: the message that reads it, whether it comes in pages, and how an entry becomes a row."""

    message: str
    paged: bool
    fields: tuple[str, ...]
    row: Callable[[Any], dict[str, Any]]


def _row(list_name: str, found: Any, **data: str) -> dict[str, Any]:
    name = value(found, "Name")
    return {
        "list": list_name,
        "erp_id": value(found, "ListID"),
        "parent_id": value(found, "ParentRef/ListID"),
        "name": name,
        "full_name": value(found, "FullName") or name,
        "edit_sequence": value(found, "EditSequence"),
        "active": value(found, "IsActive") != "false",
        "data": data,
    }


def customer_row(found: Any) -> dict[str, Any]:
    """A customer, or a job when it has a customer above it."""
    is_job = bool(value(found, "ParentRef/ListID"))
    return _row("job" if is_job else "customer", found, number=value(found, "AccountNumber"))


VENDOR = (
    ("legal_name", "CompanyName"), ("first_name", "FirstName"), ("last_name", "LastName"), ("street", "VendorAddress/Addr1"),
    ("street2", "VendorAddress/Addr2"), ("city", "VendorAddress/City"), ("region", "VendorAddress/State"),
    ("postal_code", "VendorAddress/PostalCode"), ("phone", "Phone"), ("fax", "Fax"), ("email", "Email"),
    ("tax_id", "VendorTaxIdent"),
)  # fmt: skip
"""The fields of a company and where a vendor has them."""


def vendor_row(found: Any) -> dict[str, Any]:
    """A vendor with everything that a company has here."""
    return _row("vendor", found) | {"data": {name: text for name, path in VENDOR if (text := value(found, path))}}


def account_row(found: Any) -> dict[str, Any]:
    """An account with its type and number."""
    return _row("account", found, type=value(found, "AccountType"), number=value(found, "AccountNumber"))


def item_row(found: Any) -> dict[str, Any]:
    """An item of any type."""
    return _row("item", found, type=str(found.tag).removesuffix("Ret"), desc=_description(found))


def _description(found: Any) -> str:
    paths = ("SalesAndPurchase/SalesDesc", "SalesOrPurchase/Desc", "SalesDesc", "ItemDesc", "Desc")
    return next((text for path in paths if (text := value(found, path))), "")


def class_row(found: Any) -> dict[str, Any]:
    """A class."""
    return _row("class", found)


LISTS: dict[str, List] = {
    "customer": List("CustomerQueryRq", True, (*COMMON, "AccountNumber"), customer_row),
    "vendor": List("VendorQueryRq", True, ("ListID", "Name", "IsActive", "EditSequence",
                                           *dict.fromkeys(path.partition("/")[0] for _, path in VENDOR)), vendor_row),
    "account": List("AccountQueryRq", False, (*COMMON, "AccountType", "AccountNumber"), account_row),
    "item": List("ItemQueryRq", True, (*COMMON, "SalesAndPurchase", "SalesOrPurchase", "SalesDesc", "ItemDesc", "Desc"),
                 item_row),
    "class": List("ClassQueryRq", False, COMMON, class_row),
}  # fmt: skip


def step(work: Work, answer: str | None) -> Outcome:
    """Ask for the next page of a list, or read one."""
    reads = LISTS[work.payload["list"]]
    if answer is None:
        return Ask(_question(work, reads), writes=False)
    response = read(answer).responses[0]
    if response.code in EMPTY:
        return Page([], None, whole=not work.memo)
    if response.code in DEAD_ITERATOR and work.memo:
        return Next({})
    if response.severity == "Error":
        return Later(30, response.message)
    return _page(work, reads, response)


def _page(work: Work, reads: List, response: Response) -> Page:
    rows = [reads.row(found) for found in response.objects() if value(found, "ListID")]
    if response.remaining and response.iterator:
        return Page(rows, {"iterator": response.iterator})
    return Page(rows, None, whole="iterator" not in work.memo)


def _question(work: Work, reads: List) -> str:
    fields: Tree = [("MaxReturned", PAGE)] if reads.paged else []
    tree: Tree = [*fields, ("ActiveStatus", "All"), *[("IncludeRetElement", name) for name in reads.fields]]
    if not reads.paged:
        return message(reads.message, tree, work.key)
    if work.memo.get("iterator"):
        return message(reads.message, tree, work.key, iterator="Continue", iteratorID=work.memo["iterator"])
    return message(reads.message, tree, work.key, iterator="Start")
