"""The shapes of Sage's codes: a mask, and the rules by which a code of ours becomes one of theirs.

A mask is written with `0` for a digit, `A` for a letter, `#` for a letter or a digit and `?` for a letter, a digit or
nothing; `-`, `.`, `/`, `_` and a space stand for themselves, between the sections. Without a mask only lengths count.
The rules are carried out in this order: strip signs, lay what has no sections left into those of the mask, pad sections,
append a suffix. A code that fits a mask without `?` as it stands is left as it is.
"""

import re
from dataclasses import dataclass
from typing import Any

from erp.connectors.sage300.text import SHOWN, Unwritable, kept

PUNCTUATION = "-./_ "
PLACES = {"0": "[0-9]", "A": "[A-Za-z]", "#": "[A-Za-z0-9]", "?": "[A-Za-z0-9]?"}
MEANING = "0 is a digit, A a letter, # a letter or a digit, ? a letter, a digit or nothing; - . / _ and spaces divide sections"
BETWEEN = re.compile(f"([{re.escape(PUNCTUATION)}])")
CODE = re.compile(f"[A-Za-z0-9{re.escape(PUNCTUATION)}]*")


@dataclass(frozen=True)
class Limit:
    """What Sage can hold in a field at most: signs (`bare`: not counting punctuation) and sections."""

    label: str
    most: int
    sections: int
    bare: bool = False


LIMITS = {
    "job": Limit("Job number", 10, 3, bare=True),
    "extra": Limit("Sub job code", 10, 3),
    "code": Limit("Cost code", 12, 4),
    "category": Limit("Category", 3, 1),
}
"""sage300.md 1.2, Code shapes."""


@dataclass(frozen=True)
class Pad:
    """Fill a section, counted from 1, with a sign up to a length."""

    section: int
    side: str
    to: int
    sign: str = "0"

    def filled(self, part: str) -> str:
        """The section, padded."""
        return part.rjust(self.to, self.sign) if self.side == "left" else part.ljust(self.to, self.sign)


@dataclass(frozen=True)
class Shape:
    """How codes of one field look in Sage, and how ours become theirs."""

    name: str
    mask: str = ""
    strip: str = ""
    pad: tuple[Pad, ...] = ()
    suffix: str = ""

    @property
    def limit(self) -> Limit:
        """What the field can hold."""
        return LIMITS[self.name]

    def written(self, code: str, label: str = "") -> str:
        """The code as Sage will see it. Raises Unwritable naming the field, the code and the cure."""
        label = label or self.limit.label
        given = kept(label, code)
        made = given if self._fits_as_it_is(given) else self.changed(given)
        if why := self.why_not(made):
            seen = "" if made == given else f" becomes “{made[:SHOWN]}” for Sage and"
            raise Unwritable(f"{label} “{given[:SHOWN]}”{seen} {why}. Change it here, or its shape in the connection's settings.")
        return made

    def changed(self, code: str) -> str:
        """The code after the rules, whether it fits or not."""
        bare = code.translate(str.maketrans("", "", self.strip))
        parts = BETWEEN.split(self._laid(bare))
        for pad in self.pad:
            place = (pad.section - 1) * 2
            if place < len(parts):
                parts[place] = pad.filled(parts[place])
        return "".join(parts) + self.suffix

    def _laid(self, bare: str) -> str:
        if BETWEEN.search(bare) or not BETWEEN.search(self.mask):
            return bare
        laid, left = "", bare
        for sign in self.mask:
            if not left:
                break
            laid += sign if sign in PUNCTUATION else left[0]
            left = left if sign in PUNCTUATION else left[1:]
        return laid + left

    def fits(self, code: str) -> bool:
        """Whether a code is within the mask."""
        pattern = "".join(PLACES.get(sign) or re.escape(sign) for sign in self.mask)
        return bool(re.fullmatch(pattern, code))

    def _fits_as_it_is(self, code: str) -> bool:
        return bool(self.mask) and "?" not in self.mask and self.fits(code)

    def why_not(self, made: str) -> str:
        """Why a code is none of this shape, as it stands; empty when it is one."""
        if why := why_no_code(self.limit, made):
            return why
        return "" if not self.mask or self.fits(made) else f"does not fit the mask {self.mask} ({MEANING})"

    def data(self) -> dict[str, Any]:
        """As the settings of a connection keep it."""
        pads = [{"section": pad.section, "side": pad.side, "to": pad.to, "sign": pad.sign} for pad in self.pad]
        return {"mask": self.mask, "strip": self.strip, "pad": pads, "suffix": self.suffix}


def why_no_code(limit: Limit, code: str) -> str:
    """Why a code can be none of Sage's in this field, whatever its mask; empty when it can."""
    if not code:
        return "is empty"
    if not CODE.fullmatch(code):
        return "has signs that no code of Sage has; letters, digits and - . / _ are taken"
    return too_long(limit, code)


def too_long(limit: Limit, code: str) -> str:
    """Why a code or a mask is more than the field holds; empty when it is not."""
    signs = BETWEEN.sub("", code) if limit.bare else code
    if len(signs) > limit.most:
        beside = " beside the dividing signs" if limit.bare else ""
        return f"has {len(signs)} signs{beside}; Sage takes at most {limit.most}"
    sections = len(BETWEEN.split(code)) // 2 + 1
    return f"has {sections} sections; Sage takes at most {limit.sections}" if sections > limit.sections else ""
