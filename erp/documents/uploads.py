"""Files on their way in: kept for a day, so that mapping, preview and import are three plain pages."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, delete, select
from sqlalchemy.orm import Mapped

from erp.db import Base, Key, Short, db, now, refers
from erp.documents.words import printable
from erp.people import User
from erp.sheets import Sheet, read

KEPT = timedelta(days=1)
AT_ONCE = 5
"""How many files of one person are kept at the same time."""


class Upload(Base):
    """A table that a person uploaded for a purpose: the rows as text, never the file itself."""

    __tablename__ = "uploads"
    __table_args__ = (Index("ix_uploads_user", "user_id", "id"),)

    id: Mapped[Key]
    user_id: Mapped[int] = refers("users.id")
    project_id: Mapped[int | None] = refers("documents.id")
    purpose: Mapped[Short]
    name: Mapped[Short]
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]

    @property
    def sheet(self) -> Sheet:
        """The table."""
        return Sheet.of_data(self.data)


def keep(user: User, purpose: str, name: str, data: bytes, project_id: int | None = None) -> Upload:
    """Read a file and keep its table; raises SheetRefused when it cannot be read."""
    sheet = read(name, data)
    _forget_old(user)
    upload = Upload(user_id=user.id, project_id=project_id, purpose=purpose, name=printable(name)[-255:], data=sheet.as_data(),
                    created_at=now())  # fmt: skip
    db.session.add(upload)
    db.session.flush()
    return upload


def find(user: User, purpose: str, upload_id: int, project_id: int | None = None) -> Upload | None:
    """The person's own upload for this purpose, if it is still kept."""
    asked = select(Upload).filter_by(id=upload_id, user_id=user.id, purpose=purpose, project_id=project_id)
    return db.session.scalar(asked.where(Upload.created_at > now() - KEPT))


def forget(upload: Upload) -> None:
    """Delete it, once it was imported."""
    db.session.delete(upload)


def _forget_old(user: User) -> None:
    newest = select(Upload.id).where(Upload.user_id == user.id).order_by(Upload.id.desc()).limit(AT_ONCE - 1)
    kept = list(db.session.scalars(newest))
    db.session.execute(delete(Upload).where(Upload.created_at <= now() - KEPT))
    db.session.execute(delete(Upload).where(Upload.user_id == user.id, Upload.id.not_in(kept)))
