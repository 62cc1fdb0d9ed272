"""The stage of the desk's tests: lists that accounting told us, and what Pam and Ann do with documents, without a connector."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from flask import Flask
from sqlalchemy import event, select

from erp.audit import Event, System
from erp.books import records
from erp.books.records import Record
from erp.connections import Connection
from erp.db import db, transaction
from erp.documents import budget, company, project, sub_job
from erp.documents.budget import Budget
from erp.documents.company import Company
from erp.documents.cost_code import CostCode
from erp.documents.project import Project
from erp.documents.sub_job import SubJob
from erp.items import Item, find
from erp.items.perform import accept, advance, reject, retrieve, send
from erp.mail import Mail

CITY, SCHOOLS, CLOSED = "80000001-1", "80000002-1", "80000003-1"
INCOME, COST, BANK = "80000011-1", "80000012-1", "80000013-1"
ACCOUNTS = {"income_account": INCOME, "expense_account": COST}
QUICKBOOKS = System("qbwc/test")


def row(list_name: str, erp_id: str, full_name: str, *, active: bool = True, **data: Any) -> dict[str, Any]:
    """An entry of a list in accounting, as a refresh reads it."""
    return {"list": list_name, "erp_id": erp_id, "parent_id": "", "name": full_name.rpartition(":")[2], "full_name": full_name,
            "edit_sequence": "1", "active": active, "data": data}  # fmt: skip


LISTS = [row("customer", CITY, "City of Bayview"), row("customer", SCHOOLS, "Harbor Unified School District"),
         row("customer", CLOSED, "Bankrupt & Sons", active=False),
         row("account", INCOME, "Construction Income", type="Income", number="4000"),
         row("account", COST, "Job Costs", type="CostOfGoodsSold", number="5200"),
         row("account", BANK, "Checking", type="Bank", number="1000")]  # fmt: skip
"""What accounting told before the curtain rises."""


def what_now(state: str) -> str:
    """What a locked document says that its sender can do."""
    if state in ("Ready", "Accepted"):
        return "Retrieve it first, or wait for accounting."
    return "Accounting retries it or rejects it back to you." if state == "Failed" else (
        "It cannot be retrieved any more; wait for accounting.")  # fmt: skip


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every SELECT that is asked inside."""
    asked: list[str] = []

    def listen(*args: Any) -> None:
        if args[2].startswith("SELECT") and "pg_advisory_xact_lock" not in args[2]:  # it is PostgreSQL's BEGIN IMMEDIATE
            asked.append(args[2])

    event.listen(db.engine, "before_cursor_execute", listen)
    yield asked
    event.remove(db.engine, "before_cursor_execute", listen)


class Stage:
    """One connection whose lists were read, Pam's project beside another of hers, three codes; each verb is a transaction."""

    def __init__(self, app: Flask, people: SimpleNamespace, connection: Connection, pier: Project, codes: list[CostCode]) -> None:
        self.app, self.people, self.connection, self.pier, self.codes = app, people, connection, pier, codes

    def apply(self, *rows: dict[str, Any]) -> None:
        """A refresh told us these."""
        records.apply(self.connection.id, rows)
        db.session.commit()

    def record(self, list_name: str, erp_id: str, full_name: str, **data: Any) -> Record:
        """Something that exists only in accounting; what it hangs below is found by its name."""
        told = row(list_name, erp_id, full_name, **data)
        above = select(Record.erp_id).filter_by(full_name=full_name.rpartition(":")[0]).limit(1)
        self.apply(told | {"parent_id": db.session.scalar(above) or ""})
        found = records.find(self.connection.id, list_name, erp_id)
        assert found is not None
        return found

    def project(self, number: str = "25-0002", title: str = "Library Annex", by: str = "pam", **values: Any) -> Project:
        """One more project."""
        values = {"connection_id": self.connection.id, **values}
        with transaction():
            return project.create(getattr(self.people, by), number=number, title=title, **values)

    def company(self, name: str = "Harbor Welding", by: str = "pam", **values: Any) -> Company:
        """A company of the Directory."""
        with transaction():
            return company.create(getattr(self.people, by), title=name, **values)

    def sub_job(self, number: str = "E1", name: str = "East wing", of: Project | None = None, **values: Any) -> SubJob:
        """A sub job of Pam's project, or of another one."""
        with transaction():
            return sub_job.create(of or self.pier, self.people.pam, number=number, title=name, **values)

    def sub_job_in_erp(self, number: str = "E1", name: str = "East wing") -> SubJob:
        """A sub job that accounting has below the job of Pam's project."""
        made = self.sub_job(number, name)
        item = self.synced(self.send("sub_job", made))
        with transaction():
            item.erp_id = f"25-1361|{number}"
        return made

    def send(self, kind: str, document: Any, by: str | None = None) -> Item:
        """Pam sends projects and budgets, Adam sends codes, Olga companies."""
        by = by or {"cost_code": "adam", "company": "olga"}.get(kind, "pam")
        with transaction():
            return send(kind, self.connection, document, getattr(self.people, by))

    def job(self, **form: str) -> Item:
        """Pam's project, Ready; accepted when choices are given."""
        item = self.send("job", self.pier)
        return self.accept(item, **form) if form else item

    def accept(self, item: Item, by: str = "ann", version: int | None = None, **form: str) -> Item:
        """Ann accepts."""
        with transaction():
            accept(item, getattr(self.people, by), form, version)
        return item

    def accepted(self, kind: str, document: Any) -> Item:
        """Sent and accepted with the usual choices."""
        return self.accept(self.send(kind, document), **(ACCOUNTS if kind == "cost_code" else {}))

    def reject(self, item: Item, comment: str = "", by: str = "ann") -> Event:
        """Ann rejects."""
        with transaction():
            return reject(item, getattr(self.people, by), comment)

    def retrieve(self, item: Item, by: str = "pam") -> Event:
        """Pam takes it back."""
        with transaction():
            return retrieve(item, getattr(self.people, by))

    def exporting(self, item: Item, by: str = "ann") -> Item:
        """Handed to the connector, as the engine does it."""
        with transaction():
            advance(item, "export", getattr(self.people, by))
        return item

    def failed(self, item: Item, message: str = "The name is taken.", **words: str) -> Item:
        """Refused by accounting."""
        with transaction():
            advance(item, "fail", QUICKBOOKS, error={"code": "3100", "message": message, "cause": "", "cure": "", **words})
        return item

    def synced(self, item: Item) -> Item:
        """Accounting has it."""
        with transaction():
            for action in ("accept", "export"):
                if item.state in ("Ready", "Accepted") and not (item.state == "Accepted" and action == "accept"):
                    advance(item, action, self.people.ann, **({"accepted_by": self.people.ann.id} if action == "accept" else {}))
            shows = [["Customer:Job", item.title], ["ID", f"E-{item.id}"]]
            advance(item, "succeed", QUICKBOOKS, in_erp=True, erp_id=f"E-{item.id}", erp_name=item.title, result={"shows": shows})
            assert item.snapshot
            item.snapshot.synced_at = item.snapshot.sent_at
        return item

    def job_in_erp(self) -> Item:
        """Pam's project is a job in accounting."""
        return self.synced(self.job())

    def codes_in_erp(self) -> list[Item]:
        """The codes and their divisions are items in accounting."""
        sent = [self.send("cost_code", code) for code in self.codes]
        above = {code.division.id for code in self.codes if code.division}
        return [self.synced(item) for item in (*(self.item(key) for key in sorted(above)), *sent)]

    def budget(self, *amounts: int) -> Budget:
        """The budget of Pam's project, locked, a line per amount in minor units."""
        with transaction():
            made = budget.open_for(self.pier, self.people.pam)
            for n, amount in enumerate(amounts or (100_050, 200_000, 300_100)):
                budget.add_line(made, self.codes[n % 3], "SLMEO"[n // 3], amount)
            budget.lock(made, self.people.pam, None)
        return made

    def budget_on(self, below: SubJob | None, *amounts: int) -> Budget:
        """The budget of Pam's project, locked: a line per amount (minor units) on this sub job, and one of 7.00 on none."""
        with transaction():
            made = budget.open_for(self.pier, self.people.pam)
            for code, amount in zip(self.codes, amounts, strict=False):
                budget.add_line(made, code, "S", amount, sub_job=below)
            budget.add_line(made, self.codes[0], "S", 7_00)
            budget.lock(made, self.people.pam, None)
        return made

    def ready_budget(self, *amounts: int) -> Item:
        """A budget that waits for Ann, its job and codes in accounting."""
        self.job_in_erp()
        self.codes_in_erp()
        return self.send("budget", self.budget(*amounts))

    def item(self, document_id: int) -> Item:
        """The item of a document."""
        found = find(self.connection.id, document_id)
        assert found is not None
        return found

    def events(self, item: Item) -> list[Event]:
        """What happened to an item, oldest first."""
        return list(db.session.scalars(select(Event).where(Event.subject == item.subject).order_by(Event.id)))

    def mails(self) -> list[tuple[str, str]]:
        """(to, subject) of everything in the outbox, in order."""
        return [(mail.to, mail.subject) for mail in db.session.scalars(select(Mail).order_by(Mail.id))]
