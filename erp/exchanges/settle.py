"""What an outcome means for the message, the exchange and the item: rules 9, 19 and 20 of the engine."""

from datetime import timedelta
from typing import Any

from flask import current_app

from erp import audit
from erp.audit import Actor, Event, System
from erp.books import records, verification
from erp.connector import Burned, Doubt, Failed, Later, Next, Outcome, Page, Person, Synced
from erp.db import now, write
from erp.exchanges import reading, verify
from erp.exchanges.exchange import Exchange, ExchangeState, Message, Session, may_be_there, open_write_of
from erp.items import Item, holder
from erp.items.changes import in_accounting, without_badge
from erp.items.perform import advance, tell
from erp.states import State

PATIENCE = 5
POISON = 20
IN_USE = "That was so five times in a row. If it is open in QuickBooks, close its window there; then Retry."
NOT_LOOKED_UP = "QuickBooks refused five times to look it up, so whether it is there is not known."


def settle(exchange: Exchange, message: Message | None, out: Outcome, session: Session) -> None:
    """Close what is decided and move the item, all in the caller's transaction."""
    actor = System(f"qbwc/{session.ticket[:8]}")
    if message is not None and not (message.writes and isinstance(out, Doubt)):
        close(message, type(out).__name__.lower())
    match out:
        case Next(memo):
            _next(exchange, actor, memo, session.ticket)
        case Page():
            _page(exchange, actor, out, session, message)
        case Later():
            _later(exchange, actor, message, out)
        case Doubt(reason):
            _doubt(exchange, actor, message, reason)
        case Burned(reason):
            _burned(exchange, actor, reason)
        case Synced(result):
            _found(exchange, actor, result, message)
        case Failed(code, reason):
            _failed(exchange, actor, code, reason)
        case Person(reason, result):
            _person(exchange, actor, reason, result)
        case _:
            raise TypeError(f"{out} is no answer")


def close(message: Message, outcome: str) -> None:
    """The message is decided; it blocks nothing any more."""
    write(message, settled_at=now(), outcome=outcome)


def lose(exchange: Exchange | None, message: Message, actor: System) -> None:
    """The answer is lost: a question is closed, a write stays open and is looked up before anything else is written."""
    if not message.writes:
        close(message, "lost")
    if exchange is not None:
        _set_back(exchange, actor)


def _set_back(exchange: Exchange, actor: System) -> None:
    """It must start again at its first question; too often, and it ends."""
    exchange.poison += 1
    reading.broke_off(exchange)
    if exchange.poison >= POISON:
        _poisoned(exchange, actor)
        return
    _again(exchange, actor, {}, "")
    exchange.next_at = now() + timedelta(seconds=backoff(exchange.poison - 2, 60))


def backoff(times: int, most: int) -> float:
    """Seconds to wait: nothing at first, then doubling up to `most`; a setting scales it for tests."""
    return min(2.0**times, most) * float(current_app.config["QBWC_BACKOFF"]) if times > 0 else 0.0


def _poisoned(exchange: Exchange, actor: System) -> None:
    sentence = f"The conversation about it broke off {POISON} times."
    if may_be_there(exchange):
        _person(exchange, actor, f"{sentence} Whether accounting has it is not known.", {})
    else:
        _failed(exchange, actor, "broke-off", sentence)


def _next(exchange: Exchange, actor: System, memo: dict[str, Any], ticket: str) -> None:
    if not memo:
        reading.broke_off(exchange)
    _again(exchange, actor, memo, ticket)


def _again(exchange: Exchange, actor: System, memo: dict[str, Any], ticket: str) -> None:
    exchange.memo, exchange.memo_ticket = memo, ticket
    exchange.next_at = now()
    exchange.state = ExchangeState.DOUBT if open_write_of(exchange) else ExchangeState.QUEUED
    if exchange.state == ExchangeState.DOUBT:
        _unknown(exchange, actor, "The answer was lost. It is being looked up; nothing is sent again on a guess.")


def _unknown(exchange: Exchange, actor: System, reason: str) -> None:
    item = exchange.item
    if item and item.as_state is State.EXPORTING:
        error = {"code": "unknown", "message": reason, "cause": "", "cure": ""}
        advance(item, "lose", actor, error=error, exchange_id=exchange.id)


def _page(exchange: Exchange, actor: System, out: Page, session: Session, message: Message | None) -> None:
    exchange.poison = 0 if reading.heals(exchange, out) else exchange.poison
    written = reading.take(exchange, out, message.handed_at if message else now())
    exchange.result = exchange.result | {"rows": exchange.result.get("rows", 0) + len(out.rows),
                                         "written": exchange.result.get("written", 0) + written}  # fmt: skip
    if out.memo is None:
        reading.ended(exchange)
        _end(exchange, ExchangeState.SYNCED, "")
    else:
        _again(exchange, actor, out.memo, session.ticket)


def _later(exchange: Exchange, actor: System, message: Message | None, out: Later) -> None:
    exchange.postponed += 1
    if exchange.postponed >= PATIENCE:
        looked = message is not None and not message.writes
        if looked and may_be_there(exchange):
            _person(exchange, actor, f"{out.reason} {NOT_LOOKED_UP}", {})
        else:
            _failed(exchange, actor, "in-use", f"{out.reason} {IN_USE}")
        return
    _again(exchange, actor, out.memo, "")
    wait = max(out.seconds, 2**exchange.postponed) * float(current_app.config["QBWC_BACKOFF"])
    exchange.next_at = now() + timedelta(seconds=wait)


def _doubt(exchange: Exchange, actor: System, message: Message | None, reason: str) -> None:
    if message is not None and message.writes:
        message.note = reason
    _set_back(exchange, actor)


def _burned(exchange: Exchange, actor: System, reason: str) -> None:
    _close_write(exchange, "burned")
    exchange.look, exchange.reason = True, reason
    _set_back(exchange, actor)


def _close_write(exchange: Exchange, outcome: str) -> None:
    opened = open_write_of(exchange)
    if opened is not None:
        close(opened, outcome)


def _end(exchange: Exchange, state: ExchangeState, reason: str, **result: Any) -> None:
    write(exchange, state=state, reason=reason, memo={}, settled_at=now(), **result)


def _found(exchange: Exchange, actor: System, result: dict[str, Any], message: Message | None) -> None:
    """Synced. What was not told by the first answer to its write may belong to another item meanwhile, which a person judges."""
    at_once = message is not None and message.writes and message.handed == 1
    other = None if at_once or exchange.item is None else holder(exchange.item, result["erp_id"])
    if other is not None:
        reason = f"{result['name']} belongs to {other.label} already. If that is a mistake, unlink that one; then look again."
        _person(exchange, actor, reason, {})
        return
    synced(exchange, actor, result)
    _read_back(exchange, message)


def _read_back(exchange: Exchange, message: Message | None) -> None:
    """A write that was handed out again may be answered by what accounting kept of the first time: it is read as it is now."""
    if exchange.item is not None and message is not None and message.writes and message.handed > 1:
        verify.one(exchange.item)


def synced(exchange: Exchange, actor: Actor, result: dict[str, Any], action: str = "succeed", **told: Any) -> None:
    """It is in accounting as `result` says, by an answer or by the word of a person."""
    _close_write(exchange, "synced")
    _end(exchange, ExchangeState.SYNCED, "", result=result)
    if exchange.item is not None:
        take_over(exchange.item, action, actor, result, exchange_id=exchange.id, **told)


def take_over(item: Item, action: str, actor: Actor, result: dict[str, Any], **told: Any) -> Event:
    """The item is in accounting as `result` says; that a person adopted or joined it is remembered while it is the same."""
    kept = {name: item.result[name] for name in ("adopted", "imported") if item.in_erp and item.result.get(name)}
    if item.in_erp and item.declaration.updated_whole and not in_accounting(item):
        kept["imported"] = True
    if item.snapshot:
        write(item.snapshot, synced_at=now())
    event = advance(item, action, actor, in_erp=True, erp_id=result["erp_id"], erp_name=result["name"], result=kept | result,
                    summary=without_badge(item.summary), error={}, **told)  # fmt: skip
    if item.snapshot and item.snapshot.number > 1:  # at the first there is nothing yet
        verification.forget(item.id)
    if result.get("record"):
        records.link(item.connection_id, result["record"], item.id, actor)
    item.declaration.settled(item)
    return event


def _failed(exchange: Exchange, actor: Actor, code: str, reason: str) -> None:
    _close_write(exchange, "failed")
    _end(exchange, ExchangeState.FAILED, reason)
    if exchange.item:
        fail_item(exchange.item, actor, code, reason, exchange)
    elif exchange.purpose == "refresh":
        reading.failed(exchange, reason)


def fail(exchange: Exchange, actor: Actor, out: Failed) -> None:
    """Settle an exchange of which nothing was handed out as refused."""
    _failed(exchange, actor, out.code, out.reason)


def fail_item(item: Item, actor: Actor, code: str, reason: str, exchange: Exchange) -> None:
    """Show the refusal to the approver with its cause and cure."""
    told = exchange.connection.connector.explain(code, reason)
    error = {"code": code, "message": reason, "cause": told.cause, "cure": told.cure}
    tell(item, advance(item, "fail", actor, error=error, exchange_id=exchange.id, comment=reason))


def _person(exchange: Exchange, actor: System, reason: str, result: dict[str, Any]) -> None:
    _close_write(exchange, "undecided")
    item = exchange.item
    _end(exchange, ExchangeState.PERSON if item else ExchangeState.FAILED, reason, result=result)
    if item is None:
        return
    error = {"code": "person", "message": reason, "cause": "Only a person can judge this.",
             "cure": "Open Outcome unknown and compare both sides; then look again, adopt it, or send again."}  # fmt: skip
    if item.as_state is State.EXPORTING:
        advance(item, "lose", actor, error=error, exchange_id=exchange.id, comment=reason)
    else:
        item.error = error
    tell(item, audit.record(f"exchange:{exchange.id}", "undecided", actor, comment=reason, exchange_id=exchange.id))
