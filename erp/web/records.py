"""Records of accounting in Ready To Import and Archived: add, link, archive, one by one and many at once."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup, escape
from werkzeug.wrappers import Response

from erp import desk, links
from erp.books.records import Record
from erp.connections import Connection
from erp.db import db, transaction
from erp.items import Item
from erp.items.perform import Refused
from erp.kind import Kind
from erp.moves import Stale
from erp.states import Filter
from erp.web.access import needs
from erp.web.desk import back, kind_or_404
from erp.web.forms import key
from erp.web.sending import may_see

blueprint = Blueprint("records", __name__, url_prefix="/erp/<int:connection_id>/<slug>/records")
IMPORT = "import_records"


@blueprint.post("/<int:record_id>/addition")
@needs(IMPORT, "connection")
def add(connection_id: int, slug: str, record_id: int) -> Any:
    """Make a document of it, Synced at once."""
    record = _record(connection_id, slug, record_id)
    return _do(record, lambda: links.add(record, current_user, request.form.get("seen", "")), _added)


def _added(item: Item) -> str:
    kind = item.declaration
    document, said = kind.load(item.document_id), escape(f"{item.label} was added; it is Synced.")
    if not may_see(kind, document):
        return said + " What else it needs is entered by who works in its tool."
    return said + Markup(' <a href="{}">Enter what else it needs</a>').format(kind.page(document))


@blueprint.post("/<int:record_id>/archiving")
@needs(IMPORT, "connection")
def archive(connection_id: int, slug: str, record_id: int) -> Any:
    """Put it aside."""
    record = _record(connection_id, slug, record_id)
    return _do(record, lambda: links.archive(record, current_user), lambda _: f"{record.full_name} was archived.")


@blueprint.post("/<int:record_id>/unarchiving")
@needs(IMPORT, "connection")
def unarchive(connection_id: int, slug: str, record_id: int) -> Any:
    """Take it back."""
    record = _record(connection_id, slug, record_id)
    return _do(record, lambda: links.unarchive(record, current_user),
               lambda _: f"{record.full_name} is under Ready To Import again.")  # fmt: skip


def _do(record: Record, deed: Callable[[], Any], words: Callable[[Any], str]) -> Any:
    """One winner; who is refused sees the reasons above the list."""
    connection, kind = db.session.get_one(Connection, record.connection_id), kind_or_404(record.kind)
    try:
        with transaction():
            said = words(deed())
        flash(said, "good")
    except (Refused, Stale) as refused:
        db.session.rollback()
        for sentence in _sentences(refused):
            flash(sentence, "warning")
    return back(connection, kind)


def _sentences(refused: Refused | Stale) -> list[str]:
    return [refused.sentence] if isinstance(refused, Stale) else [reason.text for reason in refused.reasons]


@blueprint.post("/archiving")
@needs(IMPORT, "connection")
def archive_many(connection_id: int, slug: str) -> Any:
    """Put the selected rows aside."""
    return _many(connection_id, slug, links.archive_all, "archived")


@blueprint.post("/unarchiving")
@needs(IMPORT, "connection")
def unarchive_many(connection_id: int, slug: str) -> Any:
    """Take the selected rows back."""
    return _many(connection_id, slug, links.unarchive_all, "taken back")


def _many(connection_id: int, slug: str, deed: Callable[..., links.Outcome], did: str) -> Any:
    connection, kind = db.session.get_one(Connection, connection_id), kind_or_404(slug)
    with transaction():
        outcome = deed(connection, kind, request.form.getlist("ids", key), current_user)
    for category, sentence in outcome.words(did):
        flash(sentence, category)
    return back(connection, kind)


@blueprint.get("/<int:record_id>/link")
@needs(IMPORT, "connection")
def choose(connection_id: int, slug: str, record_id: int) -> str:
    """What it may be linked to, likely ones first; both sides beside each other once one is chosen."""
    return _compare(_record(connection_id, slug, record_id))


def _compare(record: Record, told: Sequence[str] = ()) -> str:
    """The page; what was `told` above it already is not said twice."""
    connection, kind = db.session.get_one(Connection, record.connection_id), kind_or_404(record.kind)
    importing = kind.importing or abort(404)
    words = request.values.get("q", "").strip()
    candidates = links.likely(record, words)
    chosen = next((one for one in candidates if one.id == request.values.get("document", 0, key)), None)
    document = kind.load(chosen.id) if chosen else None
    return render_template(
        "items/link.html", connection=connection, kind=kind, record=record, importing=importing, candidates=candidates,
        words=words, chosen=chosen, document=document, sides=importing.sides(record, document) if document else [],
        against=links.why_not("link", record, current_user), told=told, tabs=desk.tabs(connection)[0], here="",
    )  # fmt: skip


@blueprint.post("/<int:record_id>/link")
@needs(IMPORT, "connection")
def link(connection_id: int, slug: str, record_id: int) -> Any:
    """Join both sides as they were shown."""
    record = _record(connection_id, slug, record_id)
    try:
        with transaction():
            item = links.link(record, request.form.get("document", 0, key), current_user, request.form.get("seen", ""),
                              request.form.get("version", type=int))  # fmt: skip
            said = f"{item.number} {item.title} is linked to {item.erp_name}; it is Synced."
    except (Refused, Stale) as refused:
        db.session.rollback()
        for sentence in (told := _sentences(refused)):
            flash(sentence, "warning")
        return _compare(_record(connection_id, slug, record_id), told), 409 if isinstance(refused, Stale) else 422
    flash(said, "good")
    return _to_list(connection_id, slug)


def _to_list(connection_id: int, slug: str) -> Response:
    return redirect(url_for("desk.listing", connection_id=connection_id, slug=slug, chosen=Filter.IMPORT), 303)


@blueprint.get("/matches")
@needs(IMPORT, "connection")
def matches(connection_id: int, slug: str) -> str:
    """Every exact match, to be ticked, before anything is linked."""
    connection, kind = db.session.get_one(Connection, connection_id), _importable(slug)
    return render_template(
        "items/matches.html", connection=connection, kind=kind, found=links.exact(connection, kind), here="",
        against=links.why_not_here("link", kind, current_user), tabs=desk.tabs(connection)[0],
    )  # fmt: skip


@blueprint.post("/matches")
@needs(IMPORT, "connection")
def link_matches(connection_id: int, slug: str) -> Response:
    """Link what was ticked, each with an event of its own; what changed since is left out and named."""
    connection, kind = db.session.get_one(Connection, connection_id), _importable(slug)
    with transaction():
        outcome = links.link_all(connection, kind, _pairs(), current_user)
    for category, sentence in outcome.words("linked"):
        flash(sentence, category)
    left = links.exact(connection, kind, 1).total if outcome.done else 0
    return redirect(url_for(".matches", connection_id=connection_id, slug=slug), 303) if left else _to_list(connection_id, slug)


def _pairs() -> list[tuple[int, int, str, int]]:
    """What was ticked, each as record:document:hash:version; what is no such thing is passed over."""
    split = [text.split(":") for text in request.form.getlist("ids")[: links.MOST]]
    return [(int(parts[0]), int(parts[1]), parts[2], int(parts[3])) for parts in split
            if len(parts) == 4 and all(part.isdecimal() and len(part) < 10 for part in (*parts[:2], parts[3]))]  # fmt: skip


def _importable(slug: str) -> Kind:
    kind = kind_or_404(slug)
    return kind if kind.importing else abort(404)


def _record(connection_id: int, slug: str, record_id: int) -> Record:
    found = db.session.get(Record, record_id)
    if found is None or (found.connection_id, found.kind) != (connection_id, slug) or kind_or_404(slug).importing is None:
        abort(404)
    return found
