"""The thread beside a document: asking without rejecting, answering without re-sending."""

from typing import Any

from flask import Blueprint, request
from flask_login import current_user

from erp.db import transaction
from erp.documents import comments
from erp.documents.document import DocumentRefused
from erp.web.access import needs
from erp.web.reading import answer, readable

blueprint = Blueprint("comments", __name__, url_prefix="/documents/<slug>/<int:document_id>/comments")


@blueprint.post("")
@needs("signed_in")
def add(slug: str, document_id: int) -> Any:
    """Write a comment; who may read the thread may write."""
    kind, document = readable(slug, document_id)
    text = request.form.get("text", "")
    try:
        with transaction():
            comments.add(document, current_user, text)
    except DocumentRefused as refused:
        return answer("comments", kind, document, refused=(refused.sentence,), text=text)
    return answer("comments", kind, document, "Your comment was added.")
