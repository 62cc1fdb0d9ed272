"""Keyed by hand: what exactly to type into accounting, and the number it got there."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_login import current_user

from erp import desk
from erp.connectors import by_hand
from erp.db import db
from erp.exchanges import handover
from erp.exchanges.claim import unsent
from erp.items import Item
from erp.states import State
from erp.web.access import needs

blueprint = Blueprint("keying", __name__, url_prefix="/erp/<int:connection_id>/items/<int:item_id>/keying")


@blueprint.get("")
@needs("view_desk", "connection")
def page(connection_id: int, item_id: int) -> Any:
    """The checklist, and the field for the number; of what is not keyed in by hand its Details."""
    item = _item(connection_id, item_id)
    if item.connection.carrier(item.kind).slug != by_hand.BY_HAND.slug or not item.snapshot:
        return redirect(url_for("items.details", connection_id=connection_id, item_id=item_id))
    return render_template(
        "items/keying.html", item=item, connection=item.connection, kind=item.declaration, tabs=desk.tabs(item.connection)[0],
        here="", todo=by_hand.checklist(unsent(item)), against=handover.why_not_keyed(item, current_user),
        waits=item.as_state is State.WAITING, number=request.args.get("number"),
    )  # fmt: skip


def _item(connection_id: int, item_id: int) -> Item:
    item = db.session.get(Item, item_id)
    if item is None or item.connection_id != connection_id:
        abort(404)
    return item
