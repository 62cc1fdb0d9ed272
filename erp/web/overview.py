"""Pages over all kinds: failures with Export all accepted, search, my decisions, waiting on accounting, an item's record."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from erp import connections, desk, doorbell
from erp.connections import Connection
from erp.db import db, transaction
from erp.exchanges.export import ALL_KINDS, export, progress
from erp.items import Item
from erp.kind import KINDS
from erp.people import may
from erp.reports import decisions, pictures, record, search, waiting
from erp.web.access import needs
from erp.web.desk import export_words
from erp.web.render import is_htmx
from erp.web.verify import verified

blueprint = Blueprint("overview", __name__)


@blueprint.get("/erp/<int:connection_id>/all-kinds")
@needs("view_desk", "connection")
def all_kinds(connection_id: int) -> str:
    """Every failure, and what is accepted, whatever its tab."""
    connection = db.session.get_one(Connection, connection_id)
    bars = [(kind, desk.accepted(connection, kind)) for kind in KINDS.values()]
    failed, more = desk.failed(connection)
    name = "reports/_all_kinds.html" if is_htmx() else "reports/all_kinds.html"
    return render_template(name, connection=connection, tabs=desk.tabs(connection)[0], here="all-kinds", failed=failed, more=more,
                           accepted=[(kind, bar) for kind, bar in bars if bar.n], health=desk.health(connection),
                           progress=progress(connection.id, ALL_KINDS), may_export=may(current_user, "decide"),
                           ages=pictures.waiting_by_age(connection), days=pictures.exports_per_day(connection))  # fmt: skip


@blueprint.post("/erp/<int:connection_id>/all-kinds/export")
@needs("decide", "connection")
def export_all(connection_id: int) -> Response:
    """Hand over everything accepted, parents before children, then ring."""
    connection = db.session.get_one(Connection, connection_id)
    with transaction():
        click = export(connection, ALL_KINDS, current_user)
    doorbell.ring("jobs.export.export", click.batch)
    for category, words in export_words(click, connection):
        flash(words, category)
    return redirect(url_for(".all_kinds", connection_id=connection_id), 303)


@blueprint.get("/erp/search")
@needs("view_desk")
def find() -> str:
    """What matches the words of the one search box."""
    words = request.args.get("q", "").strip()
    return render_template("reports/search.html", found=search.search(words), words=words, most=search.MOST)


@blueprint.get("/erp/decisions")
@needs("view_desk")
def mine() -> str:
    """My decisions, the newest first."""
    found = decisions.of_person(current_user, request.args.get("before", type=int))
    last = found[-1].event.id if len(found) == decisions.PAGE else None
    return render_template("reports/decisions.html", found=found, following=last, **_desk("decisions"))


def _desk(here: str) -> dict[str, Any]:
    """The tabs of the only connection, for a page that belongs to none; of several, the ways to their desks."""
    there = connections.every()
    connection = there[0] if len(there) == 1 else None
    return {"connection": connection, "tabs": desk.tabs(connection)[0] if connection else [], "here": here,
            "several": there if len(there) > 1 else []}  # fmt: skip


@blueprint.get("/waiting")
@needs("signed_in")
def waiting_on_accounting() -> str:
    """What the reader sent and accounting has not finished."""
    return render_template("reports/waiting.html", found=waiting.waiting(current_user), most=waiting.MOST,
                           several=len(connections.every()) > 1)  # fmt: skip


@blueprint.get("/erp/<int:connection_id>/items/<int:item_id>/record")
@needs("view_desk", "connection")
def printable(connection_id: int, item_id: int) -> Any:
    """Everything kept about one item, to be printed."""
    item = db.session.get(Item, item_id)
    if item is None or item.connection_id != connection_id:
        abort(404)
    return render_template(
        "reports/record.html", item=item, record=record.record(item), connection=item.connection, **verified(item)
    )
