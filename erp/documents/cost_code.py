"""Standard cost codes with their divisions, and the cost types."""

from typing import Any

from sqlalchemy import Index, func, select, text
from sqlalchemy.orm import Mapped, relationship

from erp import audit
from erp.db import db, refers
from erp.documents.document import Document, fresh, touch
from erp.people import User

COST_TYPES = {"L": "Labor", "M": "Material", "E": "Equipment", "S": "Subcontract", "O": "Other"}


class CostCode(Document):
    """A standard cost code; a division is a code that has codes below it, and never a line of a budget."""

    __tablename__ = "cost_codes"
    __mapper_args__ = {"polymorphic_identity": "cost_code"}
    __table_args__ = (
        Index("ix_cost_codes_division", "division_id"),
        Index("uq_cost_codes_code", text("lower(code)"), "is_division", unique=True),
    )

    id: Mapped[int] = refers("documents.id", primary_key=True)
    code: Mapped[str]
    is_division: Mapped[bool]
    division_id: Mapped[int | None] = refers("cost_codes.id")
    active: Mapped[bool]
    division: Mapped["CostCode | None"] = relationship(foreign_keys=[division_id], remote_side="CostCode.id")

    @property
    def name(self) -> str:
        """What the code stands for."""
        return self.title


def division_of(code: str) -> str:
    """The division a code belongs to by its shape: what stands before the first dash, dot or blank; else nothing."""
    for mark in ("-", ".", " "):
        head, found, tail = code.partition(mark)
        if found and head.strip() and tail.strip():
            return head.strip()
    return ""


def create(actor: User, code: str, name: str, division: str | None = None) -> CostCode:
    """A new code under its division, which is made when it is missing. `division` "" means none, None means by shape."""
    wanted = division_of(code) if division is None else division
    above = (find(wanted, is_division=True) or _add(actor, wanted, wanted, True, None)) if wanted else None
    return _add(actor, code, name, False, above)


def create_division(actor: User, code: str, name: str) -> CostCode:
    """A new division."""
    return _add(actor, code, name, True, None)


def _add(actor: User, code: str, name: str, is_division: bool, division: CostCode | None) -> CostCode:
    row = CostCode(**fresh(actor, number=code, title=name, project_id=None), code=code, is_division=is_division,
                   division=division, active=True)  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.record(row.subject, "create", actor)
    return row


def edit(code: CostCode, actor: User, seen: int | None, **values: Any) -> None:
    """Save the form; raises StaleDocument when somebody else saved first."""
    touch(code, seen)
    for name, value in values.items():
        setattr(code, name, value)
    code.number = code.code
    audit.record(code.subject, "edit", actor)


def find(code: str, *, is_division: bool = False) -> CostCode | None:
    """The code with this number, whatever its capitals."""
    asked = select(CostCode).where(func.lower(CostCode.code) == code.strip().lower(), CostCode.is_division == is_division)
    return db.session.scalar(asked)


def by_number() -> dict[str, CostCode]:
    """All codes that a budget line can stand on, by number in lower case."""
    rows = db.session.scalars(select(CostCode).where(CostCode.is_division.is_(False)))
    return {row.code.lower(): row for row in rows}


def every() -> list[CostCode]:
    """Divisions and codes, in the order of their numbers."""
    return list(db.session.scalars(select(CostCode).order_by(CostCode.code, CostCode.is_division.desc())))
