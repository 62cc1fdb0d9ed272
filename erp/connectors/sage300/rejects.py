"""Sage's reject file: the lines that it did not take, in the format of the file they came from. Pure."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

MOST_BYTES = 4 * 2**20
AMOUNT = re.compile(r"[-+]?([0-9]{1,15}(\.[0-9]{0,10})?|\.[0-9]{1,10})")
SHOWN = 80
"""So much of a line is repeated in a sentence."""
END_OF_FILE = "\x1a"
"""What older programs write behind the last line."""
Key = tuple[str, str, str, str, int]
"""Record, extra, cost code, category, amount in minor units: by these a line is known again."""


class Unreadable(Exception):
    """It is no reject file of these batches; the words say where and what to do."""


@dataclass(frozen=True)
class Reject:
    """One line of the file, counted from 1."""

    number: int
    key: Key
    text: str


def read(body: bytes, layouts: dict[str, Sequence[str]]) -> list[Reject]:
    """Its lines, read by the layouts of the batch (the fields of each record in order). Raises Unreadable."""
    return [_reject(number, text, layouts) for number, text in _lines(body)]


def _lines(body: bytes) -> Iterator[tuple[int, str]]:
    if len(body) > MOST_BYTES:
        raise Unreadable("The file is larger than 4 MB, so it is no reject file of one batch. Choose Sage's reject file.")
    try:
        text = body.decode("utf-8-sig" if body.startswith(b"\xef\xbb\xbf") else "cp1252")
    except UnicodeDecodeError:
        raise Unreadable("The file is no text. Choose the reject file as Sage wrote it.") from None
    if "\0" in text:
        raise Unreadable("The file is no plain text. Choose the reject file as Sage wrote it.")
    for number, line in enumerate(text.replace(END_OF_FILE, "").splitlines(), 1):
        if line.strip():
            yield number, line


def _reject(number: int, text: str, layouts: dict[str, Sequence[str]]) -> Reject:
    fields = [field.strip() for field in _fields(number, text)]
    record = fields[0].upper()
    if record not in layouts:
        letters = ", ".join(sorted(layouts))
        raise Unreadable(f"Line {number} begins with “{fields[0][:SHOWN]}”. The lines of such a file begin with {letters}. "
                         "Choose the reject file that Sage wrote for this batch.")  # fmt: skip
    named = dict(zip((field.partition(":")[0] for field in layouts[record]), fields, strict=False))
    wanted = [name for name in ("cost_code", "category", "amount") if record == "C" and name not in named]
    if wanted:
        raise Unreadable(
            f"Line {number} ends before its {wanted[0].replace('_', ' ')}: “{text[:SHOWN]}”. Choose the file as Sage wrote it."
        )
    amount = _minor(number, named["amount"]) if record == "C" else 0
    return Reject(number, (record, named.get("extra", ""), named.get("cost_code", ""), named.get("category", ""), amount), text)


def _fields(number: int, text: str) -> list[str]:
    try:
        return next(csv.reader([text], strict=True))
    except csv.Error:
        raise Unreadable(f"Line {number} has a quotation mark that does not end: “{text[:SHOWN]}”. "
                         "Choose the file as Sage wrote it.") from None  # fmt: skip


def _minor(number: int, written: str) -> int:
    plain = written.replace(",", "")
    minor = Decimal(plain) * 100 if AMOUNT.fullmatch(plain) else Decimal("0.1")
    if minor != minor.to_integral_value():
        raise Unreadable(f"Line {number} has the amount “{written[:SHOWN]}”, which is none. Choose the file as Sage wrote it.")
    return int(minor)
