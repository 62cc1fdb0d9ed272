"""A strict Sage for tests: reads .jce files as its import does, refuses what it would, posts, and tells what it holds.

Written from the design page sage300.md and from nothing of the product; it imports nothing of it.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

Place = tuple[str, str, str]
"""Extra (empty: none), cost code, category."""
NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,7})\.[0-9]{2}")
FIELDS = {"*": 3, "E": 3, "C": 13}


class Rejected(Exception):
    """What Sage's import report says."""


@dataclass
class Sage:
    """One data set with one job chosen in the import window. Amounts are cents, originals and changes by place."""

    job: str
    codes: set[str]
    categories: set[str]
    extras: set[str] = field(default_factory=set)
    jobs: set[str] = field(default_factory=set)
    original: dict[Place, int] = field(default_factory=dict)
    changes: dict[Place, int] = field(default_factory=dict)
    holding: list[tuple[bool, Place, int]] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)

    def read(self, data: bytes) -> dict[Place, int]:
        """The totals of a file by place, in cents. Raises Rejected; then nothing was taken."""
        return {place: cents for place, cents, _ in self._lines(data)}

    def take(self, data: bytes, *, approved_change: bool = False) -> dict[Place, int]:
        """Import a file into the holding file; the totals do not move until `post`."""
        lines = list(self._lines(data))
        for row in map(fields, split(data)):
            if row[0] == ("E", False):
                self.extras.add(row[1][0])
        self.holding += [(approved_change, place, cents) for place, cents, _ in lines]
        self.names |= {place[1]: name for place, _, name in lines}
        return {place: cents for place, cents, _ in lines}

    def post(self) -> None:
        """Tasks, Post Entries."""
        for approved_change, place, cents in self.holding:
            column = self.changes if approved_change else self.original
            column[place] = column.get(place, 0) + cents
        self.holding = []

    def read_back(self) -> dict[str, Any]:
        """What an export of the job's lists says."""
        places = sorted({*self.original, *self.changes})
        rows = [{"extra": extra, "code": code, "category": category, "original": self.original.get((extra, code, category), 0),
                 "changes": self.changes.get((extra, code, category), 0)} for extra, code, category in places]  # fmt: skip
        return {
            "job": self.job,
            "rows": rows,
            "extras": dict.fromkeys(sorted(self.extras), ""),
            "jobs": dict.fromkeys(sorted({self.job, *self.jobs}), ""),
        }

    def _lines(self, data: bytes) -> list[tuple[Place, int, str]]:
        known, seen, found = set(self.extras), set(), []
        for number, line in enumerate(split(data), 1):
            row = fields(line)
            letter = row[0][0]
            if row[0][1] or letter not in FIELDS:
                raise Rejected(f"line {number}: no record type {letter!r}")
            if len(row) != FIELDS[letter]:
                raise Rejected(f"line {number}: record {letter} has {len(row)} fields, {FIELDS[letter]} wanted")
            if letter == "*":
                self._job(row, number)
            elif letter == "E":
                known.add(text(row[1], 10, number, needed=True))
                text(row[2], 30, number)
            else:
                place, cents, name = self._cost(row, number, known)
                if place in seen:
                    raise Rejected(f"line {number}: {place} stands in the file twice")
                seen.add(place)
                found.append((place, cents, name))
        return found

    def _job(self, row: list[tuple[str, bool]], number: int) -> None:
        if number != 1:
            raise Rejected(f"line {number}: a second job")
        job = text(row[1], 12, number, needed=True)
        text(row[2], 30, number)
        if job != self.job:
            raise Rejected(f"line {number}: another job, {job}")

    def _cost(self, row: list[tuple[str, bool]], number: int, extras: set[str]) -> tuple[Place, int, str]:
        code, name = text(row[1], 12, number, needed=True), text(row[2], 30, number)
        category, extra = text(row[3], 3, number, needed=True), text(row[12], 10, number)
        if category not in self.categories:
            raise Rejected(f"line {number}: category {category} is not a Standard Category; the import stops")
        if code not in self.codes:
            raise Rejected(f"line {number}: cost code {code} is not on the standard list")
        if extra and extra not in extras:
            raise Rejected(f"line {number}: no extra {extra}")
        if any(value or was_quoted for value, was_quoted in row[8:12]):
            raise Rejected(f"line {number}: fields 9 to 12 are blank")
        day(row[4], number)
        cents(row[5], number)
        text(row[6], 4, number)
        return (extra, code, category), cents(row[7], number), name


def split(data: bytes) -> list[str]:
    """The lines of a file. Raises Rejected for other line ends, other signs, and an empty file."""
    try:
        whole = data.decode("cp1252")
    except UnicodeDecodeError:
        raise Rejected("signs that Windows-1252 does not have") from None
    if not whole.endswith("\r\n"):
        raise Rejected("the last line does not end with CR LF")
    lines = whole.removesuffix("\r\n").split("\r\n")
    for number, line in enumerate(lines, 1):
        if not line or re.search("[\x00-\x1f\x7f-\x9f]", line):
            raise Rejected(f"line {number}: an empty line or a control character")
    return lines


def fields(line: str) -> list[tuple[str, bool]]:
    """The fields of a line, each with whether it was quoted. Raises Rejected."""
    found, rest = [], line
    while True:
        value, was_quoted, rest = _quoted(rest) if rest.startswith('"') else _bare(rest)
        found.append((value, was_quoted))
        if not rest:
            return found
        if rest[0] != ",":
            raise Rejected(f"a comma is missing before {rest[:10]!r}")
        rest = rest[1:]


def _quoted(rest: str) -> tuple[str, bool, str]:
    value, at = "", 1
    while True:
        end = rest.find('"', at)
        if end < 0:
            raise Rejected("a quotation mark is not closed")
        value += rest[at:end]
        if rest[end + 1 : end + 2] != '"':
            return value, True, rest[end + 1 :]
        value, at = value + '"', end + 2


def _bare(rest: str) -> tuple[str, bool, str]:
    value, _, _ = rest.partition(",")
    if '"' in value or value != value.strip():
        raise Rejected(f"a bare field with a quotation mark or a space: {value[:20]!r}")
    return value, False, rest[len(value) :]


def text(given: tuple[str, bool], most: int, number: int, *, needed: bool = False) -> str:
    """A quoted text of at most so many signs."""
    value, was_quoted = given
    if not was_quoted:
        raise Rejected(f"line {number}: the text {value!r} is not quoted")
    if len(value) > most or value != value.strip() or (needed and not value):
        raise Rejected(f"line {number}: {value!r} is empty, has spaces around it, or more than {most} signs")
    return value


def day(given: tuple[str, bool], number: int) -> None:
    """A bare date, MMDDYYYY."""
    value, was_quoted = given
    try:
        written = datetime.strptime(value, "%m%d%Y").strftime("%m%d%Y")  # noqa: DTZ007
    except ValueError:
        written = ""
    if was_quoted or written != value:
        raise Rejected(f"line {number}: {value!r} is no date MMDDYYYY")


def cents(given: tuple[str, bool], number: int) -> int:
    """A bare number of at most 8.2 digits, signed."""
    value, was_quoted = given
    if was_quoted or not NUMBER.fullmatch(value) or value == "-0.00":
        raise Rejected(f"line {number}: {value!r} is not a number of 8.2 digits")
    return int(Decimal(value) * 100)
