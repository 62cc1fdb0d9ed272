"""The database: one declarative base, UTC instants, integer money, and writers that queue instead of losing updates."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, ClassVar

from flask import has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Engine,
    ForeignKey,
    MetaData,
    String,
    Table,
    Text,
    Update,
    bindparam,
    event,
    func,
    inspect,
    update,
)
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction, mapped_column
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.types import JSON, TypeDecorator

CONSTRAINTS = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """An aware moment in UTC, kept the same way on SQLite and PostgreSQL."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of every table."""

    __table__: ClassVar[Table]
    metadata = MetaData(naming_convention=CONSTRAINTS)
    type_annotation_map = {datetime: Instant(), dict[str, Any]: JSON(), list[Any]: JSON()}


Money = Annotated[int, mapped_column(BigInteger)]
"""An amount in minor units (cents)."""

Key = Annotated[int, mapped_column(primary_key=True)]
Words = Annotated[str, mapped_column(Text)]
Short = Annotated[str, mapped_column(String(255))]


def refers(column: str, *, later: bool = False, **options: Any) -> Any:
    """A foreign key column to `table.column`; `later` breaks a ring of tables by adding the key afterwards."""
    return mapped_column(ForeignKey(column, use_alter=later), **options)


PATIENCE = 10_000
"""Milliseconds for which a writer waits for its turn, then the page says that the database is busy."""
COMMIT = "countersign.commit"
NO_ROOM = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM)
LINE = 0x436F756E
"""The advisory lock of PostgreSQL in which writers stand in line: the first letters of our name, for other users' sake."""

db = SQLAlchemy(metadata=Base.metadata)


def now() -> datetime:
    """This moment in UTC."""
    return datetime.now(UTC)


def same_letters(column: Any, words: str) -> ColumnElement[bool]:
    """Whether a column has these words, whatever the capitals.

    SQLite's own lower() knows the letters of ASCII only, and indexes are built with it; of others the usual spellings are named.
    """
    spelled = dict.fromkeys((words, words.lower(), words.upper(), words.title(), words.capitalize()))
    return func.lower(column).in_([func.lower(one) for one in spelled])


@contextmanager
def transaction() -> Iterator[None]:
    """Commit what happens inside, or nothing of it."""
    try:
        yield
        _note_commit("begun")
        db.session.commit()
        _note_commit("done")
    except BaseException:
        db.session.rollback()
        raise


def _note_commit(how_far: str) -> None:
    if has_request_context():
        request.environ[COMMIT] = how_far


def commit_of_request() -> str:
    """How far this request came with keeping something: "" nothing was kept, "begun", or "done"."""
    return str(request.environ.get(COMMIT, ""))


def write(row: Base, **values: Any) -> None:
    """Write these columns of one row now: a prepared UPDATE costs a fifth of the unit of work. The object knows them, too."""
    (key,) = inspect(row).identity or ()
    db.session.execute(_update_of(type(row)), {"its_key": key, **values})
    for name, value in values.items():
        set_committed_value(row, name, value)


@cache
def _update_of(cls: type[Base]) -> Update:
    (key,) = inspect(cls).primary_key
    return update(cls.__table__).where(key == bindparam("its_key"))


def _forget(session: Session, ended: SessionTransaction) -> None:
    """After a savepoint was taken back, objects know nothing of what was written since."""
    if ended.nested:
        session.expire_all()


event.listen(Session, "after_soft_rollback", _forget)


def prepare(engine: Engine) -> None:
    """Make writers wait in line (docs/decisions/0008); on SQLite also WAL, full fsync and foreign keys."""
    on_connect, on_begin = (_pragmas, _begin) if engine.dialect.name == "sqlite" else (_patience, _join_the_line)
    event.listen(engine, "handle_error", _discreet)
    event.listen(engine, "handle_error", _taken_back)
    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)


def _pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={PATIENCE}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN" if _only_reads() else "BEGIN IMMEDIATE")


def _patience(connection: Any, _record: Any) -> None:
    connection.execute(f"SET lock_timeout = {PATIENCE}")
    connection.commit()


def _join_the_line(connection: Connection) -> None:
    if not _only_reads():
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LINE})")


def _taken_back(context: ExceptionContext) -> None:
    """SQLite that finds no room takes the whole transaction back by itself. What came after it on this connection would be
    kept statement by statement; so the connection is given up, and refuses everything until the rollback."""
    code = getattr(context.original_exception, "sqlite_errorcode", 0) & 0xFF
    here = context.connection
    if code in NO_ROOM and here is not None and not here.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]  # an open one has it
        context.is_disconnect, context.invalidate_pool_on_disconnect = True, False


def _discreet(context: ExceptionContext) -> None:
    """PostgreSQL quotes the failing row under DETAIL, with tickets and hashes; nothing of it comes into a log."""
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and error.args:
            error.args = (str(error.args[0]).partition("\nDETAIL:")[0], *error.args[1:])


def _only_reads() -> bool:
    return has_request_context() and request.method in ("GET", "HEAD", "OPTIONS")
