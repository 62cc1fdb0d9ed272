"""A dry run of the first message of every exchange of a click, so that refusals show before QuickBooks is bothered."""

from sqlalchemy import func, select

from erp.audit import System
from erp.connector import Failed
from erp.db import db, transaction
from erp.exchanges import claim, settle
from erp.exchanges.exchange import Exchange, ExchangeState, Message, lock

CERTAIN = ("field", "internal")
"""What no visit can cure; parents and preferences may be there when the Web Connector comes."""


def rehearse(batch: str) -> int:
    """Fail what could not even be written, while it is still queued; the number of refusals."""
    keys = list(db.session.scalars(select(Exchange.id).where(Exchange.batch == batch, Exchange.state == ExchangeState.QUEUED)))
    db.session.rollback()
    return sum(_one(key) for key in keys)


def _one(key: int) -> bool:
    with transaction():
        exchange = db.session.get_one(Exchange, key)
        lock(exchange.connection_id)
        db.session.refresh(exchange)
        if exchange.state != ExchangeState.QUEUED or _handed(exchange):
            return False
        out, _ = claim.ask(exchange, "", "REHEARSAL")
        if not isinstance(out, Failed) or out.code not in CERTAIN:
            return False
        settle.fail(exchange, System("worker"), out)
        return True


def _handed(exchange: Exchange) -> bool:
    return bool(db.session.scalar(select(func.count()).where(Message.exchange_id == exchange.id)))
