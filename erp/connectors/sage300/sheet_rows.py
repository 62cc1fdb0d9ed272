"""Reading the rows of an export: every cell is checked before anything is believed. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from erp.connectors.sage300.exports import Column, Export
from erp.connectors.sage300.text import BAR, alike
from erp.documents.imports import Fault, a_code, adds_up, numbers, twice, wordy
from erp.sheets import AmountRefused, Row, Sheet, amount

NOTHING = ("none", "null", "n/a")
"""Words that exports write for what is empty, in small letters."""
CODES = ("job", "extra", "code", "category", "vendor")


@dataclass(frozen=True)
class Line:
    """A row as the file has it: its number, its texts, and its amounts in minor units; both by the names of the columns."""

    row: int
    cells: dict[str, str]
    amounts: dict[str, int] = field(default_factory=dict)

    def key(self, export: Export) -> tuple[str, ...]:
        """What tells it from the other rows, whatever the capitals."""
        return alike(self.cells.get(name, "") for name in export.key)


@dataclass(frozen=True)
class Read:
    """The rows of a file, those that only add up others (their numbers), and everything that is wrong."""

    lines: list[Line]
    faults: list[Fault]
    totals: list[int]

    @property
    def rows_with_errors(self) -> int:
        """How many rows have at least one error."""
        return len({fault.row for fault in self.faults})


def read(export: Export, sheet: Sheet, mapping: Mapping[str, int | None]) -> Read:
    """The rows of the sheet by the columns of `mapping` (name -> place, None where the file has no such column)."""
    used = [column for column in export.columns if mapping.get(column.name) is not None]
    totals = [row.number for row in sheet.rows if _adds_up(row, used, mapping)]
    rows = [row for row in sheet.rows if row.number not in set(totals)]
    faults = [fault for row in rows for column in used for fault in _wrong(row, column, _text(row, mapping[column.name]))]
    wrong = {fault.row for fault in faults}
    lines = [_line(row, used, mapping) for row in rows if row.number not in wrong]
    faults += [fault for row in rows if row.number not in wrong for fault in _no_total(row, mapping)]
    faults += _twice(export, lines) + [fault for line in lines for fault in _unequal(line)]
    return Read(lines, sorted(faults, key=lambda fault: fault.row), totals)


def _text(row: Row, place: int | None) -> str:
    text = row.cell(place)
    return "" if text.casefold() in NOTHING else text


def _adds_up(row: Row, used: Sequence[Column], mapping: Mapping[str, int | None]) -> bool:
    """A total names itself in its first text, or somewhere in a row of amounts that has no cost code to stand on."""
    texts = [row.cell(mapping[column.name]) for column in used if not column.money]
    if adds_up(next(filter(None, texts), "")):
        return True
    has_code = bool(row.cell(mapping.get("code")))
    return len(texts) < len(used) and not has_code and any("total" in cell.casefold() for cell in row.cells)


def _wrong(row: Row, column: Column, text: str) -> list[Fault]:
    if column.money:
        return _no_amount(row, column, text)
    if column.name not in CODES:
        return wordy(row, column.label, text, required=column.required)
    if BAR in text:
        return [
            Fault(row.number, column.label, f"“{text[:40]}” has an upright bar, which no code of Sage has. Write it without.")
        ]
    return a_code(row, column.label, text, required=column.required)


def _no_amount(row: Row, column: Column, text: str) -> list[Fault]:
    try:
        amount(text or "0")
    except AmountRefused as refused:
        return [Fault(row.number, column.label, refused.sentence)]
    return []


def _no_total(row: Row, mapping: Mapping[str, int | None]) -> list[Fault]:
    """An empty total is no zero where it alone tells the changes: they would take the original amount back."""
    original, changes, total = (mapping.get(name) for name in ("original", "changes", "estimate"))
    if total is None or changes is not None or _text(row, total) or not amount(_text(row, original) or "0"):
        return []
    return [Fault(row.number, "Total Estimate", "It is empty, but there is an Original Estimate. Write it in the file, or choose "
                  "no column for Total Estimate.")]  # fmt: skip


def _line(row: Row, used: Sequence[Column], mapping: Mapping[str, int | None]) -> Line:
    told = {column.name: _text(row, mapping[column.name]) for column in used}
    money = {column.name for column in used if column.money}
    return Line(row.number, {name: text for name, text in told.items() if name not in money},
                {name: amount(text or "0") for name, text in told.items() if name in money})  # fmt: skip


def _twice(export: Export, lines: Sequence[Line]) -> list[Fault]:
    others = twice(lines, lambda line: line.key(export), lambda line: line.row)
    what = ", ".join(column.label for column in export.columns if column.name in export.key)
    return [Fault(line.row, what, f"{_named(export, line)} stands in row {line.row} and in {numbers(others[line.row])}. "
                  "Delete one of them, or combine them in one row.")
            for line in lines if line.row in others]  # fmt: skip


def _named(export: Export, line: Line) -> str:
    return " ".join(text for name in export.key if (text := line.cells.get(name)))


def _unequal(line: Line) -> list[Fault]:
    """Original and changes are the total; where they are not, a column stands for something else."""
    told = line.amounts
    if not {"original", "changes", "estimate"} <= told.keys() or told["original"] + told["changes"] == told["estimate"]:
        return []
    sum_of, total = (f"{minor / 100:,.2f}" for minor in (told["original"] + told["changes"], told["estimate"]))
    return [Fault(line.row, "Total Estimate", f"It is {total}, but Original Estimate and Approved Estimate Changes are {sum_of}. "
                  "Choose other columns, or export the report anew.")]  # fmt: skip
