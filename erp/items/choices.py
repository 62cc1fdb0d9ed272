"""What the approver chooses at Accept: a customer, accounts, a date, a number; read, checked and remembered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from erp.books import records
from erp.connector import Choice
from erp.db import db, now
from erp.items.item import Item, Snapshot
from erp.kind import Reason

YEARS_BEFORE, YEARS_AFTER = 3, 1
"""How far from today an accounting date may lie; further away it is a slip of the keyboard."""


@dataclass(frozen=True)
class Picked:
    """The choices of one acceptance: a list entry is {"id", "name"}, a date "YYYY-MM-DD", a text itself."""

    values: dict[str, Any]


def asked(item: Item) -> tuple[Choice, ...]:
    """What this item's connector wants to know at Accept."""
    return tuple(c for c in item.connection.connector.choices.get(item.kind, ()) if not (c.once and item.in_erp))


def pick(item: Item, form: Mapping[str, str]) -> Picked:
    """The choices in a posted form, filled up with what was chosen before and the defaults."""
    proposed = proposals(item)
    read = {c.name: _read(item, c, form[c.name]) if form.get(c.name) else proposed[c.name] for c in asked(item)}
    return Picked(kept(item) | read)


def kept(item: Item) -> dict[str, Any]:
    """What was chosen for good when accounting took it: a job's customer, a code's accounts."""
    return item.choices if item.in_erp and item.declaration.updated_whole else {}


def _read(item: Item, choice: Choice, text: str) -> Any:
    text = text.strip()
    return _entry(item.connection_id, choice, text) if choice.shape == "list" else text


def _entry(connection_id: int, choice: Choice, erp_id: str) -> dict[str, str] | None:
    record = records.find(connection_id, choice.source, erp_id)
    return {"id": record.erp_id, "name": record.full_name} if record else {"id": erp_id, "name": ""}


def proposals(item: Item) -> dict[str, Any]:
    """What the row offers: the item's own earlier choice, else the kind's default, else what was chosen last time."""
    defaults = item.declaration.defaults(item)
    offered = {c.name: item.choices.get(c.name) or _default(item, c, defaults) for c in asked(item)}
    last = {} if all(offered.values()) else _last(item)
    return {name: value or last.get(name) or None for name, value in offered.items()}


def _default(item: Item, choice: Choice, defaults: dict[str, str]) -> Any:
    wanted = defaults.get(choice.name, "")
    if choice.shape != "list" or not wanted:
        return wanted
    rows = records.choices(item.connection_id, choice.source, choice.types)
    found = next((row for row in rows if row.full_name.lower() == wanted.lower()), None)
    return {"id": found.erp_id, "name": found.full_name} if found else None


def _last(item: Item) -> dict[str, Any]:
    remembered = [choice.name for choice in asked(item) if choice.remembered]
    if not remembered:
        return {}
    asked_for = select(Item.choices).join(Item.snapshot).where(Item.connection_id == item.connection_id, Item.kind == item.kind,
                                           Item.accepted_by.is_not(None)).order_by(Snapshot.accepted_at.desc())  # fmt: skip
    last = db.session.scalar(asked_for.limit(1)) or {}
    return {name: last.get(name) for name in remembered}


def why_not_pick(item: Item, values: dict[str, Any]) -> list[Reason]:
    """What is missing or wrong in the choices."""
    return [reason for choice in asked(item) for reason in _why_not(item, choice, values.get(choice.name))]


def _why_not(item: Item, choice: Choice, value: Any) -> list[Reason]:
    if not value:
        return [Reason(f"Choose {choice.label}.")] if choice.required else []
    if choice.shape == "date":
        return _date(choice, str(value))
    if choice.shape == "text":
        return _text(choice, str(value))
    record = records.find(item.connection_id, choice.source, value["id"])
    if record is None or not record.active or record.state == "Gone":
        name = value.get("name") or "That entry"
        return [Reason(f"{choice.label}: {name} is not an active entry in {item.connection.name} any more. Choose another.")]
    if choice.types and record.data.get("type") not in choice.types:
        return [Reason(f"{choice.label}: {record.full_name} is of the type {record.data.get('type')}. Choose another.")]
    return []


def _text(choice: Choice, value: str) -> list[Reason]:
    if choice.most and len(value) > choice.most:
        return [Reason(f"{choice.label} “{value}” has {len(value)} characters; at most {choice.most} fit. Shorten it.")]
    return []


def _date(choice: Choice, value: str) -> list[Reason]:
    try:
        wanted = date.fromisoformat(value)
    except ValueError:
        wanted = None
    if wanted is None or wanted.isoformat() != value:
        return [Reason(f"{choice.label}: “{value}” is no date. Write YYYY-MM-DD.")]
    today = now().date()
    first, last = _years(today, -YEARS_BEFORE), _years(today, YEARS_AFTER)
    if first <= wanted <= last:
        return []
    where = f"more than {YEARS_BEFORE} years before" if wanted < first else f"more than {YEARS_AFTER} year after"
    return [Reason(f"{choice.label} {value} is {where} today. Write the year with four digits; from {first} to {last} is taken.")]


def _years(day: date, years: int) -> date:
    return day.replace(year=day.year + years, day=min(day.day, 28) if day.month == 2 else day.day)
