"""Reading a CSV file or a workbook that somebody uploaded: everything about it is checked before it is believed."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from erp.sheets import refusals, workbook
from erp.sheets.amounts import AmountRefused, amount
from erp.sheets.columns import known
from erp.sheets.sheet import MOST_BYTES, MOST_COLUMNS, MOST_ROWS, Row, Sheet, named

TEXT = (".csv", ".txt", ".tsv")
SEARCHED = 20
"""So many rows are searched for the column names; titles may stand above them."""
WORKBOOKS = (".xlsx", ".xlsm", ".xls")
OTHERS = {b"%PDF": "a PDF", b"<": "a web page or XML file", b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture"}
_BLANKS = re.compile("[ \t\r\n\u00a0]+")
_CONTROLS = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f]")


def read(name: str, data: bytes) -> Sheet:
    """The table in a file, as text; raises SheetRefused with a sentence that names the cure."""
    if not data.strip():
        raise refusals.EmptyFile
    if len(data) > MOST_BYTES:
        raise refusals.TooLarge(size=f"{len(data) / 2**20:.0f}")
    if data.startswith(workbook.SIGNATURES):
        return _sheet(workbook.rows(name, data))
    _refuse_others(name, data)
    return _sheet(_lines(_decoded(name, data)))


def _refuse_others(name: str, data: bytes) -> None:
    what = next((what for start, what in OTHERS.items() if data.lstrip().startswith(start)), "")
    if what:
        raise refusals.WrongType(name=name, what=what)
    if name.lower().endswith(WORKBOOKS):
        raise refusals.BrokenWorkbook
    if not name.lower().endswith(TEXT):
        raise refusals.WrongType(name=name, what="neither CSV nor XLSX")


def _decoded(name: str, data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = _decode(name, data, "utf-16")
    elif b"\0" in data:
        raise refusals.BinaryFile(name=name)
    else:
        text = _decode(name, data, "utf-8-sig", "cp1252")
    if len(_CONTROLS.findall(text)) * 20 > len(text):
        raise refusals.BinaryFile(name=name)
    return text


def _decode(name: str, data: bytes, *encodings: str) -> str:
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise refusals.Undecodable(name=name)


def _lines(text: str) -> Iterable[Sequence[str]]:
    named_mark = re.match("sep=([,;\t])\r?\n", text, re.IGNORECASE)
    mark = named_mark[1] if named_mark else _mark(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    try:
        for number, cells in enumerate(reader, 1):
            yield () if named_mark and number == 1 else cells
    except csv.Error as broken:
        raise refusals.BrokenRow(line=reader.line_num) from broken


def _mark(text: str) -> str:
    first = re.sub('"[^"]*"', "", next((line for line in text.splitlines() if line.strip()), ""))
    return max(",;\t", key=first.count)


def _sheet(lines: Iterable[Sequence[str]]) -> Sheet:
    rows = [Row(number, cells) for number, cells in enumerate(map(_cleaned, _limited(lines)), 1) if any(cells)]
    if not rows:
        raise refusals.EmptyFile
    top = _top(rows)
    _refuse_data(rows[top])
    if not rows[top + 1 :]:
        raise refusals.NoRows
    return _squared(rows[top], rows[top + 1 :])


def _top(rows: Sequence[Row]) -> int:
    """The place of the column names: where most usual names stand near the top, else the first row with two cells."""
    names = [known(row.cells) for row in rows[:SEARCHED]]
    if max(names) > 1:
        return names.index(max(names))
    return next((place for place, row in enumerate(rows) if sum(map(bool, row.cells)) > 1), 0)


def _limited(lines: Iterable[Sequence[str]]) -> Iterable[Sequence[str]]:
    for number, cells in enumerate(lines):
        if number > MOST_ROWS:
            raise refusals.TooManyRows
        if len(cells) > MOST_COLUMNS and any(cells[MOST_COLUMNS:]):
            raise refusals.TooWide
        yield cells[:MOST_COLUMNS]


def _cleaned(cells: Sequence[str]) -> tuple[str, ...]:
    return tuple(_BLANKS.sub(" ", cell).strip(" ") for cell in cells)


def _refuse_data(header: Row) -> None:
    for cell in filter(None, header.cells):
        if _is_amount(cell) and not known(header.cells):
            raise refusals.NoHeader(row=header.number, cell=cell)


def _is_amount(text: str) -> bool:
    try:
        return bool(re.search("[0-9]", text)) and amount(text) is not None
    except AmountRefused:
        return False


def _squared(header: Row, rows: Sequence[Row]) -> Sheet:
    used = max(max((place for place, cell in enumerate(row.cells) if cell), default=0) for row in (header, *rows)) + 1
    return Sheet(named(header.cells[:used], used), tuple(Row(row.number, _fitted(row.cells, used)) for row in rows))


def _fitted(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    return cells[:width] + ("",) * (width - len(cells))
