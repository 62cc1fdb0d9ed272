"""One item: its Details, and what is decided about it. A noun in the URL is an action of the transition table."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from erp import audit, doorbell
from erp.books import records
from erp.books.news import news
from erp.connections import Connection
from erp.db import db, transaction
from erp.exchanges.claim import unsent
from erp.exchanges.exchange import Exchange
from erp.exchanges.export import look_again, retry, withdraw
from erp.exchanges.handover import differs, paste, take_back
from erp.exchanges.unlink import unlink
from erp.items import Item
from erp.items.changes import in_accounting
from erp.items.diff import diff
from erp.items.perform import Refused, accept, change_choices, reject, retrieve, send, unaccept
from erp.kind import KINDS
from erp.moves import Stale, last_event
from erp.states import NOUNS, Filter, State
from erp.web.access import needs
from erp.web.beside import beside
from erp.web.desk import back, filter_or_404, show
from erp.web.render import is_htmx
from erp.web.sending import may_see, panel
from erp.web.verify import verified

blueprint = Blueprint("items", __name__)


@blueprint.get("/erp/<int:connection_id>/items/<int:item_id>")
@needs("view_desk", "connection")
def details(connection_id: int, item_id: int) -> str:
    """Details: a window for HTMX, a page otherwise."""
    item = _item(connection_id, item_id)
    tab = request.args.get("tab", "lines")
    carrier = item.connection.carrier(item.kind)
    preview = carrier.preview(unsent(item)) if tab == "accounting" and item.snapshot else {}
    events = audit.history(item.subject, f"document:{item.document_id}") if tab == "history" else []
    document = item.declaration.load(item.document_id)
    warns = item.declaration.warns(item, document) if item.filter == Filter.EXPORT else []
    name = "items/_details.html" if is_htmx() else "items/details.html"
    return render_template(name, item=item, kind=item.declaration, connection=item.connection, tab=tab,
                           payload=_payload(item) or item.declaration.snapshot(document),
                           preview=preview, events=events, changes=diff(item), warns=warns, told=_told(item),
                           moved=item.declaration.moved(item) if tab == "changes" else (),
                           beside=beside(item.declaration, document, item), **verified(item))  # fmt: skip


def _told(item: Item) -> list[str]:
    """What the last read-back said of what waits; what accounting has done to it since it was synced."""
    if said := differs(item):
        return [f"Read back from {item.connection.connector.short}, it still waits. {said}"]
    of = item.declaration.record_list if item.in_erp else ""
    record = records.find(item.connection_id, of, item.erp_id) if of else None
    return news(record, item.erp_name, item.result, item.connection.connector.short) if record else []


@blueprint.post("/erp/<int:connection_id>/items/<int:item_id>/<noun>")
@needs("decide", "connection")
def decide(connection_id: int, item_id: int, noun: str) -> Any:
    """Accept, take back, reject, retry, look again: one winner, everybody else sees who was first."""
    item, action = _item(connection_id, item_id), NOUNS.get(noun, "")
    if action not in DECISIONS:
        abort(404)
    try:
        with transaction():
            _not_older(item)
            done = DECISIONS[action](item)
            bell = ("jobs.export.export", done.batch) if isinstance(done, Exchange) else ("jobs.mail.mail",)
    except (Refused, Stale) as refused:
        return _refused(item, action, refused)
    if action == "number":
        flash(f"{item.title} is Synced under {item.erp_id}, with your name on it.", "success")
    if action in ("retry", "look_again", "reject"):
        doorbell.ring(*bell)
    return back(item.connection, item.declaration)


def _payload(item: Item) -> dict[str, Any]:
    """What was sent last; of what is Synced, what accounting has."""
    return (in_accounting(item) if item.as_state is State.SYNCED else {}) or item.payload


def _not_older(item: Item) -> None:
    """Who clicks on an older page hears first of all who was faster."""
    if _version() not in (None, item.version):
        raise Stale(item, last_event(item))


def _version() -> int | None:
    return request.form.get("version", type=int)


def _unaccept(item: Item) -> None:
    (withdraw if item.as_state is State.EXPORTING else unaccept)(item, current_user, _version())


def _reject(item: Item) -> None:
    reject(item, current_user, request.form.get("comment", ""), _version())
    back_to = f" to {item.sender.name}" if item.sender else ""
    flash(f"{item.title} was rejected. It went back{back_to}, and a mail tells why.", "success")


DECISIONS: dict[str, Callable[[Item], Any]] = {
    "accept": lambda item: accept(item, current_user, request.form, _version()),
    "choose": lambda item: change_choices(item, current_user, request.form, _version()),
    "unaccept": _unaccept,
    "reject": _reject,
    "retry": lambda item: retry(item, current_user, request.form, _version()),
    "look_again": lambda item: look_again(item, current_user, _version()),
    "unlink": lambda item: unlink(item, current_user, _version()),
    "number": lambda item: paste(item, current_user, request.form.get("number", ""), _version()),
    "void": lambda item: take_back(item, current_user, request.form.get("comment", ""), _version()),
}


def _refused(item: Item, action: str, refused: Refused | Stale) -> Any:
    """The list again with the reasons in the row; the fields stay open for what was missing."""
    db.session.rollback()
    words = [reason.text for reason in refused.reasons] if isinstance(refused, Refused) else [refused.sentence]
    item = db.session.get_one(Item, item.id)
    if action in ("number", "void"):
        return _to_keying(item, words)
    chosen = filter_or_404(request.form.get("filter") or item.filter or Filter.EXPORT.value)
    opens = {action: item.id} if action in ("accept", "reject") and isinstance(refused, Refused) else {}
    if not opens or words != [f"Choose {c.label}." for c in _missing(item)]:
        for text in words:
            flash(f"{item.title}: {text}", "warning")
    return show(item.connection, item.declaration, chosen, opens=opens), 200 if is_htmx() else 409


def _to_keying(item: Item, words: list[str]) -> Response:
    for sentence in words:
        flash(sentence, "bad")
    number = request.form.get("number")
    return redirect(url_for("keying.page", connection_id=item.connection_id, item_id=item.id, number=number), 303)


def _missing(item: Item) -> list[Any]:
    choices = item.connection.connector.choices.get(item.kind, ())
    return [c for c in choices if c.required and not request.form.get(c.name)]


def _item(connection_id: int, item_id: int) -> Item:
    item = db.session.get(Item, item_id, options=(joinedload(Item.snapshot), joinedload(Item.sender)))
    if item is None or item.connection_id != connection_id:
        abort(404)
    return item


@blueprint.post("/documents/<slug>/<int:document_id>/connections/<int:connection_id>/<any(sending, retrieval):noun>")
@needs("signed_in")
def from_pm(slug: str, document_id: int, connection_id: int, noun: str) -> Response:
    """The PM's side: Send, Re-send and Retrieve. The whole page is asked for anew: what can be edited or unlocked changes too."""
    kind = KINDS.get(slug) or abort(404)
    document = kind.load(document_id)
    if not may_see(kind, document):
        abort(404)
    connection, done = db.session.get(Connection, connection_id) or abort(404), {"HX-Refresh": "true"}
    try:
        with transaction():
            _send_or_retrieve(noun, slug, connection, document)
    except (Refused, Stale) as refused:
        db.session.rollback()
        flash(str(refused) if isinstance(refused, Refused) else refused.sentence, "warning")
        done = {}
    if is_htmx():
        return Response(render_template("documents/_send.html", erp=panel(slug, kind.load(document_id))), headers=done,
                        content_type="text/html; charset=utf-8")  # fmt: skip
    return redirect(kind.page(kind.load(document_id)), 303)


def _send_or_retrieve(noun: str, slug: str, connection: Connection, document: Any) -> None:
    version = _version()
    if noun == "sending":
        send(slug, connection, document, current_user, version)
        return
    item = db.session.scalars(db.select(Item).filter_by(connection_id=connection.id, document_id=document.id)).first()
    retrieve(item or abort(404), current_user, version)
