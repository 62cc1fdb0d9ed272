"""Differences after a restore: what accounting has with our markers and these data do not know, and what they miss there."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for

from erp import desk
from erp.connections import Connection
from erp.db import db, transaction
from erp.exchanges import restores, restoring
from erp.reports import differences
from erp.web.access import needs

blueprint = Blueprint("differences", __name__)


@blueprint.get("/erp/<int:connection_id>/differences")
@needs("manage_connections", "connection")
def report(connection_id: int) -> str:
    """The differences as the last complete reading shows them."""
    connection = db.session.get_one(Connection, connection_id)
    return render_template("reports/differences.html", connection=connection, tabs=desk.tabs(connection)[0], here="differences",
                           found=differences.of(connection), restoring=restores.sentence(connection))  # fmt: skip


@blueprint.post("/erp/<int:connection_id>/differences")
@needs("manage_connections", "connection")
def read(connection_id: int) -> Any:
    """Search accounting anew at the next visit of the Web Connector."""
    with transaction():
        restoring.read_markers(db.session.get_one(Connection, connection_id))
    flash("The Web Connector searches QuickBooks at its next visit. Come back then.", "info")
    return redirect(url_for(".report", connection_id=connection_id), 303)
