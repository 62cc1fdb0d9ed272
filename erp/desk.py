"""What the approver's desk shows: lists by keyset, the accepted bar, and the health of the connection."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, func, or_, select, tuple_
from sqlalchemy.orm import joinedload

from erp import moves
from erp.books.records import Record
from erp.connections import Connection
from erp.db import db, now
from erp.documents.project import Project
from erp.exchanges import restores
from erp.exchanges.exchange import Exchange, ExchangeState
from erp.items import Item
from erp.kind import KINDS, Kind
from erp.states import Filter, State

PAGE = 50
MOVING = (ExchangeState.QUEUED, ExchangeState.HANDED, ExchangeState.DOUBT)
LISTS_OF_RECORDS = (Filter.IMPORT, Filter.ARCHIVED)


@dataclass(frozen=True)
class Listing:
    """One page of a list and where the next one starts (empty when there is none).

    `projects` of the rows are only held here: the session forgets what nobody holds, and each row would ask anew.
    """

    rows: Sequence[Item | Record]
    after: str
    projects: Sequence[Project] = ()


def listing(connection: Connection, kind: Kind, chosen: Filter, words: str = "", after: str = "") -> Listing:
    """The rows of a filter, newest first; records of accounting by name."""
    if chosen in LISTS_OF_RECORDS:
        return _records(connection, kind, chosen, words, after)
    asked = _items(connection, kind, chosen, words)
    if place := _place(after, _moment):
        asked = asked.where(tuple_(Item.changed_at, Item.id) < place)
    rows = db.session.scalars(asked.order_by(Item.changed_at.desc(), Item.id.desc()).limit(PAGE + 1)).all()
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return Listing(rows[:PAGE], f"{last.changed_at.isoformat()}~{last.id}" if last else "", _projects(rows))


def _place(after: str, read: Callable[[str], Any]) -> tuple[Any, int] | None:
    """Where a page starts; an address that somebody made up starts at the top."""
    value, _, key = after.rpartition("~")
    try:
        return (read(value), int(key)) if key.isdecimal() and len(key) < 10 else None
    except (ValueError, OverflowError):
        return None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def ready(connection: Connection, kind: Kind, chosen: Filter | None, keys: Sequence[int] = ()) -> list[Item]:
    """The rows that wait for a decision: all of a list, or those named."""
    asked = select(Item).filter_by(connection_id=connection.id, kind=kind.slug, state=State.READY).order_by(Item.id)
    return list(db.session.scalars(asked.where(Item.filter == chosen) if chosen else asked.where(Item.id.in_(keys))))


def _items(connection: Connection, kind: Kind, chosen: Filter, words: str) -> Select[Item]:
    eager = (joinedload(Item.sender), joinedload(Item.acceptor))
    asked = select(Item).options(*eager).filter_by(connection_id=connection.id, kind=kind.slug, filter=chosen)
    if words:
        asked = asked.where(or_(Item.title.icontains(words, autoescape=True), Item.number.icontains(words, autoescape=True)))
    return asked


def _projects(rows: Sequence[Item]) -> Sequence[Project]:
    keys = {row.project_id for row in rows if row.project_id}
    return db.session.scalars(select(Project).where(Project.id.in_(keys))).all() if keys else ()


def _records(connection: Connection, kind: Kind, chosen: Filter, words: str, after: str) -> Listing:
    asked = select(Record).filter_by(connection_id=connection.id, kind=kind.slug, filter=chosen)
    if words:
        asked = asked.where(Record.full_name.icontains(words, autoescape=True))
    if place := _place(after, str):
        asked = asked.where(tuple_(Record.full_name, Record.id) > place)
    rows = db.session.scalars(asked.order_by(Record.full_name, Record.id).limit(PAGE + 1)).all()
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return Listing(rows[:PAGE], f"{last.full_name}~{last.id}" if last else "")


@dataclass(frozen=True)
class Accepted:
    """What stands ready for Export in a tab: how many, what they send in minor units, and whose acceptances."""

    n: int
    amount: int
    by: dict[str, int]


def accepted(connection: Connection, kind: Kind) -> Accepted:
    """The bar above the list; acceptances of all approvers count, by name."""
    asked = select(Item).options(joinedload(Item.acceptor)).filter_by(connection_id=connection.id, kind=kind.slug,
                                                                      state=State.ACCEPTED)  # fmt: skip
    rows = db.session.scalars(asked).all()
    by = Counter(row.acceptor.name if row.acceptor else "somebody" for row in rows)
    return Accepted(len(rows), sum(row.summary.get("sends", row.amount) for row in rows), dict(by))


def failed(connection: Connection, most: int = 200) -> tuple[Sequence[Item], bool]:
    """What failed or is unknown, of all kinds, the newest first, and whether there are more."""
    asked = select(Item).options(joinedload(Item.sender)).filter_by(connection_id=connection.id, filter=Filter.FAILED)
    rows = db.session.scalars(asked.order_by(Item.changed_at.desc(), Item.id.desc()).limit(most + 1)).all()
    return rows[:most], len(rows) > most


@dataclass(frozen=True)
class Health:
    """The status line: the last contact, the queue and its age, what is wrong."""

    seen: datetime | None
    problem: str
    queued: int
    oldest: datetime | None
    moving: bool

    @property
    def age(self) -> int:
        """Seconds since the oldest piece of work was queued."""
        return int((now() - self.oldest).total_seconds()) if self.oldest else 0


def health(connection: Connection) -> Health:
    """What the approver should know about the connection."""
    waiting = select(func.count(), func.min(Exchange.created_at)).where(
        Exchange.connection_id == connection.id, Exchange.state.in_(MOVING)
    )
    queued, oldest = db.session.execute(waiting).one()
    problem = connection.problem or restores.sentence(connection)
    return Health(connection.last_seen, problem, queued, oldest, bool(queued))


@dataclass(frozen=True)
class Tab:
    """A tab of the desk with the number of items that wait for a decision."""

    kind: Kind
    waiting: int


def tabs(connection: Connection) -> tuple[list[Tab], dict[tuple[str, str], int]]:
    """The tabs with their counts, and all counts."""
    counted = moves.counts(connection.id)
    waiting = {slug: sum(counted.get((slug, name), 0) for name in (Filter.EXPORT, Filter.UPDATE)) for slug in KINDS}
    return [Tab(kind, waiting[slug]) for slug, kind in KINDS.items()], counted
