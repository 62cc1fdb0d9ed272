"""The tables of what moves money in a locked budget: modifications within it, and changes to it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from erp.db import Base, Key, Money, Short, Words, refers
from erp.documents.budget_tables import Budget, BudgetEntry, BudgetLine
from erp.documents.document import Document
from erp.people import User


class ChangeState(StrEnum):
    """The states of a budget change; only an approved one travels."""

    DRAFT = "Draft"
    IN_REVIEW = "In review"
    APPROVED = "Approved"
    VOID = "Void"


PENDING = (ChangeState.DRAFT, ChangeState.IN_REVIEW)


class BudgetModification(Base):
    """Money moved between lines of a budget, sum zero; its entries hold the amounts. It is never altered, only reversed."""

    __tablename__ = "budget_modifications"
    __table_args__ = (UniqueConstraint("budget_id", "number"), UniqueConstraint("reverses_id"))

    id: Mapped[Key]
    budget_id: Mapped[int] = refers("budgets.id")
    number: Mapped[int]
    reason: Mapped[Words]
    by: Mapped[int | None] = refers("users.id")
    at: Mapped[datetime]
    reverses_id: Mapped[int | None] = refers("budget_modifications.id")
    budget: Mapped[Budget] = relationship()
    author: Mapped[User | None] = relationship()
    reverses: Mapped["BudgetModification | None"] = relationship(remote_side="BudgetModification.id")
    entries: Mapped[list[BudgetEntry]] = relationship(order_by=BudgetEntry.id, viewonly=True)


class BudgetChange(Document):
    """A change of the budget's sum or of its parts: a document of its own. `number_key` keeps its number the only one."""

    __tablename__ = "budget_changes"
    __mapper_args__ = {"polymorphic_identity": "budget_change"}
    __table_args__ = (  # type: ignore[assignment]  # its base has three indexes of its own
        UniqueConstraint("budget_id", "number_key"), Index("ix_budget_changes_state", "budget_id", "state"),
    )  # fmt: skip

    id: Mapped[int] = refers("documents.id", primary_key=True)
    budget_id: Mapped[int] = refers("budgets.id")
    number_key: Mapped[Short]
    description: Mapped[Words]
    state: Mapped[Short]
    budget: Mapped[Budget] = relationship(foreign_keys=[budget_id])
    lines: Mapped[list["BudgetChangeLine"]] = relationship(order_by="BudgetChangeLine.position", cascade="all, delete-orphan")

    @property
    def total(self) -> int:
        """The sum of its lines in minor units."""
        return sum(line.amount for line in self.lines)

    @property
    def pending(self) -> bool:
        """Whether it can still be edited."""
        return self.state in PENDING


class BudgetChangeLine(Base):
    """An amount in minor units that a budget change adds to a line of the budget, or takes from it."""

    __tablename__ = "budget_change_lines"
    __table_args__ = (UniqueConstraint("change_id", "line_id"), Index("ix_budget_change_lines_line", "line_id"))

    id: Mapped[Key]
    change_id: Mapped[int] = refers("budget_changes.id")
    line_id: Mapped[int] = refers("budget_lines.id")
    amount: Mapped[Money]
    position: Mapped[int]
    line: Mapped[BudgetLine] = relationship()
