"""Amounts as qbXML writes them, computed in decimals."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
RATE = Decimal("0.00001")


def cents(value: Decimal) -> Decimal:
    """Rounded to the cent, halves away from zero."""
    return value.quantize(CENT, ROUND_HALF_UP)


def amount(value: Decimal) -> str:
    """An amount with exactly two decimals."""
    return f"{cents(value):.2f}"


def rate(value: Decimal) -> str:
    """A price, quantity or percentage: at least two decimals where there are any, at most five."""
    text = f"{value.quantize(RATE, ROUND_HALF_UP):f}".rstrip("0")
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals:0<2}"


def quantity(value: Decimal) -> str:
    """A quantity without needless decimals."""
    text = f"{value.quantize(RATE, ROUND_HALF_UP):f}".rstrip("0").rstrip(".")
    return text or "0"


def decimal(text: str | None) -> Decimal | None:
    """The number in a field, if there is one."""
    return Decimal(text) if text else None


def pretty(text: str) -> str:
    """Money as people read it."""
    value = Decimal(text or "0")
    return f"-${-value:,.2f}" if value < 0 else f"${value:,.2f}"
