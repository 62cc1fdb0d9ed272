"""The preview of an item, put together for the template.

Beside `title`, `rows` and `lines`, which every connector gives: `cut` = {"rows": [...], "lines": [...]}, the text cut off from
each row and each line ("" where nothing is), `files` = [{name, tick, lines, count, total}] with the exact lines, and
`evidence`, what is known of the records in them.
"""

from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from erp.connectors.sage300.jce import TICKS, Line
from erp.connectors.sage300.text import Cut

NUMBERLESS = "NNNNNN"
"""Stands for the number that a batch gets when it is made."""


@dataclass
class Shown:
    """Rows of label, ours, what stays in Sage, and what is cut off."""

    title: str
    rows: list[tuple[str, str, Cut]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)

    def data(self) -> dict[str, Any]:
        """For the template."""
        costs = [line for line in self.lines if line.record == "C"]
        return {
            "title": self.title,
            "rows": [(label, ours, sent.stays) for label, ours, sent in self.rows],
            "lines": [(_place(line), line.name.stays, line.amount) for line in costs],
            "cut": {"rows": [sent.off for _, _, sent in self.rows], "lines": [line.name.off for line in costs]},
            "files": [_file(name, list(found)) for name, found in groupby(self.lines, lambda line: line.file)],
            "evidence": self.evidence,
        }


def _place(line: Line) -> str:
    return f"{f'{line.extra} / ' if line.extra else ''}{line.code} {line.category}"


def _file(name: str, found: list[Line]) -> dict[str, Any]:
    costs = [line.amount for line in found if line.record == "C"]
    return {"name": f"{NUMBERLESS}_{name}.jce", "tick": TICKS[name], "lines": [line.text for line in found], "count": len(costs),
            "total": sum(costs)}  # fmt: skip


def not_yet(sentence: str) -> tuple[str, str, Cut]:
    """The row that says why there are no files."""
    return ("Cannot be written yet", "", Cut(sentence))
