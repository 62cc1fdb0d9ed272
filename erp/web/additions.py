"""Add project: flagged projects that were never sent, for whoever is also Admin on their Project Admin tool."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from erp import desk
from erp.connections import Connection
from erp.db import db, transaction
from erp.documents.project import Project
from erp.items import Item
from erp.kind import KINDS
from erp.people import Grant, Level
from erp.states import Filter
from erp.web.access import needs
from erp.web.forms import key
from erp.web.many import send_many

blueprint = Blueprint("additions", __name__, url_prefix="/erp/<int:connection_id>/projects/new")


@blueprint.get("")
@needs("add_project", "connection")
def choose(connection_id: int) -> str:
    """The projects to choose from."""
    connection = db.session.get_one(Connection, connection_id)
    return render_template("items/add_project.html", connection=connection, kind=KINDS["job"], projects=_waiting(connection),
                           tabs=desk.tabs(connection)[0], here="")  # fmt: skip


@blueprint.post("")
@needs("add_project", "connection")
def send(connection_id: int) -> Response:
    """Send the chosen ones; accepting them is a decision of its own."""
    connection = db.session.get_one(Connection, connection_id)
    offered, chosen = {project.id for project in _waiting(connection)}, request.form.getlist("ids", key)
    with transaction():
        outcome = send_many("job", connection, [one for one in chosen if one in offered], current_user)
    for category, sentence in outcome.words():
        flash(sentence, category)
    return redirect(url_for("desk.listing", connection_id=connection_id, slug="job", chosen=Filter.EXPORT), 303)


def _waiting(connection: Connection) -> Sequence[Any]:
    """Flagged, never sent, of this connection, and the reader is Admin on Project Admin."""
    mine = select(Grant.project_id).where(Grant.user_id == current_user.id, Grant.tool == "project_admin",
                                          Grant.level >= Level.ADMIN)  # fmt: skip
    known = select(Item.document_id).where(Item.connection_id == connection.id, Item.kind == "job")
    asked = select(Project).where(Project.connection_id == connection.id, Project.erp_integrated, Project.id.in_(mine))
    return db.session.scalars(asked.where(Project.id.not_in(known)).order_by(func.lower(Project.number), Project.id)).all()
