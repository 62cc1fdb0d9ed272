"""What a budget puts on which place of a job in Sage: (extra, cost code, category), originals apart from changes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from erp.connector import code_within
from erp.connectors.sage300.settings import Settings
from erp.connectors.sage300.text import alike

Place = tuple[str, str, str]
"""Extra (empty: none), cost code, category, as Sage has them."""


@dataclass(frozen=True)
class Entry:
    """One line of a budget with the money it sends, in minor units."""

    place: Place
    original: int
    changes: int
    line: dict[str, Any]


def entries(payload: dict[str, Any], refs: dict[str, Any], settings: Settings) -> Iterator[Entry]:
    """The lines that send something. Raises Unwritable for a cost type without category."""
    for line in payload["lines"]:
        if travels(line):
            place = (extra(line, refs), code(line, refs), settings.category(line["type"]))
            yield Entry(place, line["send_original"], line["send"] - line["send_original"], line)


def travels(line: dict[str, Any]) -> bool:
    """Whether a line has something for one of the files; an original and a change may cancel each other out."""
    return bool(line["send"] or line["send_original"])


def code(line: dict[str, Any], refs: dict[str, Any]) -> str:
    """The cost code of a line in Sage; empty while Sage does not have it."""
    return str(refs.get("codes", {}).get(str(line["code_id"])) or "")


def extra(line: dict[str, Any], refs: dict[str, Any]) -> str:
    """The extra of a line in Sage; empty without a sub job, and while Sage does not have it."""
    if line.get("sub_job_id") is None:
        return ""
    return code_within(str(refs.get("extras", {}).get(str(line["sub_job_id"])) or ""))


def sums(found: Iterable[tuple[Place, int, int]]) -> dict[Place, tuple[int, int]]:
    """Originals and changes by place; places that only capitals tell apart are one, as it is spelled first."""
    spelled: dict[tuple[str, ...], Place] = {}
    total: dict[Place, tuple[int, int]] = {}
    for place, original, changes in found:
        at = spelled.setdefault(alike(place), place)
        was = total.get(at, (0, 0))
        total[at] = (was[0] + original, was[1] + changes)
    return total
