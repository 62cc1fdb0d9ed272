"""Who may read what stands beside a document, and the answer to what he posted there."""

from typing import Any

from flask import abort, flash, redirect, render_template, request
from flask_login import current_user
from sqlalchemy import select

from erp.db import db
from erp.items import Item
from erp.kind import KINDS, Kind
from erp.people import may
from erp.web.beside import beside
from erp.web.forms import MOST_KEY, key
from erp.web.render import is_htmx
from erp.web.sending import may_see


def readable(slug: str, document_id: int) -> tuple[Kind, Any]:
    """The document, for who may see it in its tool or on the desk; 404 for everybody else."""
    kind = KINDS.get(slug)
    if kind is None or document_id > MOST_KEY:
        abort(404)
    document = kind.load(document_id)
    if not may_see(kind, document) and not _on_desk(document):
        abort(404)
    return kind, document


def _on_desk(document: Any, **which: int) -> Item | None:
    """An item of the document, if the reader may see the desk."""
    wanted = select(Item).filter_by(document_id=document.id, **which).order_by(Item.id).limit(1)
    return db.session.scalar(wanted) if may(current_user, "view_desk") else None


def answer(part: str, kind: Kind, document: Any, said: str = "", refused: tuple[str, ...] = (), text: str = "") -> Any:
    """The part again for HTMX; for a plain form back to its page, or a page of its own that keeps what was refused."""
    item = _on_desk(document, id=request.form.get("item_id", 0, key))
    shown = beside(kind, document, item, opened=part, text=text, refused=refused)
    status = 422 if refused else 200
    if is_htmx():
        return render_template("documents/_beside.html", part=part, beside=shown), status
    if refused:
        return render_template("documents/beside.html", part=part, beside=shown), status
    flash(said, "good")
    page = shown.back or (kind.page(document) if may_see(kind, document) else "/")
    return redirect(f"{page}#{part}-{document.id}", 303)
