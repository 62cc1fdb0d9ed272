"""Standard cost codes: list, add, edit, and sending many at once."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from erp import connections
from erp.connections import Connection
from erp.db import db, transaction
from erp.documents import cost_code
from erp.documents.cost_code import CostCode
from erp.documents.cost_code_list import listing as a_page
from erp.people import why_may_not
from erp.web.access import needs
from erp.web.code_imports import blueprint as imports
from erp.web.forms import CostCodeForm, done, key
from erp.web.many import send_many
from erp.web.sending import panel
from erp.web.short_names import blueprint as short_names
from erp.web.short_names import wishing

blueprint = Blueprint("cost_codes", __name__, url_prefix="/cost-codes")
blueprint.register_blueprint(imports)
blueprint.register_blueprint(short_names)


@blueprint.get("/")
@needs("view_cost_codes")
def listing() -> str:
    """The codes by division, and where each stands on each connection."""
    words, page = request.args.get("q", ""), request.args.get("page", 1, int)
    grey = why_may_not(current_user, "send", kind="cost_code", tools=("company_admin",))
    return render_template("cost_codes/list.html", listing=a_page(words, page), q=words, connections=connections.every(),
                           grey=grey, wishing=wishing())  # fmt: skip


@blueprint.get("/new")
@needs("edit_cost_codes")
def new() -> str:
    """The form of a new code."""
    return render_template("cost_codes/form.html", form=CostCodeForm.of(), code=None)


@blueprint.post("/new")
@needs("edit_cost_codes")
def create() -> Any:
    """Add a code, and its division when it is missing."""
    form = CostCodeForm.of()
    if form.saves(lambda: _create(form)):
        done(f"{form.code.data} was added.")
        return redirect(url_for(".listing"), 303)
    return render_template("cost_codes/form.html", form=form, code=None), form.status


def _create(form: CostCodeForm) -> None:
    cost_code.create(current_user, form.code.data or "", form.name.data or "", form.wanted, form.short.data or "")


@blueprint.get("/<int:code_id>/edit")
@needs("edit_cost_codes")
def edit(code_id: int) -> str:
    """The form of a code, with where it stands in accounting."""
    code = db.session.get_one(CostCode, code_id)
    return _form(CostCodeForm.of(code), code)


@blueprint.post("/<int:code_id>/edit")
@needs("edit_cost_codes")
def save(code_id: int) -> Any:
    """Save a code."""
    code = db.session.get_one(CostCode, code_id)
    form = CostCodeForm.of(code)
    number, name = form.code.data or "", form.name.data or ""
    if form.saves(lambda: cost_code.edit(code, current_user, form.version.data, number, name, form.wanted, _short(form))):
        done(f"{code.code} was saved.")
        return redirect(url_for(".listing"), 303)
    return _form(form, code), form.status


def _short(form: CostCodeForm) -> str | None:
    """The short name that was posted, if the page had that field."""
    return form.short.data if form.short.raw_data else None


def _form(form: CostCodeForm, code: CostCode) -> str:
    if form.status == 409:
        form.shows(code.version)
    return render_template("cost_codes/form.html", form=form, code=code, grey=cost_code.why_not_edit(code),
                           erp=panel("cost_code", code))  # fmt: skip


@blueprint.post("/sending")
@needs("send", "send", kind="cost_code")
def send() -> Response:
    """Send the chosen codes to one connection; each one that cannot go is named with its reason."""
    connection = db.get_or_404(Connection, request.form.get("connection_id", 0, key))
    ids = request.form.getlist("ids", key)
    with transaction():
        outcome = send_many("cost_code", connection, ids, current_user)
    for category, sentence in outcome.words():
        flash(sentence, category)
    return redirect(url_for(".listing", q=request.form.get("q") or None, page=request.form.get("page", 1, int)), 303)
