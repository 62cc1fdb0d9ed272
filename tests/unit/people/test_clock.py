"""A person's day and time, on days with a changed clock too."""

from datetime import UTC, date, datetime, time

import pytest

from erp.people import User
from erp.people.clock import day_of, moment_of, shown_to, zone_of


@pytest.mark.parametrize(("zone", "day", "at", "utc"), [
    ("UTC", date(2026, 1, 1), "07:00", "2026-01-01 07:00"),
    ("Asia/Kolkata", date(2026, 1, 1), "07:00", "2026-01-01 01:30"),
    ("America/New_York", date(2026, 3, 8), "02:30", "2026-03-08 07:30"),  # the hour that is not there
    ("America/New_York", date(2026, 11, 1), "01:30", "2026-11-01 05:30"),  # the first of two
    ("Australia/Lord_Howe", date(2026, 10, 4), "02:15", "2026-10-03 15:45"),  # half an hour that is not there
    ("America/Sao_Paulo", date(2018, 11, 4), "00:00", "2018-11-04 03:00"),  # a day without a midnight
    ("Pacific/Auckland", date(2026, 9, 27), "07:00", "2026-09-26 18:00"),
])  # fmt: skip
def test_when_it_is_that_time_where_somebody_lives(zone, day, at, utc):
    moment = moment_of(User(zone=zone), day, time.fromisoformat(at))
    assert f"{moment:%Y-%m-%d %H:%M}" == utc
    assert day_of(User(zone=zone), moment) == day


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd", "a\0b"])
def test_a_zone_nobody_knows_is_utc(zone):
    assert zone_of(User(zone=zone)).key == "UTC"


def test_a_moment_is_shown_with_its_zone():
    assert shown_to(User(zone="Europe/Berlin"), datetime(2026, 7, 1, 22, 30, tzinfo=UTC)) == "2026-07-02 00:30 (Europe/Berlin)"
