"""Reading the lists of a company file: a conversation of pages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from erp.connector import Ask, Later, Next, Outcome, Page, Work
from erp.connectors.quickbooks.errors import EMPTY, FEATURE_OFF, human
from erp.connectors.quickbooks.qbxml import Response, Tree, message, read, value

PAGE = 500
DEAD_ITERATOR = {"3390", "3391"}
COMMON = ("ListID", "Name", "FullName", "IsActive", "ParentRef", "Sublevel", "EditSequence")
CHANGING = (*COMMON, "TimeModified")
"""Of a list that is asked for its changes."""


@dataclass(frozen=True)
class List:
    """One list: the message that reads it, whether it comes in pages, and how an entry becomes a row."""

    message: str
    paged: bool
    fields: tuple[str, ...]
    row: Callable[[Any], dict[str, Any]]


def _texts(found: Any) -> dict[str, str]:
    """The texts of the fields right below an element, in one pass: a list has a hundred thousand of these."""
    return {child.tag: child.text.strip() if child.text else "" for child in found}


def _row(list_name: str, found: Any, told: dict[str, str] | None = None, **data: str) -> dict[str, Any]:
    told, parent = told or _texts(found), found.find("ParentRef")
    name = told.get("Name", "")
    return {
        "list": list_name,
        "erp_id": told.get("ListID", ""),
        "parent_id": "" if parent is None else value(parent, "ListID"),
        "name": name,
        "full_name": told.get("FullName") or name,
        "edit_sequence": told.get("EditSequence", ""),
        "active": told.get("IsActive") != "false",
        "data": data,
    }


def customer_row(found: Any) -> dict[str, Any]:
    """A customer, or a job when it has a customer above it."""
    told = _texts(found)
    row = _row("customer", found, told, number=told.get("AccountNumber", ""), **_address(found))
    return row | {"list": "job"} if row["parent_id"] else row


ADDRESS = (("street", "Addr1"), ("street2", "Addr2"), ("city", "City"), ("region", "State"), ("postal_code", "PostalCode"))


def _address(found: Any) -> dict[str, str]:
    """What there is of the address; of a customer too, for an entry may become the other."""
    address = found.find("BillAddress")
    told = {} if address is None else _texts(address)
    return {name: told[field] for name, field in ADDRESS if told.get(field)}


VENDOR = (
    ("legal_name", "CompanyName"), ("first_name", "FirstName"), ("last_name", "LastName"), ("street", "VendorAddress/Addr1"),
    ("street2", "VendorAddress/Addr2"), ("city", "VendorAddress/City"), ("region", "VendorAddress/State"),
    ("postal_code", "VendorAddress/PostalCode"), ("phone", "Phone"), ("fax", "Fax"), ("email", "Email"),
    ("tax_id", "VendorTaxIdent"),
)  # fmt: skip
"""The fields of a company and where a vendor has them."""


def vendor_row(found: Any) -> dict[str, Any]:
    """A vendor with everything that a company has here."""
    told, address = _texts(found), found.find("VendorAddress")
    there = told | ({} if address is None else {f"VendorAddress/{name}": text for name, text in _texts(address).items()})
    return _row("vendor", found, told, **{name: there[path] for name, path in VENDOR if there.get(path)})


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
    "customer": List("CustomerQueryRq", True, (*CHANGING, "AccountNumber", "BillAddress"), customer_row),
    "vendor": List("VendorQueryRq", True, ("ListID", "TimeModified", "Name", "IsActive", "EditSequence",
                                           *dict.fromkeys(path.partition("/")[0] for _, path in VENDOR)), vendor_row),
    "account": List("AccountQueryRq", False, (*COMMON, "AccountType", "AccountNumber"), account_row),
    "item": List("ItemQueryRq", True, (*CHANGING, "SalesAndPurchase", "SalesOrPurchase", "SalesDesc", "ItemDesc", "Desc"),
                 item_row),
    "class": List("ClassQueryRq", False, COMMON, class_row),
}  # fmt: skip


DELETED: dict[str, tuple[str, ...]] = {
    "customer": ("Customer",),
    "vendor": ("Vendor",),
    "item": ("ItemService", "ItemNonInventory", "ItemOtherCharge", "ItemInventory", "ItemInventoryAssembly", "ItemFixedAsset",
             "ItemSubtotal", "ItemDiscount", "ItemPayment", "ItemSalesTax", "ItemSalesTaxGroup", "ItemGroup"),
}  # fmt: skip
"""list -> what ListDeletedQuery calls its entries."""


def step(work: Work, answer: str | None) -> Outcome:
    """Ask for the next page of a list, or read one; of what only changed since, the deletions come last."""
    reads = LISTS[work.payload["list"]]
    if answer is None:
        return Ask(_question(work, reads), writes=False)
    response = read(answer).to(work.key)
    if response is None:
        return Later(30, "The answer was empty.")
    if work.memo.get("ask") == "deleted":
        return _deleted(response)
    if response.code in EMPTY:
        return _end(work, [], whole=not work.memo)
    if response.code in DEAD_ITERATOR and work.memo:
        return Next({})
    if response.code == FEATURE_OFF:
        return Page([], None, note=human(response.message))
    if response.severity == "Error":
        return Later(30, response.message)
    return _page(work, reads, response)


def _page(work: Work, reads: List, response: Response) -> Page:
    rows = [row for row in map(reads.row, response.objects()) if row["erp_id"]]
    mark = max((str(one.text) for one in response.element.iter("TimeModified") if one.text), default="")
    if response.remaining and response.iterator:
        return Page(rows, {"iterator": response.iterator}, mark=mark, left=response.remaining)
    return _end(work, rows, whole=True, mark=mark)


def _end(work: Work, rows: list[dict[str, Any]], *, whole: bool, mark: str = "") -> Page:
    if _since(work):
        return Page(rows, {"ask": "deleted"}, mark=mark)
    return Page(rows, None, whole=whole, mark=mark)


def _deleted(response: Response) -> Outcome:
    if response.severity == "Error" and response.code not in EMPTY:
        return Later(30, response.message, {"ask": "deleted"})
    return Page([], None, gone=tuple(value(found, "ListID") for found in response.objects()))


def _since(work: Work) -> str:
    """Local time without offset: QuickBooks writes that of winter all year, so only the clock on the wall can be trusted."""
    return str(work.refs.get("since", ""))


def _question(work: Work, reads: List) -> str:
    changed: Tree = [("FromModifiedDate", _since(work))] if _since(work) else []
    if work.memo.get("ask") == "deleted":
        kinds: Tree = [("ListDelType", name) for name in DELETED[work.payload["list"]]]
        return message("ListDeletedQueryRq", [*kinds, ("DeletedDateRangeFilter", [("FromDeletedDate", _since(work))])], work.key)
    fields: Tree = [("MaxReturned", PAGE)] if reads.paged else []
    tree: Tree = [*fields, ("ActiveStatus", "All"), *changed, *[("IncludeRetElement", name) for name in reads.fields]]
    if not reads.paged:
        return message(reads.message, tree, work.key)
    if work.memo.get("iterator"):
        return message(reads.message, tree, work.key, iterator="Continue", iteratorID=work.memo["iterator"])
    return message(reads.message, tree, work.key, iterator="Start")
