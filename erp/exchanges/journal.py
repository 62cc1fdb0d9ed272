"""The journal of answers and what each one settles: rules 7 and 13 to 20 of the engine."""

import hashlib
import logging
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError

from erp.audit import System
from erp.connector import Failed, Outcome, Person
from erp.db import db, now
from erp.exchanges import settle
from erp.exchanges.claim import work_for
from erp.exchanges.exchange import Answer, Message, Session, may_be_there

log = logging.getLogger(__name__)
NOTHING_HAPPENED = "0x80040400"


def store(ticket: str, session: Session | None, body: str, hresult: str, message: str) -> Answer:
    """Keep an answer as it came; one that no open session waits for is kept and never read.

    Only NUL goes: no message has it, the reading would drop it, and PostgreSQL keeps no text with it.
    """
    body, hresult, message = (text.replace("\x00", "") for text in (body, hresult, message))
    waits = session is not None and session.closed_at is None and session.outstanding is not None
    answer = Answer(ticket=ticket, message_key=session.outstanding if session else None, body=body or message,
                    hash=hashlib.sha256(body.encode()).hexdigest(), hresult=hresult.strip()[:255], received_at=now(),
                    applied=None if waits else 0, why="" if waits else "nobody waited for it")  # fmt: skip
    db.session.add(answer)
    return answer


def apply_unapplied(session: Session) -> None:
    """Read every answer of the session that was stored and not read; a failure of ours counts as a lost answer.

    A database that does not answer is no fault of the answer: its error is raised, and the next call reads it.
    """
    asked = select(Answer).where(Answer.ticket == session.ticket, Answer.applied.is_(None)).order_by(Answer.id)
    for answer in db.session.scalars(asked).all():
        try:
            with db.session.begin_nested():
                _apply(session, answer)
        except (OperationalError, InterfaceError):
            raise
        except Exception as fault:
            db.session.expire_all()
            log.exception("answer %s could not be applied", answer.id)
            answer.applied, answer.why = 0, f"could not be read: {type(fault).__name__}: {fault}"[:500]
            lose_outstanding(session)


def _apply(session: Session, answer: Answer) -> None:
    message = db.session.get(Message, answer.message_key) if answer.message_key else None
    refused = _why_not_counted(session, answer, message)
    if refused or message is None:
        answer.applied, answer.why = 0, refused
        return
    answer.applied = 1
    if answer.hresult and not answer.hresult.lower().startswith(NOTHING_HAPPENED):
        answer.why = f"no answer: {answer.hresult}"
        session.error = f"QuickBooks broke off with {answer.hresult}: {answer.body[:200]}"
        lose_outstanding(session)
        return
    session.outstanding = None
    session.done += 1
    if message.exchange is None:
        settle.close(message, "filler")
        return
    settle.settle(message.exchange, message, _outcome(message, answer), session)


def _why_not_counted(session: Session, answer: Answer, message: Message | None) -> str:
    if session.closed_at is not None:
        return "the session was closed"
    if message is None or session.outstanding != message.key:
        return "it is not what was asked last"
    key = "" if answer.hresult else session.connection.connector.key_of(answer.body)
    return f"it answers {key}, not {message.key}" if key not in ("", message.key) else ""


def _outcome(message: Message, answer: Answer) -> Outcome:
    exchange = message.exchange
    assert exchange is not None
    if answer.hresult:
        reason = f"QuickBooks could not read the message: {answer.body}"
        if may_be_there(exchange) and not message.writes:
            return Person(f"{reason} Whether the earlier message was carried out is not known.")
        return Failed(NOTHING_HAPPENED, reason)
    work = replace(work_for(exchange, answer.ticket, message.key), memo=message.memo)
    return exchange.connection.connector.step(work, answer.body)


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
