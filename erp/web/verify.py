"""Verify with QuickBooks: the button for one item and for all, what was found, and the nightly check."""

import re
import secrets
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer
from wtforms import BooleanField, StringField
from wtforms.validators import Regexp, ValidationError

from erp import desk
from erp.books import verification
from erp.connections import Connection
from erp.db import db, transaction
from erp.exchanges import verify
from erp.exchanges.export import progress
from erp.exchanges.findings import CURES, sentence
from erp.items import Item
from erp.people.staff import is_zone
from erp.reports import verified as report
from erp.states import State
from erp.web.access import needs
from erp.web.forms import Posted
from erp.web.job_costs import FILES
from erp.web.render import is_htmx, local_time

blueprint = Blueprint("verify", __name__, url_prefix="/erp/<int:connection_id>")
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d\Z")


class NightForm(Posted):
    """Whether and when everything is verified by itself."""

    on = BooleanField("Verify everything every night")
    at = StringField("Time", [Regexp(TIME, message="Write a time such as 02:00.")])
    zone = StringField("Time zone")

    def validate_zone(self, field: StringField) -> None:
        """A zone that there is."""
        if not is_zone(field.data or ""):
            raise ValidationError("Write a time zone such as America/Los_Angeles.")


@blueprint.get("/verify")
@needs("view_desk", "connection")
def page(connection_id: int) -> str:
    """Counts and the list, what is wrong first; alone for HTMX, which asks for itself while something is verified."""
    return _page(db.session.get_one(Connection, connection_id))


def verified(item: Item) -> dict[str, Any]:
    """What verifying found of one item, for its Details and its record."""
    found = verification.of(item.id) if item.as_state is State.SYNCED else None
    words, cure = (sentence(found), CURES.get(found.state, "")) if found else ("", "")
    return {"verification": found, "finding": words, "cure": cure, "verifying": verify.waits(item)}


def _page(connection: Connection, form: NightForm | None = None) -> str:
    state = request.args.get("state", "")
    row = verify.night_check(connection)
    return render_template(
        "reports/_verify.html" if is_htmx() else "reports/verify.html", nonce=secrets.token_hex(4),
        connection=connection, tabs=desk.tabs(connection)[0], here="verify",
        health=desk.health(connection),
        counts=report.counts(connection), rows=report.listed(connection, state), state=state, most=report.MOST,
        last=report.last(connection), running=verify.running(connection), broken=verify.broken(connection),
        say=sentence, cures=CURES,
        progress=progress(connection.id, verify.VERIFY), night=row, form=form or NightForm(obj=row), states=STATES,
    )  # fmt: skip


STATES = {
    "ok": ("OK", "good"),
    "duplicate": ("Duplicate", "bad"),
    "missing": ("Missing", "bad"),
    "foreign": ("Foreign", "bad"),
    "changed": ("Changed", "attention"),
    "not-yet": ("Not verified yet", "quiet"),
}
"""verdict -> its word on screen and its tone."""


@blueprint.get("/verify.<any(csv,xlsx):kind>")
@needs("view_desk", "connection")
def file(connection_id: int, kind: str) -> Response:
    """The whole list as a file."""
    connection = db.session.get_one(Connection, connection_id)
    rows = report.table(report.listed(connection, request.args.get("state", ""), None), local_time, sentence)
    write, content_type = FILES[kind]
    headers = {"Content-Disposition": f'attachment; filename="Verified.{kind}"'}
    return Response(write(rows), content_type=content_type, headers=headers)


@blueprint.post("/verify")
@needs("verify_all", "connection")
def everything(connection_id: int) -> Answer:
    """Queue the verification of everything."""
    connection = db.session.get_one(Connection, connection_id)
    with transaction():
        n = verify.everything(connection)
    words = (
        f"{n} {'item is' if n == 1 else 'items are'} verified at the next visit of the Web Connector. Nothing is changed by it."
    )
    flash(words if n else "Nothing is synced yet, so there is nothing to verify.", "info" if n else "warning")
    return redirect(url_for(".page", connection_id=connection_id), 303)


@blueprint.post("/items/<int:item_id>/verification")
@needs("verify_item", "connection")
def one(connection_id: int, item_id: int) -> Answer:
    """Queue the verification of one item."""
    item = db.session.get(Item, item_id)
    if item is None or item.connection_id != connection_id:
        abort(404)
    if item.as_state is not State.SYNCED:
        flash(f"It is {item.state} now; only what is synced can be verified.", "warning")
    else:
        with transaction():
            queued = verify.one(item)
        flash("It is verified at the next visit of the Web Connector." if queued else "It is being verified already.", "info")
    return redirect(url_for("overview.printable", connection_id=connection_id, item_id=item_id), 303)


@blueprint.post("/verify/night")
@needs("configure", "connection")
def choose_night(connection_id: int) -> Any:
    """Keep whether and when the nightly check runs."""
    connection, form = db.session.get_one(Connection, connection_id), NightForm()
    if not form.validate():
        return _page(connection, form), 422
    with transaction():
        verify.choose(connection, current_user, on=form.on.data, at=form.at.data or "", zone=form.zone.data or "")
    flash("The setting was saved.", "good")
    return redirect(url_for(".page", connection_id=connection_id), 303)
