"""The migrations, on the database of this run: up from nothing they make what the models say, and down again nothing is left."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import delete, inspect, select, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from app import create_app
from erp import audit
from erp.audit import Event, System
from erp.cli.user import make
from erp.db import Base, db
from tests.databases import databases


@pytest.fixture
def migrated(tmp_path):
    there = databases(tmp_path, "migrated")
    there.make("migrated")
    app = create_app({"TESTING": True, "SECRET_KEY": "test", "SQLALCHEMY_DATABASE_URI": there.url("migrated")})
    with app.app_context():
        there.quicken(db.engine)
        upgrade()
        yield app
        db.session.remove()
        db.engine.dispose()
    there.drop("migrated")


def test_upgraded_from_nothing_is_what_the_models_say(migrated):
    with db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata) == []


def test_downgraded_to_nothing_nothing_is_left_and_it_goes_up_again(migrated):
    downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    upgrade()
    assert "items" in inspect(db.engine).get_table_names()


def test_an_event_cannot_be_altered_or_deleted(migrated):
    kept = audit.record("item:1", "send", System("test"), comment="as it was").id
    db.session.commit()
    for forgery in (update(Event).values(comment="forged"), update(Event).values(actor="Ann"), delete(Event)):
        with pytest.raises(DatabaseError, match="append only"):
            db.session.execute(forgery)
        db.session.rollback()
    assert db.session.scalars(select(Event.comment).where(Event.id == kept)).one() == "as it was"


def test_new_events_are_taken(migrated):
    for action in ("send", "retrieve"):
        audit.record("item:1", action, System("test"))
    db.session.commit()
    assert [event.action for event in audit.history("item:1")] == ["send", "retrieve"]


def test_an_e_mail_is_one_persons_whatever_its_capitals(migrated):
    make("pam@x.test", "Pam", "correct horse")
    db.session.commit()
    with pytest.raises(IntegrityError):
        make("PAM@x.test", "Pamela", "correct horse")
