"""Amounts as QuickBooks and people write them."""

import pytest

from erp.connectors.quickbooks.job_report import cents


@pytest.mark.parametrize(("text", "minor"), [
    ("30.00", 3000), ("1,234.50", 123450), ("(1,234.50)", -123450), ("-12.5", -1250), ("12.50-", -1250),
    ("$7", 700), ("-.50", -50), ("", 0), ("0.00", 0), ("1,234,567.89", 123456789),
])  # fmt: skip
def test_an_amount(text: str, minor: int) -> None:
    assert cents(text) == minor


@pytest.mark.parametrize("text", ["lots", "1.2.3", "1.234,50", "12,34.00", "(5.00", "5.00)", "1.005", "NaN", "1e5"])
def test_what_is_no_amount(text: str) -> None:
    assert cents(text) is None
