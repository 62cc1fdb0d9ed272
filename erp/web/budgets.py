"""A project's budget: its lines, locking, and its way to accounting."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from erp import sheets
from erp.db import db
from erp.documents import budget as budgets
from erp.documents import cost_code
from erp.documents.budget import Budget, BudgetLine, BudgetRefused
from erp.documents.project import Project
from erp.people import may, why_may_not
from erp.web.access import needs
from erp.web.budget_imports import blueprint as imports
from erp.web.forms import Form, LineForm, done
from erp.web.render import is_htmx
from erp.web.sending import panel

blueprint = Blueprint("budgets", __name__, url_prefix="/projects/<int:project_id>/budget")
blueprint.register_blueprint(imports)
LISTED_CODES = 500
"""Up to so many codes are offered while typing."""


@blueprint.get("")
@needs("view_budget", "project")
def show(project_id: int) -> str:
    """The budget, a page of its lines, its buttons and the ERP panel."""
    return _page(_project(project_id))


def _page(project: Project, **context: Any) -> str:
    budget = budgets.of(project)
    size, pages = budget.size if budget else 0, budgets.pages(budget)
    page = min(max(1, request.args.get("page", 1, int)), pages)
    lines = budgets.page_of(budget, page) if budget else []
    form = context.pop("form", None) or LineForm(formdata=None)
    return render_template("budgets/show.html", **_context(project, budget), lines=lines, size=size, page=page, pages=pages,
                           form=form, codes=_codes(), erp=panel("budget", budget) if budget else None, **context)  # fmt: skip


def _context(project: Project, budget: Budget | None) -> dict[str, Any]:
    """What the parts of the page that change with every line need."""
    may_edit = may(current_user, "edit_budget", project_id=project.id)
    refused = why_may_not(current_user, "edit_budget", project_id=project.id)
    unlocking = why_may_not(current_user, "unlock_budget", project_id=project.id)
    return {
        "project": project, "budget": budget, "may_edit": may_edit,
        "why_not_edit": refused or (budgets.why_not_edit(budget) if budget else []),
        "why_not_lock": refused or (budgets.why_not_lock(budget) if budget else budgets.NO_LINES),
        "why_not_unlock": unlocking or (budgets.why_not_unlock(budget) if budget else []),
    }  # fmt: skip


def _codes() -> list[cost_code.Known]:
    known = [code for code in cost_code.by_code().values() if not code.is_division]
    return sorted(known, key=lambda code: code.code) if len(known) <= LISTED_CODES else []


@blueprint.post("/lines")
@needs("edit_budget", "project")
def add_line(project_id: int) -> Any:
    """Add a line."""
    project, form = _project(project_id), LineForm()
    if form.saves(lambda: _add(project, form)):
        done(f"{form.code.data} was added.")
        return _back(project, budgets.pages(budgets.of(project)))
    return _page(_project(project_id), form=form), form.status


def _add(project: Project, form: LineForm) -> None:
    code = cost_code.find_any(form.code.data or "")
    if code is None:
        raise BudgetRefused("There is no standard cost code with this number. Choose one of the list, or add it on the page Cost "
                            "codes.", "code")  # fmt: skip
    budget = budgets.open_for(project, current_user)
    budgets.add_line(budget, code, form.cost_type.data, form.minor, form.description.data or "", current_user)


@blueprint.get("/lines/<int:line_id>")
@needs("view_budget", "project")
def line(project_id: int, line_id: int) -> Any:
    """The row again, for who changed his mind."""
    row = _line(project_id, line_id)
    return _row(row) if is_htmx() else _back(row.budget.project)


@blueprint.get("/lines/<int:line_id>/edit")
@needs("edit_budget", "project")
def edit_line(project_id: int, line_id: int) -> str:
    """The row as a form: alone for HTMX, within its page otherwise."""
    row = _line(project_id, line_id)
    return _editing(row, _line_form(row))


def _line_form(row: BudgetLine) -> LineForm:
    return LineForm(formdata=None, data={"amount": sheets.plain(row.original), "description": row.description})


def _editing(row: BudgetLine, form: LineForm) -> str:
    if is_htmx():
        return render_template("budgets/_line_form.html", line=row, line_form=form, project=row.budget.project)
    return _page(row.budget.project, editing=row, line_form=form)


@blueprint.post("/lines/<int:line_id>")
@needs("edit_budget", "project")
def save_line(project_id: int, line_id: int) -> Any:
    """Save a line."""
    row, form = _line(project_id, line_id), LineForm()
    form.code.data, form.cost_type.data = row.code.code, row.cost_type
    if form.saves(lambda: budgets.change_line(row, form.minor, form.description.data or "", current_user, form.version.data)):
        return _row(row, changed=True) if is_htmx() else _back(row.budget.project)
    return _editing(_line(project_id, line_id), form), form.status


@blueprint.post("/lines/<int:line_id>/deletion")
@needs("edit_budget", "project")
def delete_line(project_id: int, line_id: int) -> Any:
    """Take a line out."""
    row, form = _line(project_id, line_id), Form()
    project = row.budget.project
    if form.saves(lambda: budgets.delete_line(row, current_user, form.version.data)):
        return _changed(project, gone=line_id) if is_htmx() else _back(project)
    again = _line_form(_line(project_id, line_id))
    again.refused = form.refused
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
    return _page(budget.project, refused=form.refused), form.status


def _row(row: BudgetLine, changed: bool = False) -> str:
    project = row.budget.project
    words = render_template("budgets/_line.html", line=row, **_context(project, row.budget))
    return words + _changed(project) if changed else words


def _changed(project: Project, gone: int = 0) -> str:
    """The totals and buttons beside a row that changed."""
    budget = budgets.of(project)
    return render_template("budgets/_changed.html", **_context(project, budget), size=budget.size if budget else 0, gone=gone)


def _back(project: Project, page: int = 0) -> Response:
    page = page or request.args.get("page", 1, int)
    return redirect(url_for("budgets.show", project_id=project.id, page=page if page > 1 else None), 303)


def _project(project_id: int) -> Project:
    return db.session.get_one(Project, project_id)


def _line(project_id: int, line_id: int) -> BudgetLine:
    row = db.session.get(BudgetLine, line_id)
    return row if row and not row.deleted and row.budget.project_id == project_id else abort(404)
