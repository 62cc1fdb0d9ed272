"""Verify with QuickBooks: what we hold as synced, by its ids, then whatever changed, by our markers. Pure; it only reads.

`work.refs` has `of` (the kind), `items` (what is read by id), `markers` (marker -> the item's id, its id in QuickBooks, and
whether it was synced; empty: none are looked for) and `since`. What was asked is kept with the question: an answer says nothing
about an item that was not asked for, or that has moved since.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from erp.connector import MARKER, Later, Memo, Next, Outcome, Page, Work
from erp.connectors.quickbooks import pages
from erp.connectors.quickbooks.errors import EMPTY, human
from erp.connectors.quickbooks.lists import DEAD_ITERATOR
from erp.connectors.quickbooks.mapping import MAPPINGS
from erp.connectors.quickbooks.mapping.mapping import guid
from erp.connectors.quickbooks.mapping.there import THERE, identity, lines_by_marker, markers_on
from erp.connectors.quickbooks.qbxml import Response, read, value

RENAMED = ("Name", "Number", "Project number", "Address", "Tax ID")
"""What a bookkeeper may call it, and where he finds it; only amount, party, lines, accounts and date count as changed."""


def step(work: Work, answer: str | None) -> Outcome:
    """The ids first, then page by page what changed since the first of them was sent."""
    asks = work.memo.get("ask") or ("ids" if work.refs["items"] else "sweep")
    if answer is None:
        return _question(work, asks)
    reply = read(answer)
    response = reply.to(work.key)
    if reply.set_code not in ("", "0") or response is None:
        return Later(30, reply.set_message or "The answer was empty.", {"ask": asks})
    if response.code in DEAD_ITERATOR:
        return Next({"ask": asks})
    if response.severity == "Error" and response.code not in EMPTY:
        return Later(30, human(response.message), {"ask": asks})
    return _ids(work, response) if asks == "ids" else _sweep(work, response)


def _question(work: Work, asks: str) -> Outcome:
    if asks == "ids":
        return _by_ids(work)
    if not work.refs["markers"]:
        return Page([], None)
    wider = MAPPINGS[work.refs["of"]].look_wider(_about(work, {"since": work.refs["since"]}))
    return replace(pages.question(work, wider), memo={"ask": asks})


def _by_ids(work: Work) -> Outcome:
    """As many as come at once, and one alone that did not come among others. What is asked is kept with the question, for others
    may be synced when its answer comes.
    """
    by_id, after = THERE[work.refs["of"]].by_id, work.memo.get("after", 0)
    known = {item["item"]: item for item in work.refs["items"]}
    alone = [key for key in work.memo.get("alone", ()) if key in known]
    left = [item for key, item in known.items() if key > after]
    asked = [known[key] for key in alone[:1]] or left[: pages.at_once(work, by_id([]))]
    if not asked:
        return Page([], _search(work))
    memo = {"ask": "ids", "asked": [_stand(item) for item in asked], "alone": alone[1:]}
    return replace(pages.question(work, by_id([item["erp_id"] for item in asked])), memo=memo)


def _stand(item: dict[str, Any]) -> list[int]:
    """An item as it stood when it was asked for: another version of it is about something else."""
    return [item["item"], item["version"]]


def _search(work: Work) -> Memo | None:
    """What comes after the ids."""
    return {"ask": "sweep"} if work.refs["markers"] else None


def _about(work: Work, item: dict[str, Any]) -> Work:
    """One item as its own conversation would see it; beside a later change, what was adopted otherwise is not compared."""
    synced, adopted = item.get("synced") or [("", {})], item.get("adopted") or {}
    marker, payload = synced[-1]
    differs = adopted["marker"] if adopted.get("differences") else ""
    before = tuple((mark, data) for mark, data in synced[:-1] if mark != differs)
    return Work("verify", work.refs["of"], payload, marker, work.key, choices=item.get("choices", {}), refs=item.get("refs", {}),
                since=item.get("since", ""), before=before)  # fmt: skip


def _ids(work: Work, response: Response) -> Page:
    """Missing is only what was asked for alone: when one of several is not there, the answer may lack others, too."""
    there = {identity(found): found for found in response.objects()}
    known, told = [key for key, _ in work.memo["asked"]], work.memo.get("alone", [])
    asked = [item for item in work.refs["items"] if _stand(item) in work.memo["asked"]]
    lacking = pages.lacking([item["erp_id"] for item in asked], there, among=len(known))
    rows = [judged(work, item, there.get(item["erp_id"])) for item in asked if item["erp_id"] not in lacking]
    alone = [*told, *(item["item"] for item in asked if item["erp_id"] in lacking)]
    after = max([work.memo.get("after", 0), *known])
    more = alone or (known and any(item["item"] > after for item in work.refs["items"]))
    return Page(rows, {"ask": "ids", "after": after, "alone": alone} if more else _search(work))


def judged(work: Work, item: dict[str, Any], found: Any | None) -> dict[str, Any]:
    """What an item is like in QuickBooks: ok, missing, changed or foreign, with the differences nobody has accepted."""
    if found is None:
        return _row(item, "missing")
    adopted, about = item.get("adopted") or {}, _about(work, item)
    accepted = adopted.get("differences", [])
    known = [marker for marker, _ in item["synced"]]
    if known and not (adopted or item.get("imported")) and not markers_on(found, known):
        return _row(item, "foreign", found)
    compared = THERE[about.kind].compare(about, found) if known else []
    differences = [row for row in compared if row[0] not in RENAMED and row not in accepted]
    return _row(item, "changed" if differences else "ok", found, differences)


def _row(
    item: dict[str, Any], state: str, found: Any | None = None, differences: list[list[str]] | None = None
) -> dict[str, Any]:
    return {"item": item["item"], "state": state, "differences": differences or [], "name": _name(found)}


def _name(found: Any | None) -> str:
    if found is None:
        return ""
    number = value(found, "RefNumber")
    return (
        f"Estimate {number} on {value(found, 'CustomerRef/FullName')}"
        if number
        else value(found, "FullName") or value(found, "Name")
    )


def _sweep(work: Work, response: Response) -> Page:
    guids = {guid(marker): marker for marker in work.refs["markers"]}
    rows = [row for found in response.objects() if value(found, "IsActive") != "false" for row in _others(work, found, guids)]
    more = pages.onward(response)
    return Page(rows, {"ask": "sweep", **more} if more else None)


def _others(work: Work, found: Any, guids: dict[str, str]) -> Iterator[dict[str, Any]]:
    """A marker of an item on another object than its own, or lines on its own that were never counted."""
    known, mine, lines = work.refs["markers"], identity(found), lines_by_marker(found)
    written = {*MARKER.findall(f"{value(found, 'Memo')} {value(found, 'Notes')}"), *lines}
    carried = {marker for marker in (*written, guids.get(value(found, "ExternalGUID").lower(), "")) if marker in known}
    for marker in sorted(carried):
        item, erp_id, synced = known[marker]
        if mine != erp_id:
            yield {"item": item, "other": {"id": mine, "name": _name(found)}}
        elif not synced and lines[marker]:
            words = "1 line" if lines[marker] == 1 else f"{lines[marker]} lines"
            yield {"item": item, "other": {"id": mine, "name": f"{words} of an earlier try ({marker}) on it"}}
