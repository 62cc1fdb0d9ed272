"""The audit trail: who, when, with which rights; appended and never altered."""

from erp import audit
from erp.audit import System
from erp.db import db


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
