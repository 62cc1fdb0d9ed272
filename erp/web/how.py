"""How it works: the nine steps from codes to payments on one connection."""

from flask import Blueprint, render_template

from erp import desk
from erp.connections import Connection
from erp.db import db
from erp.reports import steps
from erp.web.access import needs

blueprint = Blueprint("how", __name__)


@blueprint.get("/erp/<int:connection_id>/how-it-works")
@needs("view_desk", "connection")
def page(connection_id: int) -> str:
    """Which steps are done, which are missing, and where each goes on."""
    connection = db.session.get_one(Connection, connection_id)
    return render_template("reports/how_it_works.html", connection=connection, steps=steps.steps(connection), states=steps,
                           tabs=desk.tabs(connection)[0], here="how")  # fmt: skip
