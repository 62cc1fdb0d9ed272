"""A simulated Sage with several jobs into which a person imports files, built on the strict reader of the tests.

It refuses what Sage would refuse: the whole file for a category that is not standard, lines for a code or a job that is closed.
It keeps what was posted, and beside it what rightly should stand there: what a person does against a warning is the person's.
"""

import copy
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from tests.sage_reader import Place, Rejected, Sage, fields, split

BY_HAND = "keyed by hand"
SIDES = ("original", "changes")
Sums = Counter[tuple[str, Place]]
"""Cents by side and place of one job."""


class Unknown(Exception):
    """Sage has no such job."""


class Warned(Exception):
    """Sage marks an imported file and warns the second time."""


@dataclass(frozen=True)
class Entry:
    """An amount that rightly came into Sage: from which file, onto which side and place of which job."""

    source: str
    job: str
    side: str
    place: Place
    cents: int


@dataclass(frozen=True)
class Printed:
    """A job cost report as it was on a day: job, extra, code, category, original, changes, job to date, in cents."""

    day: date
    rows: tuple[tuple[str, str, str, str, int, int, int], ...]


@dataclass
class Ledger:
    """One data set of Sage."""

    codes: set[str] = field(default_factory=set)
    categories: set[str] = field(default_factory=lambda: set("LMESO"))
    jobs: dict[str, Sage] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    inactive: set[str] = field(default_factory=set)
    marked: set[str] = field(default_factory=set)
    rightly: list[Entry] = field(default_factory=list)
    taken: int = 0

    def copy(self) -> "Ledger":
        """Another data set of the same content."""
        return copy.deepcopy(self)

    def open(self, job: str, title: str) -> None:
        """A job that a person or a file makes; one that is there stays as it is."""
        if job not in self.jobs:
            self.jobs[job], self.titles[job] = Sage(job, self.codes, self.categories), title

    # files come in

    def take(self, job: str, name: str, data: bytes, *, ticked: bool, rightly: str = "", insists: bool = False) -> bytes:
        """Import a file into the holding file of a job; the reject file. `rightly` is the side that it is meant for, empty when it
        should not be imported at all. Raises Warned, Unknown, and Rejected when the import stops."""
        if name in self.marked and not insists:
            raise Warned(name)
        rows = [(text, [value for value, _ in fields(text)]) for text in split(data)]
        self._well_formed(job, name, data, [row for _, row in rows])
        if rows[0][1][0] == "*":
            self.open(job, rows[0][1][2])
        if job not in self.jobs:
            raise Unknown(job)
        if strange := sorted({row[3] for _, row in rows if row[0] == "C"} - self.categories):
            raise Rejected(f"category {strange[0]} is not a Standard Category; the import stops")
        self.marked.add(name)
        refused = [text for text, row in rows if not self._line(job, name, text, row, ticked, rightly)]
        return "".join(f"{text}\r\n" for text in refused).encode("cp1252")

    def _well_formed(self, job: str, name: str, data: bytes, rows: list[list[str]]) -> None:
        """What the strict reader refuses though it knows every code, category and extra is a fault of whoever wrote the file."""
        costs = [row for row in rows if row[0] == "C"]
        knows = Sage(job, {row[1] for row in costs}, {row[3] for row in costs}, {row[12] for row in costs})
        try:
            knows.read(data)
        except Rejected as fault:
            raise AssertionError(f"form: {name}: {fault}") from None

    def _line(self, job: str, name: str, text: str, row: list[str], ticked: bool, rightly: str) -> bool:
        if row[0] == "C" and (job in self.closed or row[1] in self.inactive):
            return False
        try:
            found = self.jobs[job].take(f"{text}\r\n".encode("cp1252"), approved_change=ticked)
        except Rejected:
            return False
        self.taken += len(found)
        if rightly:
            self.rightly += [Entry(name, job, rightly, place, cents) for place, cents in found.items()]
        return True

    def key(self, job: str, side: str, place: Place, cents: int) -> None:
        """A person keys an entry in, as the product asks."""
        self.jobs[job].extras |= {place[0]} - {""}
        self.jobs[job].holding.append((side == "changes", place, cents))
        self.rightly.append(Entry(BY_HAND, job, side, place, cents))

    def disown(self, names: Iterable[str]) -> None:
        """The product was told that these were not imported, though they were."""
        named = set(names)
        self.rightly = [entry for entry in self.rightly if entry.source not in named]

    def found(self, job: str, wanted: Sums) -> None:
        """The job was read back: if its totals are what was wanted, they are right, from wherever they came."""
        if (posted := self.posted(job)) == plain(wanted):
            others = [entry for entry in self.rightly if entry.job != job]
            self.rightly = others + [Entry(BY_HAND, job, side, place, cents) for (side, place), cents in sorted(posted.items())]

    # what stands there

    def posted(self, job: str) -> Sums:
        """What the job's totals are."""
        there = self.jobs[job]
        sums = Counter({("original", place): cents for place, cents in there.original.items()})
        sums.update({("changes", place): cents for place, cents in there.changes.items()})
        return plain(sums)

    def rights(self, job: str) -> Sums:
        """What rightly stands there, or waits to be posted."""
        sums: Sums = Counter()
        for entry in self.rightly:
            if entry.job == job:
                sums[entry.side, entry.place] += entry.cents
        return plain(sums)

    def spoiled(self, job: str) -> bool:
        """Whether a person did what the product and Sage warned of."""
        sums = Counter(self.posted(job))
        for approved_change, place, cents in self.jobs[job].holding:
            sums[SIDES[approved_change], place] += cents
        return plain(sums) != self.rights(job)

    def repair(self, job: str) -> None:
        """A person reads what differs, puts it right in Sage, and posts; what becomes zero keeps its row."""
        there, rights = self.jobs[job], self.rights(job)
        there.holding = []
        places = {*there.original, *there.changes, *(entry.place for entry in self.rightly if entry.job == job)}
        there.original = {place: rights["original", place] for place in places}
        there.changes = {place: rights["changes", place] for place in places}

    def report(self, day: date) -> Printed:
        """The job cost report over all jobs."""
        rows = []
        for job in sorted(self.jobs):
            for row in self.jobs[job].read_back()["rows"]:
                rows.append((job, row["extra"], row["code"], row["category"], row["original"], row["changes"], 0))
        return Printed(day, tuple(rows))


def plain(sums: Sums) -> Sums:
    """Without what is zero."""
    return Counter({key: cents for key, cents in sums.items() if cents})
