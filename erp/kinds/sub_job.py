"""Sub jobs on their way to accounting, where that knows parts below a job."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, select

from erp.books.records import Record
from erp.connector import code_within
from erp.db import db
from erp.documents import sub_job as sub_jobs
from erp.documents.budget_tables import BudgetLine
from erp.documents.project import Project, why_not_linked, why_not_synced
from erp.documents.sub_job import LABELS, SubJob, SubJobRefused
from erp.items import Item, perhaps_there
from erp.items.why_not import Case
from erp.kind import Column, Comment, Importing, Kind, Reason, Rule, declare
from erp.people import User
from erp.states import Filter, State


def snapshot(sub_job: SubJob) -> dict[str, Any]:
    """What accounting sees of a sub job."""
    project = sub_job.project
    return {"number": sub_job.number, "name": sub_job.name,
            "project": {"id": project.id, "number": project.number, "name": project.name}}  # fmt: skip


def summary(payload: dict[str, Any]) -> dict[str, Any]:
    """What the list shows of it; it goes behind the jobs."""
    project = payload["project"]
    return {"amount": 0, "number": payload["number"], "project": f"{project['number']} {project['name']}", "rank": 1}


def page(sub_job: SubJob) -> str:
    """Where the sub job is edited."""
    return f"/projects/{sub_job.project_id}/sub-jobs/{sub_job.id}"


def refs(item: Item) -> dict[str, Any]:
    """The job's id in accounting."""
    job = _job_of(item.connection_id, item.project_id)
    return {"job": job.erp_id if job else "", "job_name": job.erp_name if job else ""}


def _job_of(connection_id: int, project_id: int | None) -> Item | None:
    """The item of the project's job, if accounting has it."""
    asked = select(Item).filter_by(connection_id=connection_id, kind="job", document_id=project_id)
    return db.session.scalar(asked.where(Item.in_erp))


def is_linked(case: Case) -> list[Reason]:
    """The sub job goes to the connection of its project."""
    return why_not_linked(case.document.project, case.connection)


def job_is_synced(case: Case) -> list[Reason]:
    """The job comes first."""
    return why_not_synced(case.document.project, case.item.connection_id)


def is_active(case: Case) -> Iterator[Reason]:
    """What is not used any more is not sent."""
    if not case.document.active:
        yield Reason("The sub job is not active.", f"{page(case.document)}/edit", "Edit the sub job")


def project_of(record: Record) -> Project | None:
    """The project whose job accounting has the record below."""
    asked = select(Item.document_id).filter_by(connection_id=record.connection_id, kind="job", erp_id=record.parent_id)
    key = db.session.scalar(asked.where(Item.in_erp)) if record.parent_id else None
    return db.session.get(Project, key) if key else None


def why_not_import(record: Record) -> list[Reason]:
    """A sub job comes in after its job."""
    if project_of(record):
        return []
    return [Reason(f"Its job {record.parent_id or '(none)'} is not synced with a project here. Add the job, or link it, first.",
                   f"/erp/{record.connection_id}/job/{Filter.IMPORT}", "See the jobs")]  # fmt: skip


def make(record: Record, actor: User) -> SubJob:
    """The sub job of a record, below the project of its job."""
    project = project_of(record)
    if project is None:
        raise SubJobRefused(why_not_import(record)[0].text)
    return sub_jobs.create(project, actor, number=code_within(record.erp_id), title=_name(record))


def _name(record: Record) -> str:
    return str(record.data.get("desc") or record.name)


def joinable(connection_id: int) -> Select[int, str, str, str]:
    """The sub jobs of jobs that accounting has, which it does not have themselves."""
    known = select(Item.document_id).where(Item.connection_id == connection_id, Item.kind == "sub_job",
                                           Item.state != State.WITH_PM)  # fmt: skip
    job = (Item.connection_id == connection_id) & (Item.kind == "job") & Item.in_erp & (Item.document_id == SubJob.project_id)
    asked = select(SubJob.id, SubJob.number, SubJob.title, Item.erp_id.label("place")).join(Item, job)
    return asked.where(SubJob.id.not_in(known))


def why_not_join(record: Record, sub_job: SubJob) -> list[Reason]:
    """A sub job stays in its project."""
    found = project_of(record)
    if found and found.id == sub_job.project_id:
        return []
    other = sub_job.project
    return [Reason(f"{sub_job.number} {sub_job.name} is a sub job of {other.number} {other.name}, which is another job there.",
                   page(sub_job), "See it")]  # fmt: skip


def sides(record: Record, sub_job: SubJob) -> list[tuple[str, str, str]]:
    """The record beside the sub job."""
    return [
        (LABELS["number"], code_within(record.erp_id), sub_job.number),
        (LABELS["title"], _name(record), sub_job.name),
        ("Job", record.parent_id, sub_job.project.number),
        (LABELS["active"], "yes" if record.active else "no", "yes" if sub_job.active else "no"),
    ]


def children(item: Item) -> list[Item]:
    """The budget with lines on it."""
    budgets = select(BudgetLine.budget_id).where(BudgetLine.sub_job_id == item.document_id)
    return list(db.session.scalars(perhaps_there(item.connection_id).where(Item.document_id.in_(budgets))))


SUB_JOB = declare(Kind(
    slug="sub_job",
    tab="Sub Jobs",
    singular="sub job",
    filter_title="Filters",
    rank=2,
    tools=("project_admin",),
    headings={
        Filter.IMPORT: "Sub Jobs Only in Accounting",
        Filter.EXPORT: "Sub Jobs Ready to Be Exported",
        Filter.UPDATE: "Sub Jobs Ready to Be Updated",
        Filter.FAILED: "Sub Jobs Failed To Export",
        Filter.SYNCED: "Synced Sub Jobs",
        Filter.ARCHIVED: "Archived Sub Jobs",
    },
    comment=Comment("Enter a Comment (Optional)", required=False),
    columns=(Column("Code", "number", short=True), Column("Project", "project")),
    labels={"number": LABELS["number"], "name": LABELS["title"]},
    snapshot=snapshot,
    summary=summary,
    refs=refs,
    rules=(Rule(is_linked), Rule(job_is_synced), Rule(is_active)),
    load=lambda key: db.session.get_one(SubJob, key),
    page=page,
    updated_whole=True,
    record_list="extra",
    children=children,
    importing=Importing(
        add="Add to project",
        link="Link to sub job",
        refresh="Refresh Sub Job List",
        shows="Sub Job",
        make=make,
        joinable=joinable,
        sides=sides,
        why_not=why_not_import,
        why_not_join=why_not_join,
        add_right="import_sub_job",
    ),
    named=lambda item: db.session.get_one(Project, item.project_id).approver_ids,
))  # fmt: skip
