"""The PM's budget page with many lines, and the field check behind its grey button."""

from collections.abc import Iterator

from bench.measure import Figure, How, race, versus
from bench.place import connection, cookie, page, place
from bench.stock import person
from erp.connectors.quickbooks.connector import QUICKBOOKS
from erp.db import db, transaction
from erp.documents import budget, cost_code, project
from erp.documents.budget import BudgetLine
from erp.kind import KINDS


def measure(how: How) -> Iterator[Figure]:
    """2,000 and 10,000 lines against 20; of the page a part is shown at a time."""
    with place() as small, place() as app:
        with small.app_context():
            url = _budget(20)
        few = page(small, url, login=cookie(small, "Pam"), htmx=False)
        for lines in (2000,) if how.quick else (2000, 10_000):
            with app.app_context():
                url = _budget(lines)
                payload = KINDS["budget"].snapshot(
                    budget.of(db.session.scalars(db.select(project.Project).filter_by(number=f"L-{lines}")).one())
                )
            runs = {"ours": page(app, url, login=cookie(app, "Pam"), htmx=False), "few": few,
                    "check": lambda payload=payload: list(QUICKBOOKS.check("budget", payload, {}))}  # fmt: skip
            times = race(runs, How(max(3, how.rounds // 3), how.seconds, how.quick))
            yield versus("-", f"budget page, {lines:,} lines, against 20 lines", times, "few")
            yield versus("-", f"field check of {lines:,} lines, against the page of 20 lines", times, "few", ours="check")


def _budget(lines: int) -> str:
    """The page of a locked budget of so many lines."""
    pam = person("Pam")
    with transaction():
        site = project.create(pam, number=f"L-{lines}", title=f"Site of {lines}", connection_id=connection().id)
        made = budget.open_for(site, pam)
        for n in range((lines + 4) // 5):
            code = cost_code.create(pam, f"{1 + n // 90:02}-{lines}{n}", f"Work {n}")
            for place_, kind in enumerate("SLMEO"):
                db.session.add(BudgetLine(budget_id=made.id, code_id=code.id, cost_type=kind, description=f"Work of line {n} {kind}",
                                          original=10_000, position=5 * n + place_, deleted=False, version=1))  # fmt: skip
        db.session.flush()
        budget.lock(made, pam, None)
    return f"/projects/{site.id}/budget"
