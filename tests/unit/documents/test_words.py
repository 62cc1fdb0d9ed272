"""What a text of a document may hold."""

import pytest

from erp.documents import words


@pytest.mark.parametrize(
    "sign", ["\x00", "\x07", "\t", "\n", "\r", "\x1f", "\x7f", "\x85", "\u2028", "\u202e", "\ud800", "\ufffe", "\uffff"]
)
def test_a_control_character_is_refused_naming_the_field_and_the_place(sign: str) -> None:
    assert (
        words.why_not("Name", f"Pier{sign}9")
        == f"Name has a control character (U+{ord(sign):04X}) at place 5. Type the text anew."
    )


@pytest.mark.parametrize("text", ["Pier 9", "Façade – 1½″", "橋", "👷", "<script>alert(1)</script>", "=SUM(A1)", "x" * 255])
def test_everything_else_can_be_taken(text: str) -> None:
    assert words.why_not("Name", text) == ""


def test_length_and_absence_are_named() -> None:
    assert words.why_not("Name", "x" * 256) == "Name has 256 characters; at most 255 fit. Shorten it."
    assert words.why_not("Name", "  ") == "Name is missing. Write it."
    assert words.why_not("City", "", required=False) == ""
    assert words.why_not("Description", "x" * 4000, most=None) == ""


def test_the_name_of_a_file_is_cleaned() -> None:
    assert words.printable("so\x00v\r\n.csv") == "sov.csv"
