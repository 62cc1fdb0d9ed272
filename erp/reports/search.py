"""One search over everything that was sent: number, name, job, amount, id in accounting, marker."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload
from sqlalchemy.sql import ColumnElement

from erp import sheets
from erp.db import db
from erp.items import Item, Snapshot

MOST = 100


def search(words: str) -> Sequence[Item]:
    """Up to MOST items of all connections, the newest first; nothing for nothing."""
    words = "".join(letter for letter in words if letter.isprintable()).strip()
    if not words:
        return []
    asked = select(Item).options(joinedload(Item.connection)).where(or_(*_places(words)))
    return db.session.scalars(asked.order_by(Item.changed_at.desc(), Item.id.desc()).limit(MOST)).all()


def _places(words: str) -> list[ColumnElement[bool]]:
    texts = [column.icontains(words, autoescape=True) for column in (Item.title, Item.number, Item.erp_name)]
    marked = select(Snapshot.item_id).where(Snapshot.marker == words.upper())
    amount = _minor(words)
    return [*texts, Item.erp_id == words, Item.id.in_(marked), *([Item.amount == amount] if amount else [])]


def _minor(words: str) -> int:
    try:
        return sheets.amount(words)
    except sheets.AmountRefused:
        return 0
