"""Workbooks: what is read of them, and that a crafted one hurts nobody."""

import io
import time
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from erp import sheets
from erp.sheets import refusals, workbook

FILES = Path(__file__).parent / "files"


def made(*rows: list[Any], hidden: bool = False) -> bytes:
    """A workbook, with a hidden sheet in front if wanted."""
    data = io.BytesIO()
    with xlsxwriter.Workbook(data) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        if hidden:
            noise = book.add_worksheet("Noise")
            noise.write_row(0, 0, ["Code", "secret"])
        book.add_worksheet("Empty")
        sheet = book.add_worksheet("SOV")
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(number, column, cell, day if isinstance(cell, date) else None)
        if hidden:
            sheet.activate()
            sheet.set_first_sheet()
            noise.hide()
    return data.getvalue()


def test_numbers_dates_and_ticks_become_plain_text() -> None:
    row = ["01-100", 1000, 91271.6, 0.1 + 0.2, 531524.0, -5.5, date(2026, 1, 2), True, 1e15]
    sheet = sheets.read("sov.xlsx", made(["Code", *map(str, "abcdefgh")], row))
    assert sheet.rows[0].cells == ("01-100", "1000", "91271.6", "0.3", "531524", "-5.5", "2026-01-02", "TRUE", "1000000000000000")


def test_the_first_visible_sheet_with_content_is_read() -> None:
    sheet = sheets.read("sov.xlsx", made(["Code", "Amount"], ["G-1", 5], hidden=True))
    assert sheet.header == ("Code", "Amount")
    assert sheet.rows[0].cells == ("G-1", "5")


def test_formulas_give_their_last_value_and_never_run() -> None:
    data = io.BytesIO()
    with xlsxwriter.Workbook(data) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Code", "Amount"])
        sheet.write_string(1, 0, "=HYPERLINK(1)")
        sheet.write_formula(1, 1, "=2*3", None, 6)
    assert sheets.read("sov.xlsx", data.getvalue()).rows[0].cells == ("=HYPERLINK(1)", "6")


def test_an_old_workbook_is_read() -> None:
    sheet = sheets.read("schedule.xls", (FILES / "schedule.xls").read_bytes())
    assert [row.cells for row in sheet.rows] == [("G-1", "Mobilization", "5000"), ("R-2", "Paving", "91271.6")]


def test_empty_rows_above_the_table_count() -> None:
    assert sheets.read("sov.xlsx", made([], [], ["", "Code", "Amount"], ["", "G-1", 5])).rows[0].number == 4


def zipped(**members: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return data.getvalue()


def far() -> bytes:
    data = io.BytesIO()
    with xlsxwriter.Workbook(data) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Code", "Amount"])
        sheet.write(1_048_575, 16_383, 1)
    return data.getvalue()


@pytest.mark.parametrize(("data", "refusal"), [
    (lambda: (FILES / "protected.xlsx").read_bytes(), refusals.Protected),
    (lambda: made(["Code", "Amount"], ["G-1", 5])[:-200], refusals.BrokenWorkbook),
    (lambda: zipped(**{"xl/workbook.xml": b"<not", "[Content_Types].xml": b"<x/>"}), refusals.BrokenWorkbook),
    (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 3000, refusals.BrokenWorkbook),
    (lambda: zipped(**{"word/document.xml": b"<x/>"}), refusals.WrongType),
    (lambda: zipped(**{"xl/workbook.xml": b"0" * (workbook.MOST_UNPACKED + 1)}), refusals.UnpacksTooLarge),
    (far, refusals.UnpacksTooLarge),
    (lambda: (FILES / "sparse.xls").read_bytes(), refusals.UnpacksTooLarge),
    (lambda: made(["Code"], *[["G"]] * (sheets.MOST_ROWS + 1)), refusals.TooManyRows),
    (lambda: made(["Code"] * 300, ["1"] * 300), refusals.TooWide),
    (made, refusals.EmptyFile),
])  # fmt: skip
def test_a_crafted_or_broken_workbook_is_refused_in_no_time(data: Any, refusal: type[sheets.SheetRefused]) -> None:
    body, started = data(), time.monotonic()
    with pytest.raises(sheets.SheetRefused) as refused:
        sheets.read("sov.xlsx", body)
    assert type(refused.value) is refusal
    assert time.monotonic() - started < 10


def test_a_directory_that_lies_about_its_sizes_is_stopped_by_the_limits_of_the_child() -> None:
    honest = zipped(**{"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": b"0" * (150 * 2**20)})
    size = (150 * 2**20).to_bytes(4, "little")
    with pytest.raises(sheets.SheetRefused):
        sheets.read("sov.xlsx", honest.replace(size, (1000).to_bytes(4, "little")))


def test_a_workbook_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_SECONDS", 0.001)
    with pytest.raises(refusals.UnpacksTooLarge):
        sheets.read("sov.xlsx", made(["Code", "Amount"], ["G-1", 5]))
