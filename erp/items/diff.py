"""What changed between the last accepted version of an item and the one that waits."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from erp.db import db
from erp.items.changes import Changed, differing
from erp.items.item import Item, Snapshot


@dataclass(frozen=True)
class Step:
    """One line that is not as it was: its amounts in minor units, None where it does not exist."""

    code: str
    kind: str
    description: str
    sub_job: str
    was: int | None
    now: int | None

    @property
    def by(self) -> int:
        """How much it moved."""
        return (self.now or 0) - (self.was or 0)


@dataclass(frozen=True)
class Diff:
    """The earlier version and every line, or every field, that differs from it."""

    since: Snapshot
    steps: list[Step] = field(default_factory=list)
    fields: list[Changed] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How much differs."""
        return len(self.steps) + len(self.fields)


def diff(item: Item) -> Diff | None:
    """The difference to the last accepted version; None when there was none."""
    before = _last_accepted(item)
    if before is None:
        return None
    old, new = before.data, item.payload
    if "lines" in new:
        return Diff(before, steps=_steps(old["lines"], new["lines"]))
    return Diff(before, fields=differing(item.declaration.labels, old, new))


def _last_accepted(item: Item) -> Snapshot | None:
    if item.snapshot is None:
        return None
    asked = select(Snapshot).where(Snapshot.item_id == item.id, Snapshot.number < item.snapshot.number,
                                   Snapshot.accepted_at.is_not(None))  # fmt: skip
    return db.session.scalar(asked.order_by(Snapshot.number.desc()).limit(1))


def _steps(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[Step]:
    was, now = ({line["line"]: line for line in lines} for lines in (old, new))
    steps = [_step(line, was.get(key), now.get(key)) for key, line in (was | now).items()]
    return [step for step in steps if step.was != step.now]


def _step(line: dict[str, Any], was: dict[str, Any] | None, now: dict[str, Any] | None) -> Step:
    amounts = (side["revised"] if side else None for side in (was, now))
    return Step(line["code"], line["type_name"], line["description"], line.get("sub_job", ""), *amounts)
