"""Sessions of people: one row per login, known by the hash of what the cookie carries, ended by deleting the row."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Index, Select, UniqueConstraint, and_, delete, literal, or_, select, true, union_all, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Mapped, contains_eager, relationship

from erp.db import Base, Key, Short, db, now, refers
from erp.people.user import Grant, GridRow, Privilege, User

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
NOTED = timedelta(minutes=1)
"""How far `seen_at` may lag behind: the row is written once in this time, not at every click."""


class WebSession(Base):
    """A login in one browser. The key itself is only in the cookie."""

    __tablename__ = "web_sessions"
    __table_args__ = (UniqueConstraint("key_hash"), Index("ix_web_sessions_user", "user_id"))

    id: Mapped[Key]
    key_hash: Mapped[Short]
    user_id: Mapped[int] = refers("users.id")
    address: Mapped[Short]
    device: Mapped[Short]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    user: Mapped[User] = relationship(back_populates="sessions")


def begin(user: User, address: str = "", device: str = "") -> str:
    """A new session; the key for the cookie, which is kept nowhere else. What has run out goes away."""
    key = secrets.token_urlsafe(32)
    db.session.execute(delete(WebSession).where(or_(*_run_out())).execution_options(synchronize_session=False))
    moment = now()
    db.session.add(WebSession(key_hash=_hash(key), user_id=user.id, address=address[:255], device=device[:255],
                              started_at=moment, seen_at=moment))  # fmt: skip
    db.session.flush()
    return key


def reader(key: str, beside: type[Any] | None = None, ident: int | None = None) -> tuple[User, datetime, Any] | None:
    """The person of a live session with all his rights, when he was last noted, and what his page is about: the row of
    `beside` with this id, or None. Everything in one query, asked anew at every request: a right that was taken away
    counts at the next one."""
    asked = _with_rights(select(WebSession)).where(WebSession.key_hash == _hash(key), User.active)
    asked = asked.where(*(~over for over in _run_out()))
    if beside is not None:
        asked = asked.add_columns(beside).outerjoin(beside, beside.id == ident)
    found = db.session.execute(asked).unique().first()
    return (found[0].user, found[0].seen_at, found[1] if beside is not None else None) if found else None


PART = union_all(*(select(literal(n).label("n")) for n in range(3))).subquery("part")
"""One list of rights after the other instead of each with each: their rows add up and do not multiply."""


def _with_rights(asked: Select[Any]) -> Select[Any]:
    asked = asked.join(WebSession.user).join(PART, true())
    for n, holder in enumerate((Grant.user_id, Privilege.user_id, GridRow.user_id)):
        asked = asked.outerjoin(holder.class_, and_(PART.c.n == n, holder == User.id))
    rights = (contains_eager(User.grants), contains_eager(User.privileges), contains_eager(User.grid))
    return asked.options(contains_eager(WebSession.user).options(*rights))


def note(key: str) -> None:
    """Note that the person is here. The write comes first in its transaction, so that a busy database lets it wait; one
    that stays busy costs the note and not the page."""
    db.session.rollback()
    try:
        db.session.execute(update(WebSession).where(WebSession.key_hash == _hash(key)).values(seen_at=now()))
        db.session.commit()
    except OperationalError:
        db.session.rollback()


def of(user: User) -> list[WebSession]:
    """The live sessions of a person, the newest first."""
    asked = select(WebSession).where(WebSession.user_id == user.id, *(~over for over in _run_out()))
    return list(db.session.scalars(asked.order_by(WebSession.seen_at.desc(), WebSession.id.desc())))


def is_this(row: WebSession, key: str) -> bool:
    """Whether the key belongs to this row."""
    return secrets.compare_digest(row.key_hash, _hash(key))


def end(key: str) -> None:
    """End the session of this key: every copy of the cookie is dead."""
    db.session.execute(delete(WebSession).where(WebSession.key_hash == _hash(key)))


def end_others(user: User, key: str) -> None:
    """End every session of the person but the one with this key."""
    db.session.execute(delete(WebSession).where(WebSession.user_id == user.id, WebSession.key_hash != _hash(key)))


def _run_out() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return WebSession.seen_at <= now() - IDLE, WebSession.started_at <= now() - LONGEST


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()
