"""What an ERP administrator chose about mails; what nobody chose has its default here."""

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON

from erp.db import Base, db

RESENT = "resent"
SILENCE_HOURS = "silence_hours"
DEFAULTS: dict[str, Any] = {RESENT: True, SILENCE_HOURS: 24}
"""Are approvers told about a Re-send; after how many hours without contact are ERP administrators told."""


class MailChoice(Base):
    """One choice by its name; `value` is its JSON."""

    __tablename__ = "mail_choices"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


def chosen(name: str, otherwise: Any = None) -> Any:
    """What was chosen, else the default."""
    row = db.session.get(MailChoice, name)
    return DEFAULTS.get(name, otherwise) if row is None else row.value


def choose(name: str, value: Any) -> None:
    """Keep a choice."""
    db.session.merge(MailChoice(name=name, value=value))
    db.session.flush()
