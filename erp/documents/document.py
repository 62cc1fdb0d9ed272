"""One row per document of any kind: the place for its project, number, title, creator and version."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text, update
from sqlalchemy.orm import Mapped, attributes, relationship

from erp.db import Base, Key, Short, db, now, refers
from erp.people import User


class Document(Base):
    """What every document has. `project_id` is empty for what belongs to the organisation (codes, companies)."""

    __tablename__ = "documents"
    __mapper_args__ = {"polymorphic_on": "kind"}
    __table_args__ = (
        Index("ix_documents_project", "project_id", "kind"),
        Index("uq_documents_budget", "project_id", unique=True, sqlite_where=text("kind = 'budget'"),
              postgresql_where=text("kind = 'budget'")),
        Index("uq_documents_sub_job", "project_id", text("lower(number)"), unique=True, sqlite_where=text("kind = 'sub_job'"),
              postgresql_where=text("kind = 'sub_job'")),
    )  # fmt: skip

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


class DocumentRefused(Exception):
    """The document cannot take this; `sentence` says why and what to do, `field` which field it is about, if one."""

    def __init__(self, sentence: str, field: str = "") -> None:
        self.sentence, self.field = sentence, field
        super().__init__(sentence)


def fresh(actor: User, **columns: Any) -> dict[str, Any]:
    """The columns that a new document starts with."""
    return {"created_by": actor.id, "created_at": now(), "version": 1, **columns}


def touch(document: Document, seen: int | None) -> None:
    """Count a change in one conditional UPDATE; raises StaleDocument when the page showed an older version."""
    shown = document.version if seen is None else seen
    counted = update(Document).where(Document.id == document.id, Document.version == shown).values(version=shown + 1)
    if db.session.scalar(counted.returning(Document.id).execution_options(synchronize_session=False)) is None:
        raise StaleDocument
    attributes.set_committed_value(document, "version", shown + 1)
