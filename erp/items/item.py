"""The envelope: one item per document and connection, and the frozen snapshots of its sends."""

import hashlib
import json
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, or_, select, text
from sqlalchemy.orm import Mapped, relationship

from erp.connections import Connection
from erp.db import Base, Key, Money, Short, Words, db, now, refers
from erp.kind import KINDS, Kind
from erp.moves import Movable
from erp.people import User
from erp.states import TRANSITIONS, State

WAITS = text("state = 'Ready'")
"""An item that waits for a decision; in these very words, so that the small index of those is used."""
ACCEPTED = text("state = 'Accepted'")
"""An item that stands ready for Export; in these very words too."""
ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""Of markers: without signs that people misread."""


class Snapshot(Base):
    """What was frozen at one Send: the canonical text, its hash, and the marker that finds it again in accounting.

    `instead_of` is the snapshot of the same Send whose outcome stayed unknown until a person decided to send it again.
    """

    __tablename__ = "snapshots"
    __table_args__ = (UniqueConstraint("item_id", "number"), UniqueConstraint("marker"))

    id: Mapped[Key]
    item_id: Mapped[int] = refers("items.id")
    number: Mapped[int]
    payload: Mapped[Words]
    hash: Mapped[Short]
    marker: Mapped[Short]
    sent_by: Mapped[int] = refers("users.id")
    sent_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    synced_at: Mapped[datetime | None]
    instead_of: Mapped[int | None] = refers("snapshots.id")

    @property
    def data(self) -> dict[str, Any]:
        """The frozen document."""
        return dict(json.loads(self.payload))


class Item(Movable):
    """One document on its way to one connection. `summary` is the small part of the snapshot that lists show."""

    __tablename__ = "items"
    __table_args__ = (
        UniqueConstraint("connection_id", "document_id"),
        Index("ix_items_list", "connection_id", "kind", "filter", "changed_at", "id"),
        Index("ix_items_waiting", "sent_at", sqlite_where=WAITS, postgresql_where=WAITS),
        Index("ix_items_accepted", "connection_id", "kind", "state", sqlite_where=ACCEPTED, postgresql_where=ACCEPTED),
        Index("uq_items_erp", "connection_id", "kind", "erp_id", unique=True, sqlite_where=text("erp_id != ''"),
              postgresql_where=text("erp_id != ''")),
    )  # fmt: skip

    connection_id: Mapped[int] = refers("connections.id")
    document_id: Mapped[int] = refers("documents.id")
    project_id: Mapped[int | None] = refers("documents.id")
    number: Mapped[Short]
    title: Mapped[Short]
    amount: Mapped[Money]
    in_erp: Mapped[bool]
    snapshot_id: Mapped[int | None] = refers("snapshots.id", later=True)
    summary: Mapped[dict[str, Any]]
    choices: Mapped[dict[str, Any]]
    created_by: Mapped[int | None] = refers("users.id")
    sent_by: Mapped[int | None] = refers("users.id")
    sent_at: Mapped[datetime | None]
    accepted_by: Mapped[int | None] = refers("users.id")
    erp_id: Mapped[Short]
    erp_name: Mapped[Words]
    result: Mapped[dict[str, Any]]
    error: Mapped[dict[str, Any]]
    snapshot: Mapped[Snapshot | None] = relationship(foreign_keys=[snapshot_id])
    connection: Mapped[Connection] = relationship()
    sender: Mapped[User | None] = relationship(foreign_keys=[sent_by])
    creator: Mapped[User | None] = relationship(foreign_keys=[created_by])
    acceptor: Mapped[User | None] = relationship(foreign_keys=[accepted_by])

    @property
    def as_state(self) -> State:
        """The state as a member of the table."""
        return State(self.state)

    @property
    def declaration(self) -> Kind:
        """The declaration of its kind."""
        return KINDS[self.kind]

    @property
    def label(self) -> str:
        """What people call it: number and title, of what has no number the title."""
        return f"{self.number} {self.title}".strip()

    @property
    def payload(self) -> dict[str, Any]:
        """The frozen document, or nothing before the first Send."""
        return self.snapshot.data if self.snapshot else {}

    @property
    def ever_sent(self) -> bool:
        """Whether the button reads Re-send."""
        return self.snapshot_id is not None


def find(connection_id: int | None, document_id: int) -> Item | None:
    """The item of this document on this connection, if it was ever sent."""
    return db.session.scalar(select(Item).filter_by(connection_id=connection_id, document_id=document_id))


def perhaps_there(connection_id: int) -> Any:
    """A SELECT of the items that this accounting has, or may have by now: a child of these keeps its parent linked."""
    may_be = Item.state.in_((State.EXPORTING, State.WAITING, State.UNKNOWN))
    return select(Item).where(Item.connection_id == connection_id, or_(Item.in_erp, may_be)).order_by(Item.id)


def what_now(item: Item) -> str:
    """What the sender can do about a document that is on its way, in a sentence."""
    if item.as_state in TRANSITIONS["retrieve"].frm:
        return "Retrieve it first, or wait for accounting."
    if item.as_state is State.FAILED:
        return "Accounting retries it or rejects it back to you."
    return "It cannot be retrieved any more; wait for accounting."


def transient(kind: str, connection: Connection, document: Any) -> Item:
    """An item With PM that is not in the database yet; it stands for a document never sent."""
    return Item(
        kind=kind, connection_id=connection.id, document_id=document.id, project_id=document.project_id,
        state=State.WITH_PM, filter=None, version=0, changed_at=now(), number=document.number, title=document.title,
        amount=0, in_erp=False, summary={}, choices={}, created_by=document.created_by, erp_id="", erp_name="",
        result={}, error={},
    )  # fmt: skip


def freeze(item: Item, payload: dict[str, Any], sender: User) -> Snapshot:
    """A new snapshot of the item: canonical JSON, numbered, with a marker of its own."""
    words = json.dumps(payload, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    number, digest = _next_number(item.id), hashlib.sha256(words.encode()).hexdigest()
    snapshot = Snapshot(item_id=item.id, number=number, payload=words, hash=digest,
                        marker=_marker(), sent_by=sender.id, sent_at=now())  # fmt: skip
    db.session.add(snapshot)
    db.session.flush()
    return snapshot


def again(snapshot: Snapshot) -> Snapshot:
    """The same frozen document under a new marker; the old one is kept, so that it is found if it arrives after all."""
    number = _next_number(snapshot.item_id)
    fresh = Snapshot(item_id=snapshot.item_id, number=number, payload=snapshot.payload, hash=snapshot.hash,
                     marker=_marker(), sent_by=snapshot.sent_by, sent_at=snapshot.sent_at, accepted_at=snapshot.accepted_at,
                     instead_of=snapshot.id)  # fmt: skip
    db.session.add(fresh)
    db.session.flush()
    return fresh


def old_markers(snapshot: Snapshot | None) -> tuple[str, ...]:
    """The markers under which the same Send was tried before, the newest first."""
    found: list[str] = []
    while snapshot is not None and snapshot.instead_of is not None:
        snapshot = db.session.get_one(Snapshot, snapshot.instead_of)
        found.append(snapshot.marker)
    return tuple(found)


def _next_number(item_id: int) -> int:
    return len(db.session.scalars(select(Snapshot.id).filter_by(item_id=item_id)).all()) + 1


def _marker() -> str:
    return "CS-" + "".join(secrets.choice(ALPHABET) for _ in range(12))
