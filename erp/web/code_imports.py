"""Importing standard cost codes: choose a file, say which column is what, look, import."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_login import current_user

from erp import sheets
from erp.documents import code_import, uploads
from erp.documents.code_import import Mapping, Plan
from erp.documents.uploads import Upload
from erp.documents.words import counted
from erp.web.access import needs
from erp.web.forms import CodeMappingForm, FileForm, ImportForm, done, start
from erp.web.receiving import gone, received

PURPOSE = "cost codes"
blueprint = Blueprint("imports", __name__, url_prefix="/import")


@blueprint.get("")
@needs("edit_cost_codes")
def choose() -> str:
    """Choose a file."""
    return render_template("cost_codes/import_file.html", form=FileForm())


@blueprint.post("")
@needs("edit_cost_codes")
def receive() -> Any:
    """Read the file and keep its table."""
    form = FileForm()
    upload = received(form, PURPOSE)
    if upload is None:
        return render_template("cost_codes/import_file.html", form=form), 422
    return redirect(url_for(".columns", upload_id=upload.id), 303)


@blueprint.get("/<int:upload_id>")
@needs("edit_cost_codes")
def columns(upload_id: int) -> str:
    """Say which column is what."""
    upload = _upload(upload_id)
    return _columns(upload, _mapping_form(upload))


@blueprint.get("/<int:upload_id>/preview")
@needs("edit_cost_codes")
def preview(upload_id: int) -> Any:
    """What the import would do."""
    return _preview(_upload(upload_id), ImportForm())


@blueprint.post("/<int:upload_id>/preview")
@needs("edit_cost_codes")
def carry_out(upload_id: int) -> Any:
    """Import it, or nothing of it."""
    upload, form, made = _upload(upload_id), ImportForm(), []
    mapping = _mapping(_mapping_form(upload)) or abort(422)
    if form.saves(lambda: made.append(code_import.carry_out(upload, mapping, current_user, form.leave_out.data))):
        done(_told(made[0]))
        return redirect(url_for("cost_codes.listing"), 303)
    return _preview(_upload(upload_id), form, form.status)


def _told(plan: Plan) -> str:
    divisions = len(plan.divisions) + len(plan.new_divisions)
    return f"Imported: {counted(len(plan.codes), 'cost code')} and {counted(divisions, 'division')}."


def _preview(upload: Upload, form: ImportForm, status: int = 200) -> Any:
    columns = _mapping_form(upload)
    mapping = _mapping(columns)
    if mapping is None:
        return _columns(upload, columns), 422
    plan = code_import.plan(upload.sheet, mapping)
    return render_template("cost_codes/import_preview.html", upload=upload, plan=plan, form=form,
                           query=columns.query()), status  # fmt: skip


def _columns(upload: Upload, form: CodeMappingForm) -> str:
    return render_template("cost_codes/import_columns.html", upload=upload, sheet=upload.sheet, form=form)


def _mapping_form(upload: Upload) -> CodeMappingForm:
    sheet = upload.sheet
    found = sheets.guess(sheet.header, ("code", "division", "name", "short"))
    form = CodeMappingForm(request.args or None, data=start(found))
    form.columns(sheet.header, optional=("division", "short"))
    return form


def _mapping(form: CodeMappingForm) -> Mapping | None:
    code, name = (form.column("code"), form.column("name")) if form.validate() else (None, None)
    return None if code is None or name is None else Mapping(code, name, form.column("division"), form.column("short"))


def _upload(upload_id: int) -> Upload:
    found = uploads.find(current_user, PURPOSE, upload_id)
    return found or gone(f"user:{current_user.id}", upload_id, url_for("cost_codes.listing"))
