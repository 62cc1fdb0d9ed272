"""Outcome unknown: what is known of an item whose answer was lost, and the ways out."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from erp import desk, doorbell
from erp.db import db, transaction
from erp.exchanges import undecided
from erp.exchanges.export import open_exchange, why_not_look
from erp.exchanges.verify import waits
from erp.items import Item
from erp.items.perform import Refused
from erp.moves import Stale, last_event
from erp.people import may
from erp.reports.record import record
from erp.web.access import needs

blueprint = Blueprint("unknown", __name__, url_prefix="/erp/<int:connection_id>/items/<int:item_id>/unknown")


@blueprint.get("")
@needs("view_desk", "connection")
def page(connection_id: int, item_id: int) -> str:
    """What is known, what the last look found, and what can be done."""
    return _page(_item(connection_id, item_id))


def _page(item: Item) -> str:
    mine = item.snapshot_id
    tried = [one for one in record(item).exchanges if one.exchange.snapshot_id == mine or _same_send(one.exchange, item)]
    return render_template(
        "items/unknown.html", item=item, connection=item.connection, kind=item.declaration, tried=tried, here="",
        tabs=desk.tabs(item.connection)[0], undecided=open_exchange(item), candidates=undecided.candidates(item),
        why_no_look=why_not_look(item, current_user), why_no_adoption=undecided.why_not_adopt(item, current_user),
        why_no_reading=undecided.why_not_read(item, current_user), may_send_again=may(current_user, "send_again", kind=item.kind),
        why_no_resending=undecided.why_not_send_again(item, current_user), verifying=waits(item), last=last_event(item),
        written=request.form,
    )  # fmt: skip


def _same_send(exchange: Any, item: Item) -> bool:
    """Whether it was about the same Send under an older marker."""
    return bool(exchange.snapshot and item.snapshot and exchange.snapshot.hash == item.snapshot.hash)


def _item(connection_id: int, item_id: int) -> Item:
    item = db.session.get(Item, item_id)
    if item is None or item.connection_id != connection_id:
        abort(404)
    return item


@blueprint.post("/look")
@needs("decide", "connection")
def read(connection_id: int, item_id: int) -> Any:
    """Have the object with a pasted id read and compared."""
    words = "It is read at the next visit of the Web Connector, then it stands here to be compared."
    return _decide(connection_id, item_id, words, lambda item, version: undecided.read(
        item, current_user, request.form.get("erp_id", ""), version))  # fmt: skip


@blueprint.post("/adoption")
@needs("decide", "connection")
def adopt(connection_id: int, item_id: int) -> Any:
    """Take what is there as ours."""
    form, ticked = request.form, "elsewhere" in request.form
    words = "Adopted. It is Synced now, and it is verified at the next visit of the Web Connector."
    return _decide(connection_id, item_id, words, lambda item, version: undecided.adopt(
        item, current_user, form.get("erp_id", ""), form.get("reason", ""), elsewhere=ticked, version=version
    ))  # fmt: skip


@blueprint.post("/resending")
@needs("send_again", "connection")
def send_again(connection_id: int, item_id: int) -> Any:
    """Send it once more under a new marker."""
    words = "It is sent again at the next visit of the Web Connector, after one more look."
    return _decide(connection_id, item_id, words, lambda item, version: undecided.send_again(
        item, current_user, request.form.get("reason", ""), version))  # fmt: skip


def _decide(connection_id: int, item_id: int, words: str, deed: Callable[[Item, int | None], Any]) -> Any:
    """One winner; everybody else sees who was first, and what was against it."""
    item, version = _item(connection_id, item_id), request.form.get("version", type=int)
    try:
        with transaction():
            if version not in (None, item.version):
                raise Stale(item, last_event(item))
            deed(item, version)
    except (Refused, Stale) as refused:
        db.session.rollback()
        for sentence in [refused.sentence] if isinstance(refused, Stale) else [reason.text for reason in refused.reasons]:
            flash(sentence, "warning")
        return _page(_item(connection_id, item_id)), 409 if isinstance(refused, Stale) else 422
    doorbell.ring("jobs.mail.mail")
    flash(words, "good")
    return redirect(url_for(".page", connection_id=connection_id, item_id=item_id), 303)
