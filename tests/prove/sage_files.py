"""What a person exports from the simulated Sage and reads back: lists and job cost reports, whole, in part, or of an older day."""

import csv
import io
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from erp import connections, sheets
from erp.connectors.sage300 import costs, lists, remembered, sheet_rows
from erp.connectors.sage300.exports import EXPORTS, Export
from erp.connectors.sage300.sheet_rows import Read
from erp.db import db, now
from erp.exchanges.exchange import lock
from erp.people import User
from erp.people.clock import day_of
from tests.prove import sage_judge
from tests.prove.ledger import Ledger, Printed

if TYPE_CHECKING:
    from tests.prove.sage_world import World

COLUMNS = {
    "jobs": ("Job", "Description"), "extras": ("Job", "Extra", "Description"), "codes": ("Cost Code", "Description"),
    "categories": ("Category", "Description"), "vendors": ("Vendor", "Name"),
    "report": ("Job", "Extra", "Cost Code", "Category", "Original Estimate", "Approved Estimate Changes", "JTD Cost"),
}  # fmt: skip
MOST_PRINTED = 6


def rows_of(ledger: Ledger, slug: str) -> list[tuple[str, ...]]:
    """A list as Sage exports it."""
    return {
        "jobs": [(job, ledger.titles[job]) for job in sorted(ledger.jobs)],
        "extras": [(job, extra, f"Part {extra}") for job, there in sorted(ledger.jobs.items()) for extra in sorted(there.extras)],
        "codes": [(code, f"Code {code}") for code in sorted(ledger.codes)],
        "categories": [(one, f"Category {one}") for one in sorted(ledger.categories)],
        "vendors": [("DELGAD", "Delgado Electric")],
    }[slug]  # fmt: skip


def read(connection: connections.Connection, slug: str, rows: Iterable[tuple[Any, ...]]) -> tuple[Export, Read]:
    """The rows as a CSV file, as the product reads it."""
    out = io.StringIO()
    csv.writer(out).writerows([COLUMNS[slug], *rows])
    sheet, what = sheets.read("export.csv", out.getvalue().encode()), EXPORTS[slug]
    return what, sheet_rows.read(what, sheet, remembered.proposed(connection, what, sheet.header))


class Files:
    """The person who reads back."""

    def __init__(self, world: "World") -> None:
        self.world, self.die, self.ledger = world, world.die, world.ledger
        self.printed: list[Printed] = []

    def list_back(self, who: User, slug: str = "", *, whole: bool | None = None) -> str:
        """A list, or a part of it."""
        slug = slug or self.die.choice(("jobs", "extras", "extras", "codes", "categories", "vendors"))
        whole = self.die.random() < 0.8 if whole is None else whole
        rows = rows_of(self.ledger, slug)
        rows = rows if whole else self.die.sample(rows, len(rows) // 2)
        connection = lock(self.world.key)
        what, told = read(connection, slug, rows) if rows else (EXPORTS[slug], Read([], [], []))
        taken = lists.take(connection, what, told, who, whole=whole, file=f"{slug}.csv")
        return f"reads {taken.rows} {slug} back, {len(taken.confirmed)} confirmed"

    def print(self) -> str:
        """A report lies on somebody's desk from now on."""
        self.printed = [*self.printed, self.ledger_now()][-MOST_PRINTED:]
        return "prints a report"

    def ledger_now(self) -> Printed:
        """A report of this day."""
        return self.ledger.report(day_of(self.world.erin, now()))

    def report_back(self, who: User, report: Printed | None = None) -> str:
        """A report of now, or one that was printed before; all of it, some jobs, or some rows."""
        old = report is None and bool(self.printed) and self.die.random() < 0.25
        report = report or (self.die.choice(self.printed) if old else self.ledger_now())
        rows, part = (list(report.rows), "all") if not self.world.faults.rate else self._part(report)
        if not rows:
            return "has nothing to read back"
        connection = lock(self.world.key)
        _, told = read(connection, "report", [(*row[:4], *(f"{cents / 100:.2f}" for cents in row[4:])) for row in rows])
        self.world.then(self._found)
        taken = costs.take(connection, told, report.day, who, file="report.csv")
        db.session.flush()
        told_of = f"{len(taken.confirmed)} confirmed, {len(taken.differing)} differ"
        return f"reads {part} of a report of {report.day}{' (an older one)' if old else ''} back: {told_of}"

    def _found(self) -> None:
        """What a person withdrew though Sage has it, and a read-back then found to the cent, is right again."""
        items = sage_judge.items_of(self.world.key)
        jobs, places = sage_judge.jobs_of(items), sage_judge.Places(items)
        for item in items:
            job = jobs.get(item.project_id or 0, "")
            if item.kind == "budget" and item.state == "Synced" and self.ledger.spoiled(job):
                self.ledger.found(job, sage_judge.synced_of(item, places))

    def _part(self, report: Printed) -> tuple[list[Any], str]:
        rows = list(report.rows)
        if self.die.random() < 0.6 or not rows:
            return rows, "all"
        if self.die.random() < 0.5:
            jobs = sorted({row[0] for row in rows})
            chosen = set(self.die.sample(jobs, max(1, len(jobs) // 2)))
            return [row for row in rows if row[0] in chosen], "some jobs"
        kept = self.die.sample(range(len(rows)), max(1, len(rows) - self.die.randint(1, 3)))
        return [rows[at] for at in sorted(kept)], "some rows"
