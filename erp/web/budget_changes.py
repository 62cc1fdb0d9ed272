"""Budget changes: their list, writing and editing them, and Submit, Approve and Void."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from erp import audit
from erp.db import db
from erp.documents import budget as budgets
from erp.documents import budget_change as changes
from erp.documents.budget_change_tables import BudgetChange
from erp.documents.budget_state import why_not_draft
from erp.documents.project import Project
from erp.kind import Reason
from erp.people import why_may_not
from erp.web.access import needs
from erp.web.budget_forms import ChangeForm
from erp.web.budget_modifications import budget_of, offered
from erp.web.forms import Form, done

blueprint = Blueprint("changes", __name__, url_prefix="/changes")


@blueprint.get("")
@needs("view_budget", "project")
def every(project_id: int) -> str:
    """The budget changes of the project."""
    project = db.session.get_one(Project, project_id)
    budget = budgets.of(project)
    return render_template("budgets/changes.html", project=project, budget=budget, grey=_why("edit_budget", project_id) or
                           why_not_draft(budget), shown=changes.listed(budget) if budget else [])  # fmt: skip


def _why(right: str, project_id: int) -> list[Reason]:
    return why_may_not(current_user, right, project_id=project_id)


@blueprint.get("/new")
@needs("edit_budget", "project")
def new(project_id: int) -> str:
    """The form of a new one."""
    budget = budget_of(project_id)
    return _new(project_id, ChangeForm(formdata=None, data={"number": changes.next_number(budget)}))


def _new(project_id: int, form: ChangeForm) -> str:
    budget = budget_of(project_id)
    return render_template("budgets/change_new.html", project=budget.project, form=form, lines=offered(budget),
                           grey=why_not_draft(budget))  # fmt: skip


@blueprint.post("/new")
@needs("edit_budget", "project")
def make(project_id: int) -> Any:
    """Save a new one as a draft."""
    budget, form, made = budget_of(project_id), ChangeForm(), []
    if form.wants_more():
        return _new(project_id, form)
    if form.saves(lambda: made.append(changes.create(budget, current_user, **form.values(budget)))):
        done(f"Budget change {form.number.data} was saved as a draft.")
        return _back(made[0])
    return _new(project_id, form), form.status


@blueprint.get("/<int:change_id>")
@needs("view_budget", "project")
def show(project_id: int, change_id: int) -> str:
    """One change: its form while it is pending, its lines afterwards, its buttons and its history."""
    change = _change(project_id, change_id)
    return _page(change, ChangeForm.of(change))


def _page(change: BudgetChange, form: ChangeForm, refused: str = "") -> str:
    approving = _why("approve_budget_change", change.budget.project_id or 0)
    editing = _why("edit_budget", change.budget.project_id or 0)
    return render_template("budgets/change.html", change=change, project=change.budget.project, form=form, refused=refused,
                           lines=offered(change.budget), events=audit.history(change.subject),
                           why_not_edit=editing or changes.why_not_edit(change),
                           why_not_submit=editing or changes.why_not_submit(change),
                           why_not_approve=approving or changes.why_not_approve(change),
                           why_not_void=approving or changes.why_not_void(change))  # fmt: skip


@blueprint.post("/<int:change_id>")
@needs("edit_budget", "project")
def save(project_id: int, change_id: int) -> Any:
    """Save the form."""
    change, form = _change(project_id, change_id), ChangeForm()
    if form.wants_more():
        return _page(change, form)
    if form.saves(lambda: changes.edit(change, current_user, form.version.data, **form.values(change.budget))):
        done(f"Budget change {change.number} was saved.")
        return _back(change)
    return _page(_change(project_id, change_id), form), form.status


@blueprint.post("/<int:change_id>/submission")
@needs("edit_budget", "project")
def submit(project_id: int, change_id: int) -> Any:
    """To In review."""
    return _turn(_change(project_id, change_id), changes.submit, "is in review.")


@blueprint.post("/<int:change_id>/approval")
@needs("approve_budget_change", "project")
def approve(project_id: int, change_id: int) -> Any:
    """To Approved; the next Send carries it."""
    return _turn(_change(project_id, change_id), changes.approve, "is approved.")


@blueprint.post("/<int:change_id>/voiding")
@needs("approve_budget_change", "project")
def void(project_id: int, change_id: int) -> Any:
    """To Void; what was approved is taken back."""
    return _turn(_change(project_id, change_id), changes.void, "is void.")


def _turn(change: BudgetChange, turn: Any, words: str) -> Any:
    form, key, project_id = Form(), change.id, change.project_id or 0
    if form.saves(lambda: turn(change, current_user, form.version.data)):
        done(f"Budget change {change.number} {words}")
        return _back(change)
    again = _change(project_id, key)
    return _page(again, ChangeForm.of(again), form.refused or "Nothing was changed."), form.status


def _back(change: BudgetChange) -> Response:
    return redirect(url_for("budgets.changes.show", project_id=change.project_id, change_id=change.id), 303)


def _change(project_id: int, change_id: int) -> BudgetChange:
    return changes.find(budget_of(project_id), change_id) or abort(404)
