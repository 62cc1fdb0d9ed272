"""The outbox: rows written in the transaction of the event, sent later by a worker."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template
from sqlalchemy import ColumnElement, Index, UniqueConstraint, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped

from erp.audit import Event
from erp.db import Base, Key, Short, Words, db, now, refers
from erp.people import User

SHOWN = 200
PARTS = ("subject.txt", "body.txt", "body.html")
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What no subject holds: control characters, marks that turn the direction of reading, halves of characters."""


class Mail(Base):
    """One mail to one person. `state` is queued, sent or failed; the Message-ID is the same on every try."""

    __tablename__ = "mails"
    __table_args__ = (UniqueConstraint("key"), Index("ix_mails_due", "state", "next_at"))

    id: Mapped[Key]
    key: Mapped[Short]
    message_id: Mapped[Short]
    user_id: Mapped[int] = refers("users.id")
    event_id: Mapped[int | None] = refers("events.id")
    to: Mapped[Short]
    subject: Mapped[Short]
    text: Mapped[Words]
    html: Mapped[Words]
    state: Mapped[Short]
    tries: Mapped[int]
    next_at: Mapped[datetime]
    error: Mapped[Words]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Letter:
    """The words of one mail."""

    subject: str
    text: str
    html: str

    @property
    def size(self) -> int:
        """Bytes of both bodies."""
        return len(self.text.encode()) + len(self.html.encode())


def write(event: Event, template: str, recipients: Iterable[User], **facts: Any) -> list[Mail]:
    """One row per active recipient, the person who acted left out; nobody left, nothing written."""
    people = {user.id: user for user in recipients if user.active and user.id != event.actor_id}
    return [_row(f"event:{event.id}:{template}:{user.id}", template, user, event, facts) for user in people.values()]


def post(key: str, user: User, letter: Letter) -> bool:
    """One mail that belongs to no event, unless one with this key was written before; whether it was written now."""
    insert = postgres_insert if db.engine.dialect.name == "postgresql" else sqlite_insert
    row = insert(Mail).values(_values(key, user, letter)).on_conflict_do_nothing(index_elements=["key"])
    return db.session.scalar(row.returning(Mail.id)) is not None


def compose(template: str, **facts: Any) -> Letter:
    """The words of a mail, from the three templates in templates/mail/<template>/."""
    subject, text, html = (render_template(f"mail/{template}/{part}", **facts) for part in PARTS)
    return Letter(one_line(subject), text, html)


def _row(key: str, template: str, user: User, event: Event, facts: dict[str, Any]) -> Mail:
    mail = Mail(event_id=event.id, **_values(key, user, compose(template, user=user, event=event, **facts)))
    db.session.add(mail)
    return mail


def _values(key: str, user: User, letter: Letter) -> dict[str, Any]:
    return {
        "key": key, "message_id": message_id(key), "user_id": user.id, "to": user.email, "subject": letter.subject,
        "text": letter.text, "html": letter.html, "state": "queued", "tries": 0, "next_at": now(), "error": "",
        "created_at": now(),
    }  # fmt: skip


def message_id(key: str) -> str:
    """The Message-ID of a row: a hash of its key, so that a second try is recognised as the same mail."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@countersign>"


def one_line(text: str) -> str:
    """A subject without line breaks and control characters, at most 200 characters."""
    return " ".join(CONTROL.sub("", " ".join(text.split())).split())[:200].rstrip()


def inbox(limit: int = SHOWN) -> list[Mail]:
    """The newest mails first."""
    return list(db.session.scalars(select(Mail).order_by(Mail.id.desc()).limit(limit)))


def stuck(limit: int = SHOWN) -> list[Mail]:
    """What did not arrive, the newest first: given up, or tried in vain and to be tried again."""
    asked = select(Mail).where(or_(Mail.state == "failed", (Mail.state == "queued") & (Mail.error != "")))
    return list(db.session.scalars(asked.order_by(Mail.id.desc()).limit(limit)))


def again(mail_id: int | None = None) -> int:
    """Let what failed for good be tried anew from now on, one mail or every one; the number of them."""
    which: list[ColumnElement[bool]] = [Mail.state == "failed", *([Mail.id == mail_id] if mail_id is not None else [])]
    anew = update(Mail).where(*which).values(state="queued", tries=0, next_at=now(), error="")
    return len(db.session.scalars(anew.returning(Mail.id).execution_options(synchronize_session=False)).all())
