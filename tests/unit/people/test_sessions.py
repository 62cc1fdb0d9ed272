"""Sessions: found by the hash of their key, with the person in one query; they run out, and they can be ended."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from erp.cli.user import give
from erp.connections import Connection
from erp.db import db
from erp.people import WebSession, sessions
from erp.people.access import set_grid
from erp.people.sessions import IDLE, LONGEST
from erp.people.user import CREATE_PROJECT
from tests.unit.stage import statements

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def clock(people):
    with time_machine.travel(START, tick=False) as travel:
        yield travel


def alive(*keys):
    return [bool(sessions.reader(key)) for key in keys]


def test_a_key_finds_its_person_and_when_he_was_seen(clock, people):
    ann, bob = sessions.begin(people.ann), sessions.begin(people.bob)
    assert [sessions.reader(key)[0].name for key in (ann, bob)] == ["Ann", "Bob"]
    assert sessions.reader(ann)[1] == START
    assert ann != bob


@pytest.mark.parametrize("key", ["", "1", "made up", "x" * 10_000, "\ud800"])
def test_a_key_that_was_not_given_out_finds_nobody(people, key):
    sessions.begin(people.ann)
    assert sessions.reader(key) is None


def test_session_person_and_rights_come_in_one_query(people):
    key = sessions.begin(people.ann)
    db.session.commit()
    db.session.expunge_all()
    with statements() as asked:
        user, *_ = sessions.reader(key)
        assert user.holds("Can Push to Accounting")
        assert user.level("erp")
        assert user.grid == []
    assert len(asked) == 1


def test_every_right_is_there_once_however_many_there_are(people, connection):
    give(people.ann, CREATE_PROJECT)
    for kind in ("job", "budget"):
        set_grid(people.ann, kind, can_import=True, can_export=kind == "job")
    db.session.commit()
    held, key_of_connection = [(g.tool, g.project_id, g.level) for g in people.ann.grants], connection.id
    key = sessions.begin(people.ann)
    db.session.commit()
    db.session.expunge_all()
    user, _, beside = sessions.reader(key, Connection, key_of_connection)
    assert sorted(p.name for p in user.privileges) == ["Can Push to Accounting", "Create New Project"]
    assert {row.kind: row.can_export for row in user.grid} == {"job": True, "budget": False}
    assert [(g.tool, g.project_id, g.level) for g in user.grants] == held
    assert beside.id == key_of_connection
    assert sessions.reader(key, Connection, key_of_connection + 1)[2] is None


def test_the_key_is_not_in_the_database(people):
    key = sessions.begin(people.ann, "203.0.113.5", "Firefox")
    row = db.session.scalars(select(WebSession)).one()
    assert key not in str([getattr(row, column.name) for column in WebSession.__table__.columns])
    assert sessions.is_this(row, key)
    assert not sessions.is_this(row, "another")


def test_a_very_long_browser_name_is_cut(people):
    sessions.begin(people.ann, "x" * 900, "y" * 900)
    row = db.session.scalars(select(WebSession)).one()
    assert (len(row.address), len(row.device)) == (255, 255)


def test_a_session_ends_after_the_idle_time_and_a_note_prolongs_it(clock, people):
    quiet, busy = sessions.begin(people.ann), sessions.begin(people.ann)
    db.session.commit()
    clock.shift(IDLE - timedelta(seconds=1))
    sessions.note(busy)
    assert alive(quiet, busy) == [True, True]
    clock.shift(1)
    assert alive(quiet, busy) == [False, True]


def test_no_note_prolongs_a_session_beyond_the_longest_time(clock, people):
    key = sessions.begin(people.ann)
    db.session.commit()
    for _ in range(24):
        clock.shift(LONGEST / 24 - timedelta(seconds=1))
        sessions.note(key)
        assert alive(key) == [True]
    clock.shift(24)
    assert alive(key) == [False]


def test_a_session_of_who_was_switched_off_finds_nobody(people):
    key = sessions.begin(people.ann)
    people.ann.active = False
    db.session.flush()
    assert alive(key) == [False]


def test_one_is_ended_and_the_others_stay(people):
    one, other, bob = sessions.begin(people.ann), sessions.begin(people.ann), sessions.begin(people.bob)
    sessions.end(one)
    assert alive(one, other, bob) == [False, True, True]


def test_the_others_are_ended_and_this_one_and_other_people_stay(people):
    one, other, bob = sessions.begin(people.ann), sessions.begin(people.ann), sessions.begin(people.bob)
    sessions.end_others(people.ann, one)
    assert alive(one, other, bob) == [True, False, True]


def test_the_list_has_the_live_ones_of_this_person_the_newest_first(clock, people):
    sessions.begin(people.ann, device="old")
    clock.shift(IDLE)
    for device in ("first", "second"):
        sessions.begin(people.ann, device=device)
    sessions.begin(people.bob, device="noise")
    assert [row.device for row in sessions.of(people.ann)] == ["second", "first"]


def test_what_has_run_out_goes_away_at_the_next_login_of_anybody(clock, people):
    sessions.begin(people.ann)
    clock.shift(IDLE)
    sessions.begin(people.bob)
    assert [row.user.name for row in db.session.scalars(select(WebSession))] == ["Bob"]


def test_a_database_that_stays_busy_costs_the_note_and_nothing_else(clock, people, monkeypatch):
    key = sessions.begin(people.ann)
    db.session.commit()
    clock.shift(60)

    def busy(*_):
        raise OperationalError("UPDATE", {}, Exception("database is locked"))

    monkeypatch.setattr("erp.people.sessions.update", busy)
    sessions.note(key)
    assert sessions.reader(key)[1] == START
