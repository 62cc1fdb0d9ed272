"""Propose short names: the cost codes that a system with narrow lists could not tell apart, in a grid to edit and save."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from erp import connections
from erp.connections import Connection
from erp.db import transaction
from erp.documents import short_names
from erp.documents.short_names import ShortNamesRefused, Wanted
from erp.documents.words import counted
from erp.web.access import needs
from erp.web.forms import done, key, trimmed

blueprint = Blueprint("short_names", __name__, url_prefix="/short-names")
MOST = 200
"""So many rows stand in the grid; when they are saved, the others follow."""


def wishing() -> Connection | None:
    """The connection with the narrowest lists, if there is one to a system that asks for short names."""
    narrow = [row for row in connections.every() if row.connector.short_names]
    return min(narrow, key=lambda row: row.connector.short_names, default=None)


@blueprint.get("")
@needs("edit_cost_codes")
def show() -> Any:
    """The grid."""
    connection = wishing()
    return _grid(connection, {}) if connection else _nobody()


@blueprint.post("")
@needs("edit_cost_codes")
def save() -> Any:
    """Give the ticked codes their short names, or none of them."""
    connection = wishing()
    if connection is None:
        return _nobody()
    try:
        wanted = {code_id: _wanted(code_id) for code_id in request.form.getlist("ids", key)}
        with transaction():
            changed = short_names.save(current_user, wanted, connection.connector.shorten)
    except ShortNamesRefused as refused:
        return _grid(connection, refused.problems), 422
    if not wanted:
        flash("Nothing was chosen. Tick the rows to save first.", "warning")
        return redirect(url_for(".show"), 303)
    done(f"{counted(changed, 'cost code')} got a short name.")
    return redirect(url_for("cost_codes.listing"), 303)


def _wanted(code_id: int) -> Wanted:
    return Wanted(trimmed(request.form.get(f"short-{code_id}", "")), request.form.get(f"version-{code_id}", type=int))


def _nobody() -> Any:
    flash("No connection asks for short names: QuickBooks keeps whole names.", "info")
    return redirect(url_for("cost_codes.listing"), 303)


def _grid(connection: Connection, problems: dict[int, str]) -> str:
    """The rows, and over them what was typed."""
    found = short_names.propose(connection.connector.shorten, connection.connector.short_names)
    typed = {row.code.id: request.form.get(f"short-{row.code.id}") for row in found} if request.method == "POST" else {}
    ticked = set(request.form.getlist("ids", key)) if request.method == "POST" else {row.code.id for row in found}
    return render_template("cost_codes/short_names.html", connection=connection, rows=found[:MOST], found=len(found), most=MOST,
                           signs=connection.connector.short_names, typed=typed, ticked=ticked, problems=problems,
                           called=short_names.called)  # fmt: skip
