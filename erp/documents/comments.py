"""The thread beside a document: what Pam and Ann ask and answer. It survives every Send and is never altered."""

from datetime import datetime

from sqlalchemy import Index, select
from sqlalchemy.orm import Mapped, relationship

from erp import audit
from erp.db import Base, Key, Words, db, now, refers
from erp.documents import words
from erp.documents.document import Document, DocumentRefused
from erp.people import User

MOST = 4000
"""The most characters of one comment."""


class Comment(Base):
    """What one person wrote about a document."""

    __tablename__ = "comments"
    __table_args__ = (Index("ix_comments_document", "document_id", "id"),)

    id: Mapped[Key]
    document_id: Mapped[int] = refers("documents.id")
    author_id: Mapped[int] = refers("users.id")
    text: Mapped[Words]
    at: Mapped[datetime]
    author: Mapped[User] = relationship(lazy="joined", innerjoin=True)


def add(document: Document, author: User, text: str) -> Comment:
    """Write a comment; raises DocumentRefused for an empty one, a long one, or control characters."""
    text = cleaned(text)
    if sentence := words.why_not("Comment", text.replace("\n", " "), most=MOST):
        raise DocumentRefused(sentence, "text")
    comment = Comment(document_id=document.id, author_id=author.id, text=text, at=now())
    db.session.add(comment)
    audit.record(document.subject, "comment", author, comment=text)
    return comment


def cleaned(text: str) -> str:
    """The text with one kind of line break, blanks for tabs, and nothing blank around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ").strip()


def of(document: Document) -> list[Comment]:
    """The thread, oldest first."""
    return list(db.session.scalars(select(Comment).filter_by(document_id=document.id).order_by(Comment.id)))
