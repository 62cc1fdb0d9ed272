"""One row per document of any kind: the place for its project, number, title, creator and version."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, relationship

from erp.db import Base, Key, Short, now, refers
from erp.people import User


class Document(Base):
    """What every document has. `project_id` is empty for what belongs to the organisation (codes, companies)."""

    __tablename__ = "documents"
    __mapper_args__ = {"polymorphic_on": "kind"}

    id: Mapped[Key]
    kind: Mapped[Short]
    project_id: Mapped[int | None] = refers("documents.id")
    number: Mapped[Short]
    title: Mapped[Short]
    created_by: Mapped[int | None] = refers("users.id")
    created_at: Mapped[datetime]
    version: Mapped[int]
    creator: Mapped[User | None] = relationship(foreign_keys=[created_by])

    @property
    def subject(self) -> str:
        """The name of the document in the audit trail."""
        return f"document:{self.id}"


class StaleDocument(Exception):
    """Somebody saved the document after this page was opened; nothing was changed."""

    sentence = "Somebody saved this meanwhile. Look at what is there now and repeat your change; nothing was overwritten."


def fresh(actor: User, **columns: Any) -> dict[str, Any]:
    """The columns that a new document starts with."""
    return {"created_by": actor.id, "created_at": now(), "version": 1, **columns}


def touch(document: Document, seen: int | None) -> None:
    """Count a change; raises StaleDocument when the page showed an older version."""
    if seen is not None and seen != document.version:
        raise StaleDocument
    document.version += 1
