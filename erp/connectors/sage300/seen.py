"""What Sage will see of our codes under a shape: examples of many, how many would be refused, and which become the same."""

from collections.abc import Iterable
from dataclasses import dataclass

from erp.connectors.sage300.shapes import MEANING, Shape
from erp.connectors.sage300.text import Unwritable, clean

EXAMPLES = 5
NAMED = 3


@dataclass(frozen=True)
class Seen:
    """A code of ours, what it becomes, and why Sage would not take it (empty when it would)."""

    ours: str
    sage: str
    why: str = ""


@dataclass(frozen=True)
class Look:
    """A few codes, refused ones first; the numbers of all; `same` names codes of ours that one code in Sage would stand for."""

    rows: list[Seen]
    fit: int
    refused: int
    same: list[tuple[str, list[str]]]


def look(shape: Shape, codes: Iterable[str], sample: str = "") -> Look:
    """The codes of the organisation under a shape; what somebody typed to try it stands first."""
    every = [seen(shape, code) for code in dict.fromkeys(codes)]
    refused = [one for one in every if one.why]
    fitting = [one for one in every if not one.why]
    changed = sorted(fitting, key=lambda one: one.sage == one.ours)
    tried = [seen(shape, sample)] if sample else []
    shown = [*tried, *refused[:NAMED], *changed[: EXAMPLES - len(refused[:NAMED])]]
    return Look(shown, len(fitting), len(refused), _same(fitting))


def seen(shape: Shape, ours: str) -> Seen:
    """One code."""
    try:
        return Seen(ours, shape.written(ours))
    except Unwritable:
        made = shape.changed(clean(ours))
        why = shape.why_not(made).removesuffix(f" ({MEANING})")
        return Seen(ours, made, why or "has signs that Sage cannot keep")


def _same(found: list[Seen]) -> list[tuple[str, list[str]]]:
    together: dict[str, list[str]] = {}
    for one in found:
        together.setdefault(one.sage, []).append(one.ours)
    return [(sage, ours) for sage, ours in together.items() if len(ours) > 1]
