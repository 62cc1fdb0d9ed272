"""The server's clock jumps an hour back or forth in the middle of something: nothing twice, nothing stuck, no second summary.

A moment that was written down before the jump (a lease, the time of the next try) is judged after it by the other clock, so
something may wait for the hour and its own delay, and never for longer.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import delete, select

from erp.db import db, transaction
from erp.digest import write_summaries
from erp.items.perform import send
from erp.mail import Mail
from erp.simulator.wire import Unreachable
from tests.house import House, move_in
from tests.prove.figures import note
from tests.prove.morning import CALLS, EVERY, LEASE, Moment, Obstacle, morning
from tests.prove.test_locked import MOST

HOUR = 3600
DELAYS = 4 * (LEASE + 61)
"""Some visits: a mail or an exchange has delays of its own."""


def before(seconds: int) -> Obstacle:
    """The clock shows another time, and goes on from there."""

    @contextmanager
    def jumped(house: House) -> Iterator[None]:
        house.wait(seconds)
        yield

    return jumped


def broken(seconds: int) -> Obstacle:
    """As soon as it was answered the clock jumps; the answer never arrives, and nobody comes back to this session."""

    @contextmanager
    def jumped(house: House) -> Iterator[None]:
        yield
        house.wait(seconds)
        raise Unreachable("the line broke")

    return jumped


def lost(seconds: int) -> Obstacle:
    """The clock jumps and the call never arrives: what QuickBooks did is not known here, and the lease runs by another clock."""

    @contextmanager
    def jumped(house: House) -> Iterator[None]:
        house.wait(seconds)
        raise Unreachable("the call was lost")
        yield

    return jumped


JUMPS = [pytest.param(-HOUR, id="back"), pytest.param(HOUR, id="forward")]
HALF = timedelta(minutes=30)


@pytest.mark.parametrize("seconds", JUMPS)
@pytest.mark.parametrize("moment", EVERY, ids=str)
def test_a_jump_of_the_clock_posts_nothing_twice_and_stops_nothing(moment: Moment, seconds: int) -> None:
    lived = morning(moment, before(seconds))
    assert lived.reached
    assert lived.waited <= max(0, -seconds) + DELAYS, f"it waited for {lived.waited} s"
    note("clock jumps", str(moment), waited=lived.waited)


@pytest.mark.parametrize("seconds", JUMPS)
@pytest.mark.parametrize("jump", [before, broken, lost], ids=lambda jump: jump.__name__)
@pytest.mark.parametrize("call", CALLS)
def test_nor_does_one_at_any_call_of_the_session(call: str, jump: Callable[[int], Obstacle], seconds: int) -> None:
    for nth in count(1):
        assert nth < MOST
        lived = morning(Moment(call, nth), jump(seconds))
        if not lived.reached:
            return
        assert lived.waited <= max(0, -seconds) + DELAYS, f"{call} {nth}: it waited for {lived.waited} s"
        note("clock jumps", f"{call} {nth}", waited=lived.waited)


@pytest.mark.parametrize("seconds", JUMPS)
def test_there_is_one_daily_summary_per_person_and_day_whenever_the_clock_jumps(seconds: int) -> None:
    """For each half hour of a day: two days with a jump there, and something waits all the time."""
    with move_in() as house:
        with transaction():
            send("job", house.connection, house.pier, house.pam)
        for place in range(48):
            with transaction():
                db.session.execute(delete(Mail))
            house.clock.move_to(datetime(2026, 11, 24, tzinfo=UTC))
            for tick in range(96 - seconds // 1800):
                house.wait((seconds if tick == place else 0) + HALF.total_seconds())
                write_summaries()
            days = Counter(key.split(":", 2)[2] for key in db.session.scalars(select(Mail.key)))
            assert days == {"2026-11-24": 2, "2026-11-25": 2}, f"jump at tick {place}: {days}"
            note("clock jumps", f"daily summary {place}", waited=0)
