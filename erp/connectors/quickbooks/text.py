"""Text as QuickBooks keeps it: Windows-1252, trimmed, without typographic quotes."""

from erp.signs import CONTROL, in_windows

PLAIN = str.maketrans({
    "‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "‐": "-", "‑": "-",
    "…": "...", "\u00a0": " ", "\u2009": " ", "\u202f": " ", "⁄": "/", "⅓": "1/3", "⅔": "2/3", "⅛": "1/8", "⅜": "3/8",
    "⅝": "5/8", "⅞": "7/8", "\r": "",
})  # fmt: skip


class Kept(str):
    """Text that came from QuickBooks and goes back there as it is."""


def plain(text: str) -> str:
    """The text as it will stand in QuickBooks; lengths are counted after this."""
    return text if isinstance(text, Kept) else text.translate(PLAIN).strip()


def foreign(text: str) -> list[str]:
    """The characters that QuickBooks cannot keep, each once."""
    kept = plain(text)
    return [] if in_windows(kept) else sorted({c for c in kept if not in_windows(c)})


def control(text: str) -> bool:
    """Whether the text holds control characters, which no accounting system takes."""
    return bool(CONTROL.search(text))
