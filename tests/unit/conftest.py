"""The people and the house of every test: Pam, Ann, Bob, Stan, Adam and Olga around one connection."""

import gc
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.security import generate_password_hash

from app import create_app
from erp import connections
from erp.audit import System
from erp.books import records
from erp.cli.user import give, make
from erp.connections import Connection
from erp.connector import CONNECTORS
from erp.connectors.quickbooks.connector import QUICKBOOKS
from erp.connectors.quickbooks.setup import make as make_connection
from erp.db import Base, db, now, transaction
from erp.documents import cost_code, project
from erp.documents.cost_code import CostCode
from erp.documents.project import Project
from erp.people import Level, User, sessions
from erp.people.user import CREATE_PROJECT, PUSH
from tests.databases import Databases, databases
from tests.unit.ridge import Ridge
from tests.unit.sage import Sage
from tests.unit.stage import LISTS, Stage

PASSWORD = "correct horse"
QUICK = "pbkdf2:sha256:1"
SETTINGS = {"TESTING": True, "SECRET_KEY": "test", "WTF_CSRF_ENABLED": False, "REDIS_URL": "", "QBWC_BACKOFF": 0.0,
            "ERP_DEMO": True, "PROPAGATE_EXCEPTIONS": False}  # fmt: skip


gc.set_threshold(50_000, 20, 50)
"""Thousands of short tests leave the collector looking through the same modules again and again."""


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """A real scrypt hash takes a tenth of a second; nearly no test is about that."""
    with pytest.MonkeyPatch.context() as patch:
        for module in ("erp.people.user", "erp.connections"):
            patch.setattr(f"{module}.generate_password_hash", lambda password, _: generate_password_hash(password, QUICK))
        yield


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> tuple[Flask, Databases]:
    """The one application of this run, with its templates and statements compiled once, and its databases."""
    there = databases(tmp_path_factory.mktemp("ground"), "unit")
    there.make("test")
    made = _application(there)
    with made.app_context():
        Base.metadata.create_all(db.engine)
        db.engine.dispose()
    there.copy("test", "empty")
    return made, there


def _application(there: Databases) -> Flask:
    made = create_app({**SETTINGS, "SQLALCHEMY_DATABASE_URI": there.url("test")})
    with made.app_context():
        there.quicken(db.engine)
    return made


@pytest.fixture
def alone() -> None:
    """For a test that adds to its application: it gets one of its own."""


@pytest.fixture
def app(request: pytest.FixtureRequest, ground: tuple[Flask, Databases]) -> Iterator[Flask]:
    """The application with a database of its own, in which the people and things that the test asks for are there already."""
    made, there = ground
    there.copy(_founded(made, there, [name for name in FOUND if name in request.fixturenames]), "test")
    if "alone" in request.fixturenames:
        made = _application(there)
    before = dict(made.config)
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()
    made.config.clear()
    made.config.update(before)
    there.drop("test")


FOUNDED: set[str] = set()


def _founded(made: Flask, there: Databases, wanted: list[str]) -> str:
    """A database with these in it: founded once, copied for every test."""
    name = "-".join(wanted) or "empty"
    if wanted and name not in FOUNDED:
        there.copy("empty", "test")
        with made.app_context():
            for each in wanted:
                FOUND[each]()
            db.session.commit()
            db.session.remove()
            db.engine.dispose()
        there.copy("test", name)
        FOUNDED.add(name)
    return name


def _found_people() -> None:
    pam = make("pam@x.test", "Pam", PASSWORD, directory=Level.STANDARD, company_admin=Level.STANDARD)
    ann = make("ann@x.test", "Ann", PASSWORD, erp=Level.STANDARD)
    bob = make("bob@x.test", "Bob", PASSWORD, erp=Level.STANDARD)
    make("stan@x.test", "Stan", PASSWORD, erp=Level.STANDARD)
    make("adam@x.test", "Adam", PASSWORD, erp=Level.ADMIN, company_admin=Level.ADMIN)
    make("olga@x.test", "Olga", PASSWORD, owner=True, directory=Level.ADMIN)
    give(pam, CREATE_PROJECT)
    give(ann, PUSH)
    give(bob, PUSH)


def _found_connection() -> None:
    made, password = make_connection("Harbor & Hill", "quickbooks", "http://localhost:8000", System("test"))
    made.settings = {"password": password}
    for row in made.schedules:
        row.read_at = now()


def _found_pier() -> None:
    pam, linked = _person("Pam"), db.session.scalars(select(Connection)).one()
    project.create(pam, number="25-0001", title="Noise Barrier", connection_id=linked.id)
    project.create(pam, number="25-1361", title="Pier 9 Sewer Renewal", street="9 Pier Road", city="Bayview", region="CA",
                   postal_code="94111", wished_customer="City of Bayview", connection_id=linked.id)  # fmt: skip


def _found_codes() -> None:
    for number, name in CODES:
        cost_code.create(_person("Adam"), number, name)


def _found_lists() -> None:
    linked = db.session.scalars(select(Connection)).one()
    records.apply(linked.id, LISTS)
    linked.facts = {"estimates": True}


CODES = (("32-1200", "Asphalt paving"), ("32-1600", "Curbs and gutters"), ("33-3100", "Sanitary sewer"))
FOUND = {"people": _found_people, "connection": _found_connection, "pier": _found_pier, "found_codes": _found_codes,
         "stage": _found_lists}  # fmt: skip


def _person(name: str) -> User:
    return db.session.scalars(select(User).filter_by(name=name)).one()


@pytest.fixture
def people(app: Flask) -> SimpleNamespace:
    """Everybody by first name, with the rights of product.md section 1."""
    return SimpleNamespace(**{user.name.lower(): user for user in db.session.scalars(select(User).order_by(User.id))})


@pytest.fixture
def connection(app: Flask) -> Connection:
    """A company file whose lists were read."""
    return db.session.scalars(select(Connection)).one()


@pytest.fixture
def pier(people: SimpleNamespace, connection: Connection) -> Project:
    """Pam's project, linked and never sent; another of hers makes the noise."""
    return db.session.scalars(select(Project).filter_by(number="25-1361")).one()


@pytest.fixture
def found_codes() -> None:
    """Says that these three codes are there from the start; some tests have others."""


@pytest.fixture
def codes(found_codes: None, app: Flask) -> list[CostCode]:
    """Three codes in two divisions."""
    numbers = [number for number, _ in CODES]
    return list(db.session.scalars(select(CostCode).where(CostCode.code.in_(numbers)).order_by(CostCode.id)))


@pytest.fixture
def stage(app: Flask, people: SimpleNamespace, connection: Connection, pier: Project, codes: list[CostCode]) -> Stage:
    """Lists of accounting, and verbs for what Pam and Ann do."""
    return Stage(app, people, connection, pier, codes)


CATEGORIES = {"L": "LAB", "M": "MAT", "S": "SUB"}
BY_FILE = replace(
    QUICKBOOKS, slug="by file", title="Books by File", short="Books", check=lambda *_: [], choices={}, lists=("extra",),
    supported=QUICKBOOKS.supported | {"sub_job"}, sub_jobs=True, waits_for_posting=True, costs_by_category=True,
    category_of=lambda cost_type, settings: CATEGORIES.get(cost_type, settings.get("others", "OTH")),
)  # fmt: skip
"""A system that takes sub jobs, in which a person posts what it gets, and that tells amounts by sub job, code and category."""


@pytest.fixture
def by_file(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """The stage before the books of such a system."""
    monkeypatch.setitem(CONNECTORS, BY_FILE.slug, BY_FILE)
    stage.connection.kind = BY_FILE.slug
    db.session.commit()
    return stage


@pytest.fixture
def ridge(app: Flask, people: SimpleNamespace, codes: list[CostCode]) -> Ridge:
    """A Sage data set with Pam's project, instead of the company file."""
    with transaction():
        made, _ = connections.create("Ridge", "sage300", "")
        pier = project.create(people.pam, number="25-1361", title="Pier 9 Sewer Renewal", street="9 Pier Road", city="Bayview",
                              region="CA", postal_code="94111", connection_id=made.id)  # fmt: skip
    return Ridge(app, people, made, pier, codes)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def as_(app: Flask, people: SimpleNamespace) -> Any:
    """A browser with this person logged in: as_("pam").get(...)."""

    def browser(name: str) -> FlaskClient:
        logged_in = app.test_client()
        if name != "nobody":
            user: User = getattr(people, name)
            with logged_in.session_transaction() as cookie:
                cookie["_user_id"] = sessions.begin(user)
                db.session.commit()
        return logged_in

    return browser


@pytest.fixture
def sage(stage: Stage) -> Sage:
    """A Sage data set beside the company file."""
    return Sage(stage)
