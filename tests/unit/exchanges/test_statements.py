"""How often a round trip of the Web Connector asks the database: counted, so that nobody has to believe a stopwatch."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text

from erp.db import db
from erp.exchanges.exchange import open_write
from tests.databases import on_postgresql
from tests.house import Caller, House

SEND, RECEIVE = 6, 18
"""Statements of the two calls about an Estimate, without BEGIN and COMMIT; these numbers may only become smaller."""
COMMITS = {"send": 1, "receive": 2}
"""What is handed out is committed before it leaves, and an answer before it is read."""


@contextmanager
def told() -> Iterator[list[str]]:
    """Every statement inside, and every COMMIT; the transaction's own BEGIN is left out."""
    found: list[str] = []

    def listen(*args: Any) -> None:
        if not args[2].startswith("BEGIN") and "pg_advisory_xact_lock" not in args[2]:
            found.append(args[2])

    def commit(_: Any) -> None:
        found.append("COMMIT")

    db.session.remove()
    event.listen(db.engine, "before_cursor_execute", listen)
    event.listen(db.engine, "commit", commit)
    yield found
    event.remove(db.engine, "before_cursor_execute", listen)
    event.remove(db.engine, "commit", commit)


def counted(found: list[str]) -> tuple[int, int]:
    """Statements and commits."""
    return len(found) - found.count("COMMIT"), found.count("COMMIT")


@pytest.fixture
def caller(house: House) -> Caller:
    """A session in which a job was carried over; the next one is an Estimate of 15 lines."""
    house.exported_budget(*range(100, 1600, 100))
    house.exported("job", house.project("25-0001"))
    found = house.caller()
    found.turn()
    return found


def test_a_round_trip_asks_no_more_than_it_must(caller: Caller) -> None:
    with told() as sent:
        request = caller.ask()
    assert "EstimateAddRq" in request
    response, _ = caller.carry(request)
    with told() as received:
        assert caller.answer(response) == 100
    assert counted(sent) == (SEND, COMMITS["send"]), "\n".join(sent)
    assert counted(received) == (RECEIVE, COMMITS["receive"]), "\n".join(received)


@pytest.mark.skipif(on_postgresql(), reason="the plan of SQLite")
def test_the_open_write_is_found_without_reading_all_messages(house: House) -> None:
    """SQLite compares the words of a partial index: "writes = 1" instead of "writes" reads every message ever sent."""
    with told() as asked:
        open_write(house.connection.id)
    plan = db.session.execute(text(f"EXPLAIN QUERY PLAN {asked[-1].replace('?', ':id')}"), {"id": 1}).all()
    assert "uq_messages_open_write" in str(plan)
