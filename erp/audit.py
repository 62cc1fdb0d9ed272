"""The audit trail: one row per change, written in the transaction of the change, never altered."""

from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Index, UniqueConstraint, insert, select
from sqlalchemy.orm import Mapped

from erp.db import Base, Key, Short, Words, db, now, refers


class Event(Base):
    """One thing that happened. `subject` is "item:7", "record:9", "document:3" or "user:2"; versions count moves."""

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("subject", "version"), Index("ix_events_subject", "subject", "id"))

    id: Mapped[Key]
    subject: Mapped[Short]
    version: Mapped[int | None]
    actor_id: Mapped[int | None] = refers("users.id")
    actor: Mapped[Short]
    rights: Mapped[dict[str, Any]]
    action: Mapped[Short]
    frm: Mapped[Short]
    to: Mapped[Short]
    comment: Mapped[Words]
    details: Mapped[dict[str, Any]]
    exchange_id: Mapped[int | None]
    at: Mapped[datetime]


class Actor(Protocol):
    """Who acts: a person or the system."""

    @property
    def id(self) -> Any: ...

    @property
    def name(self) -> Any: ...

    def standing(self) -> dict[str, Any]:
        """The rights held at this moment; they are frozen into the event."""
        ...


class System:
    """The product itself, for instance `system:qbwc/<ticket>`."""

    id: int | None = None

    def __init__(self, name: str) -> None:
        self.name = f"system:{name}"

    def standing(self) -> dict[str, Any]:
        return {}


def record(
    subject: str,
    action: str,
    actor: Actor,
    *,
    version: int | None = None,
    frm: str = "",
    to: str = "",
    comment: str = "",
    details: dict[str, Any] | None = None,
    exchange_id: int | None = None,
) -> Event:
    """Write one event into the current transaction and return it with its id."""
    row = {
        "subject": subject,
        "version": version,
        "actor_id": actor.id,
        "actor": actor.name,
        "rights": actor.standing(),
        "action": action,
        "frm": frm,
        "to": to,
        "comment": comment,
        "details": details or {},
        "exchange_id": exchange_id,
        "at": now(),
    }
    return Event(id=db.session.scalar(_WRITTEN, row), **row)


_WRITTEN = insert(Event.__table__).returning(Event.id)


def history(*subjects: str) -> list[Event]:
    """The events of these subjects, oldest first."""
    return list(db.session.scalars(select(Event).where(Event.subject.in_(subjects)).order_by(Event.id)))


PAST = {
    "send": "sent it", "retrieve": "retrieved it", "accept": "accepted it", "choose": "changed the choices",
    "unaccept": "took the acceptance back", "reject": "rejected it", "export": "exported it", "retry": "sent it once more",
    "number": "keyed it in", "void": "took it back from there", "note": "went on with it", "read back": "read it back",
    "make_batch": "made the batch", "download": "downloaded it", "hand_import": "imported it", "hand_post": "posted it",
    "not_imported": "took back that it was imported", "not_posted": "took back that it was posted",
    "supersede": "had it made anew", "void_batch": "made it void", "take_rejects": "brought the reject file",
    "bring_report": "brought the import report", "refuse": "closed it", "confirm_batch": "found it in accounting",
    "lay": "laid it into the drop folder", "take_out": "took it out of the drop folder",
    "unlink": "unlinked it", "import": "added it from accounting", "archive": "archived it", "unarchive": "took it back",
    "succeed": "got it into accounting", "fail": "was refused by accounting", "lose": "lost the answer", "wait": "delivered it",
    "look_again": "asked to look again", "adopt": "adopted what is there", "send_again": "sent it again", "link": "linked it",
    "create": "made it", "edit": "changed it", "lock": "locked it", "unlock": "unlocked it", "comment": "wrote a comment",
    "attach": "attached a file", "remove_attachment": "removed a file", "undecided": "left it to a person",
}  # fmt: skip


def past(action: str) -> str:
    """What an action is called once it happened: "accepted it"."""
    return PAST.get(action, action.replace("_", " "))
