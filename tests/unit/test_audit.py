"""The audit trail: who, when, with which rights; appended and never altered."""

import pytest
from flask_migrate import upgrade
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DatabaseError

from app import ROOT, create_app
from erp import audit
from erp.audit import Event, System
from erp.db import db

VERSIONS = sorted((ROOT / "migrations" / "versions").glob("*.py"))


def test_an_event_freezes_the_rights_of_that_moment(people):
    event = audit.record("user:1", "see", people.ann)
    people.ann.privileges = []
    db.session.commit()
    assert event.rights == {"erp": "Standard", "push": True}
    assert audit.record("user:1", "see", people.ann).rights == {"erp": "Standard", "push": False}


def test_the_system_is_an_actor_without_an_id(app):
    event = audit.record("item:1", "succeed", System("qbwc/1234abcd"))
    assert (event.actor, event.actor_id, event.rights) == ("system:qbwc/1234abcd", None, {})


def test_the_history_is_of_the_subjects_asked_for_and_oldest_first(people):
    for subject, action in (("item:1", "send"), ("item:2", "send"), ("document:1", "lock"), ("item:1", "accept")):
        audit.record(subject, action, people.ann)
    assert [(e.subject, e.action) for e in audit.history("item:1", "document:1")] == [
        ("item:1", "send"), ("document:1", "lock"), ("item:1", "accept")]  # fmt: skip
    assert audit.history() == []


def test_events_of_an_item_are_numbered_as_its_versions(stage):
    item = stage.job(customer="80000001-1")
    stage.synced(item)
    assert [event.version for event in stage.events(item)] == list(range(1, item.version + 1))


def test_every_event_of_an_item_names_its_actor(stage):
    item = stage.failed(stage.exporting(stage.job(customer="80000001-1")))
    stage.reject(item)
    assert [event.actor for event in stage.events(item)] == ["Pam", "Ann", "Ann", "system:qbwc/test", "Ann"]


@pytest.fixture
def migrated(tmp_path):
    settings = {"TESTING": True, "SECRET_KEY": "test", "SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path / 'migrated.db'}"}
    app = create_app(settings)
    with app.app_context():
        upgrade()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.mark.skipif(not VERSIONS, reason="there is no migration yet")
def test_a_migrated_database_refuses_to_alter_or_delete_an_event(migrated):
    kept = audit.record("item:1", "send", System("test"), comment="as it was").id
    db.session.commit()
    for forgery in (update(Event).values(comment="forged"), update(Event).values(actor="Ann"), delete(Event)):
        with pytest.raises(DatabaseError, match="append only"):
            db.session.execute(forgery)
        db.session.rollback()
    assert db.session.scalars(select(Event.comment).where(Event.id == kept)).one() == "as it was"


@pytest.mark.skipif(not VERSIONS, reason="there is no migration yet")
def test_a_migrated_database_still_takes_new_events(migrated):
    for action in ("send", "retrieve"):
        audit.record("item:1", action, System("test"))
    db.session.commit()
    assert [event.action for event in audit.history("item:1")] == ["send", "retrieve"]
