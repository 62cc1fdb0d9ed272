"""Which exchange comes next, and how many are left: rules 8 and 14 of the engine, each one query."""

from dataclasses import dataclass

from sqlalchemy import BindParameter, Boolean, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import joinedload

from erp.connections import Connection
from erp.db import db, now
from erp.exchanges import restores
from erp.exchanges.exchange import OPEN_WRITE, READS, Exchange, ExchangeState, Message, know_write

_HERE: BindParameter[int] = bindparam("connection_id")
_OPEN = select(Message.exchange_id).where(Message.connection_id == _HERE, OPEN_WRITE).scalar_subquery()
_QUEUED, _READS = Exchange.state == ExchangeState.QUEUED, Exchange.purpose.in_(READS)
_ITS_WRITE_IS_OPEN = and_(Exchange.state == ExchangeState.DOUBT, Exchange.id == _OPEN)
_NO_WRITE_IS_OPEN = and_(_QUEUED, _OPEN.is_(None))

DUE = and_(
    Exchange.next_at <= bindparam("now"),
    or_(and_(_QUEUED, _READS), and_(bindparam("may_write", type_=Boolean), or_(_ITS_WRITE_IS_OPEN, _NO_WRITE_IS_OPEN))),
)
"""Beside an open write only its own exchange goes on, once it is in doubt; reading goes on at any time."""

_UNDER_WAY = select(Exchange, _OPEN).where(
    Exchange.connection_id == _HERE, Exchange.state.in_((ExchangeState.QUEUED, ExchangeState.DOUBT))
)
"""What has still something to ask, each beside the exchange whose write is open."""

_COUNTED = _UNDER_WAY.with_only_columns(func.count(), func.count(case((DUE, 1))))

_FIRST = (
    _UNDER_WAY.where(DUE)
    .order_by(
        case((_READS, Exchange.purpose), else_=""),
        case((_READS, 0), (Exchange.memo_ticket == bindparam("ticket"), 0), else_=1),
        case((_READS, 0), else_=Exchange.rank),
        Exchange.id,
    )
    .limit(1)
    .options(joinedload(Exchange.item), joinedload(Exchange.snapshot))
)
"""Writes first, those begun in this session before the others, then by rank; then what is read."""


@dataclass(frozen=True)
class Left:
    """How many exchanges have still something to ask, and how many of them could be handed out now."""

    under_way: int
    now: int


def left(connection: Connection) -> Left:
    """What is left to do with this connection."""
    return Left(*db.session.execute(_COUNTED, _given(connection)).one())


def first(connection: Connection, ticket: str) -> Exchange | None:
    """The exchange whose turn it is."""
    found = db.session.execute(_FIRST, {"ticket": ticket, **_given(connection)}).first()
    if found is None:
        return None
    exchange: Exchange = found[0]
    if found[1] != exchange.id:
        know_write(exchange, None)
    return exchange


def _given(connection: Connection) -> dict[str, object]:
    return {"connection_id": connection.id, "now": now(), "may_write": not restores.forbids_writing(connection)}
