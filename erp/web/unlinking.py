"""Unlink: what accounting says of a synced item, and giving it back to its tool."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from erp import desk
from erp.db import db, transaction
from erp.exchanges import unlink as unlinking
from erp.exchanges.verify import waits
from erp.items import Item
from erp.items.perform import Refused
from erp.moves import Stale, last_event
from erp.states import Filter, RecordState, record_filter_of
from erp.web.access import needs

blueprint = Blueprint("unlinking", __name__, url_prefix="/erp/<int:connection_id>/items/<int:item_id>/unlink")


@blueprint.get("")
@needs("unlink", "connection")
def page(connection_id: int, item_id: int) -> str:
    """What is known, what stands against it, and what it would do."""
    return _page(_item(connection_id, item_id))


def _page(item: Item, told: Sequence[str] = ()) -> str:
    """The page; what was `told` above it already is not said twice."""
    stays = unlinking.stays(item)
    return render_template(
        "items/unlink.html", item=item, connection=item.connection, kind=item.declaration, tabs=desk.tabs(item.connection)[0],
        here="", against=unlinking.why_not_unlink(item, current_user), here_against=unlinking.why_not_here(item, current_user),
        force_against=unlinking.why_not_unlink(item, current_user, forced=True), found=unlinking.asked(item), waits=waits(item),
        written=request.form.get("reason", ""), told=told,
        stays=stays, waits_in=stays and record_filter_of(RecordState.STAGED, stays.active),
    )  # fmt: skip


@blueprint.post("/question")
@needs("unlink", "connection")
def ask(connection_id: int, item_id: int) -> Any:
    """Have accounting asked whether it is gone."""
    item = _item(connection_id, item_id)
    try:
        with transaction():
            queued = unlinking.ask(item, current_user)
    except Refused as refused:
        return _refused(connection_id, item_id, refused)
    flash("It is asked at the next visit of the Web Connector." if queued else "It is being asked already.", "info")
    return redirect(url_for(".page", connection_id=connection_id, item_id=item_id), 303)


@blueprint.post("")
@needs("unlink", "connection")
def unlink(connection_id: int, item_id: int) -> Any:
    """Unlink it, or force it with a reason."""
    item, version = _item(connection_id, item_id), request.form.get("version", type=int)
    try:
        with transaction():
            if version not in (None, item.version):
                raise Stale(item, last_event(item))
            unlinking.unlink(item, current_user, version, forced="force" in request.form, reason=request.form.get("reason", ""))
    except (Refused, Stale) as refused:
        return _refused(connection_id, item_id, refused)
    flash(f"{item.number} {item.title} was unlinked; it counts as never sent and is in its tool again.", "good")
    target = url_for("desk.listing", connection_id=connection_id, slug=item.kind, chosen=Filter.SYNCED)
    return redirect(target, 303)


def _refused(connection_id: int, item_id: int, refused: Refused | Stale) -> Any:
    db.session.rollback()
    told = [refused.sentence] if isinstance(refused, Stale) else [reason.text for reason in refused.reasons]
    for sentence in told:
        flash(sentence, "bad")
    return _page(_item(connection_id, item_id), told), 409 if isinstance(refused, Stale) else 422


def _item(connection_id: int, item_id: int) -> Item:
    item = db.session.get(Item, item_id)
    if item is None or item.connection_id != connection_id:
        abort(404)
    return item
