"""Waiting on accounting: what a project manager sent and accounting has not finished, and who it waits for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload
from sqlalchemy.sql import ColumnElement

from erp.db import db
from erp.items import Item
from erp.kind import KINDS, Kind
from erp.people import User, approvers
from erp.people.user import PROJECT_TOOLS, Level
from erp.states import State

SENT = (State.FAILED, State.UNKNOWN, State.READY, State.ACCEPTED, State.EXPORTING, State.WAITING)
"""In the order in which they are shown: what went wrong stands first."""
MOST = 500


@dataclass(frozen=True)
class Waiting:
    """An item with the names of the people it waits for."""

    item: Item
    people: tuple[str, ...]


def waiting(reader: User) -> list[Waiting]:
    """Everything sent from the tools this person may see, failures first, then the oldest; at most MOST."""
    seen = [_visible(kind, reader) for kind in KINDS.values()]
    asked = select(Item).options(joinedload(Item.acceptor), joinedload(Item.sender), joinedload(Item.connection))
    rows = db.session.scalars(asked.where(Item.state.in_(SENT), or_(*seen)).order_by(Item.changed_at).limit(MOST)).all()
    deciders = cache(lambda kind, named: tuple(user.name for user in approvers(kind, named)))
    found = [Waiting(row, _people(row, deciders(row.kind, tuple(row.declaration.named(row) or ())))) for row in rows]
    return sorted(found, key=lambda one: SENT.index(one.item.as_state))


def _visible(kind: Kind, reader: User) -> ColumnElement[bool]:
    """The items of a kind whose documents the reader may see."""
    if not set(kind.tools) <= set(PROJECT_TOOLS):
        open_to = all(reader.level(tool) > Level.NONE for tool in kind.tools)
        return Item.kind == (kind.slug if open_to else "")
    return and_(Item.kind == kind.slug, Item.project_id.in_(list(_projects(kind, reader))))


def _projects(kind: Kind, reader: User) -> Iterator[int]:
    held = {grant.project_id for grant in reader.grants if grant.project_id is not None}
    return (key for key in held if any(reader.level(tool, key) > Level.NONE for tool in kind.tools))


def _people(item: Item, deciders: Sequence[str]) -> tuple[str, ...]:
    if item.as_state is State.READY:
        return tuple(deciders)
    return (item.acceptor.name,) if item.acceptor else tuple(deciders)
