"""Connections to accounting: one QuickBooks company file or Sage data set each, with its schedule of lists."""

import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship
from werkzeug.security import check_password_hash, generate_password_hash

from erp.connector import CONNECTORS, Connector
from erp.db import Base, Key, Short, Words, db, now, refers, write

BY_HAND = "by_hand"
"""The connector of what a person keys in."""
HASH = "pbkdf2:sha256:1000"
"""Nobody guesses 144 random bits, so the Web Connector need not be made to wait as people are, who choose their words."""
HOURLY = 60
EVERY = {0: "Never", HOURLY: "Hourly", 120: "Every 2 hours", 240: "Every 4 hours", 1440: "Daily"}
"""Minutes -> the words of the schedule."""
WHOLE_EVERY = timedelta(hours=24)
"""Once a day the whole list is read instead of its changes: it heals what no list of changes tells."""
OVERLAP = timedelta(hours=1)


class Connection(Base):
    """One company file. `facts` is what the file said of itself at the last contact; `problem` what is wrong now."""

    __tablename__ = "connections"

    id: Mapped[Key]
    name: Mapped[Short]
    kind: Mapped[Short]
    base_url: Mapped[Short]
    username: Mapped[Short]
    password_hash: Mapped[Short]
    file_id: Mapped[Short]
    settings: Mapped[dict[str, Any]]
    facts: Mapped[dict[str, Any]]
    epoch: Mapped[int]
    last_seen: Mapped[datetime | None]
    last_error: Mapped[Words]
    problem: Mapped[Words]
    created_at: Mapped[datetime]
    schedules: Mapped[list["Schedule"]] = relationship(order_by="Schedule.id")

    @property
    def connector(self) -> Connector:
        """The accounting system behind it."""
        return CONNECTORS[self.kind]

    def carrier(self, kind: str) -> Connector:
        """Who carries these there: the accounting system itself, or a person who keys them in."""
        return CONNECTORS[BY_HAND] if self.connector.by_hand(kind, self.settings) else self.connector

    @property
    def title(self) -> str:
        """The words above the desk."""
        return f"{self.connector.short} · {self.name}"

    @property
    def site(self) -> str:
        """Where people reach us, for the links in mails: PUBLIC_URL, else the address by which a connection knows us."""
        return current_app.config["PUBLIC_URL"] or self.base_url or next((row.base_url for row in every() if row.base_url), "")

    @property
    def lists_read(self) -> bool:
        """Whether every list of the file has been read at least once."""
        return bool(self.schedules) and all(row.read_at for row in self.schedules)

    def check_password(self, password: str) -> bool:
        """Compare in constant time."""
        return check_password_hash(self.password_hash, password)


class Schedule(Base):
    """When one list of a connection is read again, `every` so many minutes (0: never); `read_at` is the last complete reading.

    `whole_at` is when all of it was read, not only what had changed; `mark` the newest moment of change that was read, as
    accounting wrote it; `problem` why the last reading did not end.
    """

    __tablename__ = "schedules"
    __table_args__ = (UniqueConstraint("connection_id", "list"),)

    id: Mapped[Key]
    connection_id: Mapped[int] = refers("connections.id")
    list: Mapped[Short]
    every: Mapped[int]
    next_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    whole_at: Mapped[datetime | None]
    mark: Mapped[Short] = mapped_column(server_default="")
    problem: Mapped[Words] = mapped_column(server_default="")


def create(name: str, kind: str, base_url: str) -> tuple[Connection, str]:
    """A new connection and its Web Connector password, which is not kept anywhere in clear."""
    password = secrets.token_urlsafe(18)
    connection = Connection(
        name=name, kind=kind, base_url=base_url.rstrip("/"), username=f"countersign-{secrets.token_hex(3)}",
        password_hash=generate_password_hash(password, HASH), file_id=_guid(), settings={}, facts={}, epoch=1,
        last_error="", problem="", created_at=now(),
    )  # fmt: skip
    every = HOURLY if connection.connector.calls else 0
    connection.schedules = [
        Schedule(list=name, every=every, next_at=now(), mark="", problem="") for name in connection.connector.lists
    ]
    db.session.add(connection)
    db.session.flush()
    return connection, password


def new_password(connection: Connection) -> str:
    """Replace the Web Connector password; the old one stops working at once."""
    password = secrets.token_urlsafe(18)
    connection.password_hash = generate_password_hash(password, HASH)
    return password


def every() -> list[Connection]:
    """All connections, oldest first."""
    return list(db.session.scalars(select(Connection).order_by(Connection.id)))


def seen(connection: Connection, problem: str = "") -> None:
    """Note the contact and what is wrong, if anything."""
    write(connection, last_seen=now(), problem=problem, last_error=problem or connection.last_error)


def schedule(connection_id: int, list_name: str) -> Schedule:
    """The schedule of a list; a list that came with an upgrade gets one."""
    row = db.session.scalar(select(Schedule).filter_by(connection_id=connection_id, list=list_name))
    if row is None:
        row = Schedule(connection_id=connection_id, list=list_name, every=HOURLY, next_at=now(), mark="", problem="")
        db.session.add(row)
    return row


def list_was_read(connection_id: int, list_name: str, mark: str = "", *, whole: bool = True, note: str = "") -> None:
    """Note a complete reading of a list, or of its changes, with what was said of it, and plan the next."""
    row = schedule(connection_id, list_name)
    row.read_at, row.problem, row.mark = now(), note, mark or row.mark
    row.whole_at = row.read_at if whole else row.whole_at
    row.next_at = row.read_at + timedelta(minutes=row.every)


def list_was_not_read(connection_id: int, list_name: str, sentence: str, *, ended: bool = False) -> None:
    """Note why a reading did not end; when it `ended` for good, the next one comes as planned."""
    row = schedule(connection_id, list_name)
    row.problem = sentence
    if ended:
        row.next_at = now() + timedelta(minutes=row.every or HOURLY)


def changed_since(row: Schedule) -> str:
    """From when on changes are asked for: local time without offset; empty when all of the list is to be read.

    The mark is kept with the offset that accounting wrote, which is that of winter all year. An hour is taken off, because in
    autumn the clock shows an hour twice.
    """
    if not row.mark or row.whole_at is None or row.whole_at < now() - WHOLE_EVERY:
        return ""
    try:
        moment = datetime.fromisoformat(row.mark).replace(tzinfo=None)
    except ValueError:
        return ""
    return (moment - OVERLAP).strftime("%Y-%m-%dT%H:%M:%S")


def choose_schedule(connection: Connection, every: dict[str, int]) -> dict[str, int]:
    """Read these lists every so many minutes (0: never) from now on; what changed, by list."""
    changed = {name: minutes for name, minutes in every.items() if schedule(connection.id, name).every != minutes}
    for name, minutes in changed.items():
        row = schedule(connection.id, name)
        row.every, row.next_at = minutes, (row.read_at or now()) + timedelta(minutes=minutes)
    return changed


def _guid() -> str:
    return "{" + str(uuid.uuid4()) + "}"
