"""How alembic reaches the database: through the application, in one transaction."""

from alembic import context
from flask import current_app

from erp.db import Base


def run() -> None:
    """Bring the database of the current application to a revision."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        context.configure(
            connection=connection, target_metadata=Base.metadata, render_as_batch=True, compare_type=True,
            render_item=lambda kind, thing, _: "Instant()" if kind == "type" and type(thing).__name__ == "Instant" else False,
        )  # fmt: skip
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
