"""A list exported from Sage: what taking it would change, then all of it or nothing; what waits for it is confirmed by it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from erp.audit import Actor
from erp.books import records
from erp.books.batches import live_lines
from erp.books.records import SLICE, Record
from erp.connections import Connection
from erp.connector import Page, Synced
from erp.connectors.sage300 import batches
from erp.connectors.sage300.exports import LISTS, REPORT, Export
from erp.connectors.sage300.sheet_rows import Read
from erp.db import db, now
from erp.documents.imports import ImportRefused
from erp.exchanges import handover, reading
from erp.exchanges.exchange import Exchange, ExchangeState, queue
from erp.items import Item
from erp.states import RecordState

RANK = 900
CONFIRMS = {"job": "job", "extra": "sub_job"}
"""list -> the kind of item that waits for it."""


@dataclass(frozen=True)
class Difference:
    """What a file would change in a list: names of what is new, changed and not in it any more; how many stay as they are."""

    fresh: list[str]
    changed: list[str]
    gone: list[str]
    same: int


@dataclass(frozen=True)
class Taken:
    """What became of a list: its rows, how many entries were written, and the items that it confirmed."""

    rows: int
    written: int
    confirmed: list[Item]


def difference(connection: Connection, export: Export, read: Read) -> Difference:
    """What taking these rows would change; nothing is changed."""
    rows = {row["erp_id"]: row for row in _rows(export, read)}
    asked = select(Record.erp_id, Record.hash, Record.full_name, Record.state)
    asked = asked.where(Record.connection_id == connection.id, Record.list == export.list)
    asked = asked.order_by(func.lower(Record.full_name), Record.full_name)
    known = {erp_id: (told, name, state) for erp_id, told, name, state in db.session.execute(asked)}
    there = {erp_id for erp_id, (_, _, state) in known.items() if state != RecordState.GONE}
    changed = [row["full_name"] for erp_id, row in rows.items() if erp_id in there and known[erp_id][0] != records.digest(row)]
    return Difference(
        fresh=[row["full_name"] for erp_id, row in rows.items() if erp_id not in there],
        changed=changed,
        gone=[name for erp_id, (_, name, _) in known.items() if erp_id in there and erp_id not in rows],
        same=len(there & rows.keys()) - len(changed),
    )


def _rows(export: Export, read: Read) -> list[dict[str, Any]]:
    return [export.record(line.cells) for line in read.lines]


def take(connection: Connection, export: Export, read: Read, actor: Actor, *, whole: bool, file: str) -> Taken:
    """Take the rows in the caller's transaction, as a refresh; with `whole` what they lack is gone. Raises ImportRefused."""
    if read.faults:
        raise ImportRefused("The file has errors. Nothing was taken. Mend it in Sage or in the file, and choose it anew.")
    rows = _rows(export, read)
    exchange = queue(connection, "refresh", f"{reading.LIST}{export.list}", rank=RANK)
    written = sum(reading.take(exchange, page, now()) for page in _pages(rows, whole=whole))
    reading.ended(exchange)
    exchange.state, exchange.settled_at = ExchangeState.SYNCED, now()
    exchange.result = exchange.result | {"rows": len(rows), "written": written, "file": file, "by": actor.name, "whole": whole}
    db.session.flush()
    return Taken(len(rows), written, _confirmed(connection, export, rows, actor))


def _pages(rows: Sequence[dict[str, Any]], *, whole: bool) -> list[Page]:
    """The rows in pages; only the last one ends the list."""
    slices = [list(rows[at : at + SLICE]) for at in range(0, len(rows), SLICE)] or [[]]
    return [Page(part, {"at": n}) for n, part in enumerate(slices[:-1])] + [Page(slices[-1], None, whole=whole)]


def _confirmed(connection: Connection, export: Export, rows: Sequence[dict[str, Any]], actor: Actor) -> list[Item]:
    """What waits for this list and is in it."""
    kind, found = CONFIRMS.get(export.list, ""), []
    for exchange in waiting(connection, kind) if kind else ():
        if confirm(exchange, actor, _answer(exchange, rows)) and exchange.item:
            found.append(exchange.item)
    return found


def confirm(exchange: Exchange, actor: Actor, answer: dict[str, Any]) -> bool:
    """Whether a read-back has all of what waits; then it is Synced, and its batch knows."""
    synced = isinstance(handover.answered(exchange, actor, json.dumps(answer)), Synced)
    if synced:
        batches.settled(exchange, actor)
    return synced


def confirming(kinds: Iterable[str]) -> list[Export]:
    """What a person exports from Sage so that items of these kinds become Synced, each file once."""
    by_list = {CONFIRMS[export.list]: export for export in LISTS if export.list in CONFIRMS}
    return list(dict.fromkeys(by_list.get(kind, REPORT) for kind in kinds))


def _answer(exchange: Exchange, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    if exchange.kind == "job":
        return {"number": _number(exchange), "jobs": {row["erp_id"]: row["name"] for row in rows}}
    job = handover.work_of(exchange).refs["job"]
    extras = {row["data"]["number"]: row["name"] for row in rows if row["parent_id"] == job}
    return {"number": _number(exchange), "job": job, "extras": extras}


def _number(exchange: Exchange) -> str:
    """What its file says, whatever the settings are now: a job stands there alone, an extra behind its job."""
    return next((line.extra or line.job for line in reversed(live_lines(exchange.id))), "")


def waiting(connection: Connection, kind: str = "") -> list[Exchange]:
    """What (of this kind) waits for a read-back, oldest first; what is keyed in by hand waits for a person."""
    asked = select(Exchange).filter_by(connection_id=connection.id, state=ExchangeState.WAITING).order_by(Exchange.id)
    found = db.session.scalars(asked.filter_by(kind=kind) if kind else asked)
    return [exchange for exchange in found if not handover.is_by_hand(exchange)]


def newest(connection: Connection) -> dict[str, Exchange]:
    """list -> its newest read-back."""
    ids = select(func.max(Exchange.id)).where(Exchange.connection_id == connection.id, Exchange.purpose == "refresh",
                                              Exchange.state == ExchangeState.SYNCED).group_by(Exchange.subject)  # fmt: skip
    found = db.session.scalars(select(Exchange).where(Exchange.id.in_(ids)))
    return {row.subject.removeprefix(reading.LIST): row for row in found}
