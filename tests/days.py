"""Many days of one approver in each of eight zones, with a clock that is killed at random: who got a summary on which day."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

import time_machine
from sqlalchemy import delete, select, update

from erp.cli.user import give, make
from erp.db import db, transaction
from erp.digest import write_summaries
from erp.items import Item
from erp.mail import Mail, Wish
from erp.people import Level, User
from erp.people.clock import zone_of
from erp.people.user import PUSH

ZONES = ("America/New_York", "America/Los_Angeles", "Europe/London", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata",
         "America/Sao_Paulo", "Pacific/Auckland")  # fmt: skip
LONGEST_SLEEP = timedelta(hours=3)
"""How long a killed clock may be away: less than what is left of a day after the latest of the times below."""
TIMES = ("07:00", "02:30", "00:00", "19:45")
"""The usual one, one that some days lack or have twice, the first of the day, and one in the evening."""


class Days:
    """The people, one item that waits or does not, and what came of it."""

    def __init__(self, item: Item, seed: int, *, restless: float, tick: timedelta) -> None:
        """`restless` is the chance that somebody sends or decides the item between two ticks."""
        self.item_id, self.die, self.restless, self.tick = item.id, random.Random(seed), restless, tick
        self.waits_since: datetime | None = None
        self.expected: set[tuple[int, str]] = set()
        with transaction():
            db.session.execute(update(User).values(active=False))
            people = [self._person(zone, at) for zone in ZONES for at in TIMES]
        self.users = {user.id: (zone_of(user), at) for user, at in people}

    def _person(self, zone: str, at: str) -> tuple[User, time]:
        user = make(f"{zone}-{at}@x.test".replace("/", "-").replace(":", ""), zone, "-", zone=zone, erp=Level.STANDARD)
        give(user, PUSH)
        db.session.add(Wish(user_id=user.id, daily_summary=True, at=at))
        return user, time.fromisoformat(at)

    def live(self, start: date, days: int) -> None:
        """Tick through the days; raises AssertionError at the end when somebody has a mail too many or too few."""
        begin = datetime.combine(start, time(), UTC)
        with time_machine.travel(begin, tick=False) as clock:
            self._forget()
            ticks = iter(range(days * int(timedelta(days=1) / self.tick)))
            for n in ticks:
                clock.move_to(begin + n * self.tick)
                self._maybe_change()
                self._expect(begin + n * self.tick)
                if self.die.random() < 0.01:
                    self._sleep(clock, begin, ticks)
                write_summaries()
                if self.die.random() < 0.02:
                    write_summaries()
        self._judge()

    def _forget(self) -> None:
        with transaction():
            db.session.execute(delete(Mail))
            db.session.execute(update(Item).values(state="With PM"))
        self.waits_since, self.expected = None, set()
        self._turn()

    def _maybe_change(self) -> None:
        """Now and then Pam sends it, now and then Ann decides it."""
        if self.die.random() < self.restless:
            self._turn()

    def _turn(self) -> None:
        moment = None if self.waits_since else datetime.now(UTC)
        with transaction():
            db.session.execute(update(Item).where(Item.id == self.item_id).values(
                state="Ready" if moment else "Accepted", **({"sent_at": moment} if moment else {})))  # fmt: skip
        self.waits_since = moment

    def _sleep(self, clock: Any, begin: datetime, ticks: Iterator[int]) -> None:
        """The clock process is gone for a while; nothing is decided meanwhile, and its connections die with it."""
        db.session.remove()
        db.engine.dispose()
        for _ in range(self.die.randint(1, int(LONGEST_SLEEP / self.tick))):
            n = next(ticks, None)
            if n is not None:
                clock.move_to(begin + n * self.tick)
                self._expect(begin + n * self.tick)

    def _expect(self, moment: datetime) -> None:
        """Said a second time, with the wall clock: today is owed from the first tick at which his clock has shown his time."""
        for key, (zone, at) in self.users.items():
            local = moment.astimezone(zone)
            if self.waits_since and local.time() >= at and self.waits_since <= _first(local.date(), at, zone) <= moment:
                self.expected.add((key, local.date().isoformat()))

    def _judge(self) -> None:
        written = Counter(tuple(key.split(":")[1:]) for key in db.session.scalars(select(Mail.key)))
        got = {(int(user), day): n for (user, day), n in written.items()}
        assert set(got.values()) <= {1}, "somebody got two on one day"
        missed, extra = self.expected - set(got), set(got) - self.expected
        assert not missed and not extra, f"missed {sorted(missed)[:5]}, unasked {sorted(extra)[:5]}"


@cache
def _first(day: date, at: time, zone: Any) -> datetime:
    """When a clock on the wall shows this time first, by trying the offsets before and after; if never, by the one before."""
    noon = datetime.combine(day, time(12), UTC)
    offsets = [(noon + timedelta(hours=hours)).astimezone(zone).utcoffset() for hours in (-36, 36)]
    tries = [datetime.combine(day, at, UTC) - offset for offset in offsets if offset is not None]
    shown = [moment for moment in tries if moment.astimezone(zone).replace(tzinfo=None) == datetime.combine(day, at)]
    return min(shown, default=tries[0])
