"""Databases of older releases, with everything under way, are brought to this one: nothing is lost, and all goes on."""

import gzip
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import flask_migrate
import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DatabaseError

from app import ROOT
from erp import invariants
from erp.db import Base, db, transaction
from erp.documents import budget
from erp.exchanges import restores
from erp.exchanges.exchange import open_write
from erp.exchanges.export import retry
from erp.items import Snapshot
from tests.databases import on_postgresql
from tests.house import House, ground, move_in
from tests.invariants import check_all

FOLDER = Path(__file__).parent.parent / "fixtures" / "upgrade"
REVISIONS = sorted({file.name[:4] for file in FOLDER.glob("*.house.sql.gz")})
NOT_YET = ("I13 TOLD",)
"""Older releases wrote no mail to the exporter about a refusal."""
STATES = {
    "25-1361": "Synced", "26-1": "Failed", "26-2": "With PM", "26-3": "Unknown", "26-4": "Exporting", "26-5": "Accepted",
    "26-6": "Ready",
}  # fmt: skip


pytestmark = pytest.mark.skipif(on_postgresql(), reason="the stored databases are SQLite")
STAGES = {"house": "from-{}.db", "company": "company-from-{}.db"}


def unpack(name: str, revision: str, folder: Path) -> None:
    """A stored database as a stage of the house."""
    file = folder / STAGES[name].format(revision)
    file.unlink(missing_ok=True)
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(gzip.decompress((FOLDER / f"{revision}.{name}.sql.gz").read_bytes()).decode())


@pytest.fixture(params=REVISIONS)
def house(request: pytest.FixtureRequest) -> Iterator[House]:
    """The house of an older release, an hour later, migrated."""
    _, _, folder = ground()
    for name in STAGES:
        unpack(name, request.param, folder)
    with move_in(f"from-{request.param}") as moved_in:
        moved_in.wait(3600)
        flask_migrate.upgrade(directory=str(ROOT / "migrations"))
        db.session.remove()
        yield moved_in


def states(house: House) -> dict[str, str]:
    return {number: house.item(house.project(number)).state for number in STATES}


def test_the_stored_databases_are_those_that_were_released() -> None:
    assert REVISIONS == ["0002", "0003"]


def test_every_promise_holds_after_the_upgrade(house: House) -> None:
    assert not invariants.broken(thorough=True)
    check_all(house.company, house.connection, without=NOT_YET)
    assert states(house) == STATES


def test_what_was_under_way_arrives_after_the_upgrade(house: House) -> None:
    write = open_write(house.connection.id)
    assert write is not None
    assert house.update().ok
    assert house.update().ok
    assert open_write(house.connection.id) is None
    assert states(house) == STATES | {"26-3": "Synced", "26-4": "Synced"}
    assert db.session.get(type(write), write.key).handed == 1
    assert restores.since(house.connection) is None
    check_all(house.company, house.connection, drained=True, without=NOT_YET)


def test_people_go_on_after_the_upgrade(house: House) -> None:
    assert house.update().ok
    with transaction():
        retry(
            house.item(house.project("26-1")),
            house.ann,
            {"customer": house.item(house.project("26-1")).choices["customer"]["id"]},
        )
    house.export("job")
    assert house.update().ok
    assert states(house)["26-5"] == "Synced"
    if budget.unsynced(house.budget_of_pier()):
        house.exported("budget", house.budget_of_pier())
        assert house.update().ok
        assert house.item(house.budget_of_pier()).state == "Synced"
        assert len(list(db.session.query(Snapshot).filter_by(item_id=house.item(house.budget_of_pier()).id))) == 3
    check_all(house.company, house.connection, drained=True, without=NOT_YET)


def test_a_synced_budget_says_when_it_was_exported(house: House) -> None:
    found = house.budget_of_pier()
    assert found.exported_at is not None
    assert found.exported_at == house.exchanges(item_id=house.item(found).id)[0].created_at


def test_the_schema_is_that_of_a_new_database(house: House) -> None:
    """Tables, columns and indexes, with the two that stand on lower(…)."""
    there = inspect(db.engine)
    made = {name: {column["name"] for column in there.get_columns(name)} for name in there.get_table_names()}
    assert made.pop("alembic_version")
    assert made == {table.name: {column.name for column in table.columns} for table in Base.metadata.tables.values()}
    indexes = set(db.session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'index'")))
    assert {index.name for table in Base.metadata.tables.values() for index in table.indexes} <= indexes
    assert {"uq_users_email", "uq_cost_codes_code"} <= indexes


APPEND_ONLY = (
    "DELETE FROM events", "UPDATE events SET action = 'x'", "DELETE FROM answers", "UPDATE answers SET body = 'x'",
    "UPDATE messages SET body = 'x'", "UPDATE budget_entries SET amount = 1", "DELETE FROM budget_entries",
)  # fmt: skip


@pytest.mark.parametrize("statement", APPEND_ONLY)
def test_the_database_refuses_to_alter_what_happened(house: House, statement: str) -> None:
    with pytest.raises(DatabaseError, match="append only"), transaction():
        db.session.execute(text(statement))


def test_two_addresses_that_differ_in_case_only_are_refused(house: House) -> None:
    row = dict(db.session.execute(text("SELECT * FROM users LIMIT 1")).mappings().one())
    row |= {"id": 999, "email": row["email"].upper()}
    names = ", ".join(f'"{name}"' for name in row)
    with pytest.raises(DatabaseError, match="(?i)unique"), transaction():
        db.session.execute(text(f"INSERT INTO users ({names}) VALUES ({', '.join(f':{name}' for name in row)})"), row)


def test_a_way_back_and_forth_leads_to_the_same_schema(house: House) -> None:
    before = _schema()
    flask_migrate.downgrade(directory=str(ROOT / "migrations"), revision="0002")
    flask_migrate.upgrade(directory=str(ROOT / "migrations"))
    assert _schema() == before


def _schema() -> set[str]:
    db.session.remove()
    rows = db.session.scalars(text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'alembic_version'"))
    found = {_flat(row) for row in rows}
    db.session.remove()
    return found


def _flat(sql: str) -> str:
    """A statement whatever the order of its columns."""
    return " ".join(sorted(re.split(r"[\s,()]+", sql.replace('"', ""))))
