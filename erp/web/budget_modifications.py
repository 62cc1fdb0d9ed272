"""The page Budget Modifications: what was moved, moving more, and moving it back."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_login import current_user

from erp.db import db
from erp.documents import budget as budgets
from erp.documents import budget_modification as modifications
from erp.documents import budget_names
from erp.documents.budget import Budget
from erp.documents.budget_state import why_not_draft
from erp.documents.budget_waiting import why_not_move
from erp.documents.project import Project
from erp.people import why_may_not
from erp.web.access import needs
from erp.web.budget_forms import ModificationForm
from erp.web.forms import Form, done

blueprint = Blueprint("modifications", __name__, url_prefix="/modifications")


@blueprint.get("")
@needs("view_budget", "project")
def show(project_id: int) -> str:
    """The modifications, and the form of a new one."""
    return _page(project_id, ModificationForm(formdata=None))


def _page(project_id: int, form: ModificationForm, refused: str = "") -> str:
    project = db.session.get_one(Project, project_id)
    budget = budgets.of(project)
    there = modifications.pages(budget) if budget else 1
    page = min(max(1, request.args.get("page", 1, int)), there)
    shown = modifications.listed(budget, page) if budget else []
    return render_template("budgets/modifications.html", project=project, budget=budget, form=form, page=page, pages=there,
                           shown=shown, reversed=modifications.reversed_among(shown), grey=_grey(budget, project_id),
                           lines=offered(budget), refused=refused)  # fmt: skip


def _grey(budget: Budget | None, project_id: int) -> Any:
    return why_may_not(current_user, "edit_budget", project_id=project_id) or why_not_move(budget)


def offered(budget: Budget | None, most: int = 500) -> list[budget_names.Named]:
    """The lines offered while typing; none when there are too many of them."""
    lines = budget_names.named(budget) if budget and not why_not_draft(budget) else []
    return lines if len(lines) <= most else []


@blueprint.post("")
@needs("edit_budget", "project")
def make(project_id: int) -> Any:
    """Move money."""
    budget, form = budget_of(project_id), ModificationForm()
    if form.wants_more():
        return _page(project_id, form)
    if form.saves(lambda: _make(budget, form)):
        done("The money was moved.")
        return redirect(url_for(".show", project_id=project_id), 303)
    return _page(project_id, form), form.status


def _make(budget: Budget, form: ModificationForm) -> None:
    modifications.modify(budget, form.moves(budget), form.reason.data or "", current_user, form.version.data)


@blueprint.post("/<int:modification_id>/reversal")
@needs("edit_budget", "project")
def reverse(project_id: int, modification_id: int) -> Any:
    """Move it back."""
    found, form = modifications.find(budget_of(project_id), modification_id) or abort(404), Form()
    if form.saves(lambda: modifications.reverse(found, current_user, form.version.data)):
        done(f"Modification {found.number} was reversed.")
        return redirect(url_for(".show", project_id=project_id), 303)
    return _page(project_id, ModificationForm(formdata=None), form.refused or "Nothing was changed."), form.status


def budget_of(project_id: int) -> Budget:
    """The budget of the project; 404 when there is none."""
    return budgets.of(db.session.get_one(Project, project_id)) or abort(404)
