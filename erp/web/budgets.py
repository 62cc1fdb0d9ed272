"""A project's budget: its lines, locking, and its way to accounting."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from erp import sheets
from erp.db import db
from erp.documents import budget as budgets
from erp.documents import budget_codes, cost_code
from erp.documents.budget import BudgetLine, BudgetRefused
from erp.documents.project import Project
from erp.web.access import needs
from erp.web.budget_changes import blueprint as changes
from erp.web.budget_forecasts import blueprint as forecasts
from erp.web.budget_imports import blueprint as imports
from erp.web.budget_modifications import blueprint as modifications
from erp.web.budget_rows import beside, budget_page, gone, page_number, row_of
from erp.web.forms import Form, done
from erp.web.line_form import LineForm, NewLineForm
from erp.web.render import is_htmx, money

blueprint = Blueprint("budgets", __name__, url_prefix="/projects/<int:project_id>/budget")
for part in (imports, modifications, changes, forecasts):
    blueprint.register_blueprint(part)


@blueprint.get("")
@needs("view_budget", "project")
def show(project_id: int) -> str:
    """The budget, a page of its lines, its buttons and the ERP panel."""
    return budget_page(_project(project_id))


@blueprint.post("/lines")
@needs("edit_budget", "project")
def add_line(project_id: int) -> Any:
    """Add a line."""
    project = _project(project_id)
    form = NewLineForm.of(project)
    lines: list[BudgetLine] = []
    if form.saves(lambda: lines.extend(_add(project, form))):
        done(_added(lines))
        return _back(project, budgets.pages(budgets.of(project)))
    return budget_page(_project(project_id), form=form), form.status


def _added(lines: list[BudgetLine]) -> str:
    types = ", ".join(line.cost_type for line in lines)
    return f"{lines[0].code.code} was added." if len(lines) == 1 else f"{lines[0].code.code} was added with the types {types}."


def _add(project: Project, form: LineForm) -> list[BudgetLine]:
    code = cost_code.find_any(form.code.data or "")
    if code is None:
        raise BudgetRefused("There is no standard cost code with this number. Choose one of the list, or add it on the page Cost "
                            "codes.", "code")  # fmt: skip
    budget = budgets.open_for(project, current_user)
    return budget_codes.add(budget, code, form.cost_type.data, form.minor, form.description.data or "", current_user,
                            form.chosen)  # fmt: skip


@blueprint.get("/lines/<int:line_id>")
@needs("view_budget", "project")
def line(project_id: int, line_id: int) -> Any:
    """The row again, for who changed his mind."""
    row = _line(project_id, line_id)
    return row_of(row) if is_htmx() else _back(row.budget.project)


@blueprint.get("/lines/<int:line_id>/edit")
@needs("edit_budget", "project")
def edit_line(project_id: int, line_id: int) -> str:
    """The row as a form: alone for HTMX, within its page otherwise."""
    row = _line(project_id, line_id)
    return _editing(row, _line_form(row))


def _line_form(row: BudgetLine) -> LineForm:
    start = {"amount": sheets.plain(row.original), "description": row.description, "sub_job": row.sub_job_id or 0}
    return LineForm.of(row.budget.project, row, formdata=None, data=start)


def _editing(row: BudgetLine, form: LineForm) -> str:
    form.about(row)
    if is_htmx():
        return render_template("budgets/_line_form.html", line=row, line_form=form, **beside(row))
    return budget_page(row.budget.project, editing=row, line_form=form)


@blueprint.post("/lines/<int:line_id>")
@needs("edit_budget", "project")
def save_line(project_id: int, line_id: int) -> Any:
    """Save a line."""
    row = _line(project_id, line_id)
    form = LineForm.of(row.budget.project, row)
    form.code.data, form.cost_type.data = row.code.code, row.cost_type
    place = row.sub_job_id
    if form.saves(lambda: _save(row, form)):
        return _saved(row, moved=row.sub_job_id != place)
    return _editing(_line(project_id, line_id), form), form.status


def _save(row: BudgetLine, form: LineForm) -> None:
    budgets.change_line(row, form.minor, form.description.data or "", current_user, form.version.data)
    if form.chose:
        budgets.put_below(row, form.chosen, current_user)


def _saved(row: BudgetLine, moved: bool) -> Any:
    """The row again; one that stands elsewhere now, the page anew."""
    back = _back(row.budget.project)
    if is_htmx() and moved:
        return Response("", 204, {"HX-Redirect": back.location or ""})
    return row_of(row, changed=True) if is_htmx() else back


@blueprint.post("/lines/<int:line_id>/deletion")
@needs("edit_budget", "project")
def delete_line(project_id: int, line_id: int) -> Any:
    """Take a line out."""
    row, form = _line(project_id, line_id), Form()
    project, code_id, words = row.budget.project, row.code_id, f"{row.name}, {money(row.original)}, was deleted."
    if form.saves(lambda: budgets.delete_line(row, current_user, form.version.data)):
        done(words)
        return gone(project, line_id, code_id, _back(project).location) if is_htmx() else _back(project)
    again = _line_form(_line(project_id, line_id))
    again.refused, again.status = form.refused, form.status
    return _editing(_line(project_id, line_id), again), form.status


@blueprint.post("/lock")
@needs("edit_budget", "project")
def lock(project_id: int) -> Any:
    """From now on the original amounts stand."""
    return _turn(project_id, budgets.lock, "The budget is locked.")


@blueprint.post("/unlock")
@needs("unlock_budget", "project")
def unlock(project_id: int) -> Any:
    """Let the original amounts change again."""
    return _turn(project_id, budgets.unlock, "The budget is unlocked.")


def _turn(project_id: int, turn: Any, words: str) -> Any:
    budget, form = budgets.of(_project(project_id)) or abort(404), Form()
    if form.saves(lambda: turn(budget, current_user, form.version.data)):
        done(words)
        return _back(budget.project)
    return budget_page(budget.project, refused=form.refused), form.status


def _back(project: Project, page: int = 0) -> Response:
    page = page or page_number()
    return redirect(url_for("budgets.show", project_id=project.id, page=page if page > 1 else None), 303)


def _project(project_id: int) -> Project:
    return db.session.get_one(Project, project_id)


def _line(project_id: int, line_id: int) -> BudgetLine:
    row = db.session.get(BudgetLine, line_id)
    return row if row and not row.deleted and row.budget.project_id == project_id else abort(404)
