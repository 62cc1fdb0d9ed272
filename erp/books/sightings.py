"""What accounting was seen to have with markers of ours, as the last reading found it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Index, delete, insert
from sqlalchemy.orm import Mapped

from erp.db import Base, Key, Short, Words, db, refers


class Sighting(Base):
    """One object of accounting with one marker of ours; the marker is empty where accounting keeps only its GUID.

    `reading` is the exchange that saw it.
    """

    __tablename__ = "sightings"
    __table_args__ = (
        Index("ix_sightings_marker", "connection_id", "marker"),
        Index("ix_sightings_erp", "connection_id", "erp_id"),
    )

    id: Mapped[Key]
    connection_id: Mapped[int] = refers("connections.id")
    list: Mapped[Short]
    erp_id: Mapped[Short]
    name: Mapped[Words]
    marker: Mapped[Short]
    guid: Mapped[Short]
    reading: Mapped[int]


def take(connection_id: int, list_name: str, rows: Sequence[dict[str, Any]], reading: int) -> int:
    """Keep a page of the reading instead of what was known of these objects; a row has erp_id, name, guid and markers."""
    mine = (Sighting.connection_id == connection_id, Sighting.list == list_name)
    db.session.execute(delete(Sighting).where(*mine, Sighting.erp_id.in_([row["erp_id"] for row in rows])))
    seen = [{"connection_id": connection_id, "list": list_name, "erp_id": row["erp_id"], "name": row["name"], "guid": row["guid"],
             "marker": marker, "reading": reading} for row in rows for marker in row["markers"] or [""]]  # fmt: skip
    if seen:
        db.session.execute(insert(Sighting), seen)
    return len(seen)


def forget(connection_id: int, list_name: str, reading: int) -> None:
    """A reading is complete: what it did not see is not there any more."""
    db.session.execute(delete(Sighting).where(Sighting.connection_id == connection_id, Sighting.list == list_name,
                                              Sighting.reading != reading))  # fmt: skip
