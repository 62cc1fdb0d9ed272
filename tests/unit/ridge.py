"""The stage with a Sage data set instead of a company file: Pam sends, Ann exports, Adam reads back what Sage exported."""

import csv
import io
from datetime import date
from types import SimpleNamespace
from typing import Any

from flask import Flask
from sqlalchemy import select

from erp import sheets
from erp.connections import Connection
from erp.connectors.sage300 import costs, lists, remembered, sheet_rows
from erp.connectors.sage300.exports import EXPORTS, Export
from erp.connectors.sage300.sheet_rows import Read
from erp.db import db, now, transaction
from erp.documents.cost_code import CostCode
from erp.documents.project import Project
from erp.exchanges import handover
from erp.exchanges.exchange import Exchange
from erp.exchanges.export import export, open_exchange
from erp.items import Item
from erp.people.clock import day_of
from tests.unit.stage import Stage

JOBS = [("Job", "Description", "Status"), ("25-1361", "Pier 9 Sewer Renewal", "In progress"), ("24-007", "Old Mill", "Closed")]
CODES = [
    ("Cost Code", "Description"),
    ("32-1200", "Asphalt paving"),
    ("32-1600", "Curbs and gutters"),
    ("33-3100", "Sanitary sewer"),
]
VENDORS = [
    ("Vendor", "Name", "Address 1", "City", "State", "ZIP"),
    ("HARWEL", "Harbor Welding", "1 Dock Street", "Bayview", "CA", "94111"),
]
CATEGORIES = [("Category", "Description"), ("L", "Labor"), ("M", "Material"), ("S", "Subcontract")]
EXTRAS = [("Job", "Extra", "Description"), ("25-1361", "01", "North reach"), ("24-007", "01", "Sluice")]
FILES = {"jobs": JOBS, "codes": CODES, "categories": CATEGORIES, "vendors": VENDORS, "extras": EXTRAS}
"""Every list, by what it is."""
REPORT = ("Job", "Extra", "Cost Code", "Category", "Original Estimate", "Approved Estimate Changes", "JTD Cost")
"""The column names of a job cost report."""


def table(*lines: tuple[Any, ...]) -> bytes:
    """The rows as a CSV file."""
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    return out.getvalue().encode()


class Ridge(Stage):
    """One connection to Sage whose lists were never read, Pam's project, three codes; each verb is a transaction."""

    def __init__(self, app: Flask, people: SimpleNamespace, connection: Connection, pier: Project, codes: list[CostCode]) -> None:
        super().__init__(app, people, connection, pier, codes)
        self.nothing_there()

    def nothing_there(self) -> None:
        """Every list was read and is empty: Send asks for that."""
        with transaction():
            for row in self.connection.schedules:
                row.read_at = now()

    def read(self, slug: str, *lines: tuple[Any, ...]) -> tuple[Export, Read]:
        """A file of Sage, its columns found by their names."""
        sheet, what = sheets.read("export.csv", table(*lines)), EXPORTS[slug]
        return what, sheet_rows.read(what, sheet, remembered.proposed(self.connection, what, sheet.header))

    def list_back(self, slug: str, *lines: tuple[Any, ...], whole: bool = True) -> lists.Taken:
        """Adam reads a list back."""
        what, read = self.read(slug, *lines)
        with transaction():
            return lists.take(self.connection, what, read, self.people.adam, whole=whole, file=f"{slug}.csv")

    def report_back(self, *lines: tuple[Any, ...], made_on: date | None = None) -> costs.Taken:
        """Adam reads a job cost report back, made today unless said otherwise."""
        _, read = self.read("report", REPORT, *lines)
        adam = self.people.adam
        with transaction():
            return costs.take(self.connection, read, made_on or day_of(adam, now()), adam, file="report.csv")

    def export(self, kind: str) -> None:
        """Ann presses Export, and the worker lays it out."""
        with transaction():
            export(self.connection, kind, self.people.ann)
        handover.hand_over()

    def keyed(self, kind: str, document: Any, number: str) -> Item:
        """Sent, accepted, exported, keyed in by Ann."""
        item = self.accept(self.send(kind, document))
        self.export(kind)
        with transaction():
            handover.paste(item, self.people.ann, number)
        return item

    def job_in_sage(self) -> Item:
        """Pam's project is a job there."""
        return self.keyed("job", self.pier, "25-1361")

    def codes_in_sage(self) -> list[Item]:
        """The codes and their divisions are there."""
        found = []
        for code in self.codes:
            assert code.division
            found += [self.keyed("cost_code", code, code.code)]
        return found

    def waiting_budget(self, *amounts: int) -> Item:
        """Pam's budget, exported and delivered, as the batch of it does."""
        self.job_in_sage()
        self.codes_in_sage()
        return self.delivered(self.accept(self.send("budget", self.budget(*amounts)), date="2026-11-20"))

    def delivered(self, item: Item) -> Item:
        """Exported, and laid out as a file."""
        self.export(item.kind)
        return item

    def exchange(self, item: Item) -> Exchange:
        """The one that is open."""
        found = open_exchange(item)
        assert found is not None
        return found

    def schedule(self, name: str) -> Any:
        """When a list was read."""
        return next(row for row in self.connection.schedules if row.list == name)

    def exchanges(self, subject: str) -> list[Exchange]:
        """The readings of a list."""
        return list(db.session.scalars(select(Exchange).filter_by(connection_id=self.connection.id, subject=subject)))
