"""The checking reader refuses what Sage would."""

import pytest

from tests.sage_reader import Rejected, Sage

GOOD = 'C,"01-1","Name","S",11232026,0.00,"",5.00,,,,,""\r\n'


def fresh() -> Sage:
    """A Sage with one code, one category and one extra."""
    return Sage("J1", {"01-1"}, {"S"}, {"R"})


def test_it_takes_a_good_file_and_moves_nothing_before_posting() -> None:
    into = fresh()
    assert into.take(('*,"J1","Job"\r\nE,"SW","Sewer"\r\n' + GOOD + GOOD.replace('""\r\n', '"SW"\r\n')).encode()) == {
        ("", "01-1", "S"): 500,
        ("SW", "01-1", "S"): 500,
    }
    assert into.original == {}
    into.post()
    into.take(GOOD.encode(), approved_change=True)
    into.post()
    assert into.original == {("", "01-1", "S"): 500, ("SW", "01-1", "S"): 500}
    assert into.changes == {("", "01-1", "S"): 500}
    assert list(into.read_back()["extras"]) == ["R", "SW"]
    assert into.read_back()["rows"][0] == {"extra": "", "code": "01-1", "category": "S", "original": 500, "changes": 500}


@pytest.mark.parametrize(("data", "why"), [
    (GOOD.replace("\r\n", "\n"), "CR LF"), (GOOD + "\r\n", "an empty line"), ("", "CR LF"), (GOOD.replace("Name", "Na\x07me"), "control character"),
    (GOOD.replace("Name", "Na\nme"), "control character"), (GOOD.replace(",,,,,", ",,,,"), "has 12 fields, 13 wanted"), (GOOD.replace(",,,,,", ",,,,,,"), "14 fields"),
    (GOOD.replace('"Name"', "Name"), "is not quoted"), (GOOD.replace('"Name"', '"Na"me"'), "a comma is missing"), (GOOD.replace('"Name"', '"Name'), "comma is missing"),
    (GOOD.replace('""\r\n', '"\r\n'), "not closed"), (GOOD.replace('"Name"', 'N"ame'), "a bare field with a quotation mark"),
    (GOOD.replace("Name", "N" * 31), "more than 30 signs"), (GOOD.replace("01-1", "01-1-345678901"), "more than 12 signs"), (GOOD.replace('"01-1"', '""'), "is empty"),
    (GOOD.replace('"S"', '"T"'), "not a Standard Category"), (GOOD.replace("01-1", "01-2"), "not on the standard list"), (GOOD.replace('""\r\n', '"X"\r\n'), "no extra X"),
    (GOOD.replace("11232026", "23112026"), "is no date"), (GOOD.replace("11232026", '"11232026"'), "is no date"), (GOOD.replace("11232026", "112326"), "is no date"),
    (GOOD.replace("5.00", "5"), "not a number"), (GOOD.replace("5.00", "5,00"), "14 fields"), (GOOD.replace("5.00", "100000000.00"), "not a number"),
    (GOOD.replace("5.00", "-0.00"), "not a number"), (GOOD.replace("5.00", "05.00"), "not a number"), (GOOD.replace("5.00", '"5.00"'), "not a number"),
    (GOOD + GOOD, "stands in the file twice"), (GOOD.replace("C,", '"C",', 1), "no record type"), (GOOD.replace("C,", "X,", 1), "no record type"),
    ('*,"J2","Job"\r\n' + GOOD, "another job"), (GOOD + '*,"J1","Job"\r\n', "a second job"), ('E,"SW"\r\n', "has 2 fields, 3 wanted"),
    (GOOD.replace(",,,,,", ",,7,,,"), "fields 9 to 12 are blank"),
])  # fmt: skip
def test_it_refuses_what_sage_would(data: str, why: str) -> None:
    into = fresh()
    with pytest.raises(Rejected, match=why):
        into.take(data.encode("cp1252"))
    assert into.holding == []


def test_it_refuses_other_encodings() -> None:
    with pytest.raises(Rejected, match="Windows-1252"):
        fresh().read(b"\x81\r\n")
