"""Verify with accounting: every item that it has is read and compared; nothing is changed by it, here or there.

It is queued as reads: the items of a kind in small batches by their ids, and one search for our markers over everything that
changed since the first of them was sent. Each exchange stands for itself: one that dies is asked again, or by the next check.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import and_, func, select

from erp import audit, connections
from erp.audit import Actor
from erp.books import verification
from erp.books.verification import NightCheck
from erp.connections import Connection
from erp.connector import Page
from erp.db import db, now, transaction
from erp.exchanges.exchange import OPEN, Exchange, ExchangeState, queue
from erp.items import Item, Snapshot
from erp.items.changes import besides, newest
from erp.kind import KINDS
from erp.people import erp_admins
from erp.states import State

VERIFY = "verify"
"""Purpose of these exchanges, kind of them for their progress, and the beginning of their subjects."""
BATCH = 25
MARGIN = timedelta(days=2)
AT = "02:00"


def one(item: Item) -> bool:
    """Queue the verification of one item unless it is queued already; whether it was queued now."""
    return _queue(item.connection, f"item:{item.id}", item.kind, [item.id], sweep=True)


def everything(connection: Connection) -> int:
    """Queue the verification of every item that accounting has unless it is queued already; the number of items."""
    batch, n = secrets.token_hex(8), 0
    for kind in KINDS:
        keys = list(db.session.scalars(_standing(connection.id, kind).with_only_columns(Item.id).order_by(Item.id)))
        for at in range(0, len(keys), BATCH):
            _queue(connection, f"{kind}:{keys[at]}", kind, keys[at : at + BATCH], batch=batch)
        if keys:
            _queue(connection, f"{kind}:markers", kind, [], sweep=True, batch=batch)
        n += len(keys)
    return n


def _queue(connection: Connection, name: str, kind: str, items: list[int], *, sweep: bool = False, batch: str = "") -> bool:
    if not connection.connector.calls:
        return False
    subject = f"{VERIFY}:{name}"
    if db.session.scalar(
        select(Exchange.id).filter_by(connection_id=connection.id, subject=subject).where(Exchange.state.in_(OPEN))
    ):
        return False
    queue(connection, VERIFY, subject, kind=VERIFY, rank=970, batch=batch, result={"of": kind, "items": items, "sweep": sweep})
    return True


STANDS = and_(Item.in_erp, Item.state.in_((State.SYNCED, State.FAILED)))
"""What accounting should have as it was synced last: nothing of it is on its way. Of what failed, only a change did."""


def _standing(connection_id: int, kind: str) -> Any:
    return select(Item).where(Item.connection_id == connection_id, Item.kind == kind, STANDS)


def running(connection: Connection) -> int:
    """How many exchanges of verifying are under way or wait for it."""
    asked = select(func.count()).where(
        Exchange.connection_id == connection.id, Exchange.purpose == VERIFY, Exchange.state.in_(OPEN)
    )
    return db.session.scalar(asked) or 0


def waits(item: Item) -> bool:
    """Whether the verification of just this item is queued."""
    asked = select(Exchange.id).filter_by(connection_id=item.connection_id, subject=f"{VERIFY}:item:{item.id}")
    return db.session.scalar(asked.where(Exchange.state.in_(OPEN)).limit(1)) is not None


def broken(connection: Connection) -> str:
    """Why the newest check could not be finished; empty when it could."""
    mine = select(Exchange).where(Exchange.connection_id == connection.id, Exchange.purpose == VERIFY)
    newest = db.session.scalar(mine.order_by(Exchange.id.desc()).limit(1))
    if newest is None:
        return ""
    together = mine.where(Exchange.batch == newest.batch) if newest.batch else mine.where(Exchange.id == newest.id)
    failed = db.session.scalar(together.where(Exchange.state == ExchangeState.FAILED).limit(1))
    return failed.reason if failed else ""


# what its conversation must know


def refs(exchange: Exchange) -> dict[str, Any]:
    """The items to be read by id, and, where markers are searched, whose they are and since when. They are those of this moment;
    what was asked is kept with the question.
    """
    told = exchange.result
    searched = _marks(exchange) if told["sweep"] else []
    return {
        "of": told["of"],
        "items": [_facts(item) for item in _read_by_id(exchange)],
        "markers": {row.marker: [row.item_id, row.erp_id, bool(row.synced_at)] for row in searched},
        "since": _local(min((row.sent_at for row in searched), default=exchange.created_at) - MARGIN),
    }


def _read_by_id(exchange: Exchange) -> Sequence[Item]:
    keys = exchange.result["items"]
    asked = _standing(exchange.connection_id, exchange.result["of"]).where(Item.id.in_(keys)).order_by(Item.id)
    return db.session.scalars(asked).all() if keys else []


def _searched(exchange: Exchange) -> Any:
    """The items whose markers are searched: those read by id, else all of the kind."""
    asked, keys = _standing(exchange.connection_id, exchange.result["of"]), exchange.result["items"]
    return asked.where(Item.id.in_(keys)) if keys else asked


def _marks(exchange: Exchange) -> Sequence[Any]:
    columns = (Snapshot.marker, Snapshot.item_id, Item.erp_id, Snapshot.synced_at, Snapshot.sent_at)
    asked = _searched(exchange).join(Snapshot, Snapshot.item_id == Item.id).with_only_columns(*columns)
    return db.session.execute(asked).all()


def _facts(item: Item) -> dict[str, Any]:
    last = newest(item)
    synced = [[snapshot.marker, snapshot.data] for snapshot in ([*besides(item, last.id), last] if last else [])]
    return {"item": item.id, "version": item.version, "erp_id": item.erp_id, "choices": item.choices,
            "refs": KINDS[item.kind].refs(item) | _as_synced(item), "synced": synced, "adopted": item.result.get("adopted"),
            "imported": item.result.get("imported")}  # fmt: skip


def _as_synced(item: Item) -> dict[str, Any]:
    """What it stood below in accounting when it was synced last, as far as that is known."""
    record = item.result.get("record") or {}
    return {"stood_below": record["parent_id"]} if "parent_id" in record else {}


def _local(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


# what it told


def take(exchange: Exchange, page: Page, at: datetime) -> int:
    """Keep what a page, asked at this moment, told; the number of rows. A search says nothing about what came while it ran."""
    for row in page.rows:
        if "other" in row:
            verification.add_other(exchange.connection_id, row, exchange.created_at, at)
        else:
            verification.read_by_id(exchange.connection_id, row, at)
    if page.memo is None and exchange.result["sweep"]:
        throughout = _searched(exchange).where(Item.changed_at <= exchange.created_at).with_only_columns(Item.id)
        verification.end_search(db.session.scalars(throughout), exchange.created_at, at)
    return len(page.rows)


# every night


def night_check(connection: Connection) -> NightCheck:
    """When the connection is verified by itself; every night unless an administrator says otherwise."""
    row = db.session.get(NightCheck, connection.id)
    if row is None:
        zone = next((user.zone for user in erp_admins()), "") or "UTC"
        row = NightCheck(connection_id=connection.id, on=True, at=AT, zone=zone, next_at=_next(AT, zone))
    return row


def choose(connection: Connection, actor: Actor, *, on: bool, at: str, zone: str) -> None:
    """Keep whether and when; `at` is a time such as 02:00 of the zone."""
    row = night_check(connection)
    row.on, row.at, row.zone, row.next_at = on, at, zone, _next(at, zone)
    db.session.add(row)
    audit.record(f"connection:{connection.id}", "night_check", actor, details={"on": on, "at": at, "zone": zone})


def _next(at: str, zone: str) -> datetime:
    """The next time that the clock there shows it."""
    try:
        there = ZoneInfo(zone)
    except (OSError, ValueError, ZoneInfoNotFoundError):
        there = ZoneInfo("UTC")
    today = now().astimezone(there).date()
    moments = [datetime.combine(today + timedelta(days=days), time.fromisoformat(at), there) for days in (0, 1)]
    return next(moment for moment in moments if moment > now())


def verify_at_night() -> int:
    """Queue what is due; the number of connections."""
    with transaction():
        return sum(_tonight(connection) for connection in connections.every())


def _tonight(connection: Connection) -> bool:
    row = night_check(connection)
    if row not in db.session:
        db.session.add(row)
        return False
    if not row.on or row.next_at > now():
        return False
    row.next_at = _next(row.at, row.zone)
    return bool(everything(connection))
