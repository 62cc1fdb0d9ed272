"""The Export click, Retry, Look again and taking an export back, each one transaction of the caller."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from erp.connections import Connection
from erp.db import db, now
from erp.exchanges import restores
from erp.exchanges.exchange import CLICKED, OPEN, READS, Exchange, ExchangeState, Message, lock, queue
from erp.items import Item
from erp.items.choices import pick
from erp.items.perform import Refused, advance, guard
from erp.items.why_not import cheap, why_not
from erp.kind import KINDS, Reason
from erp.people import User
from erp.states import State

ALL_KINDS = ""
"""In place of a kind: everything accepted on the connection."""
DONE = (ExchangeState.SYNCED, ExchangeState.FAILED, ExchangeState.PERSON, ExchangeState.WAITING)
"""States in which the page has nothing more to watch: the rest is for a person, or over."""


@dataclass
class Export:
    """One click on Export: what was handed to the connector and what stayed, with the reasons."""

    batch: str
    items: list[Item] = field(default_factory=list)
    skipped: list[tuple[Item, list[Reason]]] = field(default_factory=list)


def accepted(connection: Connection, kind: str) -> list[Item]:
    """Everything accepted in a tab (or in all of them), parents first."""
    asked = select(Item).filter_by(connection_id=connection.id, state=State.ACCEPTED)
    rows = db.session.scalars(asked if kind == ALL_KINDS else asked.filter_by(kind=kind))
    return sorted(rows, key=lambda item: (rank_of(item), item.id))


def export(connection: Connection, kind: str, actor: User) -> Export:
    """Hand over everything accepted in the tab (or in all of them); what the rules refuse now stays Accepted with its reasons."""
    click = Export(secrets.token_hex(8))
    for item in accepted(connection, kind):
        reasons = why_not("export", item, actor)
        if reasons:
            click.skipped.append((item, reasons))
            continue
        _begin(item, "export", actor, click.batch)
        item.declaration.exported(item, actor)
        click.items.append(item)
    return click


def retry(item: Item, actor: User, form: Mapping[str, str], version: int | None = None) -> Exchange:
    """The same snapshot once more, with the choices reopened; it looks before it writes."""
    picked = pick(item, form)
    guard("retry", item, actor, picked)
    return _begin(item, "retry", actor, secrets.token_hex(8), version, choices=picked.values, error={})


def look_again(item: Item, actor: User, version: int | None = None) -> Exchange:
    """Ask accounting once more about an item that a person had to judge."""
    reasons = why_not_look(item, actor)
    if reasons:
        raise Refused(reasons)
    undecided = open_exchange(item)
    if undecided:
        undecided.state, undecided.settled_at = ExchangeState.CANCELLED, now()
        db.session.flush()
    return _begin(item, "look_again", actor, secrets.token_hex(8), version, error={})


def why_not_look(item: Item, actor: User) -> list[Reason]:
    """Why Look again is not possible now."""
    against = cheap("look_again", item, actor)
    found = open_exchange(item)
    if not against and found and found.state != ExchangeState.PERSON:
        return [Reason("It is being looked up already; the next visit of the Web Connector decides.")]
    return against


def withdraw(item: Item, actor: User, version: int | None = None) -> None:
    """Take an export back to Accepted while nothing of it was ever handed out."""
    lock(item.connection_id)
    found = open_exchange(item)
    handed = found and db.session.scalar(select(func.count()).where(Message.exchange_id == found.id))
    if found is None or found.state != ExchangeState.QUEUED or found.look or handed:
        raise Refused([Reason("It was handed to accounting already and cannot be taken back.")])
    guard("unaccept", item, actor)
    advance(item, "unaccept", actor, version=version)
    found.state, found.settled_at = ExchangeState.CANCELLED, now()


def open_exchange(item: Item) -> Exchange | None:
    """The exchange that is not decided yet."""
    return db.session.scalar(select(Exchange).where(Exchange.item_id == item.id, Exchange.state.in_(OPEN)))


def _begin(item: Item, action: str, actor: User, batch: str, version: int | None = None, **columns: Any) -> Exchange:
    exchange = _exchange(item, batch)
    advance(item, action, actor, version=version, exchange_id=exchange.id, **columns)
    return exchange


def _exchange(item: Item, batch: str) -> Exchange:
    handed = select(func.count(Message.key)).where(Message.writes, Message.exchange.has(_tried_as(item)))
    tried = bool(item.snapshot and item.snapshot.instead_of) or bool(db.session.scalar(handed))
    look = tried or restores.since(item.connection) is not None
    return queue(item.connection, purpose_of(item), f"item:{item.id}", kind=item.kind, rank=rank_of(item), item_id=item.id,
                 snapshot_id=item.snapshot_id, batch=batch, look=look)  # fmt: skip


def _tried_as(item: Item) -> ColumnElement[bool]:
    """Earlier tries of this Send; of what was unlinked also all that was ever sent: a backup may have brought it back there."""
    same = Exchange.snapshot_id == item.snapshot_id
    return same if item.in_erp else or_(same, and_(Exchange.item_id == item.id, Exchange.state == ExchangeState.SYNCED))


def purpose_of(item: Item) -> str:
    """What is there already is changed, anything else added."""
    return "mod" if item.in_erp else "add"


def rank_of(item: Item) -> int:
    """Its place in the order of exports."""
    return 10 * KINDS[item.kind].rank + int(item.summary.get("rank", 0))


@dataclass(frozen=True)
class Progress:
    """How far the newest export of a tab is."""

    done: int
    total: int
    failed: int

    @classmethod
    def of(cls, counted: dict[str, int]) -> "Progress":
        """By the number of exchanges in each state; what was taken back is no part of it."""
        done = sum(n for state, n in counted.items() if state in DONE)
        return cls(done, sum(counted.values()) - counted.get("cancelled", 0), counted.get("failed", 0) + counted.get("person", 0))

    @property
    def running(self) -> bool:
        """Whether something is still on its way."""
        return self.done < self.total


def progress(connection_id: int, kind: str) -> Progress:
    """Exchanges of the newest click that still has work, or nothing."""
    newest = clicks(connection_id, kind).scalar_subquery()
    asked = select(Exchange.state, func.count()).where(Exchange.batch == newest).group_by(Exchange.state)
    return Progress.of(dict(db.session.execute(asked).all()))


def clicks(connection_id: int, kind: str) -> Select[str]:
    """The batch of the newest click."""
    some = select(Exchange.batch).where(Exchange.connection_id == connection_id, CLICKED)
    some = some.where(Exchange.purpose.not_in(READS) if kind == ALL_KINDS else Exchange.kind == kind)
    return some.order_by(Exchange.id.desc()).limit(1)
