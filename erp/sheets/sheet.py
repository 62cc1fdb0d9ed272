"""A table as people see it: column names and rows of text, with the row numbers of the file."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

MOST_BYTES = 10 * 2**20
MOST_ROWS = 20_000
MOST_COLUMNS = 256


@dataclass(frozen=True)
class Row:
    """One row: its number as a spreadsheet program shows it, and its cells, one per column of the header."""

    number: int
    cells: tuple[str, ...]

    def cell(self, column: int | None) -> str:
        """The text in a column; empty for a column that was not mapped."""
        return "" if column is None else self.cells[column]


@dataclass(frozen=True)
class Sheet:
    """Column names and the rows that are not empty."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]

    def as_data(self) -> dict[str, Any]:
        """The table as plain lists, to keep it."""
        return {"header": list(self.header), "rows": [[row.number, *row.cells] for row in self.rows]}

    @classmethod
    def of_data(cls, data: dict[str, Any]) -> "Sheet":
        """The table that `as_data` gave."""
        return cls(tuple(data["header"]), tuple(Row(number, tuple(cells)) for number, *cells in data["rows"]))


def letter(column: int) -> str:
    """The name of a column in a spreadsheet program: A, B … Z, AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def named(header: Sequence[str], width: int) -> tuple[str, ...]:
    """The column names, `width` of them; a column without a name is called by its letter."""
    padded = [*header, *[""] * (width - len(header))]
    return tuple(name or f"Column {letter(column)}" for column, name in enumerate(padded))
