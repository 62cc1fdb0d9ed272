"""Amounts as people read them. Pure; minor units."""


def money(minor: int) -> str:
    """In a sentence: -1234567 is -12,345.67."""
    return f"-{_digits(minor)}" if minor < 0 else _digits(minor)


def accounted(minor: int) -> str:
    """As accounting writes it: -1234567 is (12,345.67)."""
    return f"({_digits(minor)})" if minor < 0 else _digits(minor)


def _digits(minor: int) -> str:
    return f"{abs(minor) // 100:,}.{abs(minor) % 100:02d}"
