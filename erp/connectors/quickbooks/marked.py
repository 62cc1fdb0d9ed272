"""Reading everything in the company file that carries a marker of ours: a conversation of pages."""

import uuid
from typing import Any

from erp.connector import MARKED, MARKER, Later, Next, Outcome, Page, Work
from erp.connectors.quickbooks import pages
from erp.connectors.quickbooks.errors import EMPTY, FEATURE_OFF, human
from erp.connectors.quickbooks.lists import DEAD_ITERATOR
from erp.connectors.quickbooks.mapping.mapping import FEW, WITH_LINES, Query
from erp.connectors.quickbooks.qbxml import Response, read, value


def _every(name: str, *fields: str) -> Query:
    """All entries of a list, the inactive ones too, with these fields."""
    return Query(name, [("ActiveStatus", "All"), *[("IncludeRetElement", field) for field in fields]], 500)


SEARCHES = {
    "customer": _every("CustomerQueryRq", "ListID", "FullName", "Notes", "ExternalGUID"),
    "vendor": _every("VendorQueryRq", "ListID", "Name", "Notes", "ExternalGUID"),
    "item": _every("ItemQueryRq", "ListID", "FullName", "Name", "ExternalGUID"),
    "estimate": Query("EstimateQueryRq", [WITH_LINES], FEW),
}
"""How each list is searched. A marker may stand on a line alone, and lines come whole."""


def step(work: Work, answer: str | None) -> Outcome:
    """Ask for the next page, or read one."""
    search = SEARCHES[work.payload["list"].removeprefix(MARKED)]
    if answer is None:
        return pages.question(work, search)
    response = read(answer).to(work.key)
    if response is None:
        return Later(30, "The answer was empty.")
    if response.code in {*EMPTY, FEATURE_OFF} or (WITH_LINES in search.tree and work.facts.get("estimates") is False):
        return Page([], None)
    if response.code in DEAD_ITERATOR and work.memo:
        return Next({})
    if response.severity == "Error":
        return Later(30, human(response.message))
    return _page(response)


def _page(response: Response) -> Page:
    rows = [row for found in response.objects() if (row := _row(found))]
    return Page(rows, pages.onward(response) or None)


def _row(found: Any) -> dict[str, Any] | None:
    carried, key = markers(found), value(found, "ExternalGUID").lower()
    if not carried and not is_made_guid(key):
        return None
    name = value(found, "FullName") or value(found, "Name") or _estimate(found)
    return {"erp_id": value(found, "ListID") or value(found, "TxnID"), "name": name, "guid": key, "markers": sorted(carried)}


def _estimate(found: Any) -> str:
    return f"Estimate {value(found, 'RefNumber')} on {value(found, 'CustomerRef/FullName')}"


def markers(found: Any) -> set[str]:
    """Every marker of ours on an object: in its memo, its notes and on its lines."""
    return set(MARKER.findall(f"{value(found, 'Memo')} {value(found, 'Notes')}")) | line_markers(found)


def line_markers(found: Any) -> set[str]:
    """The markers on the lines of an object."""
    return {marker for mark in found.iter("Other2") for marker in MARKER.findall(str(mark.text or ""))}


def is_made_guid(guid: str) -> bool:
    """Whether an ExternalGUID was made from a name, as ours are (uuid version 5)."""
    try:
        return uuid.UUID(guid).version == 5
    except ValueError:
        return False
