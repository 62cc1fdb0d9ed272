"""The tables of a budget: the budget, its lines, and the transactions that travel to accounting."""

from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, Index, UniqueConstraint, and_, func, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from erp.db import Base, Key, Money, Short, Words, db, refers
from erp.documents.cost_code import COST_TYPES, CostCode
from erp.documents.document import Document
from erp.documents.project import Project
from erp.documents.sub_job import SubJob


class Budget(Document):
    """The one budget of a project; `locked_at` says since when its original amounts stand, `exported_at` since when it
    went to accounting and can never be imported from there again."""

    __tablename__ = "budgets"
    __mapper_args__ = {"polymorphic_identity": "budget"}

    id: Mapped[int] = refers("documents.id", primary_key=True)
    locked_at: Mapped[datetime | None]
    exported_at: Mapped[datetime | None]
    lines: Mapped[list["BudgetLine"]] = relationship(
        back_populates="budget", order_by="BudgetLine.position", cascade="all, delete-orphan"
    )

    @property
    def project(self) -> Project:
        """The project it belongs to."""
        return db.session.get_one(Project, self.project_id)

    @property
    def size(self) -> int:
        """How many lines stand, counted by the database."""
        return db.session.scalar(select(func.count(BudgetLine.id)).where(self._standing())) or 0

    @property
    def total(self) -> int:
        """The sum of the original amounts in minor units, added by the database."""
        return int(db.session.scalar(select(func.sum(BudgetLine.original)).where(self._standing())) or 0)

    def _standing(self) -> ColumnElement[bool]:
        return and_(BudgetLine.budget_id == self.id, BudgetLine.deleted.is_(False))


class BudgetLine(Base):
    """A cost code and type, perhaps of a sub job, with its original amount in minor units; `version` counts its changes,
    `forecast` is what a person typed as Forecast to Complete."""

    __tablename__ = "budget_lines"
    __table_args__ = (
        Index("uq_budget_lines_place", "budget_id", text("coalesce(sub_job_id, 0)"), "code_id", "cost_type", unique=True),
        Index("ix_budget_lines_sub_job", "sub_job_id"),
        Index("ix_budget_lines_position", "budget_id", "position"),
    )

    id: Mapped[Key]
    budget_id: Mapped[int] = refers("budgets.id")
    sub_job_id: Mapped[int | None] = refers("sub_jobs.id")
    code_id: Mapped[int] = refers("cost_codes.id")
    cost_type: Mapped[Short]
    description: Mapped[Words]
    original: Mapped[Money]
    forecast: Mapped[int | None] = mapped_column(BigInteger)
    position: Mapped[int]
    deleted: Mapped[bool]
    version: Mapped[int]
    budget: Mapped[Budget] = relationship(back_populates="lines")
    code: Mapped[CostCode] = relationship(lazy="joined", innerjoin=True)
    sub_job: Mapped[SubJob | None] = relationship(lazy="selectin")

    @property
    def name(self) -> str:
        """What tells it from the other lines: 03-3000 M, or of a sub job E1 / 03-3000 M."""
        return line_name(self.code.code, self.cost_type, self.sub_job.number if self.sub_job else "")

    @property
    def category(self) -> str:
        """The cost type in words."""
        return COST_TYPES.get(self.cost_type, self.cost_type)


def line_name(code: str, cost_type: str, sub_job: str) -> str:
    """What people call a line."""
    return f"{sub_job} / {code} {cost_type}" if sub_job else f"{code} {cost_type}"


class BudgetEntry(Base):
    """One transaction of the budget, append only, sent or not yet sent.

    `what` is original, correction, modification or change. A modification or a change of several lines is one entry per
    line; `reverses_id` names the entry that this one takes back.
    """

    __tablename__ = "budget_entries"
    __table_args__ = (
        UniqueConstraint("reverses_id"),
        Index("ix_budget_entries_budget", "budget_id"), Index("ix_budget_entries_line", "line_id"),
        Index("ix_budget_entries_modification", "modification_id"), Index("ix_budget_entries_change", "change_id"),
    )  # fmt: skip

    id: Mapped[Key]
    budget_id: Mapped[int] = refers("budgets.id")
    line_id: Mapped[int] = refers("budget_lines.id")
    what: Mapped[Short]
    amount: Mapped[Money]
    snapshot_id: Mapped[int | None] = refers("snapshots.id")
    at: Mapped[datetime]
    by: Mapped[int | None] = refers("users.id")
    modification_id: Mapped[int | None] = refers("budget_modifications.id")
    change_id: Mapped[int | None] = refers("budget_changes.id")
    reverses_id: Mapped[int | None] = refers("budget_entries.id")
    line: Mapped[BudgetLine] = relationship()
