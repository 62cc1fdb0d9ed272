"""Jobs: a project on its way to accounting."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, or_, select

from erp.books.records import Record
from erp.connector import Work
from erp.db import db
from erp.documents import project as projects
from erp.documents.project import ADDRESS, LABELS, Project, why_not_linked
from erp.items import Item, perhaps_there
from erp.items.why_not import Case
from erp.kind import Column, Comment, Importing, Kind, Reason, Rule, declare
from erp.people import User
from erp.states import Filter, State


def snapshot(project: Project) -> dict[str, Any]:
    """What accounting sees of a project."""
    names = ("number", "wished_customer", *ADDRESS)
    return {"name": project.name, **{name: getattr(project, name) for name in names}}


def summary(payload: dict[str, Any]) -> dict[str, Any]:
    """What the list shows of it."""
    town = " ".join(part for part in (payload["city"], payload["region"], payload["postal_code"]) if part)
    return {"amount": 0, "number": payload["number"], "address": ", ".join(filter(None, (payload["street"], town))),
            "wished": payload["wished_customer"]}  # fmt: skip


def page(project: Project) -> str:
    """Where the project is edited."""
    return f"/projects/{project.id}"


def is_linked(case: Case) -> list[Reason]:
    """The project goes to its own connection."""
    return why_not_linked(case.document, case.connection)


def is_integrated(case: Case) -> Iterator[Reason]:
    """The project must be flagged for accounting."""
    if not case.document.erp_integrated:
        yield Reason("The project is not flagged as ERP-integrated.", f"{page(case.document)}/edit", "Edit the project")


def number_is_free(case: Case) -> Iterator[Reason]:
    """Where accounting takes the number of the project as its own, no other project is there under it."""
    todo = case.connection.connector.checklist
    if todo is None or case.item.in_erp:
        return
    number = todo(Work("add", "job", case.payload, "", "", settings=case.connection.settings)).number
    asked = select(Item).filter_by(connection_id=case.connection.id, kind="job", erp_id=number)
    if number and (other := db.session.scalar(asked.where(Item.id != (case.item.id or 0)))):
        yield Reason(f"The number {case.payload['number']} is taken: {case.connection.connector.short} has {number} as the job "
                     f"of {other.label}. Change the field {LABELS['number']} of this project.",
                     f"{page(case.document)}/edit", "Edit the project")  # fmt: skip


def make(record: Record, actor: User) -> Project:
    """The project of a job: name, number, address and customer are taken; a job without a number lends its name."""
    number = record.number or record.name
    return projects.create(actor, number=number, title=record.name, connection_id=record.connection_id,
                           wished_customer=record.above, **_address(record))  # fmt: skip


def _address(record: Record) -> dict[str, str]:
    return {name: record.data.get(name, "") for name in ADDRESS}


def joinable(connection_id: int) -> Select[int, str, str]:
    """The projects of this connection, or of none yet, that accounting does not have."""
    there = select(Item.document_id).where(Item.connection_id == connection_id, Item.kind == "job",
                                           Item.state != State.WITH_PM)  # fmt: skip
    asked = select(Project.id, Project.number, Project.title).where(Project.id.not_in(there))
    return asked.where(or_(Project.connection_id == connection_id, Project.connection_id.is_(None)))


def why_not_join(record: Record, project: Project) -> list[Reason]:
    """A project stays with its connection."""
    if project.connection_id in (None, record.connection_id):
        return []
    return [Reason(f"{project.number} {project.name} belongs to another connection; it stays there.", page(project), "See it")]


def sides(record: Record, project: Project) -> list[tuple[str, str, str]]:
    """The job beside the project."""
    address = _address(record)
    return [
        ("Name", record.name, project.name),
        ("Number", record.number, project.number),
        ("Customer", record.above, project.wished_customer),
        *((LABELS[name], address[name], getattr(project, name)) for name in ADDRESS),
        ("Active", "yes" if record.active else "no", "yes"),
    ]


def joined(project: Project, record: Record, actor: User) -> None:
    """From now on the project belongs to this connection."""
    if project.connection_id is None:
        projects.edit(project, actor, None, connection_id=record.connection_id)


def children(item: Item) -> list[Item]:
    """Everything of the project that accounting has or may have."""
    return list(
        db.session.scalars(perhaps_there(item.connection_id).where(Item.project_id == item.document_id, Item.id != item.id))
    )


JOB = declare(Kind(
    slug="job",
    tab="Jobs",
    singular="project",
    filter_title="Filters",
    rank=2,
    tools=("project_admin",),
    headings={
        Filter.IMPORT: "Jobs Only in {system}",
        Filter.EXPORT: "Projects Not Synced to {system}",
        Filter.UPDATE: "Projects Ready to Be Updated",
        Filter.FAILED: "Projects Failed To Export",
        Filter.SYNCED: "Synced Projects",
        Filter.ARCHIVED: "Archived Jobs",
    },
    comment=Comment("Enter a Comment (Optional)", required=False),
    columns=(Column("Number", "number", short=True), Column("Address", "address", long=True)),
    labels={"name": LABELS["title"], **{name: LABELS[name] for name in ("number", *ADDRESS)}},
    snapshot=snapshot,
    summary=summary,
    refs=lambda item: {},
    rules=(Rule(is_linked), Rule(is_integrated), Rule(number_is_free)),
    load=lambda key: db.session.get_one(Project, key),
    page=page,
    updated_whole=True,
    record_list="job",
    children=children,
    importing=Importing(
        add="Add to Projects",
        link="Link to project",
        refresh="Refresh Job List",
        shows="Customer:Job",
        make=make,
        joinable=joinable,
        sides=sides,
        why_not_join=why_not_join,
        joined=joined,
    ),
    named=lambda item: db.session.get_one(Project, item.project_id).approver_ids,
    defaults=lambda item: {"customer": item.summary.get("wished", "")},
))  # fmt: skip
