"""Workload 5: Details of budgets of 20, 500 and 2,000 lines, against Flask hello and against the same lines by an f-string."""

import json
from collections.abc import Callable, Iterator

from bench.measure import Figure, How, race, versus
from bench.place import cookie, hello, page, place
from bench.stock import accepted
from erp.db import db
from erp.items import Item, Snapshot


def measure(how: How) -> Iterator[Figure]:
    """The page shows at most 500 lines and the totals of all of them."""
    for lines in (20, 500) if how.quick else (20, 500, 2000):
        with place() as app:
            with app.app_context():
                key = accepted(1)[0]
                payload = _grow(key, lines)
            runs = {
                "ours": page(app, f"/erp/1/items/{key}", login=cookie(app, "Ann")),
                "hello": hello(),
                "f-string": _raw(payload),
            }
            times = race(runs, how)
            yield versus("5", f"Details, {lines:,} lines, against Flask hello", times, "hello", most=3)
            yield versus("5", f"Details, {lines:,} lines, against an f-string per line", times, "f-string")


def _grow(key: int, lines: int) -> str:
    """The frozen budget with so many lines."""
    snapshot = db.session.get_one(Snapshot, db.session.get_one(Item, key).snapshot_id)
    data = snapshot.data
    data["lines"] = [data["lines"][n % len(data["lines"])] | {"description": f"Work of line {n}"} for n in range(lines)]
    snapshot.payload = json.dumps(data)
    db.session.commit()
    return snapshot.payload


def _raw(payload: str) -> Callable[[], str]:
    def render() -> str:
        return "".join(f"<tr><td>{row['code']} {row['description']}</td><td>{row['type_name']}</td><td>{row['original'] / 100:,.2f}</td>"
                       f"<td>{row['changes'] / 100:,.2f}</td><td>{row['revised'] / 100:,.2f}</td></tr>"
                       for row in json.loads(payload)["lines"][:500])  # fmt: skip

    return render
