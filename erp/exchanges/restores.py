"""Restores of the database from a backup: until everything was read again nothing is written, and every exchange looks first.

Fault 45 of the trust page: after a restore the database believes that things are still to be posted which accounting has.
"""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped

from erp.books.sightings import Sighting
from erp.connections import Connection
from erp.connector import MARKED
from erp.db import Base, Key, db, now, refers
from erp.exchanges.epoch import NEVER_RESTORED
from erp.exchanges.exchange import Exchange, ExchangeState
from erp.items import Item
from erp.kind import KINDS


class Restore(Base):
    """One restore as one connection sees it. `since` is the last sign of life in the restored data; what accounting was
    sent after it is not known here. `last_exchange` is the newest exchange in them; `read_at` is when everything had been read
    again.
    """

    __tablename__ = "restores"

    id: Mapped[Key]
    connection_id: Mapped[int] = refers("connections.id")
    epoch: Mapped[int]
    at: Mapped[datetime]
    since: Mapped[datetime]
    last_exchange: Mapped[int]
    read_at: Mapped[datetime | None]


def since(connection: Connection) -> datetime | None:
    """From when on accounting may have something of ours that is not known here; None: never restored."""
    if connection.epoch <= NEVER_RESTORED:
        return None
    return db.session.scalar(select(func.min(Restore.since)).where(Restore.connection_id == connection.id))


def last(connection: Connection) -> datetime | None:
    """When the database was put back to a backup for the last time, if ever."""
    if connection.epoch <= NEVER_RESTORED:
        return None
    return db.session.scalar(select(func.max(Restore.at)).where(Restore.connection_id == connection.id))


def lost(connection: Connection) -> dict[str, list[str]]:
    """By list the ids in accounting that carry markers of ours and belong to no item here, as the last search saw them."""
    known = select(Item.id).where(Item.connection_id == connection.id, Item.kind.in_(KINDS), Item.erp_id != "",
                                  Item.erp_id == Sighting.erp_id, Item.in_erp)  # fmt: skip
    asked = select(Sighting.list, Sighting.erp_id).where(Sighting.connection_id == connection.id, ~known.exists()).distinct()
    found: dict[str, list[str]] = {}
    for of, erp_id in db.session.execute(asked.order_by(Sighting.list, Sighting.erp_id)):
        found.setdefault(of, []).append(erp_id)
    return found


def unread(connection: Connection) -> Restore | None:
    """The newest restore after which accounting was not read completely yet."""
    if connection.epoch <= NEVER_RESTORED:
        return None
    asked = select(Restore).where(Restore.connection_id == connection.id, Restore.read_at.is_(None))
    return db.session.scalar(asked.order_by(Restore.id.desc()).limit(1))


def readings(connection: Connection) -> list[str]:
    """The subjects of everything that must be read after a restore."""
    connector = connection.connector
    return [*(f"list:{name}" for name in connector.lists), *(f"{MARKED}{name}" for name in connector.marked)]


def forbids_writing(connection: Connection) -> bool:
    """Whether something must still be read; notes the moment when nothing is left to read."""
    found = unread(connection)
    if found is None:
        return False
    asked = select(Exchange.subject).where(Exchange.connection_id == connection.id, Exchange.state == ExchangeState.SYNCED,
                                           Exchange.purpose == "refresh", Exchange.id > found.last_exchange)  # fmt: skip
    if set(readings(connection)) - set(db.session.scalars(asked)):
        return True
    for row in db.session.scalars(select(Restore).where(Restore.connection_id == connection.id, Restore.read_at.is_(None))):
        row.read_at = now()
    db.session.flush()
    return False


def sentence(connection: Connection) -> str:
    """What people should know while nothing is written."""
    if unread(connection) is None:
        return ""
    if not connection.connector.calls:
        return ("The database was restored from a backup. Nothing is laid out for accounting until all lists were read back: it "
                "may have what is not known here any more.")  # fmt: skip
    return ("The database was restored from a backup. Nothing is written to accounting until the Web Connector has read "
            "all lists again; it goes on by itself.")  # fmt: skip
