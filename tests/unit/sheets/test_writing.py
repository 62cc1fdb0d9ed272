"""Tables for people: no cell becomes a formula in anybody's spreadsheet program."""

import csv
import io
from decimal import Decimal

import pytest

from erp import sheets

PAYLOADS = [start + rest for start in ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
            for rest in ("cmd|' /C calc'!A0", "1+1", "SUM(A1)", 'HYPERLINK("http://x.test","a")')]  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_text_that_looks_like_a_formula_gets_a_leading_quote_in_csv(payload: str) -> None:
    text = sheets.csv_bytes([["Name"], [payload]]).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text, newline="")))[1] == [f"'{payload}"]


def test_numbers_stay_numbers_and_plain_texts_stay_as_they_are() -> None:
    assert sheets.csv_bytes([["é", -5, Decimal("-1.50"), None, "a-b", ""]]) == "é,-5,-1.50,,a-b,\r\n".encode("utf-8-sig")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_workbook_holds_the_text_itself_and_no_formula(payload: str) -> None:
    data = sheets.xlsx_bytes([["Code", "Amount"], [payload, Decimal("-1234.50")], ["http://x.test", 5]])
    rows = sheets.read("out.xlsx", data).rows
    assert [row.cells[1] for row in rows] == ["-1234.5", "5"]
    assert rows[0].cells[0] == " ".join(payload.split())
    assert rows[1].cells[0] == "http://x.test"


def test_what_is_written_as_csv_can_be_read_again() -> None:
    data = sheets.csv_bytes([["Code", "Amount"], ["G-1", 5]])
    assert sheets.read("out.csv", data).rows[0].cells == ("G-1", "5")
