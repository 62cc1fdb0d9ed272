"""What a refresh reads: a list of accounting, or the costs of one job; what it asks with, and where its pages go."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from erp import connections
from erp.books import job_costs, records, sightings
from erp.books.ranges import with_ids
from erp.connector import MARKED, Page
from erp.db import db, now
from erp.exchanges import verify
from erp.exchanges.exchange import Exchange
from erp.items import Item, Snapshot, find

COSTS = "costs:"
LIST = "list:"
SPLIT = {"customer": ("customer", "job")}
"""A list that fills two: customers and their jobs are one list in accounting."""
ON_THE_WAY = ("seen", "newest", "left", "note")
"""What is only needed while a list is being read."""


def refs(exchange: Exchange) -> dict[str, Any]:
    """What the conversation must know of our side; nothing for a list."""
    if exchange.purpose == verify.VERIFY:
        return verify.refs(exchange)
    item = _budget(exchange)
    return _of_costs(item) if item else {"since": exchange.result.get("since", "")}


def _budget(exchange: Exchange) -> Item | None:
    """The budget whose job costs are read."""
    kind, _, key = exchange.subject.partition(":")
    return db.session.get(Item, int(key)) if f"{kind}:" == COSTS else None


def _of_costs(item: Item) -> dict[str, Any]:
    """The Estimate, its job, our markers on its lines, our cost codes (erp_id -> document) and full name -> item."""
    job = find(item.connection_id, item.project_id or 0)
    markers = db.session.scalars(select(Snapshot.marker).where(Snapshot.item_id == item.id))
    return {
        "estimate": item.erp_id if item.in_erp else "",
        "job": job.erp_id if job and job.in_erp else "",
        "markers": list(markers),
        "codes": _codes(item.connection_id),
        "names": _names(item),
    }


def _codes(connection_id: int) -> dict[str, int]:
    asked = select(Item.erp_id, Item.document_id).where(
        Item.connection_id == connection_id, Item.kind == "cost_code", Item.in_erp)  # fmt: skip
    return dict(db.session.execute(asked).all())


def _names(item: Item) -> dict[str, str]:
    """Full name in small letters -> id: as the item list told it, and newer, as the Estimate has just told it."""
    asked = select(records.Record.full_name, records.Record.erp_id).where(
        records.Record.connection_id == item.connection_id, records.Record.list == "item")  # fmt: skip
    listed = {name.lower(): erp_id for name, erp_id in db.session.execute(asked)}
    costs = job_costs.of(item.connection_id, [item.project_id or 0])
    return listed | {c.erp_item_name.lower(): c.erp_item_id for c in costs if c.estimate_read or c.ours}


def take(exchange: Exchange, page: Page, at: datetime) -> int:
    """Put a page, asked at this moment, where it belongs; the number of entries written."""
    if exchange.purpose == verify.VERIFY:
        return verify.take(exchange, page, at)
    item = _budget(exchange)
    if item is not None:
        codes, project = _codes(item.connection_id), item.project_id or 0
        return sum(job_costs.apply(item.connection_id, project, row, at, codes) for row in page.rows)
    name = list_of(exchange)
    if name.startswith(MARKED):
        return sightings.take(exchange.connection_id, name.removeprefix(MARKED), page.rows, exchange.id)
    return _take_list(exchange, page, SPLIT.get(name, (name,)))


def _take_list(exchange: Exchange, page: Page, lists: tuple[str, ...]) -> int:
    told, of = exchange.result, exchange.connection_id
    newest = told.get("newest", records.last_id())
    written, known = records.take(of, page.rows)
    seen = with_ids(told.get("seen", []), known)
    exchange.result = told | {
        "newest": newest,
        "seen": seen,
        "mark": max(told.get("mark", ""), page.mark),
        "left": page.left,
        "note": page.note,
    }
    if page.whole:
        written += records.lacking(of, lists, seen, newest)
    return written + records.deleted(of, lists, page.gone)


def list_for(record_list: str, lists: Sequence[str]) -> str:
    """The one of these lists that is read for the records of this one."""
    if record_list in lists:
        return record_list
    return next((name for name, parts in SPLIT.items() if record_list in parts), record_list)


def list_of(exchange: Exchange) -> str:
    """The name of the list that is read."""
    return exchange.subject.removeprefix(LIST)


def heals(exchange: Exchange, page: Page) -> bool:
    """Whether the page forgives earlier losses: of a list each page does, else the last alone, so that what breaks off ends."""
    return page.memo is None or exchange.subject.startswith(LIST)


def ended(exchange: Exchange) -> None:
    """Note the complete reading of a list and plan the next; nothing else has a schedule of that kind."""
    if exchange.subject.startswith(MARKED):
        sightings.forget(exchange.connection_id, exchange.subject.removeprefix(MARKED), exchange.id)
    elif exchange.subject.startswith(LIST):
        told = exchange.result
        exchange.result = {name: what for name, what in told.items() if name not in ON_THE_WAY}
        connections.list_was_read(exchange.connection_id, list_of(exchange), told.get("mark", ""), whole=not told.get("since"),
                                  note=told.get("note", ""))  # fmt: skip


def broke_off(exchange: Exchange) -> None:
    """Say at the list that its reading begins anew; what was read stays, and nothing is lost."""
    if exchange.subject.startswith(LIST):
        rows = exchange.result.get("rows", 0)
        sentence = f"The last reading broke off after {rows:,} rows. It begins anew by itself; nothing is lost."
        connections.list_was_not_read(exchange.connection_id, list_of(exchange), sentence)


def failed(exchange: Exchange, reason: str) -> None:
    """Keep beside the list, or the job's costs, why they could not be read."""
    if exchange.subject.startswith(LIST):
        sentence = f"The list could not be read: {reason} What was read before stays; press Refresh, or wait for the next time."
        connections.list_was_not_read(exchange.connection_id, list_of(exchange), sentence, ended=True)
        return
    item = _budget(exchange)
    if item is not None:
        sentence = f"The job costs could not be read: {reason} What was read before stays. Press Sync Job Costs again."
        job_costs.fail(item.connection_id, item.project_id or 0, sentence, now())
