"""The figures of a deployment for its monitoring: what waits, what failed, what stands still. No names of people or projects."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from erp import connections
from erp.connections import Connection
from erp.db import db, now
from erp.exchanges.exchange import Exchange, ExchangeState
from erp.items import Item
from erp.items.item import WAITS
from erp.kind import KINDS
from erp.mail import Mail
from erp.states import Filter, State

MOVING = (ExchangeState.QUEUED, ExchangeState.HANDED, ExchangeState.DOUBT)
TROUBLES = (State.FAILED, State.UNKNOWN)
UNSENT = ("queued", "failed")


@dataclass(frozen=True)
class Figure:
    """One number with its labels; its name ends with its unit, and `help` says what it counts."""

    name: str
    help: str
    value: float
    labels: dict[str, str] = field(default_factory=dict)


def figures() -> Iterator[Figure]:
    """Every figure, also the zeros, so that an alarm never waits for a number that is not there."""
    there = {row.id: row for row in connections.every()}
    yield from _waiting(there)
    yield from _troubles(there)
    yield from _queues(there)
    yield from _contacts(there)
    counted = dict(_rows(select(Mail.state, func.count()).where(Mail.state.in_(UNSENT)).group_by(Mail.state)))
    for state in UNSENT:
        n = counted.get(state, 0)
        yield Figure("countersign_mails_unsent", "Mails that were not sent yet, or given up", n, {"state": state})


def _waiting(there: dict[int, Connection]) -> Iterator[Figure]:
    asked = select(Item.connection_id, Item.kind, func.count(), func.min(Item.sent_at)).where(WAITS)
    found = {(row[0], row[1]): row[2:] for row in _rows(asked.group_by(Item.connection_id, Item.kind))}
    cells = {(key, slug): _named(row) | {"kind": slug} for key, row in there.items() for slug in KINDS}
    for cell, labels in cells.items():
        n, oldest = found.get(cell, (0, None))
        yield Figure("countersign_items_waiting", "Items that wait for a decision", n, labels)
        yield Figure("countersign_items_waiting_oldest_seconds", "Age of the oldest of them", _age(oldest), labels)


def _troubles(there: dict[int, Connection]) -> Iterator[Figure]:
    asked = select(Item.connection_id, Item.state, func.count()).where(Item.filter == Filter.FAILED, Item.state.in_(TROUBLES))
    found = {(row[0], row[1]): row[2] for row in _rows(asked.group_by(Item.connection_id, Item.state))}
    for key, row in there.items():
        for state in TROUBLES:
            n = found.get((key, state), 0)
            yield Figure(f"countersign_items_{state.lower()}", f"Items whose export is {state.lower()}", n, _named(row))


def _queues(there: dict[int, Connection]) -> Iterator[Figure]:
    asked = select(Exchange.connection_id, func.count(), func.min(Exchange.created_at)).where(Exchange.state.in_(MOVING))
    found = {row[0]: row[1:] for row in _rows(asked.group_by(Exchange.connection_id))}
    for key, row in there.items():
        n, oldest = found.get(key, (0, None))
        yield Figure("countersign_queue_length", "Exchanges that wait for the connector", n, _named(row))
        yield Figure("countersign_queue_oldest_seconds", "Age of the oldest of them", _age(oldest), _named(row))


def _contacts(there: dict[int, Connection]) -> Iterator[Figure]:
    for row in there.values():
        if row.connector.calls:
            yield Figure("countersign_last_contact_seconds",
                         "Seconds since the connector called, or since the connection was made",
                         _age(row.last_seen or row.created_at), _named(row))  # fmt: skip
        yield Figure("countersign_connection_problem", "1 while something is wrong with the connection", int(bool(row.problem)),
                     _named(row))  # fmt: skip


def _named(row: Connection) -> dict[str, str]:
    return {"id": str(row.id), "connection": row.name}  # two connections may have one name


def _age(since: datetime | None) -> float:
    return round((now() - since).total_seconds(), 3) if since else 0


def _rows(asked: Any) -> list[Any]:
    return list(db.session.execute(asked))
