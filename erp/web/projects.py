"""Projects: list, create, edit, team."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from erp.db import db
from erp.documents import budget, project_list, sub_job, team
from erp.documents import project as projects
from erp.documents.project import LABELS, Project
from erp.people import Level
from erp.people.user import PROJECT_TOOLS, SEND_BUDGETS
from erp.web.access import needs
from erp.web.forms import PersonForm, ProjectForm, TeamForm, done
from erp.web.sending import panel
from erp.web.sub_jobs import blueprint as sub_jobs

LEVEL_VALUES = {str(int(level)) for level in Level}

blueprint = Blueprint("projects", __name__, url_prefix="/projects")
blueprint.register_blueprint(sub_jobs)


@blueprint.get("/")
@needs("signed_in")
def listing() -> str:
    """The projects of this person."""
    words = request.args.get("q", "")
    return render_template("projects/list.html", rows=project_list.listing(current_user, words), q=words)


@blueprint.get("/new")
@needs("create_project")
def new() -> str:
    """The form of a new project."""
    return render_template("projects/form.html", form=ProjectForm.of(), project=None)


@blueprint.post("/new")
@needs("create_project")
def create() -> Any:
    """Make a project; its creator is Admin on its tools."""
    form, made = ProjectForm.of(), []
    if form.saves(lambda: made.append(projects.create(current_user, **form.values()))):
        done(f"{made[0].name} was created. You are Admin on its tools.")
        return redirect(url_for(".show", project_id=made[0].id), 303)
    return render_template("projects/form.html", form=form, project=None), form.status


@blueprint.get("/<int:project_id>")
@needs("view_project", "project")
def show(project_id: int) -> str:
    """One project: facts, team, and where it stands in accounting."""
    project = _project(project_id)
    names = [user.name for user in projects.possible_approvers(project.approver_ids) if user.id in project.approver_ids]
    return render_template("projects/show.html", project=project, team=projects.team(project), tools=PROJECT_TOOLS,
                           approvers=names, budget=budget.of(project), sub_jobs=sub_job.listed(project),
                           erp=panel("job", project))  # fmt: skip


@blueprint.get("/<int:project_id>/edit")
@needs("edit_project", "project")
def edit(project_id: int) -> str:
    """The form of a project."""
    project = _project(project_id)
    return render_template("projects/form.html", form=ProjectForm.of(project), project=project)


@blueprint.post("/<int:project_id>/edit")
@needs("edit_project", "project")
def save(project_id: int) -> Any:
    """Save a project; who saves an older page sees what is there now and keeps his input."""
    project = _project(project_id)
    form = ProjectForm.of(project)
    if form.saves(lambda: projects.edit(project, current_user, form.version.data, **form.values())):
        done(f"{project.name} was saved.")
        return redirect(url_for(".show", project_id=project_id), 303)
    return render_template("projects/form.html", form=form, project=project, now=_now(form, project)), form.status


def _now(form: ProjectForm, project: Project) -> dict[str, Any]:
    """What is saved by somebody else meanwhile, by label; the next save is meant to replace it."""
    if form.status != 409:
        return {}
    form.shows(project.version)
    values = form.values()
    there = {name: getattr(project, name) for name in LABELS}
    return {LABELS[name]: form.shown(name, value) for name, value in there.items() if value != values[name]}


@blueprint.get("/<int:project_id>/team")
@needs("edit_project", "project")
def show_team(project_id: int) -> str:
    """The grid of people and tools."""
    return _team(_project(project_id), PersonForm())


def _team(project: Project, form: PersonForm, refused: str = "") -> str:
    return render_template("projects/team.html", project=project, people=projects.team(project), tools=PROJECT_TOOLS,
                           levels=list(Level), form=form, refused=refused or form.refused,
                           privilege=SEND_BUDGETS, may_send=team.may_send)  # fmt: skip


@blueprint.post("/<int:project_id>/team")
@needs("edit_project", "project")
def save_team(project_id: int) -> Any:
    """Save the grid."""
    project, form = _project(project_id), TeamForm()
    if form.saves(lambda: team.save(project, current_user, form.version.data, _levels(project), senders=_senders(project))):
        done("The team was saved.")
        return _after_team(project_id)
    return _team(project, PersonForm(formdata=None), form.refused), form.status


def _levels(project: Project) -> dict[tuple[int, str], Level]:
    cells = [(user.id, tool) for user in projects.team(project) for tool in PROJECT_TOOLS]
    posted = {cell: request.form.get("level-{}-{}".format(*cell)) for cell in cells}
    return {cell: Level(int(value)) for cell, value in posted.items() if value in LEVEL_VALUES}


def _senders(project: Project) -> dict[int, bool]:
    posted = {user.id: request.form.get(f"sends-{user.id}") for user in projects.team(project)}
    return {key: value == "yes" for key, value in posted.items() if value in ("yes", "no")}


def _after_team(project_id: int) -> Response:
    still = current_user.level("project_admin", project_id) == Level.ADMIN
    return redirect(url_for(".show_team" if still else ".listing", project_id=project_id if still else None), 303)


@blueprint.post("/<int:project_id>/team/people")
@needs("edit_project", "project")
def add_person(project_id: int) -> Any:
    """Add a person by e-mail."""
    project, form = _project(project_id), PersonForm()
    if form.saves(lambda: team.add(project, current_user, form.email.data or "", Level(int(form.level.data)))):
        done(f"{form.email.data} is in the team now.")
        return redirect(url_for(".show_team", project_id=project_id), 303)
    return _team(project, form), form.status


def _project(project_id: int) -> Project:
    return db.session.get_one(Project, project_id)
