"""The record of one item for an auditor: what was sent, by whom, what went to accounting, what came back."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from erp import audit
from erp.audit import Event
from erp.db import db
from erp.exchanges.exchange import Answer, Exchange, Message
from erp.items import Item, Snapshot


@dataclass(frozen=True)
class Sent:
    """One message to accounting and the answers to it, as they were on the wire."""

    message: Message
    answers: Sequence[Answer]


@dataclass(frozen=True)
class Tried:
    """One exchange with accounting: its outcome and every message."""

    exchange: Exchange
    messages: Sequence[Sent]


@dataclass(frozen=True)
class Record:
    """Everything kept about an item."""

    item: Item
    snapshots: Sequence[Snapshot]
    exchanges: Sequence[Tried]
    events: Sequence[Event]


def record(item: Item) -> Record:
    """The record, oldest first."""
    snapshots = db.session.scalars(select(Snapshot).filter_by(item_id=item.id).order_by(Snapshot.number)).all()
    exchanges = db.session.scalars(select(Exchange).filter_by(item_id=item.id).order_by(Exchange.id)).all()
    return Record(item, snapshots, [_tried(one) for one in exchanges], audit.history(item.subject))


def _tried(exchange: Exchange) -> Tried:
    handed = select(Message).filter_by(exchange_id=exchange.id).order_by(Message.handed_at, Message.writes.desc())
    messages = db.session.scalars(handed).all()
    asked = select(Answer).where(Answer.message_key.in_([one.key for one in messages])).order_by(Answer.id)
    answers = db.session.scalars(asked).all()
    return Tried(exchange, [Sent(one, [answer for answer in answers if answer.message_key == one.key]) for one in messages])
