"""Text and amounts as a file for Sage holds them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp.connectors.sage300.text import Cut, Unwritable, amount, clean, cut, kept, quoted
from tests.sage_reader import fields


@pytest.mark.parametrize(("ours", "theirs"), [
    ("one\r\ntwo\tthree\nfour", "one two three four"), ("  two  spaces ", "two spaces"), ("“Bldg.” ‘9’", "\"Bldg.\" '9'"),
    ("a – b — c", "a - b - c"), ("wait…", "wait..."), ("½ ¼ ¾", "½ ¼ ¾"), ("⅜ pipe", "3/8 pipe"), ("12⅜″ pipe", '12 3/8" pipe'),
    ("Pier\u00a09\u200b", "Pier 9"), ("e\u0301", "é"), ("ﬁttings ≤ 6′", "fittings <= 6'"), ("Café Ångström €", "Café Ångström €"),
    ("−5 °F", "-5 °F"), ("", ""), ("\n", ""),
])  # fmt: skip
def test_typography_becomes_what_sage_keeps(ours: str, theirs: str) -> None:
    assert clean(ours) == theirs
    assert kept("Name", ours) == theirs


@pytest.mark.parametrize(
    ("text", "signs"), [("株式会社", "会 (U+4F1A), 式 (U+5F0F)"), ("Łódź", "Ł (U+0141), ź (U+017A)"), ("ok ✓", "✓ (U+2713)")]
)
def test_what_windows_1252_lacks_is_refused_with_the_field_the_sign_and_the_cure(text: str, signs: str) -> None:
    with pytest.raises(Unwritable) as refused:
        kept("Name of sub job SW", text)
    assert str(refused.value).startswith(f"Name of sub job SW “{text}” has {signs}")
    assert str(refused.value).endswith("which Sage cannot keep. Write it in plain letters.")


@pytest.mark.parametrize("junk", ["\x00", "\x0b", "\x1b", "\x7f", "\x85", "\ud800", "\ufffe", "\u202e"])
def test_a_control_character_is_refused_with_its_place(junk: str) -> None:
    with pytest.raises(Unwritable, match=rf"Name has a control character \(U\+{ord(junk):04X}\) at place 2. Type the text anew."):
        kept("Name", f"a{junk}b")


def test_a_text_is_cut_before_it_is_quoted_and_people_see_what_is_cut_off() -> None:
    text = 'PIPE 12" VCP, '.strip() + " TO BE REPLACED BY HDPE"
    assert cut(text, 30) == Cut('PIPE 12" VCP, TO BE REPLACED B', "Y HDPE")
    assert quoted(cut(text, 30).stays) == '"PIPE 12"" VCP, TO BE REPLACED B"'


def test_no_space_is_left_at_the_end_of_what_stays() -> None:
    assert cut("FULL DEPTH PLANING PER 2-INCH DEPTH OF CUT", 30) == Cut("FULL DEPTH PLANING PER 2-INCH", " DEPTH OF CUT")


@given(st.text(), st.integers(0, 40))
def test_both_parts_are_the_whole_text(text: str, most: int) -> None:
    parts = cut(text, most)
    assert parts.stays + parts.off == text
    assert len(parts.stays) <= most


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text())
def test_what_is_quoted_is_what_is_read(text: str) -> None:
    assert fields(quoted(text)) == [(text, True)]


@pytest.mark.parametrize(("minor", "written"), [
    (0, "0.00"), (5, "0.05"), (-5, "-0.05"), (1234_50, "1234.50"), (-1234_50, "-1234.50"), (99_999_999_99, "99999999.99"),
    (-99_999_999_99, "-99999999.99"),
])  # fmt: skip
def test_an_amount_is_a_plain_decimal_with_two_places(minor: int, written: str) -> None:
    assert amount("Amount", minor) == written


@pytest.mark.parametrize("minor", [100_000_000_00, -100_000_000_00])
def test_an_amount_over_8_digits_is_refused_with_the_limit(minor: int) -> None:
    with pytest.raises(
        Unwritable, match=r"The amount of 32-1200 .*100,000,000.00 is too large: Sage takes at most 99,999,999.99"
    ):
        amount("The amount of 32-1200", minor)
