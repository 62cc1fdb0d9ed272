"""Workloads 1 to 3: the list as HTMX partial, its growth with the number of items, and a page deep inside."""

from collections.abc import Iterator

from flask import Flask

from bench import fill
from bench.measure import Figure, How, race, versus
from bench.place import cookie, hello, page, place
from erp import desk
from erp.db import db
from erp.kind import KINDS
from erp.states import Filter

GREAT, SMALL = 1_000_000, 10_000


def measure(how: How) -> Iterator[Figure]:
    """At 1k to 1M items (100k when quick): against hello; the greatest against 10k; page 2,000 against page 1."""
    sizes = (1000, SMALL, 100_000) if how.quick else (1000, SMALL, 100_000, GREAT)
    with place() as small, place() as app:
        with small.app_context():
            fill.budgets(SMALL)
        few = page(small, "/erp/1/budget/", login=cookie(small, "Ann"))
        for size in sizes:
            with app.app_context():
                fill.budgets(size)
            ready = page(app, "/erp/1/budget/", login=cookie(app, "Ann"))
            assert ready().count(b"<tr id=") == 50
            times = race({"ours": ready, "hello": hello()}, how)
            yield versus("1", f"list partial, {size:,} items, against Flask hello", times, "hello", most=4)
        times = race({"ours": ready, "few": few}, how)
        yield versus("2", f"growth: {sizes[-1]:,} items against {SMALL:,}", times, "few", most=1.2)
        yield _deep(app, how, 2000 if not how.quick else 1000)


def _deep(app: Flask, how: How, number: int) -> Figure:
    login, url = cookie(app, "Ann"), "/erp/1/budget/synced"
    with app.app_context():
        after = _after(number)
    runs = {"ours": page(app, f"{url}?after={after}", login=login), "first": page(app, url, login=login)}
    return versus("3", f"Synced, page {number:,} against page 1", race(runs, how), "first", most=1.3)


def _after(number: int) -> str:
    """Where a page starts, as the 50-row pages before it would lead there."""
    from urllib.parse import quote

    from bench.place import connection
    from erp.items import Item

    asked = db.select(Item.changed_at, Item.id).filter_by(connection_id=1, kind="budget", filter=Filter.SYNCED)
    moment, key = db.session.execute(
        asked.order_by(Item.changed_at.desc(), Item.id.desc()).offset(50 * (number - 1) - 1).limit(1)
    ).one()
    assert desk.listing(connection(), KINDS["budget"], Filter.SYNCED, after=f"{moment.isoformat()}~{key}").rows
    return quote(f"{moment.isoformat()}~{key}")
