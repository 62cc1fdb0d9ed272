"""The list of projects: each with its state in accounting and its budget's, in four queries for any number."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from erp.db import db
from erp.documents.budget_tables import Budget
from erp.documents.project import Project, visible
from erp.items import Item
from erp.people import User


@dataclass(frozen=True)
class Listed:
    """A project, its budget, and their items, as far as there are any."""

    project: Project
    item: Item | None
    budget: Budget | None
    budget_item: Item | None


def listing(person: User, words: str = "") -> list[Listed]:
    """The projects this person may see whose number or name has the words in it, by number."""
    wanted = words.strip().lower()
    shown = [row for row in visible(person) if wanted in f"{row.number} {row.name}".lower()]
    ids = [row.id for row in shown]
    budgets = {row.project_id: row for row in db.session.scalars(select(Budget).where(Budget.project_id.in_(ids)))}
    items = _items(shown, list(budgets.values()))
    return [Listed(row, items.get(row.id), budgets.get(row.id), items.get(budgets[row.id].id) if row.id in budgets else None)
            for row in shown]  # fmt: skip


def _items(projects: Sequence[Project], budgets: Sequence[Budget]) -> dict[int, Item]:
    linked = {row.id: row.connection_id for row in projects}
    ids = [*linked, *(row.id for row in budgets)]
    found = db.session.scalars(select(Item).where(Item.document_id.in_(ids)))
    return {item.document_id: item for item in found if item.connection_id == linked.get(item.project_id or 0)}
