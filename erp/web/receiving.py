"""Receiving a file that somebody chose in a form."""

from typing import NoReturn

from flask import abort, flash, redirect
from flask_login import current_user

from erp.db import transaction
from erp.documents import uploads
from erp.documents.imports import imported
from erp.documents.uploads import Upload
from erp.sheets import MOST_BYTES, SheetRefused
from erp.web.forms import FileForm


def received(form: FileForm, purpose: str, project_id: int | None = None) -> Upload | None:
    """The kept table of the chosen file; None when it cannot be read, and then the form says why."""
    if not form.validate():
        return None
    chosen = form.file.data
    try:
        with transaction():
            return uploads.keep(current_user, purpose, chosen.filename or "", chosen.read(MOST_BYTES + 1), project_id)
    except SheetRefused as refused:
        form.file.errors = [refused.sentence]
    return None


def gone(subject: str, upload_id: int, page: str) -> NoReturn:
    """Answer who goes back to a file that he imported: he is led to the page where its rows are now; for all others 404."""
    name = imported(subject, upload_id, current_user)
    if not name:
        abort(404)
    flash(f"{name} was imported already, so its preview is gone. To import it once more, choose the file anew.", "info")
    abort(redirect(page, 303))
