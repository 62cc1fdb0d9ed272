"""Workload 7: the export job of N items, without RQ's fork, against one SELECT of its exchanges."""

from collections.abc import Iterator

from bench.measure import Figure, How, Run, race, versus
from bench.place import place
from bench.stock import queued
from erp.db import db
from erp.exchanges.exchange import Exchange
from erp.exchanges.rehearse import rehearse


def measure(how: How) -> Iterator[Figure]:
    """The job rehearses the first message of every exchange of the click: building it is what it is for."""
    for n in (1, 20) if how.quick else (1, 100):
        with place() as app, app.app_context():
            queued(n)
            batch = db.session.scalars(db.select(Exchange.batch).where(Exchange.item_id.is_not(None))).first()
            runs = _runs(batch)
            times = race(runs, How(max(3, how.rounds // 3), how.seconds, how.quick))
            yield versus("7", f"export job of {n:,} budgets, against reading them", times, "select")


def _runs(batch: str) -> dict[str, Run]:
    asked = db.select(Exchange).filter_by(batch=batch)
    return {"ours": lambda: rehearse(batch), "select": lambda: db.session.scalars(asked).all()}
