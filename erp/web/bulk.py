"""Deciding about many rows of the desk in one click: the selected ones, or everything that waits in a list."""

from collections.abc import Sequence
from datetime import UTC, datetime

from flask import Blueprint, abort, flash, request
from flask_login import current_user
from werkzeug.wrappers import Response

from erp import desk, doorbell
from erp.connections import Connection
from erp.db import db, now, transaction
from erp.items import Item
from erp.items.bulk import Refusals, accept_all, reject_all
from erp.items.perform import Refused
from erp.kind import Kind
from erp.states import Filter
from erp.web.access import needs
from erp.web.desk import back, filter_or_404, kind_or_404, reading, show
from erp.web.render import is_htmx

blueprint = Blueprint("bulk", __name__, url_prefix="/erp/<int:connection_id>/<slug>")
NAMED = 5
"""So many refusals are told with their reasons."""


@blueprint.post("/acceptance")
@needs("decide", "connection")
def accept_many(connection_id: int, slug: str) -> Response | str:
    """Accept the selected rows with the same choices; what is refused stays with its reasons."""
    connection, kind = db.session.get_one(Connection, connection_id), kind_or_404(slug)
    everything = "everything" in request.form
    selected = _list(connection, kind) if everything else _named(connection, kind)
    seen = _seen(selected) if everything else selected
    with transaction():
        done, refused = accept_all(seen, current_user, request.form, _versions(seen))
    gone = 0 if everything else len(set(request.form.getlist("ids", type=int))) - len(selected)
    _say(words("accept", done, refused, len(selected) - len(seen), gone))
    return back(connection, kind)


@blueprint.post("/rejection")
@needs("decide", "connection")
def reject_every(connection_id: int, slug: str) -> Response | str | tuple[str, int]:
    """Reject everything that waited in the list when it was shown, with one comment."""
    connection, kind = db.session.get_one(Connection, connection_id), kind_or_404(slug)
    if not kind.rejects_all:
        abort(404)
    waiting = _list(connection, kind, reading("q"))
    seen = _seen(waiting)
    versions = {item.id: item.version for item in seen}
    try:
        with transaction():
            done, refused = reject_all(kind, seen, current_user, request.form.get("comment", ""), versions)
    except Refused as against:
        _say([("warning", str(against))])
        return show(connection, kind, _chosen(), opens={"reject_all": 1}), 200 if is_htmx() else 422
    doorbell.ring("jobs.mail.mail")
    _say(words("reject", done, refused, len(waiting) - len(seen), 0))
    return back(connection, kind)


def words(did: str, done: int, refused: Refusals, later: int, gone: int) -> list[tuple[str, str]]:
    """What the click did, in sentences; what was refused in one of them, with the reasons of five, each on a line."""
    said = [("info", f"{done} {did}ed.")] if done else []
    told = [f"{item.label}: {' '.join(reason.text for reason in reasons)}" for item, reasons in refused[:NAMED]]
    if len(refused) > 1:
        told.insert(0, f"{len(refused)} were not {did}ed:")
    if len(refused) > NAMED:
        told.append(f"{len(refused) - NAMED} more; {did} one of them to see why.")
    if told:
        said.append(("warning", "\n".join(told)))
    if later:
        said.append(("warning", f"{later} came or changed after this list was shown; look at them first."))
    if gone > 0:
        said.append(("warning", f"{gone} of the selected rows did not wait for a decision any more."))
    return said or [("warning", "No row was selected." if did == "accept" else "Nothing waits for a decision here any more.")]


def _say(said: Sequence[tuple[str, str]]) -> None:
    for category, sentence in said:
        flash(sentence, category)


def _chosen() -> Filter:
    return filter_or_404(request.form.get("filter") or Filter.EXPORT.value)


def _list(connection: Connection, kind: Kind, having: str = "") -> list[Item]:
    return desk.ready(connection, kind, _chosen(), words=having)


def _named(connection: Connection, kind: Kind) -> list[Item]:
    return desk.ready(connection, kind, None, request.form.getlist("ids", type=int))


def _seen(items: Sequence[Item]) -> list[Item]:
    """Those that were as they are when the list was drawn; what came later was not seen."""
    shown_at = _shown_at()
    return [item for item in items if item.changed_at <= shown_at]


def _shown_at() -> datetime:
    try:
        return datetime.fromisoformat(request.form["shown_at"]).astimezone(UTC)
    except (KeyError, ValueError, OverflowError):
        return now()


def _versions(items: Sequence[Item]) -> dict[int, int]:
    posted = {item.id: request.form.get(f"version-{item.id}", type=int) for item in items}
    return {key: version for key, version in posted.items() if version is not None}
