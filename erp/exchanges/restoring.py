"""What a restore changes: the session is closed, every open exchange looks first, and everything is read again."""

from datetime import datetime

from sqlalchemy import func, select, update

from erp import audit
from erp.audit import Event, System
from erp.connections import Connection
from erp.connector import MARKED
from erp.db import db, now
from erp.exchanges import epoch, journal
from erp.exchanges.epoch import NEVER_RESTORED
from erp.exchanges.exchange import OPEN, Exchange, ExchangeState, Session, lock, open_session, queue
from erp.exchanges.restores import Restore, readings, unread
from erp.items import Snapshot


def begin(connection: Connection, actor: System) -> Restore:
    """Take the data of this connection for restored ones, in the caller's transaction; `keep` follows its commit."""
    lock(connection.id)
    known, kept = last_sign(connection.id), epoch.kept(connection.id)
    session = open_session(connection.id)
    if session is not None:
        journal.close(session)
    connection.epoch = max(connection.epoch, kept.epoch if kept else 0, NEVER_RESTORED) + 1
    mine = (Exchange.connection_id == connection.id, Exchange.state.in_(OPEN))
    looks = {"look": True, "memo": {}, "memo_ticket": "", "next_at": now()}
    db.session.execute(update(Exchange).where(*mine, Exchange.purpose != "refresh").values(looks))
    ended = {"state": ExchangeState.CANCELLED, "settled_at": now()}
    db.session.execute(update(Exchange).where(*mine, Exchange.purpose == "refresh").values(ended))
    db.session.expire_all()
    newest = db.session.scalar(select(func.max(Exchange.id))) or 0
    restore = Restore(connection_id=connection.id, epoch=connection.epoch, at=now(), since=known, last_exchange=newest)
    db.session.add(restore)
    db.session.flush()
    read_again(connection)
    audit.record(f"connection:{connection.id}", "restored", actor, details={"epoch": restore.epoch, "since": known.isoformat()})
    return restore


def read_again(connection: Connection) -> int:
    """Queue what is still to be read after a restore and is not queued; the number queued."""
    restore = unread(connection)
    if restore is None:
        return 0
    asked = select(Exchange.subject).where(Exchange.connection_id == connection.id, Exchange.purpose == "refresh")
    under_way = set(db.session.scalars(asked.where(Exchange.state.in_(OPEN))))
    done = set(db.session.scalars(asked.where(Exchange.state == ExchangeState.SYNCED, Exchange.id > restore.last_exchange)))
    left = [subject for subject in readings(connection) if subject not in under_way | done]
    for subject in left:
        queue(connection, "refresh", subject, rank=900)
    return len(left)


def read_markers(connection: Connection) -> int:
    """Queue the search for everything in accounting that carries a marker of ours; the number queued."""
    asked = select(Exchange.subject).where(Exchange.connection_id == connection.id, Exchange.state.in_(OPEN))
    wanted = [f"{MARKED}{name}" for name in connection.connector.marked]
    left = [subject for subject in wanted if subject not in set(db.session.scalars(asked))]
    for subject in left:
        queue(connection, "refresh", subject, rank=900)
    return len(left)


def last_sign(connection_id: int) -> datetime:
    """The newest moment that these data know of."""
    asked = (select(func.max(Event.at)), select(func.max(Snapshot.sent_at)),
             select(func.max(Session.seen_at)).where(Session.connection_id == connection_id))  # fmt: skip
    return max([moment for one in asked if (moment := db.session.scalar(one))], default=now())
