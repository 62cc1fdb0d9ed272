"""CSV files as they come: every encoding and delimiter, and every bad file with its cure."""

import pytest

from erp import sheets
from erp.sheets import refusals

TABLE = "Item,Description,Amount\nG-1,Mobilización,5000\nR-2,Paving,1000.50\n"
ROWS = [("G-1", "Mobilización", "5000"), ("R-2", "Paving", "1000.50")]


def cells(data: bytes, name: str = "sov.csv") -> list[tuple[str, ...]]:
    return [row.cells for row in sheets.read(name, data).rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_the_usual_encodings_are_read(encoding: str) -> None:
    assert cells(TABLE.encode(encoding)) == ROWS


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_usual_delimiters_and_line_ends_are_read(mark: str, end: str) -> None:
    assert cells(TABLE.replace(",", mark).replace("\n", end).encode()) == ROWS


def test_the_line_that_names_the_delimiter_is_not_the_header() -> None:
    sheet = sheets.read("sov.csv", b"sep=;\nCode;Amount\nG-1;5\n")
    assert sheet.header == ("Code", "Amount")
    assert sheet.rows[0].number == 3


def test_delimiters_and_line_breaks_within_quotes_belong_to_the_cell() -> None:
    assert cells(b'"Item, no",Description,Amount\nG-1,"Pipe\r\n12"", ""deep""",5\n') == [("G-1", 'Pipe 12", "deep"', "5")]


def test_rows_keep_the_numbers_of_the_spreadsheet_and_empty_ones_are_left_out() -> None:
    sheet = sheets.read("sov.csv", b"\nCode,Amount\n\n,\nG-1,5\n")
    assert [(row.number, row.cells) for row in sheet.rows] == [(5, ("G-1", "5"))]


def test_titles_above_the_column_names_are_passed_over() -> None:
    sheet = sheets.read("sov.csv", b"Harbor & Hill,2026\nSchedule of values\n\nBid Item,Description,Amount\nG-1,Pipe,5\n")
    assert sheet.header == ("Bid Item", "Description", "Amount")
    assert len(sheet.rows) == 1


def test_columns_without_a_name_are_called_by_their_letter_and_short_rows_are_filled() -> None:
    sheet = sheets.read("sov.csv", b"Code,,Amount\nG-1,x,5,more\nG-2\n")
    assert sheet.header == ("Code", "Column B", "Amount", "Column D")
    assert sheet.rows[1].cells == ("G-2", "", "", "")


def test_control_characters_stay_for_the_reader_to_see() -> None:
    assert cells(b"Code,Description,Amount\nG-1,Be\x07ll and a long enough description,5\n")[0][1].startswith("Be\x07ll")


def test_a_sheet_survives_being_kept() -> None:
    sheet = sheets.read("sov.csv", TABLE.encode())
    assert sheets.Sheet.of_data(sheet.as_data()) == sheet


@pytest.mark.parametrize(("name", "data", "refusal"), [
    ("sov.csv", b"", refusals.EmptyFile),
    ("sov.csv", b" \r\n\n", refusals.EmptyFile),
    ("sov.csv", b",,\n,,\n", refusals.EmptyFile),
    ("sov.csv", b"Code,Amount\n", refusals.NoRows),
    ("sov.csv", b"G-1,Pipe,5000\nG-2,Wall,3000\n", refusals.NoHeader),
    ("sov.csv", b"\x00\x01\x02\x03garbage\x00", refusals.BinaryFile),
    ("sov.csv", bytes(range(1, 32)) * 20, refusals.BinaryFile),
    ("sov.csv", b"Code,Amount\nG-\x81,5\n", refusals.Undecodable),
    ("sov.csv", b"\xff\xfe\x00\xd8a", refusals.Undecodable),
    ("sov.csv", b'Code,Amount\nG-1,"5\nG-2,6\n', refusals.BrokenRow),
    ("sov.csv", b'Code,Amount\nG-1,"5" inch,6\n', refusals.BrokenRow),
    ("sov.csv", b"Code,Amount\nG-1," + b"x" * 140_000, refusals.BrokenRow),
    ("sov.csv", b"x" * (sheets.MOST_BYTES + 1), refusals.TooLarge),
    ("sov.csv", b"Code,Amount\n" + b"G,1\n" * (sheets.MOST_ROWS + 1), refusals.TooManyRows),
    ("sov.csv", b"Code,Amount\n" + b",".join([b"1"] * 300), refusals.TooWide),
    ("sov.pdf", b"%PDF-1.7 ...", refusals.WrongType),
    ("sov.csv", b"%PDF-1.7 ...", refusals.WrongType),
    ("sov.png", b"\x89PNG\r\n\x1a\n", refusals.WrongType),
    ("sov.xls", b"<html><table><tr><td>G-1</td></tr></table></html>", refusals.WrongType),
    ("sov.docx", b"Code,Amount\nG-1,5\n", refusals.WrongType),
    ("sov", b"Code,Amount\nG-1,5\n", refusals.WrongType),
    ("sov.xlsx", b"Code,Amount\nG-1,5\n", refusals.BrokenWorkbook),
])  # fmt: skip
def test_a_bad_file_is_refused_with_its_cure(name: str, data: bytes, refusal: type[sheets.SheetRefused]) -> None:
    with pytest.raises(sheets.SheetRefused) as refused:
        sheets.read(name, data)
    assert type(refused.value) is refusal
    assert "{" not in refused.value.sentence


def test_the_most_rows_are_read() -> None:
    assert len(cells(b"Code,Amount\n" + b"G,1\n" * sheets.MOST_ROWS)) == sheets.MOST_ROWS
