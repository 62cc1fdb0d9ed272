"""Files beside a document: added, downloaded, never shown in the page, removed while nobody in accounting has seen them."""

from io import BytesIO
from typing import Any

from flask import Blueprint, Response, abort, request, send_file
from flask_login import current_user

from erp.db import transaction
from erp.documents import attachments
from erp.documents.attachments import MOST_BYTES, AttachmentsRefused
from erp.documents.document import DocumentRefused
from erp.web.access import needs
from erp.web.reading import answer, readable

blueprint = Blueprint("attachments", __name__, url_prefix="/documents/<slug>/<int:document_id>/attachments")
SAFE = {"Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store"}  # fmt: skip


@blueprint.post("")
@needs("signed_in")
def add(slug: str, document_id: int) -> Any:
    """Keep the chosen files, all or none."""
    kind, document = readable(slug, document_id)
    if attachments.why_not_attach(kind, document, current_user):
        abort(403)
    try:
        with transaction():
            added = attachments.add(document, current_user, _chosen())
    except AttachmentsRefused as refused:
        return answer("attachments", kind, document, refused=refused.sentences)
    names = ", ".join(file.name for file in added)
    return answer("attachments", kind, document, f"Added: {names}.")


def _chosen() -> list[tuple[str, bytes]]:
    """(name, content) of each; an empty field of the form is no file."""
    posted = request.files.getlist("files")
    return [(file.filename, file.stream.read(MOST_BYTES + 1)) for file in posted if file.filename]


@blueprint.get("/<int:attachment_id>")
@needs("signed_in")
def download(slug: str, document_id: int, attachment_id: int) -> Response:
    """The file as a download, whatever is in it."""
    file = attachments.find(readable(slug, document_id)[1], attachment_id) or abort(404)
    sent = send_file(BytesIO(file.data), file.type, as_attachment=True, download_name=file.name, conditional=False, etag=False)
    sent.headers.update(SAFE)
    return sent


@blueprint.post("/<int:attachment_id>/removal")
@needs("signed_in")
def remove(slug: str, document_id: int, attachment_id: int) -> Any:
    """Take a file away."""
    kind, document = readable(slug, document_id)
    if attachments.why_not_attach(kind, document, current_user):
        abort(403)
    file = attachments.find(document, attachment_id) or abort(404)
    try:
        with transaction():
            attachments.remove(document, file, current_user)
    except DocumentRefused as refused:
        return answer("attachments", kind, document, refused=(refused.sentence,))
    return answer("attachments", kind, document, f"{file.name} was removed.")
