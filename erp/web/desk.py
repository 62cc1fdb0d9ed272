"""The approver's desk: lists, the accepted bar, Export, progress, Refresh."""

import secrets
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from erp import connections, desk, doorbell, links
from erp.books.news import news
from erp.connections import Connection
from erp.db import db, now, transaction
from erp.desk import Listing
from erp.documents import budget_reading
from erp.exchanges.export import Export, export
from erp.exchanges.reading import list_for
from erp.exchanges.refresh import refresh
from erp.items import Item, asking
from erp.kind import KINDS, Kind, Reason
from erp.people import may, why_may_not
from erp.states import Filter
from erp.web.access import needs, reader
from erp.web.render import is_htmx
from erp.web.rows import Options, Row, rows_for
from erp.web.session import local

blueprint = Blueprint("desk", __name__, url_prefix="/erp")


@blueprint.get("/")
@needs("view_desk")
def home() -> Any:
    """The first connection's first tab with something to do, or how to make a connection."""
    for connection in connections.every():
        tabs, _ = desk.tabs(connection)
        busy = next((tab for tab in tabs if tab.waiting), tabs[0])
        return redirect(url_for(".listing", connection_id=connection.id, slug=busy.kind.slug))
    return render_template("items/no_connection.html")


@blueprint.get("/<int:connection_id>/<slug>/", defaults={"chosen": Filter.EXPORT.value})
@blueprint.get("/<int:connection_id>/<slug>/<chosen>")
@needs("view_desk", "connection")
def listing(connection_id: int, slug: str, chosen: str) -> str:
    """One list with its menu; every state has its own URL."""
    return show(db.session.get_one(Connection, connection_id), kind_or_404(slug), filter_or_404(chosen))


@blueprint.post("/<int:connection_id>/<slug>/export")
@needs("decide", "connection")
def export_accepted(connection_id: int, slug: str) -> Response | str:
    """Hand over everything accepted in the tab, then ring."""
    connection, kind = db.session.get_one(Connection, connection_id), kind_or_404(slug)
    with transaction():
        click = export(connection, kind.slug, current_user)
    doorbell.ring("jobs.export.export", click.batch)
    for kind_of, words in export_words(click, connection):
        flash(words, kind_of)
    return back(connection, kind)


@blueprint.post("/<int:connection_id>/<slug>/refresh")
@needs("refresh_lists", "connection")
def refresh_list(connection_id: int, slug: str) -> Response | str:
    """Queue the reading of the list behind the tab."""
    connection, kind = db.session.get_one(Connection, connection_id), kind_or_404(slug)
    wanted = list_for(kind.record_list, connection.connector.lists)
    if kind.importing is None or wanted not in connection.connector.lists:
        abort(404)
    with transaction():
        queued = refresh(connection, (wanted,))
    called = "" if connection.last_seen else " It has not called yet."
    soon = f"It is read at the next visit of the Web Connector.{called}"
    flash(_reading(connection, soon if queued else "It is being read already."), "info")
    return back(connection, kind)


@blueprint.post("/<int:connection_id>/refresh")
@needs("refresh_lists", "connection")
def refresh_lists(connection_id: int) -> Response:
    """Queue the reading of every list."""
    connection = db.session.get_one(Connection, connection_id)
    with transaction():
        queued = refresh(connection)
    soon = f"{queued} lists are read at the next visit of the Web Connector."
    flash(_reading(connection, soon if queued else "The lists are being read."), "info")
    target = local(request.form.get("back"))
    return redirect(target if target.startswith("/erp/") else url_for(".home"), 303)


def _reading(connection: Connection, words: str) -> str:
    """What becomes of a wish to read lists; of a system that cannot be asked, who brings them."""
    if not connection.connector.calls:
        return f"{connection.connector.short} cannot be asked for its lists. {connection.connector.unread}"
    return words


def export_words(click: Export, connection: Connection) -> list[tuple[str, str]]:
    """What the click did, in sentences."""
    words = []
    if click.items:
        words.append(("handed", f"{len(click.items)} handed to {connection.connector.short}. The rows move by themselves."))
    for item, reasons in click.skipped:
        words.append(("warning", f"{item.title} stays accepted: {' '.join(reason.text for reason in reasons)}"))
    return words or [("warning", "Nothing is accepted in this tab.")]


def kind_or_404(slug: str) -> Kind:
    """The kind of a tab."""
    return KINDS.get(slug) or abort(404)


def filter_or_404(chosen: str) -> Filter:
    """The filter of a menu entry."""
    try:
        return Filter(chosen)
    except ValueError:
        abort(404)


def back(connection: Connection, kind: Kind) -> Response | str:
    """To the list the reader looks at: a fragment for HTMX, a redirect for plain forms."""
    chosen = filter_or_404(request.form.get("filter") or Filter.EXPORT.value)
    if is_htmx():
        return show(connection, kind, chosen)
    return redirect(here(connection, kind, chosen, reading("after")), 303)


def show(connection: Connection, kind: Kind, chosen: Filter, opens: dict[str, int] | None = None) -> str:
    """The desk, whole or as the fragment that HTMX morphs in place; `opens` says whose fields stand open."""
    opens = {name: request.args.get(name, 0, int) for name in ("accept", "reject", "reject_all")} | (opens or {})
    closed = _closed(kind, chosen)
    found, after = _page(connection, kind, chosen) if not closed else (Listing([], ""), "")
    head, options = desk.head(connection, kind), Options(connection.id)
    context: dict[str, Any] = {
        "connection": connection, "kind": kind, "chosen": chosen, "filters": Filter, "tabs": head.tabs, "counts": head.counts,
        "listing": found, "rows": rows(connection, found.rows, chosen, opens, options), "accepted": head.accepted,
        "cautions": kind.cautions(desk.accepted_documents(connection, kind)) if head.accepted.n and kind.cautions else [],
        "health": head.health, "others": head.others, "progress": head.progress, "reading": head.reading,
        "list": head.list, "importing": kind.importing, "news": news_of(connection, found),
        "estimates": _estimates(connection, kind, chosen),
        "may_decide": may(current_user, f"decide_{kind.slug}", kind=kind.slug), "asking": _asking(),
        "sort": reading("sort"), "may_sort": head.counts.get((kind.slug, chosen.value), 0) <= desk.SORTABLE,
        "by": lambda key: here(connection, kind, chosen, sort=key),
        **bulk(connection, kind, options), **controls(kind, chosen),
        "all_ready": desk.waiting(connection, kind, chosen, reading("q")) if opens["reject_all"] else 0,
        "closed": closed, "unsupported": connection.connector.why_unsupported(kind.slug),
        "words": reading("q"), "after": after,
        "top": here(connection, kind, chosen), "here": here(connection, kind, chosen, after),
        "shown_at": now().isoformat(), "opens": opens, "nonce": secrets.token_hex(4), "self_flashing": True,
    }  # fmt: skip
    return render_template("items/_desk.html" if is_htmx() else "items/desk.html", **context)


def _estimates(connection: Connection, kind: Kind, chosen: Filter) -> list[Any]:
    """The projects whose budget may be imported from what was read back, where accounting tells its budgets by a report."""
    there = kind.slug == "budget" and chosen == Filter.IMPORT and connection.connector.costs_by_category
    return budget_reading.candidates(connection) if there else []


def _asking() -> dict[str, Any]:
    there = asking.may_ask(current_user)
    return {"may": there, "at": asking.asked_at(current_user) if there else None}


def _closed(kind: Kind, chosen: Filter) -> list[Reason]:
    """Why this list is not for the reader."""
    asks = kind.archived_right if chosen == Filter.ARCHIVED else ""
    return why_may_not(reader(), asks) if asks else []


def _page(connection: Connection, kind: Kind, chosen: Filter) -> tuple[Listing, str]:
    """The page the reader is on; when its last row went away, the first one."""
    found = desk.listing(connection, kind, chosen, reading("q"), reading("after"), reading("sort"))
    if found.rows or not reading("after"):
        return found, reading("after")
    return desk.listing(connection, kind, chosen, reading("q"), sort=reading("sort")), ""


def bulk(connection: Connection, kind: Kind, options: Options) -> dict[str, Any]:
    """The fields of the bar for selected rows: what is not different for every row."""
    choices = [c for c in connection.connector.choices.get(kind.slug, ()) if c.shape != "text"]
    listed = {c.name: options.of(c) for c in choices if c.shape == "list"}
    return {"bulk_choices": choices, "bulk_options": listed}


def rows(connection: Connection, found: Any, chosen: Filter, opens: dict[str, int], options: Options) -> list[Any]:
    """Items with what may be done to them; records as they are."""
    if chosen in desk.LISTS_OF_RECORDS:
        return list(found)
    made: list[Row] = rows_for(connection, found, reader(), opens.get("accept"), opens.get("reject"), options=options)
    return made


def news_of(connection: Connection, found: Listing) -> dict[int, list[str]]:
    """What accounting has done to the synced rows since, by the id of the item."""
    short, items = connection.connector.short, [row for row in found.rows if isinstance(row, Item)]
    return {row.id: news(found.records[row.id], row.erp_name, row.result, short) for row in items if row.id in found.records}


def controls(kind: Kind, chosen: Filter) -> dict[str, Any]:
    """What stands against each action on the records of this list, for everybody who may see controls at all."""
    if chosen not in desk.LISTS_OF_RECORDS or kind.importing is None:
        return {"against": {}, "acts": False}
    actions = ("add", "link", "archive") if chosen == Filter.IMPORT else ("unarchive",)
    person = reader()
    against = {action: links.why_not_here(action, kind, person) for action in actions}
    return {"against": against, "acts": may(person, "import_records"),
            "of_record": lambda action, record: links.why_not(action, record, person)}  # fmt: skip


def here(connection: Connection, kind: Kind, chosen: Filter, after: str = "", sort: str | None = None) -> str:
    """The URL of the list with the reader's filter words and order, or another order, at the page he is on."""
    order = reading("sort") if sort is None else sort
    return url_for("desk.listing", connection_id=connection.id, slug=kind.slug, chosen=chosen, q=reading("q") or None,
                   sort=order or None, after=after or None)  # fmt: skip


def reading(name: str) -> str:
    """What the reader had before him, in the address or beside his decision: q, his words; sort, his order; after, his page."""
    return request.values.get(name, "").strip()
