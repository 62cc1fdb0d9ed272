"""No contact for too long: ERP administrators are told, once per outage."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from erp import mail
from erp.connections import seen
from erp.db import db, transaction
from erp.exchanges.silence import tell_of_silence
from erp.mail import Mail
from tests.unit.stage import statements

FRIDAY = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


@pytest.fixture
def clock(app):
    with time_machine.travel(FRIDAY, tick=False) as travel:
        yield travel


@pytest.fixture
def heard(clock, people, connection):
    """The Web Connector called a moment ago."""
    contact(connection)
    return connection


def contact(connection):
    with transaction():
        seen(connection)


def told():
    return [(row.to, row.subject) for row in db.session.scalars(select(Mail).order_by(Mail.id))]


ADAM = ("adam@x.test", "No contact with Harbor & Hill for 24 hours")


def test_administrators_are_told_after_a_day_without_contact(clock, heard):
    clock.shift(86400)
    assert tell_of_silence() == 0
    clock.shift(1)
    assert (tell_of_silence(), told()) == (1, [ADAM])
    assert "since 2026-11-20 18:00 (UTC)" in db.session.scalars(select(Mail.text)).one()


def test_once_per_outage_however_long_it_lasts(clock, heard):
    for _ in range(5):
        clock.shift(86401)
        tell_of_silence()
    assert told() == [ADAM]
    contact(heard)
    assert tell_of_silence() == 0
    clock.shift(86401)
    tell_of_silence()
    assert told() == [ADAM, ADAM]


def test_a_connection_that_was_never_heard_is_not_missed(clock, people, connection):
    clock.shift(timedelta(days=30))
    assert tell_of_silence() == 0


def test_the_hours_can_be_chosen_and_none_is_never(clock, heard):
    for hours, n in ((0, 0), (72, 0), (47, 1)):
        with transaction():
            mail.choose("silence_hours", hours)
        clock.move_to(FRIDAY + timedelta(hours=48))
        assert tell_of_silence() == n


def test_administrators_who_left_are_not_told(clock, heard, people):
    people.adam.active = False
    db.session.commit()
    clock.shift(86401)
    assert tell_of_silence() == 0


def test_while_all_is_well_it_is_two_small_queries(clock, heard):
    with statements() as asked:
        tell_of_silence()
    assert len(asked) == 2
