"""The budget of a project: lines on cost codes and types, and the entries that travel to accounting."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, relationship

from erp import audit
from erp.db import Base, Key, Money, Short, db, now, refers
from erp.documents.cost_code import CostCode
from erp.documents.document import Document, fresh, touch
from erp.documents.project import Project
from erp.items import Item, Snapshot, find
from erp.kind import Reason
from erp.people import User
from erp.states import State

MOST = 9_999_999_999_99
"""The largest amount of a line in minor units (trust.md, fault 28)."""


class Budget(Document):
    """The one budget of a project; `locked_at` says since when its original amounts stand."""

    __tablename__ = "budgets"
    __mapper_args__ = {"polymorphic_identity": "budget"}

    id: Mapped[int] = refers("documents.id", primary_key=True)
    locked_at: Mapped[datetime | None]
    lines: Mapped[list["BudgetLine"]] = relationship(
        back_populates="budget", order_by="BudgetLine.position", cascade="all, delete-orphan"
    )

    @property
    def project(self) -> Project:
        """The project it belongs to."""
        project = db.session.get(Project, self.project_id)
        assert project is not None
        return project

    @property
    def standing(self) -> list["BudgetLine"]:
        """The lines that were not deleted."""
        return [line for line in self.lines if not line.deleted]

    @property
    def total(self) -> int:
        """The sum of the original amounts in minor units."""
        return sum(line.original for line in self.standing)


class BudgetLine(Base):
    """A cost code and type with its original amount in minor units."""

    __tablename__ = "budget_lines"
    __table_args__ = (UniqueConstraint("budget_id", "code_id", "cost_type"),)

    id: Mapped[Key]
    budget_id: Mapped[int] = refers("budgets.id")
    code_id: Mapped[int] = refers("cost_codes.id")
    cost_type: Mapped[Short]
    description: Mapped[str]
    original: Mapped[Money]
    position: Mapped[int]
    deleted: Mapped[bool]
    budget: Mapped[Budget] = relationship(back_populates="lines")
    code: Mapped[CostCode] = relationship(lazy="joined")


class BudgetEntry(Base):
    """One transaction of the budget, append only: an original or a correction to it, sent or not yet sent."""

    __tablename__ = "budget_entries"
    __table_args__ = (Index("ix_budget_entries_budget", "budget_id"),)

    id: Mapped[Key]
    budget_id: Mapped[int] = refers("budgets.id")
    line_id: Mapped[int] = refers("budget_lines.id")
    what: Mapped[Short]
    amount: Mapped[Money]
    snapshot_id: Mapped[int | None] = refers("snapshots.id")
    at: Mapped[datetime]


class BudgetRefused(Exception):
    """The budget cannot take this now; `sentence` says why and what to do."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


def of(project: Project) -> Budget | None:
    """The budget of the project."""
    return db.session.scalar(select(Budget).where(Budget.project_id == project.id))


def open_for(project: Project, actor: User) -> Budget:
    """The budget of the project, made when there is none."""
    found = of(project)
    if found:
        return found
    made = Budget(**fresh(actor, project_id=project.id, number=_number(project), title=f"{project.name} budget"))
    db.session.add(made)
    db.session.flush()
    audit.record(made.subject, "create", actor)
    return made


def _number(project: Project) -> str:
    return f"{project.number}-B"


def item_of(budget: Budget) -> Item | None:
    """The budget's item on the project's connection."""
    return find(budget.project.connection_id, budget.id)


def why_not_edit(budget: Budget) -> list[Reason]:
    """Why amounts and lines stand now."""
    item = item_of(budget)
    if item and item.as_state not in (State.WITH_PM, State.SYNCED):
        return [Reason(f"The budget was sent to ERP ({item.state}). Retrieve it first, or wait for accounting.")]
    if budget.locked_at:
        return [Reason("The budget is locked. Unlock it to change lines and original amounts.")]
    return []


def add_line(budget: Budget, code: CostCode, cost_type: str, original: int, description: str = "") -> BudgetLine:
    """A new line; raises BudgetRefused when the code and type already have one, or the amount is out of bounds."""
    _refuse_edit(budget)
    return put_line(budget, code, cost_type, original, description, _lines(budget))


def put_line(
    budget: Budget, code: CostCode, cost_type: str, original: int, description: str, known: dict[Any, BudgetLine]
) -> BudgetLine:
    """Add one line among the `known` ones, in memory; a deleted line comes back."""
    line = known.get((code.id, cost_type))
    if line is not None and not line.deleted:
        raise BudgetRefused(f"Cost code {code.code} with type {cost_type} is already in the budget. Change that line instead.")
    check_amount(original)
    if line is None:
        line = BudgetLine(code=code, cost_type=cost_type, position=len(known) + 1)
        budget.lines.append(line)
        known[code.id, cost_type] = line
    line.original, line.description, line.deleted = original, description or code.name, False
    return line


def _lines(budget: Budget) -> dict[Any, BudgetLine]:
    return {(line.code_id, line.cost_type): line for line in budget.lines}


def check_amount(amount: int) -> None:
    """Raises BudgetRefused when an amount in minor units is beyond what accounting systems hold."""
    if abs(amount) > MOST:
        raise BudgetRefused("The amount is too large: at most 9,999,999,999.99 either way.")


def change_line(line: BudgetLine, original: int, description: str) -> None:
    """Change the original amount of an unlocked line."""
    _refuse_edit(line.budget)
    check_amount(original)
    line.original, line.description = original, description or line.code.name
    line.budget.version += 1


def delete_line(line: BudgetLine) -> None:
    """Take a line out; what accounting already has of it is corrected to 0 at the next lock."""
    _refuse_edit(line.budget)
    line.budget.version += 1
    if db.session.scalar(select(func.count()).where(BudgetEntry.line_id == line.id)):
        line.deleted, line.original = True, 0
    else:
        line.budget.lines.remove(line)


def _refuse_edit(budget: Budget) -> None:
    for reason in why_not_edit(budget):
        raise BudgetRefused(reason.text)


def why_not_lock(budget: Budget) -> list[Reason]:
    """Why the budget cannot be locked."""
    if budget.locked_at:
        return [Reason("The budget is locked already.")]
    return [] if budget.standing else [Reason("The budget has no lines. Add or import some first.")]


def lock(budget: Budget, actor: User, seen: int | None) -> None:
    """From now on the original amounts stand: each line gets the entry that brings accounting to its amount."""
    for reason in why_not_lock(budget):
        raise BudgetRefused(reason.text)
    touch(budget, seen)
    budget.locked_at = now()
    booked = dict(_booked(budget))
    for line in budget.lines:
        step = line.original - booked.get(line.id, 0)
        if step or line.id not in booked:
            _enter(budget, line, "correction" if line.id in booked else "original", step)
    audit.record(budget.subject, "lock", actor, details={"lines": len(budget.standing), "total": budget.total})


def _booked(budget: Budget) -> list[tuple[int, int]]:
    asked = select(BudgetEntry.line_id, func.sum(BudgetEntry.amount)).where(BudgetEntry.budget_id == budget.id)
    return [(line_id, int(amount)) for line_id, amount in db.session.execute(asked.group_by(BudgetEntry.line_id))]


def _enter(budget: Budget, line: BudgetLine, what: str, amount: int) -> None:
    db.session.flush()
    db.session.add(BudgetEntry(budget_id=budget.id, line_id=line.id, what=what, amount=amount, at=now()))


def why_not_unlock(budget: Budget) -> list[Reason]:
    """Why the budget cannot be unlocked (product.md section 5)."""
    item = item_of(budget)
    if not budget.locked_at:
        return [Reason("The budget is not locked.")]
    if item and item.as_state not in (State.WITH_PM, State.SYNCED):
        return [Reason(f"The budget was sent to ERP ({item.state}). Retrieve it first, or wait for accounting.")]
    if item and item.in_erp:
        return [Reason("Accounting has this budget. It can be unlocked once the exported original amounts are back in the "
                       "Job Costs report; none of them has come back yet.")]  # fmt: skip
    return []


def unlock(budget: Budget, actor: User, seen: int | None) -> None:
    """Let lines and original amounts change again."""
    for reason in why_not_unlock(budget):
        raise BudgetRefused(reason.text)
    touch(budget, seen)
    budget.locked_at = None
    audit.record(budget.subject, "unlock", actor)


def entries(budget: Budget) -> list[BudgetEntry]:
    """Every transaction of the budget, in order."""
    return list(db.session.scalars(select(BudgetEntry).filter_by(budget_id=budget.id).order_by(BudgetEntry.id)))


def unsynced(budget: Budget) -> list[BudgetEntry]:
    """The transactions that accounting does not have: no snapshot carried them to Synced."""
    asked = select(BudgetEntry).outerjoin(Snapshot, Snapshot.id == BudgetEntry.snapshot_id)
    mine = asked.where(BudgetEntry.budget_id == budget.id, Snapshot.synced_at.is_(None))
    return list(db.session.scalars(mine.order_by(BudgetEntry.id)))
