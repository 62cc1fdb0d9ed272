"""What a mapping is made of."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from erp.connector import Failed, Work
from erp.connectors.quickbooks.qbxml import Response, Tree, value

SPACE = uuid.UUID("6f0f2d6e-4f0c-4f0e-9d51-0d0b8d3c1a77")


@dataclass(frozen=True)
class Query:
    """A question: the name of its message and its fields; what may be much comes so many objects at a time (0: all at once)."""

    name: str
    tree: Tree
    page: int = 0


WITH_LINES = ("IncludeLineItems", "true")
FEW, MANY = 25, 100
"""How many objects come at a time with all their lines, and without any."""


@dataclass(frozen=True)
class Mapping:
    """How one kind of item is written to QuickBooks and found again.

    `blocked(work)` says what makes the write impossible before it is sent, `add(work)` builds it, `look(work)` and
    `look_wider(work)` ask for it (the second also finds what a bookkeeper renamed or moved meanwhile), `same_name`
    tells a foreign object that takes its place, `differs` what is not as we sent it, `result` what to keep of it.
    `stands_for` tells what would be the same thing if we had made it under another marker.
    `labels` are the PM's words for the fields.
    """

    message: str
    add: Callable[[Work], Tree]
    look: Callable[[Work], Query]
    look_wider: Callable[[Work], Query]
    same_name: Callable[[Work, Any], bool]
    differs: Callable[[Work, Any], str]
    result: Callable[[Any], dict[str, Any]]
    labels: dict[str, str]
    preview: Callable[[Work], dict[str, Any]]
    blocked: Callable[[Work], Failed | None] = lambda work: None
    foreign_is_refused: bool = True
    stands_for: Callable[[Work, Any], bool] = lambda work, found: False


def guid(marker: str) -> str:
    """The ExternalGUID of a marker."""
    return "{" + str(uuid.uuid5(SPACE, marker)) + "}"


def is_ours(work: Work, found: Any) -> bool:
    """Whether an object carries our marker: in its memo or notes, or as its ExternalGUID."""
    return work.marker in f"{value(found, 'Memo')} {value(found, 'Notes')}" or has_guid(work, found)


def has_guid(work: Work, found: Any) -> bool:
    """Whether an object is the very one that we made: its ExternalGUID stands for our marker."""
    return value(found, "ExternalGUID").lower() == guid(work.marker)


def ours(work: Work, response: Response) -> Any | None:
    """The object of an answer that is ours; a copy that a bookkeeper made of it has our words, but not our GUID."""
    mine = [found for found in response.objects() if is_ours(work, found)]
    return next((found for found in mine if has_guid(work, found)), mine[0] if mine else None)


def ref(name: str, list_id: str) -> tuple[str, Tree]:
    """A reference by ListID."""
    return name, [("ListID", list_id)]


def filled(tree: Tree) -> Tree:
    """The fields that have something in them."""
    return [(name, content) for name, content in tree if content not in ("", None, [])]
