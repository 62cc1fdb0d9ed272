"""Amounts as people read them."""

import pytest

from erp.amounts import accounted, money


@pytest.mark.parametrize(
    ("cents", "told"), [(0, "0.00"), (5, "0.05"), (-175, "-1.75"), (-5, "-0.05"), (123456789, "1,234,567.89")]
)
def test_amounts_for_people_keep_their_sign(cents: int, told: str) -> None:
    assert money(cents) == told


@pytest.mark.parametrize(("cents", "told"), [(0, "0.00"), (-5, "(0.05)"), (-123456789, "(1,234,567.89)"), (175, "1.75")])
def test_amounts_of_accounting_stand_in_brackets_below_zero(cents: int, told: str) -> None:
    assert accounted(cents) == told
