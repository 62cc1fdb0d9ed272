"""Amounts as people and programs write them, as integer minor units."""

import re
from decimal import Decimal

MOST = 9_999_999_999_99
"""The largest amount either way, in minor units (trust.md, fault 28)."""
NOISE = Decimal("0.000001")
SHOWN = 40
_SIGN = re.compile(r"^\((?P<inside>.*)\)$")
_PLAIN = re.compile(r"[0-9]*(\.[0-9]*)?")
_GROUPS = re.compile(r"[1-9][0-9]{0,2}([,.' ])[0-9]{3}(\1[0-9]{3})*")
_AMBIGUOUS = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")


class AmountRefused(Exception):
    """The text is not an amount that can be taken; `sentence` says why and what to do."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


def amount(text: str) -> int:
    """Minor units of 1234.5, 1,234.50, $1,234.50, (1,234.50), 1,234.50-, 1.234,50; a dash is zero.

    Raises AmountRefused for text, for amounts that can be read in two ways, for fractions of a cent (float noise is
    rounded away) and beyond 9,999,999,999.99 either way.
    """
    digits, negative = _unsigned(text)
    if digits in ("-", ""):
        return 0 if digits else _refuse("The amount is missing. Write 0 if there is none.")
    minor = _minor(text, Decimal(_plain(text, digits)))
    return -minor if negative else minor


def plain(minor: int) -> str:
    """Minor units as digits with a dot, -1234.50, for a field that `amount` reads again."""
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02d}"


def _unsigned(text: str) -> tuple[str, bool]:
    digits = re.sub(r"[\u2010-\u2015\u2212]", "-", re.sub(r"[$€£\u00a0\u202f\u2009]|USD", " ", text)).strip()
    inside = _SIGN.match(digits)
    if inside:
        return inside["inside"].strip(), True
    if digits != "-" and (digits.startswith("-") or digits.endswith("-")):
        return (digits[1:] if digits.startswith("-") else digits[:-1]).strip(), True
    return digits.removeprefix("+").strip(), False


def _plain(text: str, digits: str) -> str:
    """The digits with a dot as the decimal mark and nothing else."""
    if _AMBIGUOUS.fullmatch(digits):
        _refuse(f"“{text}” can be read in two ways: with decimals, or in thousands. "
                f"Write {digits.replace('.', '')}.00 or {Decimal(digits):.2f}.")  # fmt: skip
    whole, mark, cents = _parted(digits)
    grouped = _GROUPS.fullmatch(whole)
    if grouped and grouped[1] != mark:
        whole = whole.replace(grouped[1], "")
    plain = f"{whole}.{cents}"
    if not re.search("[0-9]", plain) or not _PLAIN.fullmatch(plain) or len(plain) > SHOWN:
        _refuse(f"“{_short(text)}” is not an amount. Write digits such as 1234.50.")
    return plain


def _parted(digits: str) -> tuple[str, str, str]:
    """What stands before the decimal mark, the mark, and what stands behind it."""
    last = max(digits.rfind("."), digits.rfind(","))
    mark = digits[last] if last >= 0 else ""
    if not mark or digits.count(mark) > 1 or (mark == "," and _GROUPS.fullmatch(digits)):
        return digits, "", ""
    return digits[:last], mark, digits[last + 1 :]


def _minor(text: str, value: Decimal) -> int:
    minor = int((value * 100).to_integral_value())
    if abs(value * 100 - minor) > NOISE * 100:
        _refuse(f"“{_short(text)}” has more than two decimals. Round it to cents.")
    if minor > MOST:
        _refuse(f"“{_short(text)}” is too large: at most 9,999,999,999.99 either way.")
    return minor


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _refuse(sentence: str) -> int:
    raise AmountRefused(sentence)
