"""Projects: the PM's side of a job in accounting."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Mapped, relationship

from erp import audit
from erp.connections import Connection
from erp.db import Short, db, refers
from erp.documents.document import Document, fresh, touch
from erp.people import Grant, Level, User
from erp.people.user import PROJECT_TOOLS

ADDRESS = ("street", "street2", "city", "region", "postal_code")
LOCKED_WHILE_SENT = ("title", "number", *ADDRESS)


class Project(Document):
    """A project. `tools` are the tools switched on, `approver_ids` the named approvers (none: everybody who may)."""

    __tablename__ = "projects"
    __mapper_args__ = {"polymorphic_identity": "job"}

    id: Mapped[int] = refers("documents.id", primary_key=True)
    connection_id: Mapped[int | None] = refers("connections.id")
    street: Mapped[Short]
    street2: Mapped[Short]
    city: Mapped[Short]
    region: Mapped[Short]
    postal_code: Mapped[Short]
    wished_customer: Mapped[Short]
    erp_integrated: Mapped[bool]
    tools: Mapped[list[Any]]
    approver_ids: Mapped[list[Any]]
    connection: Mapped[Connection | None] = relationship()

    @property
    def name(self) -> str:
        """The name; it becomes the job's name in accounting."""
        return self.title

    @property
    def address(self) -> list[str]:
        """The address, one entry per line that is filled."""
        town = " ".join(part for part in (self.city, self.region, self.postal_code) if part)
        return [line for line in (self.street, self.street2, town) if line]


def create(actor: User, **values: Any) -> Project:
    """A new project; its creator becomes Admin on its tools."""
    project = Project(**fresh(actor, project_id=None), **_whole(values))
    db.session.add(project)
    db.session.flush()
    project.project_id = project.id
    for tool in PROJECT_TOOLS:
        grant(project, actor, tool, Level.ADMIN)
    audit.record(project.subject, "create", actor)
    return project


def edit(project: Project, actor: User, seen: int | None, **values: Any) -> None:
    """Save the form; raises StaleDocument when somebody else saved first."""
    touch(project, seen)
    changed = {name: value for name, value in values.items() if getattr(project, name) != value}
    for name, value in changed.items():
        setattr(project, name, value)
    audit.record(project.subject, "edit", actor, details={"fields": sorted(changed)})


def _whole(values: dict[str, Any]) -> dict[str, Any]:
    empty = dict.fromkeys((*ADDRESS, "wished_customer"), "")
    return {**empty, "connection_id": None, "erp_integrated": True, "tools": ["budget"], "approver_ids": [], **values}


def grant(project: Project, user: User, tool: str, level: Level) -> None:
    """Give a person a level on one of the project's tools; Level.NONE takes it away."""
    row = db.session.scalar(select(Grant).filter_by(user_id=user.id, tool=tool, project_id=project.id))
    if row is None and level > Level.NONE:
        user.grants.append(Grant(tool=tool, project_id=project.id, level=int(level)))
    elif row is not None and level == Level.NONE:
        user.grants.remove(row)
    elif row is not None:
        row.level = int(level)
    db.session.flush()


def team(project: Project) -> list[User]:
    """Everybody with a level on one of the project's tools, by name."""
    asked = select(User).join(Grant, Grant.user_id == User.id).where(Grant.project_id == project.id).distinct()
    return list(db.session.scalars(asked.order_by(User.name)))


def visible(user: User) -> list[Project]:
    """The projects on which the person has any level, newest first."""
    mine = select(Grant.project_id).where(Grant.user_id == user.id, Grant.project_id.is_not(None), Grant.level > 0)
    return list(db.session.scalars(select(Project).where(Project.id.in_(mine)).order_by(Project.number, Project.id)))
