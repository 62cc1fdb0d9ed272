"""Importing a table into a budget: choose a file, say which column is what, look, import."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_login import current_user

from erp import sheets
from erp.db import db
from erp.documents import budget as budgets
from erp.documents import budget_import, budget_importing, sub_job, uploads
from erp.documents.budget_import import Mapping, Plan
from erp.documents.project import Project
from erp.documents.uploads import Upload
from erp.documents.words import counted
from erp.web.access import needs
from erp.web.forms import BudgetMappingForm, FileForm, ImportForm, done, start
from erp.web.receiving import gone, received
from erp.web.render import money

PURPOSE = "budget"
SHOWN = 200
"""How many rows and errors the preview lists."""
blueprint = Blueprint("imports", __name__, url_prefix="/import")


@blueprint.get("")
@needs("edit_budget", "project")
def choose(project_id: int) -> str:
    """Choose a file."""
    return _choose(project_id, FileForm())


def _choose(project_id: int, form: FileForm) -> str:
    project = _project(project_id)
    budget = budgets.of(project)
    grey = budgets.why_not_edit(budget) if budget else []
    return render_template("budgets/import_file.html", project=project, budget=budget, form=form, grey=grey)


@blueprint.post("")
@needs("edit_budget", "project")
def receive(project_id: int) -> Any:
    """Read the file and keep its table."""
    form = FileForm()
    upload = received(form, PURPOSE, project_id)
    if upload is None:
        return _choose(project_id, form), 422
    return redirect(url_for(".columns", project_id=project_id, upload_id=upload.id), 303)


@blueprint.get("/<int:upload_id>")
@needs("edit_budget", "project")
def columns(project_id: int, upload_id: int) -> str:
    """Say which column is what."""
    upload = _upload(project_id, upload_id)
    return _columns(_project(project_id), upload, _mapping_form(upload))


@blueprint.get("/<int:upload_id>/preview")
@needs("edit_budget", "project")
def preview(project_id: int, upload_id: int) -> Any:
    """What the import would do."""
    return _preview(_project(project_id), _upload(project_id, upload_id), ImportForm())


@blueprint.post("/<int:upload_id>/preview")
@needs("edit_budget", "project")
def carry_out(project_id: int, upload_id: int) -> Any:
    """Import it, or nothing of it."""
    project, upload, form, made = _project(project_id), _upload(project_id, upload_id), ImportForm(), []
    mapping = _mapping(_mapping_form(upload)) or abort(422)
    if form.saves(lambda: made.append(_import(project, upload, mapping, form.leave_out.data))):
        done(_told(made[0]))
        return redirect(url_for("budgets.show", project_id=project_id), 303)
    return _preview(_project(project_id), _upload(project_id, upload_id), form, form.status)


def _import(project: Project, upload: Upload, mapping: Mapping, leave_out: bool) -> Plan:
    budget = budgets.open_for(project, current_user)
    return budget_importing.carry_out(budget, upload, mapping, current_user, leave_out)


def _told(plan: Plan) -> str:
    codes = f" New: {counted(len(plan.new_codes), 'cost code')}." if plan.new_codes else ""
    return f"Imported: {counted(len(plan.lines), 'line')}, {money(plan.total)} in total.{codes}"


def _preview(project: Project, upload: Upload, form: ImportForm, status: int = 200) -> Any:
    columns, budget = _mapping_form(upload), budgets.of(project)
    mapping = _mapping(columns)
    if mapping is None:
        return _columns(project, upload, columns), 422
    plan = budget_import.plan(budget, upload.sheet, mapping, current_user, sub_job.of(project))
    return render_template("budgets/import_preview.html", project=project, budget=budget, upload=upload, plan=plan, form=form,
                           query=columns.query(), shown=SHOWN), status  # fmt: skip


def _columns(project: Project, upload: Upload, form: BudgetMappingForm) -> str:
    budget = budgets.of(project)
    why_not = budget_importing.why_not_replace(budget)
    return render_template("budgets/import_columns.html", project=project, budget=budget, upload=upload, sheet=upload.sheet,
                           form=form, why_not_replace=why_not)  # fmt: skip


def _mapping_form(upload: Upload) -> BudgetMappingForm:
    sheet = upload.sheet
    found = sheets.guess(sheet.header, ("sub_job", "code", "amount", "type", "description"))
    form = BudgetMappingForm(request.args or None, data=start(found))
    form.columns(sheet.header, optional=("description", "type", "sub_job"))
    return form


def _mapping(form: BudgetMappingForm) -> Mapping | None:
    code, amount = (form.column("code"), form.column("amount")) if form.validate() else (None, None)
    if code is None or amount is None:
        return None
    return Mapping(code, amount, form.column("description"), form.column("type"), form.default_type.data or "",
                   bool(form.replace.data), form.column("sub_job"))  # fmt: skip


def _project(project_id: int) -> Project:
    return db.session.get_one(Project, project_id)


def _upload(project_id: int, upload_id: int) -> Upload:
    found, budget = uploads.find(current_user, PURPOSE, upload_id, project_id), budgets.of(_project(project_id))
    return found or gone(budget.subject if budget else "", upload_id, url_for("budgets.show", project_id=project_id))
