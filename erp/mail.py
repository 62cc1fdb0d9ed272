"""Mail: rows of an outbox, written in the transaction of the event, sent later by a worker."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template
from sqlalchemy import Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped

from erp.audit import Event
from erp.db import Base, Key, Short, Words, db, now, refers
from erp.people import User


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
class Told:
    """Who is told what: a template below templates/mail/ and the roles of the recipients."""

    template: str
    roles: tuple[str, ...]


TOLD: dict[tuple[str, str], Told] = {
    ("reject", "job"): Told("project_rejected", ("creator", "approvers")),
    ("reject", "budget"): Told("budget_rejected", ("creator", "sender")),
    ("reject", ""): Told("rejected", ("creator", "sender")),
}
"""(action, kind) -> mail; an empty kind stands for the others (product.md section 8)."""


def told(action: str, kind: str) -> Told | None:
    """The mail that an action on this kind writes, if any."""
    return TOLD.get((action, kind)) or TOLD.get((action, ""))


def write(event: Event, template: str, recipients: Iterable[User], **facts: Any) -> list[Mail]:
    """One row per active recipient, the person who acted left out; nobody left, nothing written."""
    people = {user.id: user for user in recipients if user.active and user.id != event.actor_id}
    return [_row(f"event:{event.id}:{template}:{user.id}", template, user, event, facts) for user in people.values()]


def _row(key: str, template: str, user: User, event: Event, facts: dict[str, Any]) -> Mail:
    context = {"user": user, "event": event, **facts}
    mail = Mail(
        key=key, message_id=message_id(key), user_id=user.id, event_id=event.id, to=user.email,
        subject=one_line(render_template(f"mail/{template}/subject.txt", **context)),
        text=render_template(f"mail/{template}/body.txt", **context),
        html=render_template(f"mail/{template}/body.html", **context),
        state="queued", tries=0, next_at=now(), error="", created_at=now(),
    )  # fmt: skip
    db.session.add(mail)
    return mail


def message_id(key: str) -> str:
    """The Message-ID of a row: a hash of its key, so that a second try is recognised as the same mail."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@countersign>"


def one_line(text: str) -> str:
    """A subject without line breaks, at most 200 characters."""
    return " ".join(text.split())[:200]


def inbox(limit: int = 200) -> list[Mail]:
    """The newest mails first."""
    return list(db.session.scalars(select(Mail).order_by(Mail.id.desc()).limit(limit)))
