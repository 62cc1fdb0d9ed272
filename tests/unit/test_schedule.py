"""When lists are read: each as often as an administrator says, what changed each time, all of it once a day."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from erp import connections
from erp.audit import Event
from erp.connections import Schedule
from erp.db import db, now, transaction
from erp.exchanges.exchange import Exchange
from erp.exchanges.refresh import due


@pytest.fixture
def quiet(connection):
    """Nothing is queued and nothing is due."""
    for row in connection.schedules:
        row.next_at = now() + timedelta(hours=1)
    db.session.execute(db.update(Exchange).values(state="synced"))
    db.session.commit()
    return connection


def row_of(connection, name="customer"):
    return connections.schedule(connection.id, name)


@pytest.mark.parametrize(("mark", "since"), [
    ("2026-07-01T10:00:00-08:00", "2026-07-01T09:00:00"), ("2026-07-01T00:30:00-08:00", "2026-06-30T23:30:00"),
    ("2026-07-01T10:00:00", "2026-07-01T09:00:00"), ("", ""), ("nonsense", ""),
])  # fmt: skip
def test_changes_are_asked_from_an_hour_before_the_mark_by_the_clock_on_the_wall(quiet, mark, since):
    row = row_of(quiet)
    row.mark, row.whole_at = mark, now()
    assert connections.changed_since(row) == since


def test_a_list_that_was_not_read_whole_for_a_day_is_read_whole(quiet):
    row = row_of(quiet)
    row.mark = "2026-07-01T10:00:00-08:00"
    for whole_at in (None, now() - timedelta(hours=25)):
        row.whole_at = whole_at
        assert connections.changed_since(row) == ""


def test_never_is_never_queued_and_the_others_at_their_time(quiet):
    with transaction():
        connections.choose_schedule(quiet, {"customer": 0, "item": 240})
        for row in quiet.schedules:
            row.next_at = now() - timedelta(minutes=1)
    with transaction():
        assert due() == len(quiet.schedules) - 1
    queued = db.session.scalars(select(Exchange.subject).filter_by(state="queued")).all()
    assert sorted(queued) == ["list:account", "list:class", "list:item", "list:vendor"]


def test_the_next_time_counts_from_the_last_reading(quiet):
    row = row_of(quiet)
    row.read_at = now() - timedelta(hours=3)
    assert connections.choose_schedule(quiet, {"customer": 240, "item": 60}) == {"customer": 240}
    assert row.next_at == row.read_at + timedelta(hours=4)


def test_a_list_that_came_with_an_upgrade_gets_a_schedule_of_its_own(quiet):
    connections.list_was_read(quiet.id, "vendor", "2026-07-01T10:00:00-08:00")
    row = db.session.scalars(select(Schedule).filter_by(list="vendor")).one()
    assert (row.every, row.mark, row.whole_at) == (60, "2026-07-01T10:00:00-08:00", row.read_at)


def test_what_could_not_be_read_says_why_and_is_not_asked_again_at_once(quiet):
    connections.list_was_not_read(quiet.id, "customer", "No.", ended=True)
    row = row_of(quiet)
    assert row.problem == "No."
    assert row.next_at > now() + timedelta(minutes=50)
    connections.list_was_read(quiet.id, "customer")
    assert row.problem == ""


def test_adam_chooses_the_schedule_and_it_is_audited(quiet, as_):
    url = f"/settings/connections/{quiet.id}/schedule"
    answer = as_("adam").post(url, data={"every-item": "1440", "every-customer": "60"}, follow_redirects=True)
    assert b"The schedule was saved." in answer.data
    assert (row_of(quiet, "item").every, row_of(quiet).every) == (1440, 60)
    event = db.session.scalars(select(Event).filter_by(action="schedule")).one()
    assert (event.actor, event.details) == ("Adam", {"item": 1440})
    assert b"Daily" in as_("adam").get(f"/settings/connections/{quiet.id}").data


def test_ann_does_not_choose_it(quiet, as_):
    assert as_("ann").post(f"/settings/connections/{quiet.id}/schedule", data={"every-item": "0"}).status_code == 403
    assert row_of(quiet, "item").every == 60


@pytest.mark.parametrize("posted", ["7", "-60", "999999999999"])
def test_a_time_that_is_not_offered_is_refused(quiet, as_, posted):
    answer = as_("adam").post(f"/settings/connections/{quiet.id}/schedule", data={"every-item": posted})
    assert answer.status_code == 422
    assert row_of(quiet, "item").every == 60
