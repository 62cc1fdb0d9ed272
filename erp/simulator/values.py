"""The types of qbXML leaves: how a value must look, and which status refuses it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

from erp.simulator.facts.enumerations import ENUMERATIONS
from erp.simulator.refusals import BadValue, NotUnderstood, Refusal

AMOUNT = re.compile(r"[+-]?\d{1,13}(\.\d{2})?")
PRICE = re.compile(r"[+-]?\d{1,10}(\.\d{1,5})?")
GUID = re.compile(r"0|\{[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}")
MOMENT = re.compile(r"\d{4}-\d{1,2}-\d{1,2}(T\d{1,2}(:\d{1,2}(:\d{1,2}([+-]\d{1,2}:\d{2})?)?)?)?")
INTEGER = re.compile(r"[+-]?\d{1,9}")
FLOAT = re.compile(r"[+-]?\d+(\.\d+)?")


def _is_date(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10


def _fits(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.fullmatch(text) is not None


CONVERSIONS: dict[str, tuple[Callable[[str], bool], int, str]] = {
    "flag": (lambda text: text in ("true", "false", "1", "0"), 3010, "boolean value"),
    "date": (_is_date, 3020, "date value"),
    "moment": (_fits(MOMENT), 3020, "date value"),
    "amount": (_fits(AMOUNT), 3040, "amount"),
    "price": (_fits(PRICE), 3045, "price"),
    "percent": (_fits(PRICE), 3050, "percent"),
    "quantity": (_fits(PRICE), 3060, "quantity"),
    "guid": (_fits(GUID), 3065, "GUID"),
}
STRICT: dict[str, Callable[[str], bool]] = {
    "integer": _fits(INTEGER),
    "float": _fits(FLOAT),
    "text": lambda _: True,
    "id": lambda text: len(text) <= 36,
}


def problem(kind: str, field: str, text: str) -> Refusal | None:
    """What is wrong with this value; raises NotUnderstood where QuickBooks does not even read on."""
    if kind in CONVERSIONS:
        converts, code, noun = CONVERSIONS[kind]
        return None if text == "" or converts(text) else BadValue(code, noun, text, field)
    if not _is_readable(kind, text):
        raise NotUnderstood(f"{field} is no {kind}: {text!r}")
    return None


def _is_readable(kind: str, text: str) -> bool:
    if kind in ENUMERATIONS:
        return text in ENUMERATIONS[kind]
    return text == "" or STRICT[kind](text)


def truth(text: str) -> bool:
    """A qbXML boolean as Python reads it."""
    return text in ("true", "1")
