"""Workload 4: how often a request asks the database; deterministic, the unit tests hold the same numbers."""

from collections.abc import Callable, Iterator

from flask import Flask
from sqlalchemy import event

from bench.measure import Figure, How
from bench.place import cookie, page, place
from bench.stock import accepted
from erp.db import db


def measure(how: How) -> Iterator[Figure]:
    """SELECTs of the list partial of each tab and of Details."""
    with place() as app:
        with app.app_context():
            key = accepted(3)[0]
        login = cookie(app, "Ann")
        for slug in ("job", "cost_code", "budget"):
            n = _asked(app, page(app, f"/erp/1/{slug}/", login=login))
            yield Figure("4", f"queries of the list partial, {slug}", n, "", "<= 4", n <= 4)
        n = _asked(app, page(app, f"/erp/1/items/{key}", login=login))
        yield Figure("4", "queries of Details", n, "", "<= 2", n <= 2)


def _asked(app: Flask, run: Callable[[], bytes]) -> int:
    found: list[str] = []

    def listen(*words: str) -> None:
        if words[2].startswith("SELECT"):
            found.append(words[2])

    run()
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", listen)
    run()
    event.remove(engine, "before_cursor_execute", listen)
    return len(found)
