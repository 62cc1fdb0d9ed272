"""A transaction is kept whole or not at all, also when the disk is full and somebody swallows that."""

from contextlib import suppress

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError, PendingRollbackError

from erp.db import commit_of_request, db, transaction
from erp.people import User
from tests.databases import on_postgresql
from tests.prove.obstacles import no_room

HUGE = text("INSERT INTO answers (ticket, body, hash, hresult, received_at, why) VALUES ('t', :body, 'h', '', '2026-11-23', '')")


@pytest.mark.skipif(on_postgresql(), reason="PostgreSQL never takes a transaction back by itself")
def test_what_sqlite_took_back_by_itself_is_not_kept_by_halves(people):
    """Without room SQLite ends the transaction; the statement after it would be kept alone."""
    with no_room(None), pytest.raises(PendingRollbackError):
        _rename_and_swallow()
    db.session.remove()
    assert {"Ann", "Bob"} <= set(db.session.scalars(select(User.name)))


def _rename_and_swallow():
    with transaction():
        db.session.execute(text("UPDATE users SET name = 'First' WHERE name = 'Ann'"))
        with suppress(OperationalError), db.session.begin_nested():
            db.session.execute(HUGE, {"body": "x" * 300_000})
        db.session.execute(text("UPDATE users SET name = 'Second' WHERE name = 'Bob'"))


def test_a_request_knows_how_far_it_came_with_keeping_something(app):
    with app.test_request_context():
        assert commit_of_request() == ""
        with transaction():
            assert commit_of_request() == ""
        assert commit_of_request() == "done"
    with app.test_request_context():
        assert commit_of_request() == ""
