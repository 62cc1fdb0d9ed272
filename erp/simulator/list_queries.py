"""Queries for the elements of lists."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from erp.simulator.books import Books, Entry
from erp.simulator.calls import Answer, Call
from erp.simulator.list_kind import ListKind
from erp.simulator.lists import show
from erp.simulator.preferences import require_for_field
from erp.simulator.reading import Fields
from erp.simulator.selecting import family, in_range, listed, matches, paged, within


def query(call: Call, *kinds: ListKind) -> Answer:
    """The elements of these lists that were asked for."""
    books, fields = call.books, call.fields
    by_name = {kind.name: kind for kind in kinds}
    owners = fields.get("OwnerID", [])

    def shown_entry(entry: Entry) -> tuple[str, Fields]:
        tag, found = show(books, by_name[entry.kind], entry)
        return tag, found | extension_fields(books, owners, entry.id)

    if "ListID" in fields:
        return listed(fields["ListID"], lambda i: _only(books.entry(i), by_name), shown_entry, by_id=True)
    if "FullName" in fields:
        return listed(fields["FullName"], lambda n: _only(books.named(n, *by_name), by_name), shown_entry, by_id=False)
    accept = entry_filter(call)
    return paged(call, lambda: [e.id for e in books.entries(*by_name) if accept(e)], books.entry, shown_entry)


def _only(entry: Entry | None, by_name: dict[str, ListKind]) -> list[Entry]:
    return [entry] if entry and entry.kind in by_name else []


def entry_filter(call: Call) -> Callable[[Entry], bool]:
    """The filter a list query asks for."""
    fields = call.fields
    for tag in fields:
        require_for_field(call.books, tag)
    status = fields.get("ActiveStatus") or "ActiveOnly"
    classes = family(call.books, fields.get("ClassFilter", {}), "Class")
    return lambda entry: (
        status in ("All", "ActiveOnly" if entry.active else "InactiveOnly")
        and within(call, entry.modified, fields)
        and matches(entry.name, fields, "NameFilter")
        and in_range(entry.name, fields, "NameRangeFilter")
        and entry.fields.get("AccountType") in fields.get("AccountType", [entry.fields.get("AccountType")])
        and ("ClassFilter" not in fields or entry.fields.get("ClassRef", {}).get("ListID") in classes)
        and _balance_passes(fields.get("TotalBalanceFilter"))
    )


def _balance_passes(wanted: Fields | None) -> bool:
    if wanted is None:
        return True
    amount = Decimal(wanted["Amount"] or 0)
    return {
        "LessThan": 0 < amount,
        "LessThanEqual": 0 <= amount,
        "Equal": amount == 0,
        "GreaterThan": 0 > amount,
        "GreaterThanEqual": 0 >= amount,
    }[wanted["Operator"]]


def extension_fields(books: Books, owners: list[str], subject: str) -> Fields:
    """The data these applications keep at an object."""
    found = [
        {"OwnerID": owner, "DataExtName": name, "DataExtType": "STR255TYPE", "DataExtValue": value}
        for owner in owners
        for name, value in books.extensions(owner, subject).items()
    ]
    return {"DataExtRet": found} if found else {}
