"""Reading everything in the company file that carries a marker of ours: a conversation of pages."""

import uuid
from dataclasses import dataclass
from typing import Any

from erp.connector import MARKED, MARKER, Ask, Later, Next, Outcome, Page, Work
from erp.connectors.quickbooks.errors import EMPTY, FEATURE_OFF, human
from erp.connectors.quickbooks.lists import DEAD_ITERATOR
from erp.connectors.quickbooks.qbxml import Response, Tree, message, read, value


@dataclass(frozen=True)
class Search:
    """How one list is searched: the message, how much comes at once, and the fields that come back."""

    message: str
    page: int
    fields: tuple[str, ...] = ()
    lines: bool = False


SEARCHES = {
    "customer": Search("CustomerQueryRq", 500, ("ListID", "FullName", "Notes", "ExternalGUID")),
    "vendor": Search("VendorQueryRq", 500, ("ListID", "Name", "Notes", "ExternalGUID")),
    "item": Search("ItemQueryRq", 500, ("ListID", "FullName", "Name", "ExternalGUID")),
    "estimate": Search("EstimateQueryRq", 20, lines=True),
}


def step(work: Work, answer: str | None) -> Outcome:
    """Ask for the next page, or read one."""
    search = SEARCHES[work.payload["list"].removeprefix(MARKED)]
    if answer is None:
        return Ask(_question(work, search), writes=False)
    responses = read(answer).responses
    if not responses:
        return Later(30, "The answer was empty.")
    response = responses[0]
    if response.code in {*EMPTY, FEATURE_OFF} or (search.lines and work.facts.get("estimates") is False):
        return Page([], None)
    if response.code in DEAD_ITERATOR and work.memo:
        return Next({})
    if response.severity == "Error":
        return Later(30, human(response.message))
    return _page(response)


def _question(work: Work, search: Search) -> str:
    status: Tree = [] if search.lines else [("ActiveStatus", "All")]
    with_lines: Tree = [("IncludeLineItems", "true")] if search.lines else []
    wanted: Tree = [("IncludeRetElement", name) for name in search.fields]
    tree: Tree = [("MaxReturned", search.page), *status, *with_lines, *wanted]
    if work.memo.get("iterator"):
        return message(search.message, tree, work.key, iterator="Continue", iteratorID=work.memo["iterator"])
    return message(search.message, tree, work.key, iterator="Start")


def _page(response: Response) -> Page:
    rows = [row for found in response.objects() if (row := _row(found))]
    goes_on = bool(response.remaining and response.iterator)
    return Page(rows, {"iterator": response.iterator} if goes_on else None)


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
