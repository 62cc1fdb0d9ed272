"""Amounts in sentences of ours. Pure."""


def money(minor: int) -> str:
    """Minor units for people: -1234567 is -12,345.67."""
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100:,}.{abs(minor) % 100:02d}"
