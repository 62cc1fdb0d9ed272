"""Sage's reject file is read as it may come: its own format, with what programs add and take away on the way."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp.connectors.sage300.layouts import DEFAULTS
from erp.connectors.sage300.rejects import Unreadable, read

LINE = 'C,"32-1200","Asphalt paving","S",11222026,0.00,"",1000.50,,,,,"A"'
KEY = ("C", "A", "32-1200", "S", 100_050)


def keys(text: str, encoding: str = "cp1252", layouts=DEFAULTS) -> list:
    return [row.key for row in read(text.encode(encoding), layouts)]


def test_a_line_is_known_by_record_extra_code_category_and_amount() -> None:
    assert keys(LINE + "\r\n") == [KEY]
    assert keys('E,"A","Alternate A"\r\n*,"261164","Pier Road"\r\n') == [("E", "A", "", "", 0), ("*", "", "", "", 0)]


@pytest.mark.parametrize("text", [
    LINE, LINE + "\n", LINE + "\r\n\r\n  \r\n", LINE + "\r\n\x1a", LINE.replace('"32-1200"', '"   32-1200"'), LINE.replace("1000.50", "1000.5"),
    LINE.replace("1000.50", '"1,000.50"'), LINE.replace("1000.50", "+1000.500"), LINE.replace("C,", '"C",', 1), LINE.replace("C,", "c ,", 1),
    'C,32-1200,Asphalt paving,S,11222026,0,,1000.50,,,,,A',
])  # fmt: skip
def test_it_is_known_again_however_sage_pads_quotes_and_ends_it(text: str) -> None:
    assert keys(text) == [KEY]


def test_a_byte_order_mark_and_signs_of_windows_are_no_harm() -> None:
    assert keys("\ufeff" + LINE.replace("paving", "½” paving"), "utf-8") == keys(LINE.replace("paving", "½” paving")) == [KEY]


def test_a_short_line_has_no_extra() -> None:
    assert keys('C,"32-1200","Asphalt paving","S",11222026,0.00,"",-7.00') == [("C", "", "32-1200", "S", -700)]


def test_the_layout_of_the_batch_says_where_the_fields_are() -> None:
    assert keys(
        'C,"A","S","32-1200",1000.50', layouts={"C": ["record", "extra:10", "category:3", "cost_code:12", "amount:8.2"]}
    ) == [KEY]


def test_an_empty_file_has_no_lines() -> None:
    assert keys("") == keys("\r\n\x1a") == []


@pytest.mark.parametrize(("body", "words"), [
    (b"APD,1,2\r\n", "Line 1 begins with “APD”"),
    (LINE.encode() + b"\r\n\r\nC,1\r\n", "Line 3 ends before its category"),
    (LINE.replace("1000.50", "much").encode(), "the amount “much”, which is none"),
    (LINE.replace("1000.50", "1.005").encode(), "which is none"),
    (LINE.replace("1000.50", "NaN").encode(), "which is none"),
    (LINE.replace("1000.50", "1e400").encode(), "which is none"),
    (b'C,"32-1200', "a quotation mark that does not end"),
    (b"C,\x81", "The file is no text"),
    (b"PK\x03\x04\0\0", "no plain text"),
    (b"x" * (4 * 2**20 + 1), "larger than 4 MB"),
])  # fmt: skip
def test_what_is_no_reject_file_is_refused_with_a_sentence(body: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        read(body, DEFAULTS)


@given(st.binary(max_size=300))
def test_whatever_bytes_come_they_are_read_or_refused(body: bytes) -> None:
    with suppress(Unreadable):
        read(b"C," + body, DEFAULTS)
