"""Workload 13: the daily summary, when nothing waits, and for many approvers against one."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import time_machine
from flask import Flask

from bench.measure import Figure, How, race, versus
from bench.place import connection, place
from bench.stock import person
from erp.cli.user import give, make
from erp.db import db
from erp.digest import write_summaries
from erp.people import Level
from erp.people.user import PUSH
from tests.many import many_items

MORNING = datetime.now(UTC).replace(hour=18, minute=0) + timedelta(days=1)


def measure(how: How) -> Iterator[Figure]:
    """Nothing is kept: each round writes the summaries and takes them back."""
    rows, people = (500, 10) if how.quick else (5000, 100)
    how = How(max(3, how.rounds // 3), how.seconds, how.quick)
    with place() as empty, place() as one, place() as many:
        with many.app_context():
            for n in range(people - 1):
                give(make(f"a{n}@x.test", f"Approver {n}", "-", erp=Level.STANDARD), PUSH)
            db.session.commit()
        for app in (one, many):
            with app.app_context():
                many_items(connection(), person("Pam"), rows)
        times = race({"ours": _run(many, people), "one": _run(one, 1), "nothing": _run(empty, 0)}, how)
        yield versus("13", f"{people} approvers against one, {rows:,} items wait", times, "one", most=1.5)
        yield versus("13", "nothing waits, against one approver", times, "one", ours="nothing")


def _run(app: Flask, most: int) -> Callable[[], None]:
    def write() -> None:
        with app.app_context(), patch.object(db.session, "commit", db.session.flush), time_machine.travel(MORNING, tick=False):
            written = write_summaries()
            db.session.rollback()
            assert written == most, written

    return write
