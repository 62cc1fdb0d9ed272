"""Amounts as people, spreadsheets and programs write them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp.sheets import MOST, AmountRefused, amount, plain


@pytest.mark.parametrize(("text", "minor"), [
    ("1234.5", 1234_50), ("1,234.50", 1234_50), ("$1,234.50", 1234_50), ("(1,234.50)", -1234_50), ("-1,234.50", -1234_50),
    ("1,234.50-", -1234_50), ("($5)", -5_00), ("-$5", -5_00), ("$-5", -5_00), ("−5", -5_00), ("+5", 5_00), ("USD 5", 5_00),
    ("1.234,50", 1234_50), ("1234,50", 1234_50), ("1 234,50", 1234_50), ("1'234.50", 1234_50), ("1.234.567", 1234567_00),
    ("1,234", 1234_00), ("1,234,567", 1234567_00), ("0", 0), ("-", 0), ("–", 0), (" $ -   ", 0), (".5", 50), ("5.", 5_00),
    (",50", 50),
    ("531524.0", 531524_00), ("91271.6", 91271_60), ("0.30000000000000004", 30), ("8656.000000000001", 8656_00),
    ("1234.5000", 1234_50),
    ("9,999,999,999.99", MOST), ("-9999999999.99", -MOST),
])  # fmt: skip
def test_an_amount_is_read_to_the_cent(text: str, minor: int) -> None:
    assert amount(text) == minor


@pytest.mark.parametrize("text", ["abc", "NaN", "inf", "1e5", "5%", "12,34,567", "--5", "(-5)", ".", ",", "1.2.3", "٣",
"1234 56", "#REF!", "=5",
                                  "1" * 60])  # fmt: skip
def test_what_is_no_amount_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(AmountRefused, match="is not an amount. Write digits such as 1234.50."):
        amount(text)


@pytest.mark.parametrize(("text", "cure"), [("1.234", "Write 1234.00 or 1.23."), ("12.500", "Write 12500.00 or 12.50.")])
def test_an_amount_that_can_be_read_in_two_ways_is_refused_with_both(text: str, cure: str) -> None:
    with pytest.raises(AmountRefused, match=cure):
        amount(text)


@pytest.mark.parametrize("text", ["1234.125", "0.123", "0,123", "1,2345", "1,234,567.891", "0.001", "1234.505"])
def test_fractions_of_a_cent_are_refused(text: str) -> None:
    with pytest.raises(AmountRefused, match="more than two decimals. Round it to cents."):
        amount(text)


@pytest.mark.parametrize("text", ["10,000,000,000.00", "-10000000000", "99999999999999999999"])
def test_an_amount_beyond_accounting_is_refused_with_the_limit(text: str) -> None:
    with pytest.raises(AmountRefused, match="at most 9,999,999,999.99 either way"):
        amount(text)


@pytest.mark.parametrize("text", ["", "   ", "$", "()"])
def test_a_missing_amount_asks_for_a_zero(text: str) -> None:
    with pytest.raises(AmountRefused, match="Write 0 if there is none."):
        amount(text)


@given(st.integers(-MOST, MOST))
def test_every_amount_survives_the_way_out_and_in(minor: int) -> None:
    assert amount(plain(minor)) == minor
    assert amount(f"{minor / 100:,.2f}") == minor
    assert amount(repr(minor / 100)) == minor


@given(st.text(max_size=60))
def test_any_text_is_an_amount_within_bounds_or_refused(text: str) -> None:
    with suppress(AmountRefused):
        assert abs(amount(text)) <= MOST
