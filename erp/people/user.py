"""Users, their levels per tool, their privileges and the approver grid."""

from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from flask_login import UserMixin
from sqlalchemy import Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship
from werkzeug.security import check_password_hash, generate_password_hash

from erp.db import Base, Key, Short, refers

if TYPE_CHECKING:
    from erp.people.sessions import WebSession

PUSH = "Can Push to Accounting"
CREATE_PROJECT = "Create New Project"
SEND_BUDGETS = "Send and Retrieve Budgets from ERP"

COMPANY_TOOLS = {"erp": "ERP Integrations", "directory": "Directory", "company_admin": "Company Admin"}
PROJECT_TOOLS = {
    "project_admin": "Project Admin",
    "budget": "Budget",
    "commitments": "Commitments",
    "change_orders": "Change Orders",
    "prime_contracts": "Prime Contracts",
    "reports": "Reports",
}
TOOLS = COMPANY_TOOLS | PROJECT_TOOLS


class Level(IntEnum):
    """None < Read Only < Standard < Admin."""

    NONE = 0
    READ = 1
    STANDARD = 2
    ADMIN = 3

    @property
    def label(self) -> str:
        """The word on screen."""
        return "Read Only" if self is Level.READ else self.name.title()


class User(UserMixin, Base):  # type: ignore[misc]  # Flask-Login has no types
    """A person who can log in."""

    __tablename__ = "users"

    id: Mapped[Key]
    email: Mapped[Short]
    name: Mapped[Short]
    password_hash: Mapped[Short]
    must_change_password: Mapped[bool] = mapped_column(server_default=false())
    owner: Mapped[bool]
    active: Mapped[bool]
    zone: Mapped[Short]
    created_at: Mapped[datetime]
    grants: Mapped[list["Grant"]] = relationship(back_populates="user", cascade="all, delete-orphan")
    privileges: Mapped[list["Privilege"]] = relationship(
        foreign_keys="Privilege.user_id", back_populates="user", cascade="all, delete-orphan"
    )
    grid: Mapped[list["GridRow"]] = relationship(cascade="all, delete-orphan")
    sessions: Mapped[list["WebSession"]] = relationship(back_populates="user", cascade="all, delete-orphan")

    __table_args__ = (Index("uq_users_email", text("lower(email)"), unique=True),)

    def set_password(self, password: str, *, once: bool = False) -> None:
        """Keep a scrypt hash of the password and end every session of the person; `once`: it must be changed first of all."""
        self.password_hash = generate_password_hash(password, "scrypt")
        self.must_change_password = once
        self.sessions = []

    def check_password(self, password: str) -> bool:
        """Compare in constant time."""
        return check_password_hash(self.password_hash, password)

    def level(self, tool: str, project_id: int | None = None) -> Level:
        """The person's level on a company tool, or on a project's tool."""
        scope = None if tool in COMPANY_TOOLS else project_id
        return max((g.as_level for g in self.grants if (g.tool, g.project_id) == (tool, scope)), default=Level.NONE)

    def holds(self, privilege: str, project_id: int | None = None) -> bool:
        """Whether a privilege was granted, for the whole company or for this project."""
        return any(p.name == privilege and p.project_id in (None, project_id) for p in self.privileges)

    def standing(self) -> dict[str, Any]:
        """The rights on the ERP side at this moment, for the audit trail."""
        return {"erp": self.level("erp").label, "push": self.holds(PUSH)}


class Grant(Base):
    """A level on one tool, of the company (project_id is None) or of one project."""

    __tablename__ = "grants"
    __table_args__ = (
        Index("uq_grants_company", "user_id", "tool", unique=True, sqlite_where=text("project_id IS NULL"),
              postgresql_where=text("project_id IS NULL")),
        UniqueConstraint("user_id", "tool", "project_id"),
    )  # fmt: skip

    id: Mapped[Key]
    user_id: Mapped[int] = refers("users.id")
    tool: Mapped[Short]
    project_id: Mapped[int | None] = refers("documents.id")
    level: Mapped[int]
    user: Mapped[User] = relationship(back_populates="grants")

    @property
    def as_level(self) -> Level:
        """The level as a word that compares."""
        return Level(self.level)


class Privilege(Base):
    """A privilege or granular right, and who granted it."""

    __tablename__ = "privileges"
    __table_args__ = (Index("ix_privileges_user", "user_id"),)

    id: Mapped[Key]
    user_id: Mapped[int] = refers("users.id")
    name: Mapped[Short]
    project_id: Mapped[int | None] = refers("documents.id")
    granted_by: Mapped[int | None] = refers("users.id")
    granted_at: Mapped[datetime]
    user: Mapped[User] = relationship(foreign_keys=[user_id], back_populates="privileges")


class GridRow(Base):
    """A row of the approver grid: may this person import, export this kind? Without a row: both."""

    __tablename__ = "approver_grid"
    __table_args__ = (UniqueConstraint("user_id", "kind"),)

    id: Mapped[Key]
    user_id: Mapped[int] = refers("users.id")
    kind: Mapped[Short]
    can_import: Mapped[bool]
    can_export: Mapped[bool]
