"""Sub jobs: parts of a project that accounting keeps apart below its job."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped

from erp import audit
from erp.connections import Connection
from erp.connector import code_within
from erp.db import db, refers, same_letters
from erp.documents import words
from erp.documents.document import Document, DocumentRefused, fresh, touch
from erp.documents.project import Project
from erp.items import Item, find, what_now
from erp.people import User
from erp.states import State

LABELS = {"number": "Code", "title": "Name", "active": "Active"}
"""Each field as it is called on screen."""


class SubJob(Document):
    """A sub job of a project; its number is its code there, which no other sub job of the project has."""

    __tablename__ = "sub_jobs"
    __mapper_args__ = {"polymorphic_identity": "sub_job"}

    id: Mapped[int] = refers("documents.id", primary_key=True)
    active: Mapped[bool]

    @property
    def name(self) -> str:
        """The name; it becomes the description in accounting."""
        return self.title

    @property
    def project(self) -> Project:
        """The project it belongs to."""
        return db.session.get_one(Project, self.project_id)


class SubJobRefused(DocumentRefused):
    """The sub job cannot be saved like this."""


def create(project: Project, actor: User, **values: Any) -> SubJob:
    """A new sub job of the project; raises SubJobRefused naming the field."""
    values = {"active": True, **values}
    _refuse(project.id, values)
    made = SubJob(**fresh(actor, project_id=project.id, **values))
    _write(made)
    audit.record(made.subject, "create", actor)
    return made


def edit(sub_job: SubJob, actor: User, seen: int | None, **values: Any) -> None:
    """Save the form; raises StaleDocument when somebody saved first, SubJobRefused for a locked or impossible field."""
    changed = {name: value for name, value in values.items() if getattr(sub_job, name) != value}
    touch(sub_job, seen)
    for name, sentence in locked(sub_job).items():
        if name in changed:
            raise SubJobRefused(f"{LABELS[name]} was not changed. {sentence}", name)
    _refuse(sub_job.project_id or 0, changed, sub_job.id)
    was = {name: getattr(sub_job, name) for name in changed}
    for name, value in changed.items():
        setattr(sub_job, name, value)
    _write(sub_job)
    audit.record(sub_job.subject, "edit", actor, details={"was": was, "now": changed})


def locked(sub_job: SubJob) -> dict[str, str]:
    """The fields that cannot be changed now, and why: field -> sentence."""
    item = find(sub_job.project.connection_id, sub_job.id)
    if item and item.as_state not in (State.WITH_PM, State.SYNCED):
        return dict.fromkeys(LABELS, f"The sub job was sent to ERP and is {item.state} there. {what_now(item)}")
    return {"number": "Accounting has the sub job under this code."} if item and item.in_erp else {}


def _refuse(project_id: int, values: dict[str, Any], but: int = 0) -> None:
    for name, value in values.items():
        against = words.why_not(LABELS[name], value) if isinstance(value, str) else ""
        if against:
            raise SubJobRefused(against, name)
        if isinstance(value, str):
            values[name] = value.strip()
    if "number" in values and (same := _with(project_id, values["number"])) and same.id != but:
        raise SubJobRefused(_taken(same.number, same.title), "number")


def _with(project_id: int, number: str) -> SubJob | None:
    asked = select(SubJob).where(SubJob.project_id == project_id, same_letters(SubJob.number, number))
    return db.session.scalar(asked)


def _taken(number: str, title: str = "") -> str:
    of = f": {title}" if title else ""
    return f"The project has a sub job {number} already{of}. Choose another code, or edit that one."


def _write(sub_job: SubJob) -> None:
    """The only one with its code, also when two make it at the same moment."""
    number = sub_job.number
    try:
        with db.session.begin_nested():
            db.session.add(sub_job)
    except IntegrityError as twice:
        raise SubJobRefused(_taken(number), "number") from twice


def of(project: Project) -> list[SubJob]:
    """The sub jobs of the project, by code."""
    asked = select(SubJob).where(SubJob.project_id == project.id)
    return list(db.session.scalars(asked.order_by(func.lower(SubJob.number), SubJob.id)))


def listed(project: Project) -> list[tuple[SubJob, Item | None]]:
    """The sub jobs of the project, each with its item, by code."""
    rows = of(project)
    asked = select(Item).where(Item.connection_id == project.connection_id, Item.document_id.in_([row.id for row in rows]))
    items = {item.document_id: item for item in db.session.scalars(asked)} if rows else {}
    return [(row, items.get(row.id)) for row in rows]


def any_of(project: Project) -> bool:
    """Whether the project has any."""
    return db.session.scalar(select(SubJob.id).where(SubJob.project_id == project.id).limit(1)) is not None


def there(connection: Connection) -> dict[int, str]:
    """sub job -> its code in accounting, of all that accounting has on this connection."""
    asked = select(Item.document_id, Item.erp_id).where(Item.connection_id == connection.id, Item.kind == "sub_job", Item.in_erp)
    return {key: code_within(erp_id) for key, erp_id in db.session.execute(asked)}
