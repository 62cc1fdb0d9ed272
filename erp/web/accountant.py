"""The Accountant Report: who may approve what, who approved how much, and who approved his own."""

from datetime import timedelta

from flask import Blueprint, render_template, request

from erp import desk
from erp.connections import Connection
from erp.db import db, now
from erp.kind import KINDS
from erp.reports import decisions
from erp.web.access import needs

blueprint = Blueprint("accountant", __name__)
PERIODS = {30: "30 days", 90: "90 days", 365: "a year", 36500: "ever"}


@blueprint.get("/erp/<int:connection_id>/accountant-report")
@needs("accountant_report", "connection")
def report(connection_id: int) -> str:
    """The report over a period, 90 days unless another is asked for."""
    connection = db.session.get_one(Connection, connection_id)
    days = request.args.get("days", 90, int)
    since = now() - timedelta(days=days if days in PERIODS else 90)
    return render_template("reports/accountant.html", connection=connection, tabs=desk.tabs(connection)[0], here="accountant",
                           kinds=KINDS.values(), deciders=decisions.deciders(), approved=decisions.approved(connection, since),
                           own=decisions.self_approvals(connection, since), days=days, periods=PERIODS)  # fmt: skip
