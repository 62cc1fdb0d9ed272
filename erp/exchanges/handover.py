"""Handing over to accounting that does not call: a person keys it in, or imports a file and posts it there.

The exchange is then *waiting* and so is its item, with a badge that says for what; a person or a read-back ends it.
"""

import hashlib
from typing import Any

from sqlalchemy import select

from erp.audit import Actor, System
from erp.books import records
from erp.connections import BY_HAND, Connection
from erp.connector import CONNECTORS, Failed, Later, Outcome, Synced, Work
from erp.db import db, now, transaction, write
from erp.exchanges import restores, settle
from erp.exchanges.claim import new_key, work_for
from erp.exchanges.exchange import READS, Answer, Exchange, ExchangeState, Message, lock
from erp.exchanges.export import open_exchange
from erp.items import Item, holder
from erp.items.perform import Refused, advance, why_not_kept
from erp.items.why_not import cheap
from erp.kind import Reason
from erp.people import User
from erp.states import State

KEY_IN = "Key it in"
READ_BACK = "Read back from a file that accounting exported"
"""Stands in the journal for the question."""
ANOTHER = "Void its batch and reject it, so that its sender gives it another number."


def hand_over() -> int:
    """Lay out everything that is queued for connections that do not call us; the number of exchanges laid out."""
    return sum(_hand_over(key) for key in _with_work())


def _with_work() -> list[int]:
    silent = [connector.slug for connector in CONNECTORS.values() if not connector.calls]
    asked = select(Exchange.connection_id).join(Exchange.connection).where(Connection.kind.in_(silent), QUEUED).distinct()
    keys = list(db.session.scalars(asked))
    db.session.rollback()
    return keys


QUEUED = (Exchange.state == ExchangeState.QUEUED) & Exchange.purpose.not_in(READS)


def queued(connection: Connection) -> list[Exchange]:
    """What is to be handed over, in the order of exports; nothing until all lists were read back after a restore."""
    if restores.forbids_writing(connection):
        return []
    asked = select(Exchange).where(Exchange.connection_id == connection.id, QUEUED)
    return list(db.session.scalars(asked.order_by(Exchange.rank, Exchange.id)))


def _hand_over(connection_id: int) -> int:
    with transaction():
        keyed = [exchange for exchange in queued(lock(connection_id)) if is_by_hand(exchange)]
        for exchange in keyed:
            wait(exchange, System("worker"), KEY_IN, f"/erp/{connection_id}/items/{exchange.item_id}/keying")
    return len(keyed) + CONNECTORS[_kind(connection_id)].deliver(connection_id)


def _kind(connection_id: int) -> str:
    return db.session.get_one(Connection, connection_id).kind


def is_by_hand(exchange: Exchange) -> bool:
    """Whether a person keys it in."""
    return exchange.connection.carrier(exchange.kind).slug == BY_HAND


def wait(exchange: Exchange, actor: Actor, badge: str, at: str, **result: Any) -> None:
    """It is laid out; from now on a person or a read-back must say that it is there. `at` is the page where they do."""
    write(exchange, state=ExchangeState.WAITING, memo={}, result=result)
    item = _item(exchange)
    advance(item, "wait", actor, summary=item.summary | {"waits": {"badge": badge, "at": at}}, exchange_id=exchange.id)


def note(exchange: Exchange, actor: Actor, badge: str, comment: str = "", at: str = "") -> None:
    """It went a step further on its way; the badge says how far, `at` where it goes on if that is another page."""
    item = _item(exchange)
    waits = item.summary["waits"] | {"badge": badge} | ({"at": at} if at else {})
    advance(item, "note", actor, summary=item.summary | {"waits": waits}, exchange_id=exchange.id, comment=comment)


def answered(exchange: Exchange, actor: Actor, answer: str) -> Outcome:
    """What a read-back means for a waiting exchange: Synced ends it, anything else is kept as the reason why it still waits."""
    out = judged(exchange, answer)
    if isinstance(out, Synced) and (other := holder(_item(exchange), out.result["erp_id"])):
        out = Later(
            0, f"{exchange.connection.connector.short} has it as {out.result['name']}, which is {other.label} here. {ANOTHER}"
        )
    if isinstance(out, Synced):
        _journal(exchange, answer)
        settle.synced(exchange, actor, out.result | _as_listed(exchange, out.result))
    else:
        write(exchange, reason=getattr(out, "reason", ""))
    return out


def differs(item: Item) -> str:
    """What the last read-back said of an item that still waits for one; empty when it said nothing."""
    found = open_exchange(item) if item.as_state is State.WAITING else None
    return found.reason if found else ""


def judged(exchange: Exchange, answer: str) -> Outcome:
    """What a read-back would mean for a waiting exchange; nothing is changed."""
    return exchange.connection.carrier(exchange.kind).step(work_of(exchange), answer)


def work_of(exchange: Exchange) -> Work:
    """The exchange as its conversation sees it."""
    return work_for(exchange, "", "")


def _journal(exchange: Exchange, answer: str) -> None:
    """The read-back that settled it, kept as it was told."""
    at, key = now(), new_key()
    message = Message(key=key, connection_id=exchange.connection_id, exchange_id=exchange.id, writes=False, body=READ_BACK,
                      memo={}, note="", handed=1, handed_at=at, settled_at=at, outcome="synced")  # fmt: skip
    db.session.add(message)
    db.session.flush()
    db.session.add(Answer(ticket="", message_key=key, body=answer, hash=hashlib.sha256(answer.encode()).hexdigest(), hresult="",
                          received_at=at, applied=1, why=""))  # fmt: skip


def _as_listed(exchange: Exchange, result: dict[str, Any]) -> dict[str, Any]:
    """Record and name as the list told them, where one did: what is sent knows less of it."""
    told = result.get("record")
    known = records.find(exchange.connection_id, told["list"], result["erp_id"]) if told else None
    return {"record": known.row, "name": known.full_name} if known else {}


def refused(exchange: Exchange, actor: Actor, code: str, reason: str) -> None:
    """Accounting took nothing of it."""
    item = _item(exchange)
    item.summary = _without_waits(item)
    settle.fail(exchange, actor, Failed(code, reason))


def void(exchange: Exchange, actor: Actor, comment: str, version: int | None = None) -> None:
    """It never got there: it stands Accepted again, ready to be exported anew or rejected. Raises moves.Stale."""
    item = _item(exchange)
    write(exchange, state=ExchangeState.CANCELLED, settled_at=now(), reason=comment)
    advance(item, "void", actor, version=version, summary=_without_waits(item), exchange_id=exchange.id, comment=comment)


def _without_waits(item: Item) -> dict[str, Any]:
    return {name: value for name, value in item.summary.items() if name != "waits"}


def _item(exchange: Exchange) -> Item:
    assert exchange.item is not None
    return exchange.item


def why_not_keyed(item: Item, actor: User, action: str = "number") -> list[Reason]:
    """Why nobody can say now that it was keyed in, or that it never will be."""
    found = open_exchange(item)
    against = cheap(action, item, actor)
    if not against and (found is None or not is_by_hand(found)):
        return [Reason("It is not keyed in by hand; its batch says what to do.")]
    return against


def paste(item: Item, actor: User, number: str, version: int | None = None) -> None:
    """Synced under the number that a person pasted, with that person's name. Raises Refused and moves.Stale."""
    _refuse(why_not_keyed(item, actor))
    exchange = open_exchange(item)
    assert exchange is not None
    lock(item.connection_id)
    keyed = item.erp_id or records.spelled(item.connection_id, item.declaration.record_list, number.strip())
    out = item.connection.carrier(item.kind).step(work_of(exchange), keyed)
    if isinstance(out, Failed):
        raise Refused([Reason(out.reason)])
    assert isinstance(out, Synced)
    _refuse(_taken(item, out.result))
    row = _row(item, out.result)
    settle.synced(exchange, actor, out.result | {"record": row, "name": row["full_name"]}, "number", version=version)


def _taken(item: Item, result: dict[str, Any]) -> list[Reason]:
    field, erp_id = result["shows"][0]
    other = holder(item, result["erp_id"])
    if other is None:
        return []
    short = item.connection.connector.short
    return [Reason(f"{field}: {erp_id} is taken, {other.label} has it. Look in {short} under which number this one was keyed in, "
                   f"and write that. If {short} has only one of them, key this one in there under a number of its own first.",
                   f"/erp/{item.connection_id}/items/{other.id}", "See the other one")]  # fmt: skip


def _row(item: Item, result: dict[str, Any]) -> dict[str, Any]:
    """The record of it: as the last read-back told it, or as it was keyed in since."""
    of, keyed = item.declaration.record_list, {"name": result["name"], "full_name": result["name"]}
    known = records.find(item.connection_id, of, result["erp_id"])
    if known is not None:
        return known.row | keyed if item.in_erp else known.row
    return {"list": of, "erp_id": result["erp_id"], "parent_id": "", **keyed, "edit_sequence": "", "active": True,
            "data": {"number": result["erp_id"]}}  # fmt: skip


def take_back(item: Item, actor: User, comment: str, version: int | None = None) -> None:
    """It was not keyed in and will not be: it stands Accepted again. Raises Refused and moves.Stale."""
    _refuse(why_not_keyed(item, actor, "void"))
    if against := why_not_kept("The comment", comment):
        raise Refused([Reason(against)])
    exchange = open_exchange(item)
    assert exchange is not None
    void(exchange, actor, comment.strip(), version)


def _refuse(reasons: list[Reason]) -> None:
    if reasons:
        raise Refused(reasons)
