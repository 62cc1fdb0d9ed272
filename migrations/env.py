"""How alembic reaches the database: through the application, in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from erp.db import Base


def run() -> None:
    """Bring the database of the current application to a revision."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection, without_references(connection):
        context.configure(
            connection=connection, target_metadata=Base.metadata, render_as_batch=True, compare_type=True,
            render_item=lambda kind, thing, _: "Instant()" if kind == "type" and type(thing).__name__ == "Instant" else False,
        )  # fmt: skip
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


@contextmanager
def without_references(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by making it anew, and must not miss the old one meanwhile; afterwards no reference dangles."""
    if connection.dialect.name != "sqlite":
        yield
        return
    raw = connection.connection.dbapi_connection
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys=ON")
    dangling = raw.execute("PRAGMA foreign_key_check").fetchall()
    assert not dangling, f"references that lead nowhere: {dangling[:5]}"


run()
