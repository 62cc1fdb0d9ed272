"""Text and amounts as a file for Sage holds them: Windows-1252, one line, cut before it is quoted."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from erp.amounts import money
from erp.signs import UNSEEN, in_windows

LONGEST = 30
"""So many signs has every description in Sage."""
BAR = "|"
"""No code of Sage has it: our ids are put together with it."""
SHOWN = 60
"""So much of a refused text is repeated in a sentence."""
SPACES = re.compile("[\r\n\t\u2028\u2029\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000 ]+")
NOTHING = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
PLAIN = {
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "“": '"', "”": '"', "„": '"', "‟": '"', "″": '"',
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "…": "...", "⁄": "/", "∕": "/",
    "≤": "<=", "≥": ">=", "⌀": "Ø", "ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff",
}  # fmt: skip
FRACTIONS = {
    "⅓": "1/3", "⅔": "2/3", "⅕": "1/5", "⅖": "2/5", "⅗": "3/5", "⅘": "4/5", "⅙": "1/6", "⅚": "5/6", "⅛": "1/8", "⅜": "3/8",
    "⅝": "5/8", "⅞": "7/8",
}  # fmt: skip
"""Those that Windows-1252 lacks; it has the quarters and the half."""
_WHOLE_AND_PART = re.compile(f"(?<=[0-9])(?=[{''.join(FRACTIONS)}])")
_TABLE = str.maketrans(PLAIN | FRACTIONS)


class Unwritable(Exception):
    """Something cannot be written for Sage; the words name the field, the value and the cure."""


def alike(codes: Iterable[str]) -> tuple[str, ...]:
    """What tells codes of Sage apart: capitals do not."""
    return tuple(code.casefold() for code in codes)


@dataclass(frozen=True)
class Cut:
    """A text that a field takes only in part: what stays, and what is cut off, shown struck through."""

    stays: str
    off: str = ""


def clean(text: str) -> str:
    """The text in the signs Sage keeps: one line, single spaces, plain quotes and dashes, fractions spelled out (3⅜ is 3 3/8)."""
    line = SPACES.sub(" ", NOTHING.sub("", unicodedata.normalize("NFC", text)))
    return _WHOLE_AND_PART.sub(" ", line).translate(_TABLE).strip(" ")


def kept(label: str, text: str) -> str:
    """The clean text. Raises Unwritable for control characters and for what Windows-1252 lacks."""
    line = clean(text)
    if found := UNSEEN.search(line):
        raise Unwritable(f"{label} has a control character (U+{ord(found[0]):04X}) at place {found.start() + 1}. "
                         "Type the text anew.")  # fmt: skip
    if foreign := sorted({sign for sign in line if not in_windows(sign)}):
        signs = ", ".join(f"{sign} (U+{ord(sign):04X})" for sign in foreign[:5])
        raise Unwritable(f"{label} “{line[:SHOWN]}” has {signs}, which Sage cannot keep. Write it in plain letters.")
    return line


def cut(text: str, most: int) -> Cut:
    """The text in at most so many signs; both parts together are the whole text."""
    stays = text[:most].rstrip(" ") if len(text) > most else text
    return Cut(stays, text[len(stays) :])


def quoted(text: str) -> str:
    """In quotation marks, those inside doubled; whatever is to be cut is cut before."""
    return '"' + text.replace('"', '""') + '"'


def amount(label: str, minor: int, digits: int = 8) -> str:
    """Minor units as a plain decimal, -1234.50. Raises Unwritable for more than so many digits before the point."""
    most = 10**digits * 100 - 1
    if abs(minor) > most:
        raise Unwritable(f"{label} {money(minor)} is too large: Sage takes at most {money(most)} either way in one entry. "
                         "Split it over several lines.")  # fmt: skip
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02d}"
