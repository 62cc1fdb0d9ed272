"""Workload 6: accepting N items and pressing Export, against the same rows moved by raw set-based SQL."""

import time
from collections.abc import Iterator

from sqlalchemy import text

from bench.measure import Figure, How, spread
from bench.place import connection, place
from bench.stock import accepted, person
from erp.db import db, transaction
from erp.exchanges.export import export
from erp.items import Item
from erp.items.bulk import accept_all
from erp.items.perform import unaccept


def measure(how: How) -> Iterator[Figure]:
    """Items per second of CPU; the rules are asked for every item, twice."""
    for n in (1, 20) if how.quick else (1, 100):
        with place() as app, app.app_context():
            keys = accepted(n)
            ours, raw = [], []
            for _ in range(3 if how.quick else 5):
                with transaction():
                    for item in _items(keys):
                        unaccept(item, person("Ann"))
                raw.append(_raw(keys))
                ours.append(_accept(keys))
            rate = [base / mine for base, mine in zip(raw, ours, strict=True)]
            value = sorted(rate)[len(rate) // 2]
            yield Figure("6", f"accept {n:,}, share of raw SQL", round(value, 4), "x", ">= 0.3", value >= 0.3, round(spread(rate), 3),
                         {"items_per_second": round(n / sorted(ours)[len(ours) // 2])})  # fmt: skip
            start = time.process_time()
            with transaction():
                click = export(connection(), "budget", person("Ann"))
            took = time.process_time() - start
            assert len(click.items) == n
            yield Figure("6", f"export click of {n:,}", round(n / took), "items/s")


def _items(keys: list[int]) -> list[Item]:
    return list(db.session.scalars(db.select(Item).where(Item.id.in_(keys))))


def _accept(keys: list[int]) -> float:
    start = time.process_time()
    with transaction():
        done, refused = accept_all(_items(keys), person("Ann"), {}, {})
    assert (done, refused) == (len(keys), [])
    return time.process_time() - start


def _raw(keys: list[int]) -> float:
    """One UPDATE and one INSERT of events for all, rolled back."""
    start = time.process_time()
    db.session.execute(
        text("UPDATE items SET state = 'Accepted', version = version + 1 WHERE state = 'Ready' AND kind = 'budget'")
    )
    db.session.execute(
        text("""INSERT INTO events (subject, version, actor_id, actor, rights, action, frm, "to", comment, details, at)
        SELECT 'raw:' || id, version, 2, 'Ann', '{}', 'accept', 'Ready', 'Accepted', '', '{}', '2026-01-01' FROM items
        WHERE kind = 'budget'""")
    )
    took = time.process_time() - start
    db.session.rollback()
    return took
