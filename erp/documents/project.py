"""Projects: the PM's side of a job in accounting."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, relationship

from erp import audit
from erp.connections import Connection
from erp.db import Short, db, refers, same_letters
from erp.documents import words
from erp.documents.document import Document, DocumentRefused, fresh, touch
from erp.items import Item, find, what_now
from erp.kind import Reason
from erp.people import Grant, Level, User, may
from erp.people.user import PROJECT_TOOLS
from erp.states import State

ADDRESS = ("street", "street2", "city", "region", "postal_code")
LOCKED_WHILE_SENT = ("title", "number", *ADDRESS)
LABELS = {"number": "Number", "title": "Name", "street": "Street", "street2": "Street (second line)", "city": "City",
          "region": "State", "postal_code": "ZIP", "connection_id": "Connection", "wished_customer": "Customer wished",
          "erp_integrated": "ERP-integrated", "tools": "Tools switched on", "approver_ids": "Named approvers"}  # fmt: skip
"""Each field as it is called on screen."""
REQUIRED = ("number", "title")
SWITCHABLE = {tool: label for tool, label in PROJECT_TOOLS.items() if tool != "project_admin"}
"""The tools that can be switched on and off; Project Admin always is."""


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


class ProjectRefused(DocumentRefused):
    """The project cannot be saved like this."""


def create(actor: User, **values: Any) -> Project:
    """A new project; its creator becomes Admin on its tools."""
    _refuse_words(values)
    refuse_taken(values["number"], values.get("connection_id"))
    project = Project(**fresh(actor, project_id=None), **_whole(values))
    db.session.add(project)
    db.session.flush()
    project.project_id = project.id
    for tool in PROJECT_TOOLS:
        grant(project, actor, tool, Level.ADMIN)
    audit.record(project.subject, "create", actor)
    return project


def edit(project: Project, actor: User, seen: int | None, **values: Any) -> None:
    """Save the form; raises StaleDocument when somebody saved first, ProjectRefused for a locked or impossible field."""
    changed = {name: value for name, value in values.items() if getattr(project, name) != value}
    touch(project, seen)
    for name, sentence in locked(project).items():
        if name in changed:
            raise ProjectRefused(f"{LABELS[name]} was not changed. {sentence}", name)
    _refuse_words(changed)
    if changed.keys() & {"number", "connection_id"}:
        there = {"number": project.number, "connection_id": project.connection_id} | changed
        refuse_taken(there["number"], there["connection_id"], but=project.id)
    was = {name: getattr(project, name) for name in changed}
    for name, value in changed.items():
        setattr(project, name, value)
    audit.record(project.subject, "edit", actor, details={"was": was, "now": changed})


def locked(project: Project) -> dict[str, str]:
    """The fields that cannot be changed now, and why: field -> sentence."""
    items = list(db.session.scalars(select(Item).where(Item.document_id == project.id)))
    against: dict[str, str] = {}
    for item in items:
        against["connection_id"] = f"The project was sent to {item.connection.name}; it stays there."
        if item.in_erp:
            against["number"] = "Accounting has the job under this number."
        if item.as_state not in (State.WITH_PM, State.SYNCED):
            against |= dict.fromkeys(LOCKED_WHILE_SENT, f"The project was sent to ERP and is {item.state} there. "
                                     f"{what_now(item)}")  # fmt: skip
    return against


def why_not_linked(project: Project, connection: Connection) -> list[Reason]:
    """A project belongs to one connection; its documents go to no other."""
    if project.connection_id == connection.id:
        return []
    return [Reason(f"The project is not linked to {connection.name}.", f"/projects/{project.id}/edit", "Edit the project")]


def why_not_synced(project: Project, connection_id: int) -> list[Reason]:
    """What belongs to a project is sent after its job: accounting must have that first."""
    page, job = f"/projects/{project.id}", find(connection_id, project.id)
    if job is None or job.as_state is State.WITH_PM:
        return [
            Reason(f"The project {project.name} is not synced with ERP yet: it was not sent.", page, "Send the project first")
        ]
    if not job.in_erp:
        return [Reason(f"The project {project.name} is not synced with ERP yet: it is {job.state} and waits for accounting.",
                       page, "See the project")]  # fmt: skip
    return []


def _refuse_words(values: dict[str, Any]) -> None:
    for name, value in values.items():
        sentence = words.why_not(LABELS[name], value, required=name in REQUIRED) if isinstance(value, str) else ""
        if sentence:
            raise ProjectRefused(sentence, name)


def refuse_taken(number: str, connection_id: int | None, but: int | None = None) -> None:
    """Raises ProjectRefused when another project of the connection has the number: their Estimates would have one number."""
    same = select(Project.title).where(same_letters(Project.number, number.strip()), Project.id != (but or 0))
    other = db.session.scalar(same.where(Project.connection_id == connection_id).limit(1)) if connection_id else None
    if other is not None:
        sentence = (f"The number {number.strip()} is taken: the project {other} of the same connection has it. Change the field "
                    f"{LABELS['number']} in one of the two projects first.")  # fmt: skip
        raise ProjectRefused(sentence, "number")


def _whole(values: dict[str, Any]) -> dict[str, Any]:
    empty = dict.fromkeys((*ADDRESS, "wished_customer"), "")
    return {**empty, "connection_id": None, "erp_integrated": True, "tools": ["budget"], "approver_ids": [], **values}


def possible_approvers(named: Sequence[int] = ()) -> list[User]:
    """The people who may decide about items, and those `named` already, by name."""
    people = db.session.scalars(select(User).where(User.active | User.id.in_(named)).order_by(func.lower(User.name), User.id))
    return [user for user in people if user.id in named or may(user, "decide")]


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
    asked = select(User).where(User.id.in_(select(Grant.user_id).where(Grant.project_id == project.id)))
    return list(db.session.scalars(asked.order_by(func.lower(User.name), User.id)))


def visible(user: User) -> list[Project]:
    """The projects on which the person has any level, by number."""
    mine = select(Grant.project_id).where(Grant.user_id == user.id, Grant.project_id.is_not(None), Grant.level > 0)
    return list(db.session.scalars(select(Project).where(Project.id.in_(mine)).order_by(func.lower(Project.number), Project.id)))
