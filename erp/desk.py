"""What the approver's desk shows: lists by keyset, the accepted bar, and the health of the connection."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    DateTime,
    Select,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import joinedload

from erp import moves
from erp.books.records import Record
from erp.connections import Connection, Schedule
from erp.connector import CONNECTORS
from erp.db import db, now
from erp.documents.project import Project
from erp.exchanges import queue, reading, restores
from erp.exchanges.exchange import OPEN, Exchange
from erp.exchanges.export import Progress
from erp.exchanges.queue import MOVING
from erp.items import Item
from erp.items.item import ACCEPTED
from erp.kind import KINDS, Kind
from erp.moves import Count
from erp.people import User
from erp.people.user import PROJECT_TOOLS
from erp.states import Filter, State

PAGE = 50
LISTS_OF_RECORDS = (Filter.IMPORT, Filter.ARCHIVED)
SORTABLE = 5_000
"""Lists up to this length can be sorted by any column; a longer one is narrowed first, its index knows only the newest."""


@dataclass(frozen=True)
class Listing:
    """One page of a list and where the next one starts (empty when there is none).

    `projects` of the rows are only held here: the session forgets what nobody holds, and each row would ask anew. `records` are
    what stands in accounting for them, by the id of the item.
    """

    rows: Sequence[Item | Record]
    after: str
    projects: Sequence[Project] = ()
    records: Mapping[int, Record] = field(default_factory=dict)


def listing(connection: Connection, kind: Kind, chosen: Filter, words: str = "", after: str = "", sort: str = "") -> Listing:
    """The rows of a filter, newest first or by the column `sort` ("-key": downwards); records of accounting by name."""
    if chosen in LISTS_OF_RECORDS:
        return _records(connection, kind, chosen, words, after)
    by, read, down = _order(kind, sort)
    asked = _items(connection, kind, chosen, words).add_columns(by.label("by"))
    if place := _place(after, read):
        asked = asked.where(tuple_(by, Item.id) < place if down else tuple_(by, Item.id) > place)
    order = (by.desc(), Item.id.desc()) if down else (by, Item.id)
    found = db.session.execute(asked.order_by(*order).limit(PAGE + 1)).all()
    after = "{3}~{0.id}".format(*found[PAGE - 1]) if len(found) > PAGE else ""
    there = {item.id: record for item, _, record, _ in found if record}
    return Listing([item for item, *_ in found[:PAGE]], after, [project for _, project, *_ in found if project], there)


def _order(kind: Kind, sort: str) -> tuple[ColumnElement[Any], Callable[[str], Any], bool]:
    """What a list is sorted by, how its value is read from an address, and whether downwards; the newest first if it is none."""
    key, down = sort.removeprefix("-"), sort.startswith("-")
    column = next((column for column in kind.columns if column.key == key), None)
    if key == "title":
        return func.lower(Item.title), str, down
    if column is None:
        return Item.changed_at.expression, _moment, True
    value = Item.summary[key].as_string()
    return (func.coalesce(cast(value, BigInteger), 0), int, down) if column.money else (
        func.lower(func.coalesce(value, "")), str, down)  # fmt: skip


def _place(after: str, read: Callable[[str], Any]) -> tuple[Any, int] | None:
    """Where a page starts; an address that somebody made up starts at the top."""
    value, _, key = after.rpartition("~")
    try:
        return (read(value), int(key)) if key.isdecimal() and len(key) < 10 else None
    except (ValueError, OverflowError):
        return None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def ready(connection: Connection, kind: Kind, chosen: Filter | None, keys: Sequence[int] = (), words: str = "") -> list[Item]:
    """The rows that wait for a decision: all of a list that have the words in them, or those named."""
    asked = select(Item).filter_by(connection_id=connection.id, kind=kind.slug, state=State.READY).order_by(Item.id)
    asked = asked.where(_has(words)) if words else asked
    return list(db.session.scalars(asked.where(Item.filter == chosen) if chosen else asked.where(Item.id.in_(keys))))


def waiting(connection: Connection, kind: Kind, chosen: Filter, words: str = "") -> int:
    """How many rows of a list wait for a decision and have the words in them."""
    mine = (Item.connection_id == connection.id, Item.kind == kind.slug, Item.filter == chosen, Item.state == State.READY)
    return db.session.scalar(select(func.count(Item.id)).where(*mine, *([_has(words)] if words else []))) or 0


def _items(connection: Connection, kind: Kind, chosen: Filter, words: str) -> Select[Any]:
    eager = (joinedload(Item.sender).load_only(User.name, User.zone), joinedload(Item.acceptor).load_only(User.name, User.zone))
    in_project = any(tool in PROJECT_TOOLS for tool in kind.tools)
    there = kind.record_list if chosen == Filter.SYNCED else ""
    columns: tuple[Any, ...] = (Item, Project if in_project else null(), Record if there else null())
    asked = select(*columns)
    if there:
        asked = asked.outerjoin(Record, (Record.connection_id == Item.connection_id) & (Record.list == there)
                                & (Record.erp_id == Item.erp_id))  # fmt: skip
    if in_project:  # Joined only where each has one: SQLite would read all documents for an outer join with them.
        asked = asked.join(Project, Project.id == Item.project_id)
    asked = asked.options(*eager).where(Item.connection_id == connection.id, Item.kind == kind.slug, Item.filter == chosen)
    if words:
        asked = asked.where(_has(words))
    return asked


def _has(words: str) -> ColumnElement[bool]:
    return or_(Item.title.icontains(words, autoescape=True), Item.number.icontains(words, autoescape=True))


def _records(connection: Connection, kind: Kind, chosen: Filter, words: str, after: str) -> Listing:
    asked = select(Record).filter_by(connection_id=connection.id, kind=kind.slug, filter=chosen)
    if words:
        asked = asked.where(Record.full_name.icontains(words, autoescape=True))
    by = func.lower(Record.full_name)
    if place := _place(after, str):  # The first half is for SQLite, which looks up no pair in an index of an expression.
        asked = asked.where(by >= place[0], tuple_(by, Record.id) > place)
    rows = db.session.execute(asked.add_columns(by).order_by(by, Record.id).limit(PAGE + 1)).all()
    after = "{1}~{0.id}".format(*rows[PAGE - 1]) if len(rows) > PAGE else ""
    return Listing([record for record, _ in rows[:PAGE]], after)


@dataclass(frozen=True)
class Accepted:
    """What stands ready for Export in a tab: how many, what they send in minor units, and whose acceptances."""

    n: int
    amount: int
    by: dict[str, int]


def accepted(connection: Connection, kind: Kind) -> Accepted:
    """The bar above the list; acceptances of all approvers count, by name."""
    return _bar(db.session.execute(_accepted(connection, kind)).all())


def _accepted(connection: Connection, kind: Kind) -> Select[Any]:
    """Rows of who accepted, how many, and what they send in minor units."""
    name = func.coalesce(User.name, "somebody").label("name")
    sends = func.coalesce(cast(Item.summary["sends"].as_string(), BigInteger), Item.amount)
    theirs = select(name, sends.label("sends")).outerjoin(User, User.id == Item.accepted_by).where(
        Item.connection_id == connection.id, Item.kind == kind.slug, ACCEPTED).subquery()  # fmt: skip
    total = cast(func.sum(theirs.c.sends), BigInteger).label("amount")
    return select(theirs.c.name, func.count().label("n"), total).group_by(theirs.c.name)


def accepted_documents(connection: Connection, kind: Kind) -> Select[Any]:
    """The ids of the documents that stand ready for Export."""
    return select(Item.document_id).where(Item.connection_id == connection.id, Item.kind == kind.slug, ACCEPTED)


def _bar(rows: Sequence[Any]) -> Accepted:
    return Accepted(sum(n for _, n, _ in rows), sum(amount for _, _, amount in rows), {name: n for name, n, _ in rows})


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
    return _health(connection, *db.session.execute(waiting).one())


def _health(connection: Connection, queued: int, oldest: datetime | None) -> Health:
    problem = connection.problem or restores.sentence(connection)
    return Health(connection.last_seen, problem, queued, oldest, bool(queued))


@dataclass(frozen=True)
class Tab:
    """A tab of the desk with the number of items that wait for a decision, and of those that failed; `more` if the accounting
    system cannot serve it, so that it stands behind the others.
    """

    kind: Kind
    waiting: int
    failed: int
    more: bool = False


def tabs(connection: Connection) -> tuple[list[Tab], dict[tuple[str, str], int]]:
    """The tabs with their counts, and all counts."""
    return _tabs(connection, moves.counts(connection.id))


def _tabs(connection: Connection, counted: dict[tuple[str, str], int]) -> tuple[list[Tab], dict[tuple[str, str], int]]:
    waiting = {slug: sum(counted.get((slug, name), 0) for name in (Filter.EXPORT, Filter.UPDATE)) for slug in KINDS}
    found = [Tab(kind, waiting[slug], counted.get((slug, Filter.FAILED), 0), bool(connection.connector.why_unsupported(slug)))
             for slug, kind in KINDS.items()]  # fmt: skip
    return sorted(found, key=lambda tab: tab.more), counted


@dataclass(frozen=True)
class List:
    """The list of accounting behind a tab: when it was read, why not completely, and how far its reading is."""

    read_at: datetime | None = None
    problem: str = ""
    running: bool = False
    rows: int = 0
    left: int = 0


@dataclass(frozen=True)
class Head:
    """All numbers around a list."""

    tabs: list[Tab]
    counts: dict[tuple[str, str], int]
    accepted: Accepted
    health: Health
    progress: Progress
    reading: set[str]
    list: List
    others: Sequence[tuple[int, str]]


def head(connection: Connection, kind: Kind) -> Head:
    """All numbers around a list of this kind, in one query."""
    told: dict[str, list[Any]] = {"queue": [], "accepted": [], "count": [], "list": [], "reading": [], "other": []}
    for what, *row in db.session.execute(_numbers(connection, kind)):
        told[what].append(row)
    tabs, counts = _tabs(connection, {(slug, name): n for slug, name, _, n, _, _ in told["count"]})
    waits = queue.read([(state, name, newest, n, at) for state, name, newest, n, _, at in told["queue"]])
    bar = _bar([(name, n, amount) for name, _, _, n, amount, _ in told["accepted"]])
    health, others = _health(connection, waits.queued, waits.oldest), _others(told)
    return Head(tabs, counts, bar, health, waits.progress, waits.reading, _list(told), others)


def _others(told: dict[str, list[Any]]) -> list[tuple[int, str]]:
    """The other connections: id and title, oldest first."""
    return sorted((key, f"{CONNECTORS[system].short} · {name}") for name, system, _, key, *_ in told["other"])


def _list(told: dict[str, list[Any]]) -> List:
    read_at, problem = next(((at, words) for words, *_, at in told["list"]), (None, ""))
    rows, left = next(((rows, left) for _, _, _, rows, left, _ in told["reading"]), (0, 0))
    return List(read_at, problem, bool(told["reading"]), rows or 0, left or 0)


def _numbers(connection: Connection, kind: Kind) -> CompoundSelect[Any]:
    """The rows of three questions, one under the other: what, a name or two, a flag, how many, minor units, a moment."""
    works, bar = queue.asked(connection.id, kind.slug).subquery(), _accepted(connection, kind).subquery()
    none, no, never = literal(""), literal(0), cast(null(), DateTime(timezone=True))
    zero = cast(literal(0), BigInteger)
    name, told = reading.list_for(kind.record_list, connection.connector.lists), Exchange.result
    rows, left = told["rows"].as_integer(), cast(told["left"].as_integer(), BigInteger)
    mine = (Exchange.connection_id == connection.id, Exchange.subject == f"{reading.LIST}{name}", Exchange.state.in_(OPEN))
    under_way = select(literal("reading"), Exchange.subject, none, no, rows, left, never).where(*mine)
    listed = select(literal("list"), Schedule.problem, none, no, no, zero, Schedule.read_at).where(
        Schedule.connection_id == connection.id, Schedule.list == name)  # fmt: skip
    return union_all(
        select(literal("queue"), works.c.state, works.c.list, works.c.newest, works.c.n, zero, works.c.at),
        select(literal("accepted"), bar.c.name, none, no, bar.c.n, bar.c.amount, never),
        select(literal("count"), Count.kind, Count.filter, no, Count.n, zero, never).where(Count.connection_id == connection.id),
        select(literal("other"), Connection.name, Connection.kind, no, Connection.id, zero, never).where(
            Connection.id != connection.id),
        *([under_way, listed] if name else []),
    )  # fmt: skip
