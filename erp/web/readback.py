"""Read back from Sage: upload what Sage exported, say which column is what, look, take it."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NoReturn

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from wtforms import BooleanField, DateField, SelectField, StringField
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from erp import audit, desk
from erp.connections import Connection
from erp.connectors.sage300 import costs, lists, remembered, sheet_rows
from erp.connectors.sage300.exports import EXPORTS, LISTS, REPORT, Export
from erp.connectors.sage300.sheet_rows import Read
from erp.db import db, now, transaction
from erp.documents import budget_reading, uploads
from erp.documents.cost_code import COST_TYPES
from erp.documents.project import Project
from erp.documents.uploads import Upload
from erp.documents.words import counted
from erp.exchanges.exchange import lock
from erp.people import why_may_not
from erp.people.clock import day_of
from erp.states import Filter
from erp.web.access import needs
from erp.web.forms import ColumnField, FileForm, Form, MappingForm, done, options, start
from erp.web.receiving import gone, received

SAGE, SHOWN = "sage300", 200
WHAT = f"<any({','.join(EXPORTS)}):what>"
blueprint = Blueprint("readback", __name__, url_prefix="/erp/<int:connection_id>/readback")


class ReadBackForm(FileForm):
    """A file, and what it is."""

    what = SelectField("What the file is", choices=options({export.slug: export.title for export in EXPORTS.values()}))


class TakeForm(Form):
    """Take what the preview shows."""

    whole = BooleanField("This is the whole list: what it lacks is not in Sage any more", default=True)
    made_on = DateField("The report was made in Sage on", [Optional()])


class EstimateForm(Form):
    """Import the estimate that the page shows."""

    seen = StringField(widget=HiddenInput())
    leave_out = BooleanField("Leave it out")


def _mapping_form(connection: Connection, export: Export, upload: Upload) -> MappingForm:
    """The columns of an export, as the last time or by their names."""
    fields = {column.name: ColumnField(column.label) for column in export.columns}
    header = upload.sheet.header
    found = dict.fromkeys(export.names, "") | start(remembered.proposed(connection, export, header))
    form: MappingForm = type("ExportForm", (MappingForm,), fields)(request.args or None, data=found)
    form.columns(header, export.optional)
    return form


@blueprint.get("")
@needs("view_desk", "connection")
def page(connection_id: int) -> Any:
    """What was read back and when, what waits for it, and a place for the next file."""
    connection = db.session.get_one(Connection, connection_id)
    if connection.kind != SAGE:
        return redirect(url_for("desk.home"))
    return _page(connection, ReadBackForm(data={"what": request.args.get("what", REPORT.slug)}))


def _page(connection: Connection, form: ReadBackForm) -> str:
    return render_template(
        "readback/page.html", connection=connection, tabs=desk.tabs(connection)[0], here="readback", form=form, lists=LISTS,
        report=REPORT, read_at={row.list: row.read_at for row in connection.schedules}, newest=lists.newest(connection),
        last=costs.last(connection), waiting=lists.waiting(connection), shown=SHOWN,
    )  # fmt: skip


@blueprint.post("")
@needs("read_back", "connection")
def receive(connection_id: int) -> Any:
    """Read the file and keep its table."""
    connection, form = _connection(connection_id), ReadBackForm()
    upload = received(form, _purpose(connection, form.what.data or ""))
    if upload is None:
        return _page(connection, form), 422
    return redirect(url_for(".columns", connection_id=connection_id, what=form.what.data, upload_id=upload.id), 303)


def _purpose(connection: Connection, what: str) -> str:
    return f"read back {connection.id} {what}"


@blueprint.post(f"/{WHAT}/none")
@needs("read_back", "connection")
def nothing(connection_id: int, what: str) -> Any:
    """Sage has none of these: there is no file to upload, and the list counts as read."""
    connection, export = _connection(connection_id), _list_or_404(what)
    with transaction():
        lock(connection_id)
        lists.take(connection, export, Read([], [], []), current_user, whole=True, file="")
        audit.record(f"connection:{connection.id}", "read back", current_user, details={"what": what, "rows": 0})
    done(f"{export.title}: there are none in Sage.")
    return redirect(url_for(".page", connection_id=connection_id), 303)


def _list_or_404(what: str) -> Export:
    return EXPORTS[what] if EXPORTS[what].list else abort(404)


@blueprint.get(f"/{WHAT}/<int:upload_id>")
@needs("read_back", "connection")
def columns(connection_id: int, what: str, upload_id: int) -> Any:
    """Say which column is what."""
    connection = _connection(connection_id)
    upload = _upload(connection, what, upload_id)
    return _columns(connection, EXPORTS[what], upload, _mapping_form(connection, EXPORTS[what], upload))


def _columns(connection: Connection, export: Export, upload: Upload, form: MappingForm) -> str:
    return render_template("readback/columns.html", connection=connection, export=export, upload=upload, sheet=upload.sheet,
                           form=form, tabs=desk.tabs(connection)[0], here="readback")  # fmt: skip


@blueprint.get(f"/{WHAT}/<int:upload_id>/preview")
@needs("read_back", "connection")
def preview(connection_id: int, what: str, upload_id: int) -> Any:
    """What taking it would do."""
    connection = _connection(connection_id)
    form = TakeForm(formdata=None, data={"whole": True, "made_on": day_of(current_user, now())})
    return _preview(connection, EXPORTS[what], _upload(connection, what, upload_id), form)


@blueprint.post(f"/{WHAT}/<int:upload_id>/preview")
@needs("read_back", "connection")
def take(connection_id: int, what: str, upload_id: int) -> Any:
    """Take it, or nothing of it."""
    connection, export, form, said = _connection(connection_id), EXPORTS[what], TakeForm(), []
    upload = _upload(connection, what, upload_id)
    mapping = _mapping(_mapping_form(connection, export, upload)) or abort(422)
    if form.saves(lambda: said.extend(_take(connection, export, upload, mapping, form))):
        for tone, sentence in said:
            flash(sentence, tone)
        return redirect(url_for(".page", connection_id=connection_id), 303)
    return _preview(connection, export, upload, form, form.status)


def _take(connection: Connection, export: Export, upload: Upload, mapping: Mapping[str, int | None],
          form: TakeForm) -> list[tuple[str, str]]:  # fmt: skip
    """What became of it, in sentences; the choice of columns is remembered."""
    lock(connection.id)
    sheet, name, key = upload.sheet, upload.name, upload.id
    read = sheet_rows.read(export, sheet, mapping)
    said = _take_list(connection, export, read, form, name) if export.list else _take_report(connection, read, form, name)
    remembered.remember(connection, export, sheet.header, mapping)
    details = {"file": name, "upload": key, "what": export.slug, "rows": len(read.lines)}
    audit.record(f"connection:{connection.id}", "read back", current_user, details=details)
    uploads.forget(upload)
    return said


def _take_list(connection: Connection, export: Export, read: Read, form: TakeForm, name: str) -> list[tuple[str, str]]:
    taken = lists.take(connection, export, read, current_user, whole=bool(form.whole.data), file=name)
    changed = f"{taken.written:,} changed" if taken.written else "nothing had changed"
    said = [("good", f"{export.title}: {counted(taken.rows, 'row')} read back, {changed}.")]
    return said + [("good", f"{item.label} is Synced: Sage has it.") for item in taken.confirmed]


def _take_report(connection: Connection, read: Read, form: TakeForm, name: str) -> list[tuple[str, str]]:
    taken = costs.take(connection, read, form.made_on.data, current_user, file=name)
    said = [("good", f"Job cost report: {counted(len(taken.plan.jobs), 'job')} read back.")]
    said += [("good", f"{item.title} is Synced: Sage has it to the cent.") for item in taken.confirmed]
    said += [("warning", f"{item.title} still waits. {reason}") for item, reason in taken.differing]
    if taken.plan.misplaced:
        said.append(("warning", f"{counted(len(taken.plan.misplaced), 'row')} could not be placed; the reasons stand below."))
    return said


@blueprint.get("/estimates/<int:project_id>")
@needs("import_budget", "connection")
def estimate(connection_id: int, project_id: int) -> Any:
    """What importing the estimate of a job into our budget would replace."""
    connection = db.session.get_one(Connection, connection_id)
    if connection.kind != SAGE:
        return redirect(url_for("desk.listing", connection_id=connection_id, slug="budget", chosen=Filter.IMPORT))
    return _estimate(connection, _project(connection_id, project_id), EstimateForm(formdata=None))


@blueprint.post("/estimates/<int:project_id>")
@needs("import_budget", "connection")
def import_estimate(connection_id: int, project_id: int) -> Any:
    """Import it, or nothing of it."""
    connection, project, form = _connection(connection_id), _project(connection_id, project_id), EstimateForm()
    seen, leave_out = form.seen.data or "", bool(form.leave_out.data)
    if form.saves(lambda: budget_reading.carry_out(project, current_user, seen=seen, leave_out=leave_out)):
        done(f"The estimate of {project.name} was imported. The budget is Synced: accounting has it.")
        target = url_for("desk.listing", connection_id=connection_id, slug="budget", chosen=Filter.SYNCED)
        return redirect(target, 303)
    return _estimate(connection, project, form, form.status)


def _estimate(connection: Connection, project: Project, form: EstimateForm, status: int = 200) -> Any:
    against = [*why_may_not(current_user, "import_budget", kind="budget"), *budget_reading.why_not(project)]
    return render_template("readback/estimate.html", connection=connection, project=project, plan=budget_reading.plan(project),
                           form=form, types=COST_TYPES, against=against, shown=SHOWN, tabs=desk.tabs(connection)[0],
                           here="readback"), status  # fmt: skip


def _project(connection_id: int, project_id: int) -> Project:
    found = db.session.get(Project, project_id)
    return found if found and found.connection_id == connection_id else abort(404)


def _preview(connection: Connection, export: Export, upload: Upload, form: TakeForm, status: int = 200) -> Any:
    columns = _mapping_form(connection, export, upload)
    mapping = _mapping(columns)
    if mapping is None:
        return _columns(connection, export, upload, columns), 422
    read = sheet_rows.read(export, upload.sheet, mapping)
    shown = _list_shown(connection, export, read) if export.list else _report_shown(connection, read, form.made_on.data)
    return render_template("readback/preview.html", connection=connection, export=export, upload=upload, read=read, form=form,
                           query=columns.query(), shown=SHOWN, tabs=desk.tabs(connection)[0], here="readback",
                           **shown), status  # fmt: skip


def _list_shown(connection: Connection, export: Export, read: Read) -> dict[str, Any]:
    difference = None if read.faults else lists.difference(connection, export, read)
    return {"difference": difference, "plan": None, "against": "", "outcomes": []}


def _report_shown(connection: Connection, read: Read, made_on: date | None) -> dict[str, Any]:
    plan = costs.plan(connection, read)
    against = costs.why_not(connection, read, plan, made_on, current_user)
    return {
        "difference": None,
        "plan": plan,
        "against": against,
        "outcomes": costs.outcomes(connection, plan, made_on, current_user),
    }


def _mapping(form: MappingForm) -> dict[str, int | None] | None:
    return {name: form.column(name) for name in form.data} if form.validate() else None


def _connection(connection_id: int) -> Connection:
    connection = db.session.get_one(Connection, connection_id)
    return connection if connection.kind == SAGE else abort(404)


def _upload(connection: Connection, what: str, upload_id: int) -> Upload:
    found = uploads.find(current_user, _purpose(connection, what), upload_id)
    return found or _gone(connection, upload_id)


def _gone(connection: Connection, upload_id: int) -> NoReturn:
    gone(f"connection:{connection.id}", upload_id, url_for(".page", connection_id=connection.id))
