"""What is handed out: rules 8 to 12 of the engine."""

import logging
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.exc import InterfaceError, OperationalError

from erp import audit
from erp.connector import Again, Ask, Failed, Memo, Outcome, Person, Sent, Work
from erp.db import db, now, write
from erp.exchanges import due, reading, restores, settle
from erp.exchanges.exchange import Exchange, ExchangeState, Message, Session, may_be_there, open_write_of
from erp.items import Item, Snapshot
from erp.items.changes import besides
from erp.items.item import old_markers
from erp.kind import KINDS

log = logging.getLogger(__name__)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
MOST_HANDED = 5
MARGIN = timedelta(days=2)
PARENT_MISSING = "parent-missing"
UNDER_WAY = (ExchangeState.QUEUED, ExchangeState.HANDED, ExchangeState.DOUBT)


def hand_out(session: Session) -> Message | None:
    """Claim the next exchange, ask its conversation, and make its message the outstanding one; None: nothing to do.

    Exchanges that have nothing to send are settled on the way. The caller commits before the bytes leave.
    """
    while exchange := due.first(session.connection, session.ticket):
        message = _message(exchange, session)
        if message is not None:
            return message
    return None


def _message(exchange: Exchange, session: Session) -> Message | None:
    key = new_key()
    out, memo = ask(exchange, session.ticket, key)
    if isinstance(out, Ask):
        return _hand(exchange, session, _new(exchange.connection_id, exchange, key, out, memo | out.memo))
    opened = open_write_of(exchange)
    if isinstance(out, Again) and opened is not None:
        if opened.handed < MOST_HANDED:
            return _hand(exchange, session, _again(opened, memo))
        out = Failed("broke-off", f"It broke off {MOST_HANDED} times; looked: not there.")
    elif opened is not None and not isinstance(out, Person):
        out = Person(f"Nothing more can be asked: {getattr(out, 'reason', out)}")
    if not _waits_for_parent(exchange, out):
        settle.settle(exchange, None, out, session)
    return None


def _waits_for_parent(exchange: Exchange, out: Outcome) -> bool:
    """A child whose parent is only postponed comes after it, instead of failing for it."""
    if not isinstance(out, Failed) or out.code != PARENT_MISSING:
        return False
    earlier = select(Exchange.next_at).where(Exchange.connection_id == exchange.connection_id, Exchange.state.in_(UNDER_WAY),
                                             Exchange.rank < exchange.rank)  # fmt: skip
    parent = db.session.scalar(earlier.order_by(Exchange.next_at).limit(1))
    if parent is not None:
        exchange.next_at = max(parent, now() + timedelta(seconds=1))
        db.session.flush()
    return parent is not None


def ask(exchange: Exchange, ticket: str, key: str) -> tuple[Outcome, Memo]:
    """The next question of the exchange and the memo it was asked with; a fault of ours costs this exchange only.

    A database that does not answer is no fault of the exchange: its error is raised, and the next visit asks anew.
    """
    try:
        work = work_for(exchange, ticket, key)
        return exchange.connection.carrier(exchange.kind).step(work, None), work.memo
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("exchange %s: the question could not be built", exchange.id)
        sentence = "Countersign could not build the message."
        if may_be_there(exchange):
            return Person(f"{sentence} Whether an earlier one arrived is not known."), {}
        return Failed("internal", f"{sentence} Nothing was sent."), {}


def _new(connection_id: int, exchange: Exchange | None, key: str, out: Ask, memo: Memo) -> Message:
    row = {"key": key, "connection_id": connection_id, "exchange_id": exchange.id if exchange else None, "writes": out.writes,
           "body": out.body, "memo": memo, "note": "", "handed": 1, "handed_at": now(), "outcome": ""}  # fmt: skip
    db.session.execute(_INSERT, row)
    if exchange is not None:
        db.session.expire(exchange, ["write"])
    return Message(**row)


_INSERT = insert(Message.__table__)


def _again(message: Message, memo: Memo) -> Message:
    write(message, handed=message.handed + 1, handed_at=now(), memo=memo)
    return message


def _hand(exchange: Exchange, session: Session, message: Message) -> Message:
    write(exchange, state=ExchangeState.HANDED, memo={})
    write(session, outstanding=message.key, seen_at=now())
    return message


def filler(session: Session, key: str, body: str) -> Message:
    """A harmless question when the queue emptied in mid-session."""
    message = _new(session.connection_id, None, key, Ask(body, writes=False), {})
    write(session, outstanding=key, seen_at=now())
    return message


def work_for(exchange: Exchange, ticket: str, key: str) -> Work:
    """The exchange as its conversation sees it, with ids in accounting as they are in this transaction."""
    opened = open_write_of(exchange)
    item, snapshot = exchange.item, exchange.snapshot
    earlier = _earlier(exchange)
    sent_at = earlier[0].sent_at if earlier else snapshot.sent_at if snapshot else exchange.created_at
    restored = restores.last(exchange.connection) is not None
    return Work(
        purpose=exchange.purpose,
        kind=exchange.kind,
        payload=snapshot.data if snapshot else {"list": reading.list_of(exchange)},
        marker=snapshot.marker if snapshot else "",
        key=key,
        choices=item.choices if item else {},
        refs=_refs(item) | _pasted(exchange) if item else reading.refs(exchange),
        memo=exchange.memo if exchange.memo_ticket in ("", ticket) else {},
        look=exchange.look or opened is not None,
        sent=Sent(opened.memo, opened.note) if opened else None,
        facts=exchange.connection.facts,
        since=(sent_at - MARGIN).strftime("%Y-%m-%dT%H:%M:%S"),
        before=_before(item) if item and exchange.purpose == "mod" else (),
        old=tuple(row.marker for row in earlier) or old_markers(snapshot),
        adopted=_adopted(item) if item and exchange.purpose == "mod" else (),
        seen=tuple(exchange.result.get("seen", ())),
        restored=restored,
        lost=restores.lost(exchange.connection) if restored and exchange.purpose == "add" else {},
        losses=exchange.poison,
        settings=exchange.connection.settings,
        system=exchange.connection.kind,
    )


def _earlier(exchange: Exchange) -> Sequence[Any]:
    """Marker and moment of all that was sent before of what is added anew, the oldest first, where it must be looked for."""
    snapshot = exchange.snapshot
    if snapshot is None or exchange.purpose != "add" or not exchange.look or snapshot.number == 1:
        return ()
    asked = select(Snapshot.marker, Snapshot.sent_at).where(
        Snapshot.item_id == snapshot.item_id, Snapshot.number < snapshot.number
    )
    return db.session.execute(asked.order_by(Snapshot.number)).all()


def _pasted(exchange: Exchange) -> dict[str, Any]:
    """The id in accounting that a person pasted to be read."""
    return {"look_at": exchange.result["look_at"]} if "look_at" in exchange.result else {}


def unsent(item: Item) -> Work:
    """An item as its conversation would see it now, for showing what accounting will receive."""
    writes = select(Exchange.purpose).where(Exchange.purpose.in_(("add", "mod")))
    sent = writes.where(Exchange.snapshot_id == item.snapshot_id).order_by(Exchange.id.desc()).limit(1)
    purpose = db.session.scalar(sent) or ("mod" if item.in_erp else "add")
    marker = item.snapshot.marker if item.snapshot else ""
    before = _before(item) if purpose == "mod" else ()
    return Work(purpose, item.kind, item.payload, marker, "", choices=item.choices, refs=_refs(item), before=before,
                settings=item.connection.settings, system=item.connection.kind)  # fmt: skip


def _refs(item: Item) -> dict[str, Any]:
    mine = {"erp_id": item.erp_id, "edit_sequence": item.result.get("edit_sequence", ""), "name": item.erp_name}
    return mine | KINDS[item.kind].refs(item)


def _before(item: Item) -> tuple[tuple[str, dict[str, Any]], ...]:
    """Marker and payload of every earlier snapshot that reached accounting."""
    return tuple((row.marker, row.data) for row in besides(item, item.snapshot_id))


def _adopted(item: Item) -> tuple[str, ...]:
    """Markers that stood on what a person adopted, or beside which he had it sent again; that counts once it arrived."""
    told = [event.details for event in audit.history(item.subject) if event.action in ("adopt", "send_again")]
    if not told:
        return ()
    arrived = set(db.session.scalars(select(Snapshot.marker).where(Snapshot.item_id == item.id, Snapshot.synced_at.is_not(None))))
    decided = [details for details in told if details["marker"] in arrived]
    return tuple(marker for details in decided for marker in [*details.get("markers", ()), details.get("old_marker", "")])


def new_key() -> str:
    """20 random characters: too many to collide, few enough for QuickBooks' 23."""
    return "".join(secrets.choice(ALPHABET) for _ in range(20))
