"""Settings: connections to accounting, their .qwc file, checklist and health."""

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired, Length, ValidationError

from erp import audit, connections, desk
from erp.connections import Connection
from erp.connector import CONNECTORS
from erp.connectors.quickbooks.setup import file_for, make, why_not_url
from erp.connectors.quickbooks.text import control
from erp.db import db, transaction
from erp.exchanges.refresh import running
from erp.items import self_approval
from erp.items.self_approval import SelfApprovalRefused
from erp.reports import gone
from erp.web.access import needs
from erp.web.forms import Posted

blueprint = Blueprint("settings", __name__, url_prefix="/settings")
OWN = {"sage300": "sage_settings.page"}
"""The page with the settings that a system has of its own."""


class ConnectionForm(Posted):
    """A new connection."""

    name = StringField("Name", [DataRequired("Write a name, such as that of the company file or the data set."), Length(max=80)])
    kind = SelectField("Accounting system")
    base_url = StringField("Address of this server, as the Windows machine reaches it", [Length(max=200)])

    @property
    def calls(self) -> bool:
        """Whether the chosen system calls us, so that it needs our address and a password."""
        system = CONNECTORS.get(self.kind.data or "")
        return system is not None and system.calls

    @property
    def address(self) -> str:
        """Where the system finds us, or, where it never calls, where people do."""
        return self.base_url.data or "" if self.calls else request.url_root

    def validate_name(self, field: StringField) -> None:
        """No control characters."""
        if control(field.data or ""):
            raise ValidationError("The name has a control character in it. Type it anew.")

    def validate_base_url(self, field: StringField) -> None:
        """An address that the Web Connector takes, where one calls."""
        reason = why_not_url(field.data or "") if self.calls else ""
        if reason:
            raise ValidationError(reason)


@blueprint.get("/connections")
@needs("manage_connections")
def connection_list() -> str:
    """Every connection with its health."""
    shown = [(row, desk.health(row)) for row in connections.every()]
    return render_template("settings/connections.html", connections=shown)


@blueprint.get("/connections/new")
@needs("manage_connections")
def new_connection() -> str:
    """The form."""
    return render_template("settings/new_connection.html", form=_form())


def _form() -> ConnectionForm:
    form = ConnectionForm(base_url=request.url_root.rstrip("/").replace("127.0.0.1", "localhost"))
    offered = [connector for connector in CONNECTORS.values() if connector.supported]
    form.kind.choices = [SelectChoice(one.slug, one.title, {} if one.calls else {"data-silent": True}) for one in offered]
    return form


@blueprint.post("/connections/new")
@needs("manage_connections")
def create_connection() -> Any:
    """Make it; show its password, once, or lead to the settings that its system has of its own."""
    form = _form()
    if not form.validate():
        return render_template("settings/new_connection.html", form=form), 422
    with transaction():
        connection, password = make(form.name.data or "", form.kind.data, form.address, current_user)
    if connection.connector.calls:
        return _shown(connection, password)
    flash(f"{connection.title} was made; look through its settings. Its lists come next. {connection.connector.unread}", "good")
    return redirect(url_for(OWN.get(connection.kind, ".connection"), connection_id=connection.id), 303)


@blueprint.get("/connections/<int:connection_id>")
@needs("manage_connections", "connection")
def connection(connection_id: int) -> str:
    """Health, the .qwc file, and the checklist for the Windows machine."""
    return _shown(db.session.get_one(Connection, connection_id))


def _shown(row: Connection, password: str = "") -> str:
    return render_template("settings/connection.html", connection=row, health=desk.health(row), reading=running(row),
                           password=password, every=connections.EVERY, self_approval=self_approval,
                           lonely=self_approval.why_not_block(row), gone=gone.listed(row))  # fmt: skip


@blueprint.post("/connections/<int:connection_id>/self-approval")
@needs("configure", "connection")
def choose_self_approval(connection_id: int) -> Any:
    """Allow, flag or block that the sender accepts his own item."""
    row = db.session.get_one(Connection, connection_id)
    try:
        with transaction():
            self_approval.choose(row, current_user, request.form.get("self_approval", ""))
    except SelfApprovalRefused as refused:
        flash(refused.sentence, "bad")
        return _shown(row), 422
    flash("The setting was saved.", "good")
    return redirect(url_for(".connection", connection_id=connection_id), 303)


@blueprint.post("/connections/<int:connection_id>/schedule")
@needs("schedule", "connection")
def choose_schedule(connection_id: int) -> Any:
    """Keep how often each list is read."""
    row = db.session.get_one(Connection, connection_id)
    every = {name: request.form.get(f"every-{name}", type=int) for name in row.connector.lists}
    if any(minutes is not None and minutes not in connections.EVERY for minutes in every.values()):
        flash("Choose one of the times that are offered.", "bad")
        return _shown(row), 422
    with transaction():
        wanted = {name: minutes for name, minutes in every.items() if minutes is not None}
        changed = connections.choose_schedule(row, wanted)
        if changed:
            audit.record(f"connection:{row.id}", "schedule", current_user, details=changed)
    flash("The schedule was saved.", "good")
    return redirect(url_for(".connection", connection_id=connection_id), 303)


@blueprint.post("/connections/<int:connection_id>/password")
@needs("manage_connections", "connection")
def new_password(connection_id: int) -> str:
    """A new password, shown once."""
    row = _calling(connection_id)
    with transaction():
        password = connections.new_password(row)
        audit.record(f"connection:{row.id}", "password", current_user)
    flash("The old password has stopped working.", "info")
    return _shown(row, password)


@blueprint.get("/connections/<int:connection_id>/countersign.qwc")
@needs("manage_connections", "connection")
def qwc_file(connection_id: int) -> Response:
    """The file for the Web Connector."""
    body = file_for(_calling(connection_id))
    headers = {"Content-Disposition": 'attachment; filename="countersign.qwc"'}
    return Response(body, content_type="application/xml; charset=utf-8", headers=headers)


def _calling(connection_id: int) -> Connection:
    """The connection; 404 for one to a system that never calls: it has no password and no file."""
    row = db.session.get_one(Connection, connection_id)
    return row if row.connector.calls else abort(404)


@blueprint.get("/")
@needs("manage_connections")
def home() -> Any:
    """The only settings page there is so far."""
    return redirect(url_for(".connection_list"))
