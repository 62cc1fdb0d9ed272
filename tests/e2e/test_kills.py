"""kill -9 during an export of 20 budgets: each Estimate exists once, and each item says Synced or why not."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import create_app
from erp import doorbell
from erp.books import records
from erp.connections import Connection
from erp.db import db, transaction
from erp.documents import budget, cost_code, project
from erp.exchanges.export import export
from erp.items import Item, find
from erp.items.bulk import accept_all
from erp.items.perform import send
from erp.people.login import find as person
from erp.simulator import bookkeeper, views
from erp.simulator.company import Company
from tests.e2e.stack import Stack

MANY, LINES = 20, 12


@pytest.fixture
def victim(tmp_path: Path) -> Iterator[Stack]:
    """A product of its own, with a lease that is over before one loses patience."""
    with Stack(tmp_path, QBWC_LEASE_SECONDS="3") as running:
        yield running


@pytest.fixture
def inside(victim: Stack) -> Iterator[Flask]:
    """A second pair of hands on the same database."""
    redis = f"unix://{victim.var / 'redis.sock'}"
    app = create_app({"SQLALCHEMY_DATABASE_URI": victim.database_url, "SECRET_KEY": "x", "REDIS_URL": redis})
    with app.app_context():
        yield app
        db.session.remove()


@pytest.mark.long
def test_twenty_budgets_survive_every_kill(victim: Stack, inside: Flask) -> None:
    wait_for(lambda: first_connection().lists_read)
    connection = first_connection()
    twenty_budgets(connection)
    company = Company(victim.var / "simulator" / "company.sqlite")
    bookkeeper.lock(company, 3175, times=8)
    accept_and_export(connection, "budget")
    hit = []
    for name in ("web", "redis", "worker", "clock", "web"):
        hit.append(synced("budget") < MANY)
        db.session.rollback()
        old = victim.pid(name)
        victim.kill(name)
        victim.wait_for_another(name, old)
    wait_for(lambda: synced("budget") == MANY, 120)
    assert sum(hit) >= 2, f"only {sum(hit)} kills came early enough to interrupt anything"

    there = views.estimates(company)
    assert Counter(found["customer"] for found in there) == {f"City of Bayview:Kill {n:02}": 1 for n in range(MANY)}
    assert {len(found["lines"]) for found in there} == {LINES}
    assert {found["total"] for found in there} == {"1200.00"}


def twenty_budgets(connection: Connection) -> None:
    """Projects and codes in QuickBooks, budgets sent."""
    pam, adam = person("pam@demo.test"), person("adam@demo.test")
    with transaction():
        codes = [cost_code.create(adam, f"90-{n:02}", f"Code {n}") for n in range(LINES)]
        projects = [project.create(pam, number=f"K-{n:02}", title=f"Kill {n:02}", wished_customer="City of Bayview",
                                   connection_id=connection.id) for n in range(MANY)]  # fmt: skip
        for code in codes:
            send("cost_code", connection, code, adam)
        for made in projects:
            send("job", connection, made, pam)
    for kind in ("cost_code", "job"):
        accept_and_export(connection, kind)
        wait_for(lambda kind=kind: waiting(kind) == 0)
    with transaction():
        for made in projects:
            mine = budget.open_for(made, pam)
            for code in codes:
                budget.add_line(mine, code, "S", 10_000)
            budget.lock(mine, pam, None)
            send("budget", connection, mine, pam)
            assert find(connection.id, mine.id)


def accept_and_export(connection: Connection, kind: str) -> None:
    """Ann accepts everything and exports."""
    ann = person("ann@demo.test")
    accounts = {
        "income_account": records.choices(connection.id, "account", ("Income",))[0].erp_id,
        "expense_account": records.choices(connection.id, "account", ("CostOfGoodsSold",))[0].erp_id,
    }
    with transaction():
        done, refused = accept_all(list(db.session.scalars(select(Item).filter_by(kind=kind, state="Ready"))), ann, accounts)
        assert (done > 0, refused) == (True, [])
        click = export(connection, kind, ann)
    doorbell.ring("jobs.export.export", click.batch)


def first_connection() -> Connection:
    """The demo's connection as it is now."""
    return db.session.scalars(select(Connection)).one()


def synced(kind: str) -> int:
    """How many are Synced."""
    return len(db.session.scalars(select(Item.id).filter_by(kind=kind, state="Synced")).all())


def waiting(kind: str) -> int:
    """How many are neither Synced nor with the PM."""
    return len(db.session.scalars(select(Item.id).where(Item.kind == kind, Item.state != "Synced")).all())


def wait_for(test: Callable[[], Any], within: float = 60) -> Any:
    """Ask again and again, each time in a new transaction."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        found = test()
        db.session.rollback()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("not in time")
