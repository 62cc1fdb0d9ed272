"""The sub jobs of a project: added, shown with their way to accounting, edited."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, url_for
from flask_login import current_user
from wtforms import BooleanField, StringField

from erp.db import db
from erp.documents import sub_job as sub_jobs
from erp.documents.project import Project
from erp.documents.sub_job import LABELS, SubJob
from erp.web.access import needs
from erp.web.forms import Form, Locking, done, trimmed
from erp.web.sending import panel

blueprint = Blueprint("sub_jobs", __name__, url_prefix="/<int:project_id>/sub-jobs")


class SubJobForm(Locking, Form):
    """Add or edit a sub job."""

    never_grey = ("active",)

    number = StringField(LABELS["number"], filters=[trimmed])
    title = StringField(LABELS["title"], filters=[trimmed])
    active = BooleanField(LABELS["active"])

    @classmethod
    def of(cls, sub_job: SubJob | None = None) -> "SubJobForm":
        """The form of a sub job, or of a new one."""
        form = cls(obj=sub_job, data=None if sub_job else {"active": True})
        form.lock(sub_jobs.locked(sub_job) if sub_job else {})
        return form

    def values(self) -> dict[str, Any]:
        """What the sub job is to become."""
        return {name: self[name].data for name in LABELS}


@blueprint.get("/new")
@needs("edit_project", "project")
def new(project_id: int) -> str:
    """The form of a new one."""
    return _form(_project(project_id), SubJobForm.of())


@blueprint.post("/new")
@needs("edit_project", "project")
def create(project_id: int) -> Any:
    """Add it."""
    project, form = _project(project_id), SubJobForm.of()
    if form.saves(lambda: sub_jobs.create(project, current_user, **form.values())):
        done(f"Sub job {form.number.data} was added.")
        return redirect(url_for("projects.show", project_id=project_id), 303)
    return _form(_project(project_id), form), form.status


@blueprint.get("/<int:sub_job_id>")
@needs("view_project", "project")
def show(project_id: int, sub_job_id: int) -> str:
    """One sub job: facts, and where it stands in accounting."""
    sub_job = _sub_job(project_id, sub_job_id)
    return render_template("projects/sub_job.html", project=sub_job.project, sub_job=sub_job, erp=panel("sub_job", sub_job))


@blueprint.get("/<int:sub_job_id>/edit")
@needs("edit_project", "project")
def edit(project_id: int, sub_job_id: int) -> str:
    """The form of a sub job."""
    sub_job = _sub_job(project_id, sub_job_id)
    return _form(sub_job.project, SubJobForm.of(sub_job), sub_job)


@blueprint.post("/<int:sub_job_id>/edit")
@needs("edit_project", "project")
def save(project_id: int, sub_job_id: int) -> Any:
    """Save it; who saves an older page sees what is there now and keeps his input."""
    sub_job = _sub_job(project_id, sub_job_id)
    form = SubJobForm.of(sub_job)
    if form.saves(lambda: sub_jobs.edit(sub_job, current_user, form.version.data, **form.values())):
        done(f"Sub job {sub_job.number} was saved.")
        return redirect(url_for(".show", project_id=project_id, sub_job_id=sub_job_id), 303)
    sub_job = _sub_job(project_id, sub_job_id)
    return _form(sub_job.project, form, sub_job), form.status


def _form(project: Project, form: SubJobForm, sub_job: SubJob | None = None) -> str:
    connector = project.connection.connector if project.connection else None
    return render_template("projects/sub_job_form.html", project=project, form=form, sub_job=sub_job, connector=connector,
                           now=_now(form, sub_job) if sub_job else {})  # fmt: skip


def _now(form: SubJobForm, sub_job: SubJob) -> dict[str, str]:
    """What is saved by somebody else meanwhile, by label; the next save is meant to replace it."""
    if form.status != 409:
        return {}
    form.shows(sub_job.version)
    there, values = {name: getattr(sub_job, name) for name in LABELS}, form.values()
    return {LABELS[name]: _words(value) for name, value in there.items() if value != values[name]}


def _words(value: str | bool) -> str:
    return value if isinstance(value, str) else "yes" if value else "no"


def _project(project_id: int) -> Project:
    return db.session.get_one(Project, project_id)


def _sub_job(project_id: int, sub_job_id: int) -> SubJob:
    found = db.session.get(SubJob, sub_job_id)
    return found if found and found.project_id == project_id else abort(404)
