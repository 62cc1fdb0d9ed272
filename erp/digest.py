"""The daily summary: once per approver and day of his, while something waits that he may decide.

It is due at the person's time of each day (07:00 where he lives, unless he wishes otherwise) and speaks of what was sent
until then and waits still; whatever comes later waits for tomorrow's. A clock that stood still at that time makes up for it
on the same day. The key of the mail names person and day, so two clocks write it once.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Select, Text, cast, func, select

from erp import connections, mail
from erp.connections import Connection
from erp.db import db, now, transaction
from erp.documents.project import Project
from erp.items import Item
from erp.items.item import WAITS
from erp.kind import KINDS, Kind
from erp.mail import Letter, Mail, Wish
from erp.people import User, decides, privileged
from erp.people.clock import day_of, moment_of
from erp.states import Filter

log = logging.getLogger(__name__)
LISTED = 100
"""Items that one mail lists; of the others it says how many."""
LARGEST = 100_000
"""Bytes of both bodies together."""
LONGEST = 80
"""Characters of a title in the list."""
SORT = (Item.connection_id, Item.kind, Item.filter, cast(Project.approver_ids, Text))
"""What makes a group."""


@dataclass(frozen=True)
class Due:
    """A person whose summary of the day is not written yet, its key, and the moment until which he looks back."""

    key: str
    user: User
    at: datetime


@dataclass(frozen=True)
class Group:
    """Waiting items that the same people may decide: `named` are the approvers that their projects name, if any."""

    sort: tuple[Any, ...]
    named: Sequence[int]
    n: int
    oldest: datetime

    @property
    def kind(self) -> str:
        """The kind of its items."""
        return str(self.sort[1])


@dataclass(frozen=True)
class Section:
    """The items of one list of the desk: how many wait, and the oldest of them."""

    connection: Connection
    kind: Kind
    chosen: Filter
    n: int
    rows: Sequence[Any]

    @property
    def more(self) -> int:
        """How many are not listed."""
        return self.n - len(self.rows)

    @property
    def url(self) -> str:
        """The list of the desk."""
        return f"{self.connection.site}/erp/{self.connection.id}/{self.kind.slug}/{self.chosen}"

    def url_of(self, row: Any) -> str:
        """The item."""
        return f"{self.connection.site}/erp/{self.connection.id}/items/{row.id}"


def write_summaries() -> int:
    """Write every summary that is due now; the number written. While nothing waits this is one small query."""
    with transaction():
        oldest = db.session.scalar(select(func.min(Item.sent_at)).where(WAITS))
        people = _due(oldest) if oldest else []
        groups = _groups() if people else []
        theirs = [(due, mine) for due in people if (mine := _mine(due, groups))]
        rows, there = _rows() if theirs else {}, connections.every() if theirs else []
        return sum(_write(due, list(_sections(mine, rows, there))) for due, mine in theirs)


def _due(oldest: datetime) -> list[Due]:
    """The people whose time has come today, with something that old to speak of, and who were not written to yet."""
    moment, wishes = now(), mail.wishes()
    today = [_today(user, wishes.get(user.id) or mail.usual(user), moment) for user in privileged()]
    found = {due.key: due for due in today if due and oldest <= due.at <= moment}
    written = set(db.session.scalars(select(Mail.key).where(Mail.key.in_(found)))) if found else ()
    return [due for key, due in found.items() if key not in written]


def _today(user: User, wish: Wish, moment: datetime) -> Due | None:
    day = day_of(user, moment)
    at = moment_of(user, day, wish.time)
    return Due(f"digest:{user.id}:{day.isoformat()}", user, at) if wish.daily_summary else None


def _groups() -> list[Group]:
    """Everything that waits, in as few groups as there are answers to who may decide it."""
    asked = _waiting(*SORT, func.min(Item.project_id).label("project_id"), func.count(), func.min(Item.sent_at)).group_by(*SORT)
    found = db.session.execute(asked).all()
    projects = db.session.scalars(select(Project).where(Project.id.in_({row.project_id for row in found}))).all()
    groups = [Group(tuple(row[:4]), KINDS[row.kind].named(row), *row[5:]) for row in found]
    del projects  # held until each kind has looked at its own: the session forgets what nobody holds
    return groups


def _waiting(*columns: Any) -> Select[Any]:
    return select(*columns).select_from(Item).outerjoin(Project, Project.id == Item.project_id).where(WAITS)


def _mine(due: Due, groups: Iterable[Group]) -> list[Group]:
    """The groups the person may decide, if something among them has waited since before his time."""
    mine = [group for group in groups if decides(due.user, group.kind, group.named)]
    return mine if any(group.oldest <= due.at for group in mine) else []


def _rows() -> dict[tuple[Any, ...], list[Any]]:
    """group -> its oldest items, LISTED at most."""
    place = func.row_number().over(partition_by=SORT, order_by=(Item.sent_at, Item.id)).label("place")
    columns = (Item.id, Item.sent_at, Item.number, Item.title, Item.amount, Item.summary, User.name.label("sender"), *SORT)
    numbered = _waiting(*columns, place).outerjoin(User, User.id == Item.sent_by).subquery()
    rows: dict[tuple[Any, ...], list[Any]] = {}
    for row in db.session.execute(select(numbered).where(numbered.c.place <= LISTED).order_by(numbered.c.sent_at, numbered.c.id)):
        rows.setdefault(tuple(row[7:11]), []).append(row)
    return rows


def _sections(mine: Iterable[Group], rows: dict[tuple[Any, ...], list[Any]], there: Iterable[Connection]) -> Iterable[Section]:
    """One section per list, in the order of the desk's tabs."""
    order, known = list(KINDS), {row.id: row for row in there}
    lists = sorted(mine, key=lambda group: (group.sort[0], order.index(group.kind), group.sort[2]))
    for (connection_id, slug, chosen), groups in groupby(lists, lambda group: group.sort[:3]):
        together = list(groups)
        found = sorted((row for group in together for row in rows[group.sort]), key=lambda row: (row.sent_at, row.id))
        yield Section(known[connection_id], KINDS[slug], Filter(chosen), sum(group.n for group in together), found)


def _write(due: Due, sections: list[Section]) -> bool:
    try:
        letter = _letter(due.user, sections)
    except Exception:  # one person's mail that cannot be written must not cost the others theirs
        log.exception("the daily summary of user %s could not be written", due.user.id)
        return False
    return mail.post(due.key, due.user, letter)


def _letter(user: User, sections: list[Section]) -> Letter:
    """The mail with as many items as are let fit."""
    waiting = sum(section.n for section in sections)
    for most in (LISTED, LISTED // 4, 0):
        shown = [_cut(section, most // len(sections)) for section in sections]
        letter = mail.compose("daily_summary", user=user, n=waiting, sections=shown, longest=LONGEST)
        if letter.size <= LARGEST:
            break
    return letter


def _cut(section: Section, most: int) -> Section:
    return Section(section.connection, section.kind, section.chosen, section.n, section.rows[:most])
