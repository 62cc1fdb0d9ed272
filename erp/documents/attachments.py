"""Files beside a document: kept whole with who added them and when; removed ones stay in the database and in the history."""

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Index, LargeBinary, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from erp import audit
from erp.db import Base, Key, Short, db, now, refers
from erp.documents import file_types
from erp.documents.document import Document, DocumentRefused
from erp.documents.words import printable
from erp.items import Item
from erp.kind import Kind, Reason
from erp.people import User, why_may_not
from erp.states import State

MOST_BYTES = 10 * 2**20
MOST_FILES = 25
MOST_NAME = 200
LOCKED = Reason("The document was sent to ERP: files can be added, and none removed.")


class Attachment(Base):
    """One file; `data` is read only when somebody downloads it."""

    __tablename__ = "attachments"
    __table_args__ = (Index("ix_attachments_document", "document_id", "id"),)

    id: Mapped[Key]
    document_id: Mapped[int] = refers("documents.id")
    name: Mapped[Short]
    type: Mapped[Short]
    size: Mapped[int]
    sha256: Mapped[Short]
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    added_by: Mapped[int] = refers("users.id")
    at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    adder: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    @property
    def weight(self) -> str:
        """The size for people."""
        return weight(self.size)


class AttachmentsRefused(DocumentRefused):
    """Nothing was added; `sentences` has one for each file that cannot be taken."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self.sentences = (*sentences, "Nothing was added.")
        super().__init__(" ".join(self.sentences), "files")


def add(document: Document, actor: User, files: Sequence[tuple[str, bytes]]) -> list[Attachment]:
    """Keep all of these (name, content), or none and raise AttachmentsRefused."""
    named = [(cleaned(name), data) for name, data in files]
    sentences = [sentence for name, data in named if (sentence := _why_not(name, data))]
    if sentences := sentences or _too_many(document, len(named)):
        raise AttachmentsRefused(sentences)
    return [_add(document, actor, name, data) for name, data in named]


def cleaned(name: str) -> str:
    """The name without folders, control characters and blanks around it."""
    return printable(re.split(r"[/\\]", name)[-1]).strip(" .")


def _why_not(name: str, data: bytes) -> str:
    if not name:
        return "A file has no name. Rename it and try again."
    if len(name) > MOST_NAME:
        return f"The name of a file has {len(name)} characters; at most {MOST_NAME} fit. Rename it and try again."
    if len(data) > MOST_BYTES:
        return f"{name} is too large; at most {weight(MOST_BYTES)} fit. Split it or save it smaller."
    return file_types.why_not(name, data)


def _too_many(document: Document, new: int) -> list[str]:
    if not new:
        return ["Choose a file."]
    there = len(of(document))
    sentence = f"The document has {there} attachments; at most {MOST_FILES} fit. Choose fewer files."
    return [sentence] if there + new > MOST_FILES else []


def _add(document: Document, actor: User, name: str, data: bytes) -> Attachment:
    promised = file_types.type_of(name)
    assert promised
    made = Attachment(document_id=document.id, name=name, type=promised.served_as, size=len(data), data=data,
                      sha256=hashlib.sha256(data).hexdigest(), added_by=actor.id, at=now())  # fmt: skip
    db.session.add(made)
    audit.record(document.subject, "attach", actor, comment=name, details={"size": made.size, "sha256": made.sha256})
    return made


def of(document: Document) -> list[Attachment]:
    """The files that were not removed, oldest first."""
    there = select(Attachment).filter_by(document_id=document.id, removed_at=None)
    return list(db.session.scalars(there.order_by(Attachment.id)))


def find(document: Document, attachment_id: int) -> Attachment | None:
    """The file, if it belongs to the document and was not removed."""
    return next((file for file in of(document) if file.id == attachment_id), None)


def remove(document: Document, attachment: Attachment, actor: User) -> None:
    """Take a file away; raises DocumentRefused when accounting may have seen it."""
    if reasons := why_not_remove(document):
        raise DocumentRefused(f"{attachment.name} was not removed. {reasons[0].text}")
    attachment.removed_at = now()
    details = {"attachment": attachment.id, "size": attachment.size, "sha256": attachment.sha256}
    audit.record(document.subject, "remove_attachment", actor, comment=attachment.name, details=details)


def why_not_attach(kind: Kind, document: Document, user: User) -> list[Reason]:
    """Why this person may not add files: Standard or higher on the tool where the document lives is needed."""
    return why_may_not(user, "attach", project_id=document.project_id, kind=kind.slug, tools=kind.tools)


def why_not_remove(document: Document) -> list[Reason]:
    """What accounting may have seen stays: files go only while the document is With PM everywhere."""
    sent = select(Item.id).where(Item.document_id == document.id, Item.state != State.WITH_PM).limit(1)
    return [LOCKED] if db.session.scalar(sent) else []


def weight(size: int) -> str:
    """Bytes for people: 512 bytes, 34 KB, 1.2 MB."""
    if size < 2**10:
        return f"{size} bytes"
    return f"{size / 2**20:.1f} MB".replace(".0 ", " ") if size >= 2**20 else f"{size // 2**10} KB"
