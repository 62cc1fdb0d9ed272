"""Levels, privileges and passwords of a person."""

import pytest
from sqlalchemy.exc import IntegrityError
from werkzeug.security import generate_password_hash

from erp.cli.user import give, make
from erp.db import db
from erp.documents import project as projects
from erp.people import Grant, Level, sessions
from erp.people.user import PUSH


def test_levels_compare_and_have_their_words():
    assert Level.NONE < Level.READ < Level.STANDARD < Level.ADMIN
    assert [level.label for level in Level] == ["None", "Read Only", "Standard", "Admin"]


def test_a_level_on_a_company_tool_does_not_ask_for_a_project(people, pier):
    assert people.ann.level("erp") == people.ann.level("erp", pier.id) == Level.STANDARD


def test_a_level_on_a_project_tool_is_of_that_project_alone(people, pier, stage):
    other = stage.project(by="ann")
    assert people.pam.level("budget", pier.id) == Level.ADMIN
    assert people.pam.level("budget", other.id) == people.pam.level("budget") == Level.NONE


def test_a_company_level_cannot_be_granted_twice(people):
    db.session.add(Grant(user_id=people.ann.id, tool="erp", project_id=None, level=3))
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_a_project_level_cannot_be_granted_twice(people, pier):
    projects.grant(pier, people.ann, "budget", Level.READ)
    db.session.add(Grant(user_id=people.ann.id, tool="budget", project_id=pier.id, level=3))
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_two_people_cannot_share_an_e_mail_whatever_its_capitals(people):
    with pytest.raises(IntegrityError):
        make("ANN@x.test", "Another Ann", "secret")


def test_a_password_is_kept_as_a_salted_scrypt_hash(people, monkeypatch):
    monkeypatch.setattr("erp.people.user.generate_password_hash", generate_password_hash)
    people.ann.set_password("correct horse")
    first = people.ann.password_hash
    people.ann.set_password("correct horse")
    assert first.startswith("scrypt:")
    assert first != people.ann.password_hash
    assert "correct horse" not in people.ann.password_hash
    assert people.ann.check_password("correct horse")
    assert not people.ann.check_password("wrong horse")


def test_a_new_password_ends_every_session_of_the_person_and_of_nobody_else(people):
    keys = [sessions.begin(people.ann), sessions.begin(people.ann), sessions.begin(people.bob)]
    people.ann.set_password("another one")
    db.session.flush()
    assert [bool(sessions.reader(key)) for key in keys] == [False, False, True]


def test_a_one_time_password_must_be_changed_and_an_ordinary_one_need_not(people):
    people.ann.set_password("once only", once=True)
    assert people.ann.must_change_password
    people.ann.set_password("another one")
    assert not people.ann.must_change_password


def test_the_standing_of_a_person_is_what_the_audit_trail_freezes(people):
    assert people.ann.standing() == {"erp": "Standard", "push": True}
    assert people.stan.standing() == {"erp": "Standard", "push": False}
    assert people.pam.standing() == {"erp": "None", "push": False}


def test_the_standing_does_not_count_a_privilege_of_one_project(people, pier):
    give(people.stan, PUSH, pier.id)
    assert not people.stan.standing()["push"]
