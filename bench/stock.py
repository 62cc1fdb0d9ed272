"""A queue of budgets on their way: made by the product's own verbs once, and set back to its beginning between rounds."""

from sqlalchemy import select, text

from bench.place import connection
from erp.audit import System
from erp.db import db, transaction
from erp.documents import budget, cost_code, project
from erp.exchanges.export import export
from erp.items import Item
from erp.items.perform import accept, advance, send
from erp.people import User

SYSTEM = System("bench")


def person(name: str) -> User:
    """Pam or Ann."""
    return db.session.scalars(select(User).filter_by(name=name)).one()


def accepted(n: int, lines: int = 20) -> list[int]:
    """So many accepted budgets of so many lines each, their jobs and codes in accounting; the ids of their items."""
    pam, ann = person("Pam"), person("Ann")
    with transaction():
        codes = [cost_code.create(pam, f"{1 + k // 9:02}-{1000 + k}", f"Work {k}") for k in range((lines + 4) // 5)]
        for code in codes:
            sent = send("cost_code", connection(), code, pam)
            _synced(sent, ann)
        for division in db.session.scalars(select(Item).filter_by(kind="cost_code", state="Ready")):
            _synced(division, ann)
    return [_budget(k, codes, lines, pam, ann) for k in range(n)]


def _budget(k: int, codes: list[cost_code.CostCode], lines: int, pam: User, ann: User) -> int:
    with transaction():
        site = project.create(pam, number=f"26-{k:05}", title=f"Pier {k}", connection_id=connection().id)
    with transaction():
        _synced(send("job", connection(), site, pam), ann)
        made = budget.open_for(site, pam)
        for n in range(lines):
            budget.add_line(made, codes[n // 5], "SLMEO"[n % 5], 10_000, f"Work of line {n}")
        budget.lock(made, pam, None)
    with transaction():
        item = send("budget", connection(), made, pam)
        accept(item, ann, {})
    return item.id


def _synced(item: Item, ann: User) -> None:
    for action in ("accept", "export"):
        advance(item, action, ann)
    advance(item, "succeed", SYSTEM, in_erp=True, erp_id=f"80000{item.id:03}-1", erp_name=item.title, result={})
    assert item.snapshot
    item.snapshot.synced_at = item.snapshot.sent_at


def queued(n: int, lines: int = 20) -> None:
    """So many budgets handed to the connector."""
    accepted(n, lines)
    with transaction():
        click = export(connection(), "budget", person("Ann"))
    assert len(click.items) == n, click.skipped[:1]


def again() -> None:
    """Everything that was settled is queued as on the first day."""
    with transaction():
        for words in (
            "UPDATE exchanges SET state = 'queued', settled_at = NULL, result = '{}', poison = 0 WHERE purpose = 'add'",
            "UPDATE items SET state = 'Exporting', filter = 'ready-to-export', in_erp = false, erp_id = '', result = '{}'"
            " WHERE kind = 'budget'",
            "UPDATE snapshots SET synced_at = NULL WHERE item_id IN (SELECT id FROM items WHERE kind = 'budget')",
            "DELETE FROM exchanges WHERE purpose = 'refresh'",
        ):
            db.session.execute(text(words))
