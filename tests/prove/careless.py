"""Careless variants of the engine, as switches of the proof: it must catch them, or it proves nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from erp.connectors.quickbooks import mod, session
from erp.connectors.quickbooks.qbxml import read
from erp.db import db, transaction
from erp.exchanges import claim, journal, settle
from erp.exchanges.exchange import Answer, Message, Session

Switch = Callable[[pytest.MonkeyPatch], None]


def no_look(patch: pytest.MonkeyPatch) -> None:
    """Whatever was lost is sent again at once, under the same id, without looking whether it is there."""
    sound = claim.work_for

    def blind(*given: Any) -> Any:
        return replace(sound(*given), look=False)

    patch.setattr(claim, "work_for", blind)
    patch.setattr(journal, "work_for", blind)


def naive_queue(patch: pytest.MonkeyPatch) -> None:
    """A lost write goes back to the queue and is written anew, as most connectors do it."""
    sound = settle.lose

    def forget(exchange: Any, message: Message, actor: Any) -> None:
        settle.close(message, "lost")
        sound(exchange, message, actor)

    patch.setattr(settle, "lose", forget)


def mod_without_marker(patch: pytest.MonkeyPatch) -> None:
    """A change looks at nothing but the EditSequence: what an earlier try left on the Estimate is not known again."""
    patch.setattr(mod, "arrived", lambda work, found: False)


def _key_of(response: str) -> str:
    return next((one.request for one in read(response).responses), "")


def late_answers(patch: pytest.MonkeyPatch) -> None:
    """An answer counts whenever it comes, whatever became of the session it was asked in."""
    sound = session.receive

    def receive(ticket: str, response: str, hresult: str, words: str) -> int:
        with transaction():
            told = db.session.get(Session, ticket)
            late = told is not None and told.closed_at is not None
            message = db.session.get(Message, _key_of(response)) if told and late else None
            if told and message and message.exchange and message.settled_at is None:
                journal.store(ticket, response, hresult, words)
                answer = db.session.scalars(select(Answer).order_by(Answer.id.desc())).first()
                assert answer
                answer.applied, answer.message_key = 1, message.key
                settle.settle(message.exchange, message, journal._outcome(message, answer), told)
                _let_go(message)
                return 100
        return sound(ticket, response, hresult, words)

    patch.setattr(session, "receive", receive)


def _let_go(message: Message) -> None:
    for holder in db.session.scalars(select(Session).filter_by(outstanding=message.key)):
        holder.outstanding = None


def no_lease(patch: pytest.MonkeyPatch) -> None:
    """Whoever calls gets the connection at once, even while another Web Connector holds a write."""
    patch.setattr(session, "timedelta", lambda seconds: timedelta(0))


def memo_kept(patch: pytest.MonkeyPatch) -> None:
    """What was found out once is believed for ever: a finding survives its use, its session and every loss."""
    hand, again = claim._hand, settle._again

    def keep(exchange: Any, holder: Any, message: Message) -> Message:
        handed = hand(exchange, holder, message)
        exchange.memo, exchange.memo_ticket = message.memo, ""
        return handed

    def remember(exchange: Any, actor: Any, memo: Any, ticket: str) -> None:
        again(exchange, actor, memo or exchange.memo, "")

    patch.setattr(claim, "_hand", keep)
    patch.setattr(settle, "_again", remember)


CARELESS: dict[str, Switch] = {
    "no look": no_look, "naive queue": naive_queue, "Mod without marker": mod_without_marker,
    "late answers accepted": late_answers, "no lease": no_lease, "memo kept": memo_kept,
}  # fmt: skip
