"""What a document says that accounting does not have yet, and what a list shows of what accounting has."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from erp.db import db
from erp.items.item import Item, Snapshot

CHANGES_ONLY, CHANGES_WITH_PM = "Changes only", "Changes with PM"
"""Badges: a re-send carries only what is new; what was changed last is not in accounting, it went back (product.md section 3)."""


@dataclass(frozen=True)
class Changed:
    """One field that is not as it was."""

    label: str
    was: str
    now: str


def in_accounting(item: Item) -> dict[str, Any]:
    """The payload that accounting has; empty when nothing of ours ever got there."""
    found = newest(item)
    return found.data if found else {}


def newest(item: Item) -> Snapshot | None:
    """The last snapshot that reached accounting."""
    asked = select(Snapshot).where(Snapshot.item_id == item.id, Snapshot.synced_at.is_not(None))
    return db.session.scalar(asked.order_by(Snapshot.number.desc()).limit(1))


def besides(item: Item, snapshot_id: int | None) -> list[Snapshot]:
    """The other snapshots that reached accounting, but for one adopted without our marker: nothing there tells which is its."""
    adopted = item.result.get("adopted", {})
    unmarked = "" if adopted.get("marked") else adopted.get("marker", "")
    asked = select(Snapshot).where(Snapshot.item_id == item.id, Snapshot.id != snapshot_id, Snapshot.synced_at.is_not(None))
    return [row for row in db.session.scalars(asked.order_by(Snapshot.number)) if row.marker != unmarked]


def shown_at_home(item: Item) -> dict[str, Any]:
    """The columns of a Synced item whose update went back to the project manager: they show what accounting has, with a badge.

    Of what was joined and never sent since, that is what stood here when it was joined; of what is not known, what stands now.
    """
    payload = in_accounting(item) or item.result.get("joined", {})
    summary = item.declaration.summary(payload) if payload else item.summary
    number, title = payload.get("number") or payload.get("code"), payload.get("name")
    return {"number": number or item.number, "title": title or item.title, "amount": summary["amount"],
            "summary": without_badge(summary) | {"badge": CHANGES_WITH_PM}}  # fmt: skip


def without_badge(summary: dict[str, Any]) -> dict[str, Any]:
    """The summary of what accounting has: nothing of it waits any more."""
    gone = {"sends", "waits", *(["badge"] if summary.get("badge") in (CHANGES_ONLY, CHANGES_WITH_PM) else [])}
    return {name: value for name, value in summary.items() if name not in gone}


def changed(item: Item, payload: dict[str, Any]) -> list[Changed]:
    """The fields in which the payload differs from what accounting has; nothing when that is not known."""
    there = in_accounting(item) if item.in_erp else {}
    return differing(item.declaration.labels, there, payload) if there else []


def differing(labels: dict[str, str], old: dict[str, Any], new: dict[str, Any]) -> list[Changed]:
    """The fields that are not the same in both payloads; what is missing counts as empty."""
    rows = [Changed(label, old.get(name) or "", new.get(name) or "") for name, label in labels.items()]
    return [row for row in rows if row.was != row.now]


def nothing_new(item: Item, payload: dict[str, Any]) -> bool:
    """Whether accounting has all of it: of what is updated as a whole, only a change is sent again."""
    known = item.in_erp and item.declaration.updated_whole and in_accounting(item)
    return bool(known) and not changed(item, payload)
