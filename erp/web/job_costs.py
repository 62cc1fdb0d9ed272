"""The ERP Job Costs report, for the company and per project, and Sync Job Costs."""

import secrets
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from erp import desk, sheets
from erp.connections import Connection
from erp.db import db, transaction
from erp.documents.project import Project
from erp.exchanges.export import progress
from erp.exchanges.refresh import JOB_COSTS, costs_running, refresh_costs
from erp.reports import job_costs
from erp.reports.job_costs import JobReport
from erp.web.access import needs
from erp.web.render import is_htmx, local_time

blueprint = Blueprint("job_costs", __name__)
FILES = {"csv": (sheets.csv_bytes, "text/csv; charset=utf-8"),
         "xlsx": (sheets.xlsx_bytes, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")}  # fmt: skip


@blueprint.get("/erp/<int:connection_id>/job-costs")
@needs("job_costs_report", "connection")
def company(connection_id: int) -> str:
    """The report of all jobs, a row each."""
    connection = db.session.get_one(Connection, connection_id)
    reports = job_costs.of_connection(connection)
    return _page(
        "company",
        connection,
        here="job-costs",
        tabs=desk.tabs(connection)[0],
        reports=reports,
        total=job_costs.add(report.total for report in reports),
    )


@blueprint.get("/erp/<int:connection_id>/job-costs.<any(csv,xlsx):kind>")
@needs("job_costs_report", "connection")
def company_file(connection_id: int, kind: str) -> Response:
    """The report of all jobs, a row per cost code, as a file."""
    return _file(job_costs.of_connection(db.session.get_one(Connection, connection_id)), kind, "ERP Job Costs")


@blueprint.get("/erp/<int:connection_id>/job-costs/<int:project_id>")
@needs("job_costs_report", "connection")
def job(connection_id: int, project_id: int) -> str:
    """The report of one job, for who administers ERP."""
    return _project_page(_project(project_id, connection_id), "job")


@blueprint.post("/erp/<int:connection_id>/job-costs/sync")
@needs("sync_job_costs", "connection")
def sync_all(connection_id: int) -> Answer | str:
    """Queue the reading of every job."""
    _sync(db.session.get_one(Connection, connection_id), None)
    return redirect(url_for(".company", connection_id=connection_id), 303)


@blueprint.post("/erp/<int:connection_id>/job-costs/<int:project_id>/sync")
@needs("sync_job_costs", "connection")
def sync_one(connection_id: int, project_id: int) -> Answer | str:
    """Queue the reading of one job."""
    _sync(db.session.get_one(Connection, connection_id), [_project(project_id, connection_id).id])
    target = {"all": url_for(".company", connection_id=connection_id), "project": url_for(".project", project_id=project_id)}.get(
        request.form.get("back", ""), url_for(".job", connection_id=connection_id, project_id=project_id))  # fmt: skip
    return redirect(target, 303)


@blueprint.get("/projects/<int:project_id>/job-costs")
@needs("project_job_costs", "project")
def project(project_id: int) -> str:
    """The report of one project, for its people."""
    return _project_page(_project(project_id), "project")


@blueprint.get("/projects/<int:project_id>/job-costs.<any(csv,xlsx):kind>")
@needs("project_job_costs", "project")
def project_file(project_id: int, kind: str) -> Response:
    """The report of one project as a file."""
    row = _project(project_id)
    return _file([job_costs.of_project(row)], kind, f"ERP Job Costs {row.number}")


@blueprint.get("/erp/<int:connection_id>/job-costs/<int:project_id>.<any(csv,xlsx):kind>")
@needs("job_costs_report", "connection")
def job_file(connection_id: int, project_id: int, kind: str) -> Response:
    """The report of one job as a file, for who administers ERP."""
    return project_file(_project(project_id, connection_id).id, kind)


def _project(project_id: int, connection_id: int | None = None) -> Project:
    row = db.session.get_one(Project, project_id)
    return row if connection_id in (None, row.connection_id) else abort(404)


def _sync(connection: Connection, project_ids: list[int] | None) -> None:
    with transaction():
        queued = refresh_costs(connection, project_ids)
    if queued:
        jobs = "1 job is" if queued == 1 else f"{queued} jobs are"
        flash(f"{jobs} read at the next visit of the Web Connector.", "info")
    elif costs_running(connection):
        flash("The job costs are being read.", "info")
    else:
        flash("Nothing to read: no budget is synced with ERP yet.", "warning")


def _project_page(row: Project, view: str) -> str:
    report, missing = job_costs.of_project(row), bool(request.args.get("missing"))
    lines = report.missing if missing else report.lines
    return _page(view, row.connection, report=report, project=row, lines=lines, missing=missing, total=job_costs.add(lines))


def _page(view: str, connection: Connection | None, **context: Any) -> str:
    """The report with what is being read, whole or as the fragment that asks for itself."""
    moving = _moving(connection) if connection else {"waiting": set()}
    name = "reports/_job_costs.html" if is_htmx() else "reports/job_costs.html"
    return render_template(name, view=view, connection=connection, columns=job_costs.columns(connection), apart=job_costs.APART,
                           nonce=secrets.token_hex(4), not_explained=job_costs.NOT_EXPLAINED, **moving, **context)  # fmt: skip


def _moving(connection: Connection) -> dict[str, Any]:
    """What is being read now."""
    return {"waiting": costs_running(connection), "progress": progress(connection.id, JOB_COSTS),
            "health": desk.health(connection)}  # fmt: skip


def _file(reports: Iterable[JobReport], kind: str, title: str) -> Response:
    write, content_type = FILES[kind]
    body = write(job_costs.table(reports, local_time, bool(request.args.get("missing"))))
    name = "".join(c if c.isascii() and (c.isalnum() or c in " -_.") else "_" for c in title)
    return Response(body, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}.{kind}"'})
