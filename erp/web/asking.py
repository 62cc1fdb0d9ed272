"""Ask for the right to approve, pressed on the desk by who sees it and may not decide."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from erp import doorbell
from erp.connections import Connection
from erp.db import db, transaction
from erp.items.asking import AskingRefused, ask
from erp.web.access import needs
from erp.web.session import local

blueprint = Blueprint("asking", __name__, url_prefix="/erp/<int:connection_id>/right-to-approve")


@blueprint.post("")
@needs("ask_for_right", "connection")
def ask_for_right(connection_id: int) -> Response:
    """Tell who may grant it, once a day."""
    try:
        with transaction():
            told = ask(current_user, db.session.get_one(Connection, connection_id))
        flash(f"{' and '.join(user.name for user in told) or 'Nobody'} was told by mail.", "good")
        doorbell.ring("jobs.mail.mail")
    except AskingRefused as refused:
        flash(refused.sentence, "warning")
    target = local(request.form.get("back"))
    return redirect(target if target.startswith("/erp/") else url_for("desk.home"), 303)
