"""One organisation around one simulated company file: founded once per process, copied for every test, in virtual time."""

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import flask_migrate
import time_machine
from flask import Flask
from sqlalchemy import event, select
from werkzeug.security import generate_password_hash

from app import ROOT, create_app
from erp.audit import System
from erp.books import records
from erp.cli.user import give, make
from erp.connections import Connection
from erp.connectors.quickbooks import session
from erp.connectors.quickbooks.facts import OWNER_ID
from erp.connectors.quickbooks.setup import file_for
from erp.connectors.quickbooks.setup import make as make_connection
from erp.db import Base, db, transaction
from erp.documents import budget, cost_code, project
from erp.documents import company as directory
from erp.documents.budget import Budget, BudgetLine
from erp.documents.company import Company as Supplier
from erp.documents.cost_code import CostCode
from erp.documents.project import Project
from erp.exchanges import epoch
from erp.exchanges.exchange import Answer, Exchange, Message, Session
from erp.exchanges.export import export
from erp.items import Item, find
from erp.items.perform import accept, send
from erp.people import Level, User
from erp.people.user import CREATE_PROJECT, PUSH
from erp.simulator import bookkeeper, demo
from erp.simulator.company import Company
from erp.simulator.connector import HCP, WebConnector
from erp.simulator.refusals import HResult
from erp.simulator.wire import Answered
from tests.databases import Databases, Files, databases, on_postgresql

START = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
PASSWORD = "web connector"
CUSTOMER = "City of Bayview"
CODES = (("32-1200", "Asphalt paving"), ("32-1600", "Curbs and gutters"), ("33-3100", "Sanitary sewer"))
PEOPLE: dict[str, tuple[dict[str, Level], str]] = {
    "pam": ({"directory": Level.STANDARD, "company_admin": Level.ADMIN}, CREATE_PROJECT),
    "ann": ({"erp": Level.STANDARD}, PUSH),
    "bob": ({"erp": Level.STANDARD}, PUSH),
    "stan": ({"erp": Level.STANDARD}, ""),
    "olga": ({"directory": Level.ADMIN}, ""),
}
SETTINGS = {"TESTING": True, "SECRET_KEY": "test", "WTF_CSRF_ENABLED": False, "REDIS_URL": "", "PROPAGATE_EXCEPTIONS": False,
            "QBWC_LEASE_SECONDS": 60.0, "QBWC_BACKOFF": 0.0}  # fmt: skip


WRITTEN: list[str] = []
"""The keys of all messages in the order in which they were written: time stands still here, and keys are random."""
event.listen(Message, "init", lambda _message, _args, row: WRITTEN.append(row["key"]))
EPOCH = ".epoch-1"


@cache
def ground() -> tuple[Flask, Databases, Path]:
    """The one application of this process, its databases, and the folder where the company file lies."""
    folder = Path(tempfile.mkdtemp(prefix="countersign-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    there = databases(folder, "house")
    there.make("house")
    app = create_app({**SETTINGS, "VAR_DIR": str(folder), "SQLALCHEMY_DATABASE_URI": there.url("house")})
    with app.app_context(), time_machine.travel(START, tick=False):
        there.quicken(db.engine)
        Base.metadata.create_all(db.engine)
        flask_migrate.stamp(directory=str(ROOT / "migrations"))
        house = House(app, there, folder)
        _found(house)
        house.keep("founded")
    return app, there, folder


def _found(house: "House") -> None:
    """Pam with a project and three codes, Ann and Bob who approve, a company file whose lists were read."""
    _company_file(house.company)
    users = {name: make(f"{name}@x.test", name.title(), "-", **levels) for name, (levels, _) in PEOPLE.items()}
    for name, (_, privilege) in PEOPLE.items():
        if privilege:
            give(users[name], privilege)
    connection, _ = make_connection("Harbor & Hill", "quickbooks", "http://localhost:8000", System("test"))
    connection.password_hash = generate_password_hash(PASSWORD, "pbkdf2:sha256:1")
    db.session.commit()
    project.create(users["pam"], number="25-0001", title="Noise Barrier", wished_customer=CUSTOMER,
                   connection_id=connection.id)  # fmt: skip
    project.create(users["pam"], number="25-1361", title="Pier 9 Sewer Renewal", street="9 Pier Road", city="Bayview",
                   region="CA", postal_code="94111", wished_customer=CUSTOMER, connection_id=connection.id)  # fmt: skip
    for number, name in CODES:
        cost_code.create(users["pam"], number, name)
    db.session.commit()
    assert house.update().ok


def _company_file(company: Company) -> None:
    """A small contractor's books."""
    demo.create(company, "Harbor & Hill Builders")
    for number, name, kind in (("4000", "Construction Income", "Income"), ("4100", "Change Order Income", "Income"),
                               ("5200", "Subcontracts", "CostOfGoodsSold"), ("6300", "Office Supplies", "Expense")):  # fmt: skip
        bookkeeper.add_account(company, name, kind, number)
    for name in (CUSTOMER, "Lakeside Medical Group", "Bayview Port Authority"):
        bookkeeper.add_customer(company, name)
    for name in ("Fire Station 4", "City Hall Roof"):
        bookkeeper.add_job(company, CUSTOMER, name)
    bookkeeper.add_vendor(company, "Delgado Electric")
    bookkeeper.add_item(company, "98", "Construction Income", "Subcontracts", description="A division of the bookkeeper's own")
    bookkeeper.add_item(company, "Consulting", "Construction Income", description="Consulting by the hour")


def copy_epoch(folder: Path, source: str, target: str) -> None:
    """The epoch file goes with its database."""
    live = folder / ("countersign" if on_postgresql() else "house.db")

    def place(name: str) -> Path:
        return Path(f"{live}{EPOCH}") if name == "house" else folder / f"{name}{EPOCH}"

    place(target).unlink(missing_ok=True)
    if place(source).exists():
        shutil.copy(place(source), place(target))


@contextmanager
def move_in(stage: str = "founded", **settings: Any) -> Iterator["House"]:
    """A house as it was kept at a stage, its clock standing still; leaves nothing behind."""
    app, there, folder = ground()
    company = Files(folder)
    there.copy(stage, "house")
    company.copy(f"company-{stage}", "company")
    copy_epoch(folder, stage, "house")
    before = dict(app.config)
    app.config.update(settings)
    with app.app_context(), time_machine.travel(START, tick=False) as clock:
        house = House(app, there, folder, clock)
        try:
            yield house
        finally:
            house.leave()
            app.config.update(before)
            there.drop("house")
            company.drop("company")


class House:
    """What a test says: who does what, and when the Web Connector calls."""

    def __init__(self, app: Flask, there: Databases, folder: Path, clock: Any = None) -> None:
        self.app, self.there, self.folder, self.clock = app, there, folder, clock
        self.touched: set[str] = set()
        self.returned: set[str] = set()
        self.company = Company(folder / "company.db")
        self.client = app.test_client()
        self._known: dict[str, int] = {}

    def __getattr__(self, name: str) -> User:
        if name not in PEOPLE:
            raise AttributeError(name)
        if name not in self._known:
            self._known[name] = db.session.scalars(select(User.id).filter_by(name=name.title())).one()
        return db.session.get_one(User, self._known[name])

    @property
    def connection(self) -> Connection:
        """The one connection."""
        if "connection" not in self._known:
            self._known["connection"] = db.session.scalars(select(Connection.id)).one()
        return db.session.get_one(Connection, self._known["connection"])

    @property
    def pier(self) -> Project:
        """Pam's project."""
        return self.project("25-1361")

    def project(self, number: str) -> Project:
        """A project by its number."""
        return db.session.scalars(select(Project).filter_by(number=number)).one()

    def code(self, number: str) -> CostCode:
        """A cost code or division by its number."""
        return db.session.scalars(select(CostCode).filter_by(code=number)).one()

    def cost_code(self, number: str, name: str) -> CostCode:
        """Another cost code of Pam's."""
        with transaction():
            return cost_code.create(self.pam, number, name)

    def supplier(self, name: str = "Harbor Welding", **values: Any) -> Supplier:
        """A company of the Directory, made by Pam."""
        values = {"street": "4 Forge Lane", "city": "Bayview", "phone": "555-0301", "tax_id": "12-3456789"} | values
        with transaction():
            return directory.create(self.pam, title=name, **values)

    def item(self, document: Any) -> Item:
        """The item of a document."""
        found = find(self.connection.id, document.id)
        assert found is not None
        return found

    def keep(self, stage: str) -> None:
        """Keep both files as they are now, for `move_in(stage)`."""
        self.leave()
        self.there.copy("house", stage)
        Files(self.folder).copy("company", f"company-{stage}")
        copy_epoch(self.folder, "house", stage)

    @property
    def now(self) -> datetime:
        """This moment."""
        return datetime.now(UTC)

    def leave(self) -> None:
        """Close both files."""
        db.session.remove()
        db.engine.dispose()
        self.company.home.close()

    def wait(self, seconds: float) -> None:
        """Time goes by."""
        self.clock.shift(seconds)

    # operators

    def flask(self, *arguments: str) -> tuple[int, str]:
        """A command at the server's terminal: its status and what it prints."""
        db.session.remove()
        done = self.app.test_cli_runner().invoke(args=list(arguments))
        db.session.remove()
        return done.exit_code, done.output

    def backup(self) -> Path:
        """A backup while everything runs."""
        file = self.folder / "house.db.backup"
        status, told = self.flask("backup", str(file))
        assert status == 0, told
        return file

    def restore(self, file: Path) -> None:
        """A disaster: what happened since the backup is lost here, and not in accounting."""
        self.leave()
        if on_postgresql():  # into an empty database, which the operator makes
            self.there.make("house")
        status, told = self.flask("restore", str(file), "--yes")
        assert status == 0, told

    def lay_over(self, copied: str) -> None:
        """Somebody lays a copy of the database over it, beside the epoch file that stays."""
        beside = epoch.path(self.connection.id)
        kept = beside.read_text()
        self.leave()
        self.there.copy(copied, "house")
        beside.write_text(kept)

    # people

    def account(self, *types: str, number: str) -> str:
        """The id of an account, by its number."""
        rows = records.choices(self.connection.id, "account", types)
        return next(row.erp_id for row in rows if row.data["number"] == number)

    def accounts(self) -> dict[str, str]:
        """The accounts that Ann chooses for codes."""
        return {"income_account": self.account("Income", number="4000"),
                "expense_account": self.account("CostOfGoodsSold", number="5200")}  # fmt: skip

    def accepted(self, kind: str, document: Any, **form: str) -> Item:
        """Pam sent it (a company Olga) and Ann accepted it."""
        with transaction():
            item = send(kind, self.connection, document, self.olga if kind == "company" else self.pam)
            accept(item, self.ann, form or (self.accounts() if kind == "cost_code" else {}))
        return item

    def export(self, kind: str) -> None:
        """Ann presses Export."""
        with transaction():
            export(self.connection, kind, self.ann)

    def exported(self, kind: str, document: Any, **form: str) -> Item:
        """Sent, accepted and on its way."""
        item = self.accepted(kind, document, **form)
        self.export(kind)
        return item

    def exported_job(self) -> Item:
        """Pam's project on its way."""
        return self.exported("job", self.pier)

    def exported_code(self, number: str = "32-1200") -> Item:
        """A code whose division is in accounting, on its way."""
        item = self.exported("cost_code", self.code(number))
        self.synced_only("cost_code", 10)
        return item

    def synced_only(self, kind: str, rank: int) -> None:
        """Let the Web Connector carry the exchanges of this rank."""
        caller = self.caller()
        while any(e.rank == rank and e.state == "queued" for e in self.exchanges(kind=kind)):
            caller.turn()
        caller.close()

    def locked_budget(self, *amounts: int) -> Budget:
        """Pier 9's budget with a line per amount (minor units), locked; its job and codes are in accounting."""
        self.accepted("job", self.pier)
        for number, _ in CODES:
            self.accepted("cost_code", self.code(number))
        self.export("job")
        self.export("cost_code")
        assert self.update().ok
        return self.budget_of(self.pier, *(amounts or (100050, 200000, 300100)))

    def budget_of_pier(self) -> Budget:
        """Pier 9's budget."""
        found = budget.of(self.pier)
        assert found is not None
        return found

    def budget_of(self, of: Project, *amounts: int) -> Budget:
        """A locked budget of a project whose job is in accounting."""
        with transaction():
            made = budget.open_for(of, self.pam)
            places = [(number, kind) for kind in "OLMES" for number, _ in CODES]
            for n, ((number, kind), amount) in enumerate(zip(places, amounts, strict=False), 1):
                code = self.code(number)
                db.session.add(BudgetLine(budget_id=made.id, code_id=code.id, cost_type=kind, description=code.name,
                                          original=amount, position=n, deleted=False, version=1))  # fmt: skip
            db.session.flush()
            budget.lock(made, self.pam, None)
        return made

    def exported_budget(self, *amounts: int, **form: str) -> Item:
        """Pier 9's budget on its way."""
        return self.exported("budget", self.locked_budget(*amounts), **form)

    # the Web Connector

    def update(self, **options: Any) -> Any:
        """One whole update session through the SOAP door; options as of the simulated Web Connector."""
        return self.web_connector(**options).update()

    def web_connector(self, **options: Any) -> WebConnector:
        """The simulated Web Connector, calling our door in this process."""
        options = {"post": self.post, "sleep": lambda _: None, **options}
        return WebConnector(file_for(self.connection), PASSWORD, self.company, **options)

    def post(self, url: str, headers: dict[str, str], body: bytes) -> Answered:
        """One call at our door."""
        answer = self.client.post(url.split("8000", 1)[1], headers=headers, data=body)
        return answer.status_code, dict(answer.headers), answer.data

    def caller(self) -> "Caller":
        """A Web Connector by hand, already logged in."""
        caller = Caller(self)
        caller.authenticate()
        return caller

    # the bookkeeper

    def touch(self, item: Item) -> None:
        """A bookkeeper changes what the company file has of an item: from now on its amounts are not our promise."""
        assert item.snapshot is not None
        self.touched.add(item.snapshot.marker)

    def qbxml(self, request: str) -> str:
        """What a bookkeeper does that is easiest said as a request."""
        head = '<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?>'
        answer = self.company.process(f'{head}<QBXML><QBXMLMsgsRq onError="stopOnError">{request}</QBXMLMsgsRq></QBXML>')
        assert 'statusSeverity="Error"' not in answer, answer
        return answer

    # what the tests look at

    def exchange(self, item: Item) -> Exchange:
        """The newest exchange of an item."""
        asked = select(Exchange).filter_by(item_id=item.id).order_by(Exchange.id.desc()).limit(1)
        return db.session.scalars(asked).one()

    def exchanges(self, **by: Any) -> list[Exchange]:
        """Exchanges, oldest first."""
        return list(db.session.scalars(select(Exchange).filter_by(**by).order_by(Exchange.id)))

    def messages(self, item: Item) -> list[Message]:
        """What was handed out for an item, oldest first."""
        return [message for exchange in self.exchanges(item_id=item.id) for message in self.messages_of(exchange)]

    def messages_of(self, exchange: Exchange) -> list[Message]:
        """What was handed out for an exchange, oldest first."""
        found = db.session.scalars(select(Message).filter_by(exchange_id=exchange.id))
        return sorted(found, key=lambda row: WRITTEN.index(row.key))

    def writes(self, item: Item) -> list[Message]:
        """The writes among them."""
        return [row for row in self.messages(item) if row.writes]

    def answers(self) -> list[Answer]:
        """The journal."""
        return list(db.session.scalars(select(Answer).order_by(Answer.id)))

    def session(self) -> Session | None:
        """The open session."""
        return db.session.scalar(select(Session).where(Session.closed_at.is_(None)))


class Caller:
    """A Web Connector by hand: one call at a time, so that a test decides what gets lost."""

    def __init__(self, house: House) -> None:
        self.house, self.ticket, self.hcp = house, "", ""

    def authenticate(self, password: str = PASSWORD) -> list[str]:
        """Log in and open the company file."""
        answer = session.authenticate(self.house.connection.username, password)
        self.ticket = answer[0]
        self.house.company.begin_session()
        self.hcp = self.house.company.process(HCP.format(owner=OWNER_ID))
        return answer

    def ask(self, major: str = "16") -> str:
        """sendRequestXML."""
        hcp, self.hcp = self.hcp, ""
        return session.send_request(self.ticket, hcp, "US", major)

    def carry(self, request: str) -> tuple[str, str]:
        """Let QuickBooks work on it: the answer, or an HRESULT."""
        try:
            return self.house.company.process(request), ""
        except HResult as failed:
            return "", failed.code

    def answer(self, response: str = "", hresult: str = "", words: str = "") -> int:
        """receiveResponseXML."""
        return session.receive(self.ticket, response, hresult, words)

    def turn(self) -> int:
        """Ask, let QuickBooks work, and answer."""
        return self.answer(*self.carry(self.ask()))

    def drain(self, most: int = 1000) -> int:
        """Turns until there is nothing left; the number of turns."""
        for n in range(1, most + 1):
            if self.turn() == 100:
                return n
        raise AssertionError(f"still not done after {most} turns")

    def lose_answer(self) -> str:
        """QuickBooks works, but its answer never arrives; returns the request."""
        request = self.ask()
        self.carry(request)
        return request

    def error(self) -> str:
        """getLastError."""
        return session.last_error(self.ticket)

    def close(self) -> str:
        """closeConnection."""
        return session.close_connection(self.ticket)
