"""After a restore: what accounting has with our markers that these data do not know, and what they believe to be there."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from erp.books.sightings import Sighting
from erp.connections import Connection
from erp.connector import MARKED
from erp.db import db
from erp.exchanges.exchange import Exchange, ExchangeState
from erp.items import Item, Snapshot


@dataclass(frozen=True)
class Differences:
    """`unknown`: there with a marker that no send of ours has; `ahead`: there, though its send is not synced here;
    `missing`: in accounting by our data, and not seen there. `read_at` is when the markers were read; None: never.
    """

    read_at: datetime | None
    unknown: list[Sighting]
    ahead: list[tuple[Sighting, Item]]
    missing: list[Item]

    @property
    def sentence(self) -> str:
        """The figures in words."""
        if self.read_at is None:
            return "accounting has not been searched for our markers yet"
        if not (self.unknown or self.ahead or self.missing):
            return "no differences"
        return f"{len(self.unknown)} not known here, {len(self.ahead)} further there than here, {len(self.missing)} missing there"


def of(connection: Connection) -> Differences:
    """The differences as the last complete reading shows them."""
    read_at = _read_at(connection)
    if read_at is None:
        return Differences(None, [], [], [])
    return Differences(read_at, _unknown(connection), _ahead(connection), _missing(connection, read_at))


def _read_at(connection: Connection) -> datetime | None:
    """The begin of the oldest of the newest complete readings; all of them are needed."""
    asked = select(Exchange.subject, func.max(Exchange.created_at)).where(
        Exchange.connection_id == connection.id, Exchange.state == ExchangeState.SYNCED, Exchange.subject.startswith(MARKED)
    )
    found = dict(db.session.execute(asked.group_by(Exchange.subject)).all())
    every = [found.get(f"{MARKED}{name}") for name in connection.connector.marked]
    return min(moment for moment in every if moment) if every and all(every) else None


def _unknown(connection: Connection) -> list[Sighting]:
    """An object known by its id, with no marker but its GUID, is ours and known."""
    mine = Sighting.connection_id == connection.id
    by_marker = select(Sighting).where(mine, Sighting.marker != "", ~select(Snapshot.id).where(
        Snapshot.marker == Sighting.marker).exists())  # fmt: skip
    unlinked = select(Sighting).where(mine, Sighting.marker == "", ~select(Item.id).where(
        Item.connection_id == connection.id, Item.erp_id == Sighting.erp_id).exists())  # fmt: skip
    known = _guids(connection)
    strange = [row for row in db.session.scalars(unlinked.order_by(Sighting.id)) if row.guid not in known]
    return [*db.session.scalars(by_marker.order_by(Sighting.id)), *strange]


def _guids(connection: Connection) -> dict[str, Item]:
    """GUID -> item, of sends whose objects keep no marker in words and that are not in accounting by our data."""
    asked = select(Snapshot.marker, Item).join(Item, Item.id == Snapshot.item_id).where(
        Item.connection_id == connection.id, Item.in_erp.is_(False))  # fmt: skip
    guid = connection.connector.guid
    return {guid(marker).lower(): item for marker, item in db.session.execute(asked)}


def _ahead(connection: Connection) -> list[tuple[Sighting, Item]]:
    asked = (select(Sighting, Item).join(Snapshot, Snapshot.marker == Sighting.marker).join(Item, Item.id == Snapshot.item_id)
             .where(Sighting.connection_id == connection.id, Item.connection_id == connection.id, Snapshot.synced_at.is_(None))
             .order_by(Sighting.id))  # fmt: skip
    known = _guids(connection)
    bare = db.session.scalars(select(Sighting).where(Sighting.connection_id == connection.id, Sighting.marker == ""))
    return [
        *((row[0], row[1]) for row in db.session.execute(asked)),
        *((row, known[row.guid]) for row in bare if row.guid in known),
    ]


def _missing(connection: Connection, read_at: datetime) -> list[Item]:
    """Only what was there before the reading began can be missed by it."""
    seen = select(Sighting.id).where(Sighting.connection_id == connection.id, Sighting.erp_id == Item.erp_id)
    synced = select(func.min(Snapshot.synced_at)).where(Snapshot.item_id == Item.id).scalar_subquery()
    asked = select(Item).where(Item.connection_id == connection.id, Item.in_erp, synced < read_at, ~seen.exists())
    return list(db.session.scalars(asked.order_by(Item.id)))
