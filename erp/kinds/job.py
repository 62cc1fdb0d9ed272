"""Jobs: a project on its way to accounting."""

from collections.abc import Iterator
from typing import Any

from erp.db import db
from erp.documents.project import ADDRESS, LABELS, Project, why_not_linked
from erp.items.why_not import Case
from erp.kind import Column, Comment, Kind, Reason, Rule, declare
from erp.states import Filter


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


JOB = declare(Kind(
    slug="job",
    tab="Jobs",
    singular="project",
    filter_title="Filters",
    rank=2,
    tools=("project_admin",),
    headings={
        Filter.IMPORT: "Jobs Only in QuickBooks",
        Filter.EXPORT: "Projects Not Synced to QuickBooks",
        Filter.UPDATE: "Projects Ready to Be Updated",
        Filter.FAILED: "Projects Failed To Export",
        Filter.SYNCED: "Synced Projects",
        Filter.ARCHIVED: "Archived Jobs",
    },
    comment=Comment("Enter a Comment (Optional)", required=False),
    columns=(Column("Number", "number"), Column("Address", "address", long=True)),
    labels={"name": LABELS["title"], **{name: LABELS[name] for name in ("number", *ADDRESS)}},
    snapshot=snapshot,
    summary=summary,
    refs=lambda item: {},
    rules=(Rule(is_linked), Rule(is_integrated)),
    load=lambda key: db.session.get_one(Project, key),
    page=page,
    updated_whole=True,
    record_list="job",
    named=lambda item: db.session.get_one(Project, item.project_id).approver_ids,
    defaults=lambda item: {"customer": item.summary.get("wished", "")},
))  # fmt: skip
