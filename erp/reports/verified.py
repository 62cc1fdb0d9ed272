"""What verifying found on a connection: counts, and the list with what differs."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select

from erp.books.verification import Verdict, Verification
from erp.connections import Connection
from erp.db import db
from erp.exchanges.verify import STANDS
from erp.items import Item
from erp.sheets.writing import Cell

MOST = 200
NOT_YET = "not-yet"
"""In place of a verdict: accounting should have it, and it was never verified."""
ORDER = (Verdict.DUPLICATE, Verdict.MISSING, Verdict.FOREIGN, Verdict.CHANGED, Verdict.OK)


@dataclass(frozen=True)
class Verified:
    """An item that accounting should have and its newest verification, None before the first."""

    item: Item
    verification: Verification | None

    @property
    def state(self) -> str:
        """The verdict."""
        return self.verification.state if self.verification else NOT_YET


def counts(connection: Connection) -> Counter[str]:
    """verdict -> number of items that accounting should have."""
    state = func.coalesce(Verification.state, NOT_YET)
    asked = select(state, func.count()).select_from(Item).outerjoin(Verification, Verification.item_id == Item.id)
    rows = db.session.execute(asked.where(Item.connection_id == connection.id, STANDS).group_by(state))
    return Counter(dict(rows.all()))


def listed(connection: Connection, state: str = "", most: int | None = MOST) -> Sequence[Verified]:
    """What accounting should have, what is wrong first; of one verdict where one is named."""
    place = case({verdict.value: n for n, verdict in enumerate(ORDER)}, value=Verification.state, else_=len(ORDER))
    asked = select(Item, Verification).outerjoin(Verification, Verification.item_id == Item.id)
    asked = asked.where(Item.connection_id == connection.id, STANDS).order_by(place, Item.kind, Item.id)
    if state:
        asked = asked.where(func.coalesce(Verification.state, NOT_YET) == state)
    return [Verified(item, found) for item, found in db.session.execute(asked.limit(most) if most else asked)]


def last(connection: Connection) -> datetime | None:
    """When something was verified last."""
    return db.session.scalar(select(func.max(Verification.checked_at)).where(Verification.connection_id == connection.id))


def table(rows: Iterable[Verified], when: Callable[[datetime], str], say: Callable[[Verification], str]) -> Iterable[list[Cell]]:
    """The list as rows of a file."""
    yield ["Tab", "Number", "Name", "ID", "Verdict", "What", "Verified at", "Found at"]
    for row in rows:
        item, found = row.item, row.verification
        at = [when(found.checked_at), when(found.found_at) if found.found_at else ""] if found else ["", ""]
        told = say(found) if found and found.state != Verdict.OK else ""
        yield [item.declaration.tab, item.number, item.title, item.erp_id, row.state, told, *at]
