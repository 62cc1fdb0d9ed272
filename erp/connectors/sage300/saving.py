"""The settings of a connection to Sage saved: all of them or none, nobody's change lost, each change in the trail."""

import hashlib
import json
from typing import Any

from sqlalchemy import or_, select

from erp import audit
from erp.audit import Actor, Event
from erp.books.batches import in_hands
from erp.connections import Connection
from erp.connectors.sage300 import dropping
from erp.connectors.sage300.entries import travels
from erp.connectors.sage300.settings import COST_TYPES, NAME, Misconfigured, Settings, read
from erp.connectors.sage300.shapes import LIMITS, Pad, Shape
from erp.db import db
from erp.exchanges.exchange import Exchange, ExchangeState, lock
from erp.items import Item, Snapshot
from erp.states import State

ACTION = "sage_settings"
NONE = "(none)"


class SavedMeanwhile(Exception):
    """Somebody saved other settings after the page was shown; `now` is what is saved of what would be replaced."""

    def __init__(self, who: str, now: dict[str, str]) -> None:
        self.now = now
        super().__init__(f"{who} saved other settings after this page was shown. Your input is kept; compare, then save again.")


def fingerprint(connection: Connection) -> str:
    """Which settings these are, for comparing them with those that a page showed."""
    told = json.dumps(connection.settings.get(NAME), sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:20]


def save(connection_id: int, data: dict[str, Any], shown: str, actor: Actor) -> dict[str, tuple[str, str]]:
    """Keep these settings; what changed, label -> (old, new). Raises Misconfigured and SavedMeanwhile.

    Files of batches that were made keep their bytes: a batch holds its lines, not the settings. A category under which a budget
    is in Sage, or in a file that somebody holds, stays, because what is read back is compared with it; how jobs go stays while
    one is on its way.
    """
    wanted = read({NAME: data})
    row = lock(connection_id)
    before = _known(row)
    if fingerprint(row) != shown:
        last = past(row, 1)
        who = last[0].actor if last else "Somebody"
        raise SavedMeanwhile(who, {label: old for label, (old, _) in changes(before, wanted).items()})
    _keep_categories(row, before, wanted)
    _keep_way_of_jobs(row, before, wanted)
    _refuse_folder(row, wanted)
    changed = changes(before, wanted)
    if changed:
        row.settings = {**row.settings, NAME: wanted.data()}
        audit.record(
            f"connection:{row.id}", ACTION, actor, details={"changed": {label: list(two) for label, two in changed.items()}}
        )
    return changed


def _keep_categories(connection: Connection, before: Settings | None, wanted: Settings) -> None:
    other = {letter for letter, old in before.categories.items() if old and old != wanted.categories[letter]} if before else set()
    if kept := other & _exported_types(connection) if other else set():
        raise Misconfigured({f"categories.{letter}": _stays(COST_TYPES[letter]) for letter in sorted(kept)})


def _keep_way_of_jobs(connection: Connection, before: Settings | None, wanted: Settings) -> None:
    """A job that waits was keyed in or stands in a file, and only that way ends its waiting."""
    if before is None or before.job_records == wanted.job_records:
        return
    asked = select(Item).where(Item.connection_id == connection.id, Item.kind == "job", Item.state == State.WAITING)
    if waits := db.session.scalar(asked.order_by(Item.id).limit(1)):
        raise Misconfigured({"job_records": JOB_WAITS[before.job_records].format(waits.label)})


JOB_WAITS = {
    True: "Jobs by file stays on while {} waits in a batch. Read the list of jobs back, or void its batch, first.",
    False: "Jobs by file stays off while {} waits to be keyed in. Enter its number, or say that it was not keyed in, first.",
}


def _refuse_folder(connection: Connection, wanted: Settings) -> None:
    """One that was chosen before and cannot be used now is told on the page, and nothing else is held up by it."""
    chosen = wanted.drop_folder != dropping.wished(connection.settings)
    if problem := dropping.why_not_chosen(wanted.drop_folder) if chosen else "":
        raise Misconfigured({"drop_folder": problem})


def _stays(cost_type: str) -> str:
    return f"The category of {cost_type} stays: a budget was exported with it. In Sage, give the category the name that you want."


def _exported_types(connection: Connection) -> set[str]:
    """The cost types of what Sage has of budgets, and of what it may have from a file that somebody holds."""
    held = select(Exchange.snapshot_id).where(Exchange.state == ExchangeState.WAITING, Exchange.id.in_(in_hands(connection.id)))
    budgets = select(Item.id).where(Item.connection_id == connection.id, Item.kind == "budget")
    asked = select(Snapshot).where(Snapshot.item_id.in_(budgets), or_(Snapshot.synced_at.is_not(None), Snapshot.id.in_(held)))
    return {line["type"] for snapshot in db.session.scalars(asked) for line in snapshot.data["lines"] if travels(line)}


def _known(connection: Connection) -> Settings | None:
    try:
        return read(connection.settings)
    except Misconfigured:
        return None


def changes(before: Settings | None, after: Settings) -> dict[str, tuple[str, str]]:
    """What is different, label -> (old, new) in words; of settings that could not be read everything is."""
    old = _words(before) if before else {}
    return {
        label: (old.get(label, "(could not be read)"), value) for label, value in _words(after).items() if old.get(label) != value
    }


def _words(settings: Settings) -> dict[str, str]:
    """Every setting by its label."""
    told: dict[str, str] = {}
    for name, shape in settings.shapes.items():
        label = LIMITS[name].label
        told |= {f"{label}: {what}": words or NONE for what, words in _of_shape(shape).items()}
    told |= {f"Category of {COST_TYPES[letter]}": category or NONE for letter, category in settings.categories.items()}
    told |= {"Date format": settings.date_format, "Jobs by file": "on" if settings.job_records else "off",
             "Drop folder": settings.drop_folder or NONE}  # fmt: skip
    return told | {f"Layout of record {record}": ", ".join(layout.data()) for record, layout in settings.layouts.items()}


def _of_shape(shape: Shape) -> dict[str, str]:
    return {"mask": shape.mask, "signs taken out": " ".join(map(_sign, shape.strip)), "padding": "; ".join(map(_pad, shape.pad)),
            "suffix": shape.suffix}  # fmt: skip


def _sign(sign: str) -> str:
    return "space" if sign == " " else sign


def _pad(pad: Pad) -> str:
    return f"section {pad.section} {pad.side} to {pad.to} with {pad.sign}"


def past(connection: Connection, most: int = 20) -> list[Event]:
    """The last changes of the settings, the newest first."""
    found = [event for event in audit.history(f"connection:{connection.id}") if event.action == ACTION]
    return found[: -most - 1 : -1]
