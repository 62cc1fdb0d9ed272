"""Gone in accounting: what is synced here, and its record was deleted there or merged into another one."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from erp.books.records import Record
from erp.connections import Connection
from erp.db import db
from erp.items import Item
from erp.states import RecordState

MOST = 200


@dataclass(frozen=True)
class Gone:
    """A record that is gone, and the item that stands on it."""

    record: Record
    item: Item

    @property
    def cure(self) -> str:
        """What to do about it."""
        importing = self.item.declaration.importing
        other = f"press {importing.link} beside what it was merged into, or " if importing else ""
        return f"Unlink it. Then {other}send it as a new one; or restore it there, and the next refresh finds it again."


@dataclass(frozen=True)
class List:
    """The first of them, and whether there are more."""

    rows: Sequence[Gone]
    more: bool


def listed(connection: Connection, most: int = MOST) -> List:
    """Linked records of the connection that are gone, the newest first."""
    asked = select(Record, Item).join(Item, Item.id == Record.item_id)
    asked = asked.where(Record.connection_id == connection.id, Record.state == RecordState.GONE)
    found = db.session.execute(asked.order_by(Record.changed_at.desc(), Record.id.desc()).limit(most + 1)).all()
    return List([Gone(record, item) for record, item in found[:most]], len(found) > most)
