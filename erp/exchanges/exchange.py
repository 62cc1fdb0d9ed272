"""The four tables of the engine. Safety rests on two columns: sessions.outstanding and messages.settled_at."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, and_, bindparam, select, text
from sqlalchemy.orm import Mapped, attributes, contains_eager, mapped_column, relationship

from erp.connections import Connection
from erp.db import Base, Key, Short, Words, db, now, refers
from erp.items import Item, Snapshot


class ExchangeState(StrEnum):
    """queued: no write of it is open; handed: its message is outstanding; doubt: its write is open, nobody holds it."""

    QUEUED = "queued"
    HANDED = "handed"
    DOUBT = "doubt"
    WAITING = "waiting"
    PERSON = "person"
    SYNCED = "synced"
    FAILED = "failed"
    CANCELLED = "cancelled"


READS = ("refresh", "verify")
"""Purposes that only read and belong to no item; they go behind every write."""
OPEN = (ExchangeState.QUEUED, ExchangeState.HANDED, ExchangeState.DOUBT, ExchangeState.WAITING, ExchangeState.PERSON)
_OPEN = text("state IN ('queued', 'handed', 'doubt', 'waiting', 'person')")
OPEN_WRITE = text("messages.writes AND messages.settled_at IS NULL")
"""A message that is an open write; in these very words, so that SQLite uses the small index of those."""
CLICKED = text("batch != ''")
_OPEN_ITEM = text("state IN ('queued', 'handed', 'doubt', 'waiting', 'person') AND item_id IS NOT NULL")


class Exchange(Base):
    """One piece of work with accounting. `look` is 1 when a write of its snapshot may ever have reached accounting."""

    __tablename__ = "exchanges"
    __table_args__ = (
        Index("uq_exchanges_item", "item_id", unique=True, sqlite_where=_OPEN_ITEM, postgresql_where=_OPEN_ITEM),
        Index("uq_exchanges_subject", "connection_id", "subject", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_exchanges_due", "connection_id", "state", "rank", "id"),
        Index("ix_exchanges_batch", "batch"),
        Index("ix_exchanges_newest", "connection_id", "kind", "id", sqlite_where=CLICKED, postgresql_where=CLICKED),
    )

    id: Mapped[Key]
    connection_id: Mapped[int] = refers("connections.id")
    purpose: Mapped[Short]
    kind: Mapped[Short]
    rank: Mapped[int]
    subject: Mapped[Short]
    item_id: Mapped[int | None] = refers("items.id")
    snapshot_id: Mapped[int | None] = refers("snapshots.id")
    batch: Mapped[Short]
    state: Mapped[Short]
    look: Mapped[bool]
    memo: Mapped[dict[str, Any]]
    memo_ticket: Mapped[Short]
    poison: Mapped[int]
    postponed: Mapped[int]
    next_at: Mapped[datetime]
    result: Mapped[dict[str, Any]]
    reason: Mapped[Words]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    item: Mapped[Item | None] = relationship()
    snapshot: Mapped[Snapshot | None] = relationship()
    connection: Mapped[Connection] = relationship()
    write: Mapped["Message | None"] = relationship(
        primaryjoin=lambda: and_(Message.exchange_id == Exchange.id, OPEN_WRITE), viewonly=True, uselist=False
    )


class Session(Base):
    """Who holds the connection: one open Web Connector session at most."""

    __tablename__ = "sessions"
    __table_args__ = (
        Index("uq_sessions_open", "connection_id", unique=True, sqlite_where=text("closed_at IS NULL"),
              postgresql_where=text("closed_at IS NULL")),
    )  # fmt: skip

    ticket: Mapped[str] = mapped_column(String(64), primary_key=True)
    connection_id: Mapped[int] = refers("connections.id")
    opened_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    outstanding: Mapped[str | None] = refers("messages.key")
    file_ok: Mapped[bool]
    done: Mapped[int]
    error: Mapped[Words]
    closed_at: Mapped[datetime | None]
    connection: Mapped[Connection] = relationship()


class Message(Base):
    """What was handed out: its key is both message set id and request id. An open write has no settled_at."""

    __tablename__ = "messages"
    __table_args__ = (
        Index("uq_messages_open_write", "connection_id", unique=True, sqlite_where=text("writes AND settled_at IS NULL"),
              postgresql_where=text("writes AND settled_at IS NULL")),
        Index("ix_messages_exchange", "exchange_id"),
    )  # fmt: skip

    key: Mapped[str] = mapped_column(String(24), primary_key=True)
    connection_id: Mapped[int] = refers("connections.id")
    exchange_id: Mapped[int | None] = refers("exchanges.id")
    writes: Mapped[bool]
    body: Mapped[Words]
    memo: Mapped[dict[str, Any]]
    note: Mapped[Words]
    handed: Mapped[int]
    handed_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    outcome: Mapped[Short]
    exchange: Mapped[Exchange | None] = relationship()


class Answer(Base):
    """The journal, append only: every answer as it came. `applied` is empty until it was read, then 1, or 0 with why."""

    __tablename__ = "answers"
    __table_args__ = (
        Index("ix_answers_unapplied", "ticket", sqlite_where=text("applied IS NULL"), postgresql_where=text("applied IS NULL")),
        Index("ix_answers_message", "message_key"),
    )

    id: Mapped[Key]
    ticket: Mapped[Short]
    message_key: Mapped[str | None]
    body: Mapped[Words]
    hash: Mapped[Short]
    hresult: Mapped[Short]
    received_at: Mapped[datetime]
    applied: Mapped[int | None]
    why: Mapped[Words]


def open_write(connection_id: int) -> Message | None:
    """The one write of the connection whose fate is not known."""
    return db.session.scalar(select(Message).where(Message.connection_id == connection_id, OPEN_WRITE))


def open_write_of(exchange: Exchange) -> Message | None:
    """The open write, if it belongs to this exchange; it is read once in a transaction, and `settled_at` is looked at anew."""
    return exchange.write if exchange.write is not None and exchange.write.settled_at is None else None


def know_write(exchange: Exchange, message: Message | None) -> None:
    """Spare `open_write_of` the question to the database: this is the open write of the exchange; None: it has none."""
    attributes.set_committed_value(exchange, "write", message)


def may_be_there(exchange: Exchange) -> bool:
    """Whether a write of this snapshot may have reached accounting without our knowing."""
    return exchange.look or open_write_of(exchange) is not None


def open_session(connection_id: int) -> Session | None:
    """The session that holds the connection."""
    return db.session.scalar(select(Session).where(Session.connection_id == connection_id, Session.closed_at.is_(None)))


def queue(connection: Connection, purpose: str, subject: str, **columns: Any) -> Exchange:
    """A new exchange at the end of the queue."""
    blank: dict[str, Any] = {"kind": "", "rank": 0, "batch": "", "look": False, "result": {}}
    row = Exchange(connection_id=connection.id, purpose=purpose, subject=subject, state=ExchangeState.QUEUED, memo={},
                   memo_ticket="", poison=0, postponed=0, next_at=now(), reason="", created_at=now(),
                   **(blank | columns))  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def lock(connection_id: int) -> Connection:
    """Hold the connection for this transaction; SQLite's immediate transactions hold the whole database anyway."""
    return db.session.scalars(_LOCKED, {"connection_id": connection_id}).one()


def held(ticket: str) -> Session | None:
    """The open session of this ticket, held with its connection for this transaction; both are read anew."""
    return db.session.scalars(_HELD, {"ticket": ticket}).one_or_none()


_ANEW = {"populate_existing": True}
_LOCKED = select(Connection).where(Connection.id == bindparam("connection_id")).with_for_update().execution_options(**_ANEW)
_HELD = (
    select(Session)
    .join(Session.connection)
    .where(Session.ticket == bindparam("ticket"), Session.closed_at.is_(None))
    .options(contains_eager(Session.connection))
    .with_for_update()
    .execution_options(**_ANEW)
)
