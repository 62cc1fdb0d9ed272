"""What approvers decided: one person's own list, and everybody's for the Accountant Report."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Select, String, cast, func, literal, select
from sqlalchemy.sql import ColumnElement

from erp.audit import Event
from erp.connections import Connection
from erp.db import db
from erp.items import Item
from erp.kind import KINDS
from erp.people import User, approvers
from erp.states import DECISIONS

PAGE = 50
MOST = 200


@dataclass(frozen=True)
class Decision:
    """An event and the item it was about."""

    event: Event
    item: Item


def of_person(user: User, before: int | None = None) -> list[Decision]:
    """A page of his decisions, the newest first; `before` is the id of the last event of the page before."""
    asked = _decisions().where(Event.actor_id == user.id, Event.action.in_(DECISIONS))
    return _rows(asked.where(Event.id < before) if before else asked, PAGE)


def self_approvals(connection: Connection, since: datetime) -> list[Decision]:
    """Acceptances by the sender himself, taken over by new choices too, the newest first, at most MOST."""
    asked = _decisions().where(Event.action.in_(("accept", "choose")), Event.at >= since, Item.connection_id == connection.id)
    return _rows(asked.where(Event.details["self_approval"].as_boolean()), MOST)


def _decisions() -> Select[Event, Item]:
    return select(Event, Item).join(Item, _about(Item.id))


def _about(item_id: Any) -> ColumnElement[bool]:
    return Event.subject == literal("item:").concat(cast(item_id, String))


def _rows(asked: Select[Event, Item], most: int) -> list[Decision]:
    return [Decision(event, item) for event, item in db.session.execute(asked.order_by(Event.id.desc()).limit(most))]


@dataclass(frozen=True)
class Approved:
    """What one person accepted of one kind: how many, and how much in minor units."""

    person: str
    kind: str
    n: int
    amount: int


def approved(connection: Connection, since: datetime) -> Sequence[Approved]:
    """Who approved how much since then, by person and kind."""
    amount = func.sum(cast(Event.details["amount"].as_string(), BigInteger))
    asked = select(Event.actor, Item.kind, func.count(), func.coalesce(amount, 0)).select_from(Event)
    asked = asked.join(Item, _about(Item.id))
    asked = asked.where(Event.action == "accept", Event.at >= since, Item.connection_id == connection.id)
    rows = db.session.execute(asked.group_by(Event.actor, Item.kind).order_by(func.lower(Event.actor), Event.actor, Item.kind))
    return [Approved(person, KINDS[kind].tab, n, int(total)) for person, kind, n, total in rows]


def deciders() -> list[tuple[User, frozenset[str]]]:
    """Everybody who may decide about something, with the kinds."""
    may: dict[int, set[str]] = {}
    people: dict[int, User] = {}
    for kind in KINDS:
        for user in approvers(kind):
            people[user.id] = user
            may.setdefault(user.id, set()).add(kind)
    ordered = sorted(may.items(), key=lambda pair: people[pair[0]].name.casefold())
    return [(people[key], frozenset(kinds)) for key, kinds in ordered]
