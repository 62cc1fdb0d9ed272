"""The journal of answers and what each one settles: rules 7 and 13 to 20 of the engine."""

import hashlib
import logging
from dataclasses import replace

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import joinedload

from erp.audit import System
from erp.connector import Failed, Outcome, Person
from erp.db import db, now, write
from erp.exchanges import settle
from erp.exchanges.claim import work_for
from erp.exchanges.exchange import Answer, Exchange, Message, Session, know_write, may_be_there

log = logging.getLogger(__name__)
NOTHING_HAPPENED = "0x80040400"


def store(ticket: str, body: str, hresult: str, message: str) -> bool:
    """Rule 13: note the contact and keep an answer as it came; False if nobody knows the ticket, then nothing is kept.

    What no open session waits for is kept and never read. Only NUL goes: no message has it, the reading would drop it, and
    PostgreSQL keeps no text with it.
    """
    session = db.session.execute(_TOUCHED, {"of": ticket, "seen_at": now()}).one_or_none()
    if session is None and db.session.get(Session, ticket) is None:
        return False
    body, hresult, message = (text.replace("\x00", "") for text in (body, hresult, message))
    key = session.outstanding if session else None
    row = {"ticket": ticket, "message_key": key, "body": body or message, "hash": hashlib.sha256(body.encode()).hexdigest(),
           "hresult": hresult.strip()[:255], "received_at": now(), "applied": None if key else 0,
           "why": "" if key else "nobody waited for it"}  # fmt: skip
    db.session.execute(_KEPT, row)
    return True


_TOUCHED = (
    update(Session.__table__)
    .where(Session.ticket == bindparam("of"), Session.closed_at.is_(None))
    .values(seen_at=bindparam("seen_at"))
    .returning(Session.outstanding)
)
_KEPT = insert(Answer.__table__)


def apply_unapplied(session: Session) -> None:
    """Read every answer of the session that was stored and not read; a failure of ours counts as a lost answer.

    A database that does not answer is no fault of the answer: its error is raised, and the next call reads it.
    """
    for answer, message in db.session.execute(_UNAPPLIED, {"ticket": session.ticket}).all():
        try:
            with db.session.begin_nested():
                _apply(session, answer, message)
        except (OperationalError, InterfaceError):
            raise
        except Exception as fault:
            log.exception("answer %s could not be applied", answer.id)
            write(answer, applied=0, why=f"could not be read: {type(fault).__name__}: {fault}"[:500])
            lose_outstanding(session)


_UNAPPLIED = (
    select(Answer, Message)
    .outerjoin(Message, Message.key == Answer.message_key)
    .where(Answer.ticket == bindparam("ticket"), Answer.applied.is_(None))
    .order_by(Answer.id)
    .options(joinedload(Message.exchange).options(joinedload(Exchange.item), joinedload(Exchange.snapshot)))
)


def _apply(session: Session, answer: Answer, message: Message | None) -> None:
    refused = _why_not_counted(session, answer, message)
    if refused or message is None:
        write(answer, applied=0, why=refused)
        return
    if answer.hresult and not answer.hresult.lower().startswith(NOTHING_HAPPENED):
        write(answer, applied=1, why=f"no answer: {answer.hresult}")
        session.error = f"QuickBooks broke off with {answer.hresult}: {answer.body[:200]}"
        lose_outstanding(session)
        return
    out = _outcome(message, answer) if message.exchange else None
    write(answer, applied=1)
    write(session, outstanding=None, done=session.done + 1)
    if message.exchange is None or out is None:
        settle.close(message, "filler")
    else:
        settle.settle(message.exchange, message, out, session)


def _why_not_counted(session: Session, answer: Answer, message: Message | None) -> str:
    if session.closed_at is not None:
        return "the session was closed"
    if message is None or session.outstanding != message.key:
        return "it is not what was asked last"
    return "" if answer.hresult else session.connection.connector.not_an_answer(message.body, message.key, answer.body)


def _outcome(message: Message, answer: Answer) -> Outcome:
    exchange = message.exchange
    assert exchange is not None
    if message.writes and message.settled_at is None:
        know_write(exchange, message)
    if answer.hresult:
        reason = f"QuickBooks could not read the message: {answer.body}"
        if may_be_there(exchange) and not message.writes:
            return Person(f"{reason} Whether the earlier message was carried out is not known.")
        return Failed(NOTHING_HAPPENED, reason)
    work = replace(work_for(exchange, answer.ticket, message.key), memo=message.memo)
    return exchange.connection.carrier(exchange.kind).step(work, answer.body)


def lose_outstanding(session: Session) -> None:
    """What was handed out last in this session is lost."""
    message = db.session.get(Message, session.outstanding) if session.outstanding else None
    session.outstanding = None
    if message is not None:
        settle.lose(message.exchange, message, System(f"qbwc/{session.ticket[:8]}"))


def close(session: Session) -> None:
    """End the session; what it still held is lost."""
    lose_outstanding(session)
    session.closed_at = now()
    db.session.flush()
