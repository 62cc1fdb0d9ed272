"""Text as QuickBooks keeps it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp.connectors.quickbooks.qbxml import message, parse, value
from erp.connectors.quickbooks.text import control, foreign, plain


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("“Bldg.” ‘9’", "\"Bldg.\" '9'"), ("a – b — c", "a - b - c"), ("wait…", "wait..."), ("½ ⅓ ¼", "½ 1/3 ¼"),
        ("\u00a0 Pier\u202f9 ", "Pier 9"), ("one\r\ntwo", "one\ntwo"), ("  trimmed\t", "trimmed"),
        ("Café Ångström €", "Café Ångström €"),
        ("", ""), ("\n", ""),
    ],
)  # fmt: skip
def test_typography_becomes_what_quickbooks_keeps(ours: str, theirs: str) -> None:
    assert plain(ours) == theirs
    assert foreign(theirs) == []


@pytest.mark.parametrize(
    ("text", "cannot"), [("株式会社", ["会", "式", "株", "社"]), ("ok ✓", ["✓"]), ("Łódź", ["Ł", "ź"]), ("😀😀", ["😀"])]
)
def test_what_windows_1252_lacks_is_named_once(text: str, cannot: list[str]) -> None:
    assert foreign(text) == cannot


@pytest.mark.parametrize("junk", ["\x00", "\x0b", "\x1b", "\x7f", "\ud800", "\ufffe", "\uffff"])
def test_control_characters_are_seen(junk: str) -> None:
    assert control(f"a{junk}b")


@pytest.mark.parametrize("text", ["a\tb", "a\nb", "a\r\nb", "plain", "é"])
def test_line_breaks_are_no_control_characters(text: str) -> None:
    assert not control(text)


LATIN = st.characters(codec="cp1252", exclude_characters="\r", exclude_categories=["Cs", "Cc"])
"""What QuickBooks can keep."""


@given(st.text(LATIN | st.sampled_from("“”‘’–—…\u00a0&<>\"']]>")))
def test_what_is_built_is_what_is_read(text: str) -> None:
    request = message("CustomerAddRq", [("CustomerAdd", [("Name", text)])], "KEY")
    assert request.isascii()
    assert value(parse(request), ".//CustomerAdd/Name") == plain(text)


@given(st.text(st.characters(codec="cp1252")))
def test_mapping_twice_changes_nothing(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(st.text())
def test_every_text_either_fits_or_is_told_about(text: str) -> None:
    if not foreign(text) and not control(text):
        assert plain(text).encode("cp1252").decode("cp1252") == plain(text)
