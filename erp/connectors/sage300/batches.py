"""What is queued for Sage becomes numbered batches of import files, a batch for each job; a read-back confirms them."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from erp import audit
from erp.amounts import money
from erp.audit import Actor, System
from erp.books import batches
from erp.books.batches import NUMBERS, WAY, Batch, BatchFile, BatchLine, BatchState, LineState
from erp.connections import Connection
from erp.connector import Ask, Failed
from erp.connectors.sage300 import jce
from erp.connectors.sage300.settings import read
from erp.db import db, now, transaction
from erp.exchanges import claim, restores, settle
from erp.exchanges.exchange import Exchange, ExchangeState, lock
from erp.exchanges.handover import KEY_IN, is_by_hand, note, queued, wait

ESTIMATES = "estimate"
"""The family of these files."""
HEAD, EXTRA, COST = "*", "E", "C"
ORDER = (HEAD, EXTRA, COST)
"""Records in a file: the job first, its extras, then what is put on them."""
PARTS = (jce.ESTIMATE, jce.CHANGES)
MOST_LINES = 20_000
MOST_TOTAL = 9_999_999_999_99
"""Minor units: the largest control total that a cover sheet and Sage's own totals have room for."""

Line = dict[str, Any]


@dataclass(frozen=True)
class Share:
    """What one exchange puts into a batch: its lines as its conversation wrote them, all of one job."""

    exchange: Exchange
    lines: tuple[Line, ...]

    @property
    def job(self) -> str:
        """The number of the job in Sage."""
        return str(self.lines[0]["job"])


def deliver(connection_id: int) -> int:
    """Make batches of everything that is queued for the connection, in one transaction; the number of exchanges in them."""
    with transaction():
        connection = lock(connection_id)
        shares = [share for one in queued(connection) if not is_by_hand(one) and (share := _asked(one))]
        for together in _together(shares):
            batch = make(connection, together)
            for share in together:
                wait(share.exchange, System("worker"), batch.as_state.badge, at(batch))
    return len(shares)


def at(batch: Batch) -> str:
    """The page of the batch."""
    return f"/erp/{batch.connection_id}/batches/{batch.number}"


def _asked(exchange: Exchange) -> Share | None:
    """The lines of an exchange; one that has none it may send is settled as refused."""
    out = written(exchange)
    if isinstance(out, Share):
        return out
    settle.fail(exchange, System("worker"), out)
    return None


def written(exchange: Exchange) -> Share | Failed:
    """What the conversation of the exchange writes now, or why it does not."""
    out, _ = claim.ask(exchange, "", "BATCH")
    if isinstance(out, Failed):
        return out
    lines = json.loads(out.body) if isinstance(out, Ask) else []
    if not lines:
        return Failed("internal", "Countersign could not build the lines of the file. Nothing was written.")
    return _too_much(lines) or Share(exchange, tuple(lines))


def _too_much(lines: list[Line]) -> Failed | None:
    for part in PARTS:
        mine = [line for line in lines if line["file"] == part]
        if len(mine) > MOST_LINES:
            sentence = f"It has {len(mine):,} lines in one file; at most {MOST_LINES:,} fit. Send it in parts."
            return Failed("field", sentence)
        if abs(total := _sum(mine)) > MOST_TOTAL:
            sentence = (
                f"Its control total {money(total)} is more than {money(MOST_TOTAL)}, for which a file has room. Send it in parts."
            )
            return Failed("field", sentence)
    return None


def _sum(lines: Iterable[Line]) -> int:
    return sum(line["amount"] for line in lines)


def _together(shares: list[Share]) -> Iterator[list[Share]]:
    """The shares of each job that one batch has room for, in the order of the queue."""
    for job in dict.fromkeys(share.job for share in shares):
        batch: list[Share] = []
        for share in (share for share in shares if share.job == job):
            if batch and _too_much([line for one in (*batch, share) for line in one.lines]):
                yield batch
                batch = []
            batch.append(share)
        yield batch


def make(connection: Connection, shares: list[Share], rest_of: Batch | None = None) -> Batch:
    """A new batch with its files, Ready; the caller holds the connection and tells the items. `rest_of`: of its lines."""
    number = batches.next_number(connection.id, restores.last(connection))
    assert number <= NUMBERS, "the names of the files have six digits"
    form = {"layouts": rest_of.layouts, "folder": rest_of.folder, "follow_up_of": rest_of.id} if rest_of else _form(connection)
    batch = Batch(connection_id=connection.id, kind=ESTIMATES, state=BatchState.READY, filter=None, version=0, changed_at=now(),
                  number=number, job=shares[0].job, totals={}, reason="", problem="", created_at=now(), **form)  # fmt: skip
    batch.files = [_file(number, part, places) for part in PARTS if (places := _places(shares, part))]
    batch.totals = {"lines": sum(file.count for file in batch.files), "amount": sum(file.amount for file in batch.files)}
    db.session.add(batch)
    db.session.flush()
    audit.record(batch.subject, "make_batch", System("worker"), to=batch.state, details=batch.totals)
    return batch


def _form(connection: Connection) -> dict[str, Any]:
    settings = read(connection.settings)
    layouts = {record: layout.data() for record, layout in settings.layouts.items()}
    return {"layouts": layouts, "folder": settings.drop_folder}


Place = list[tuple[Exchange, Line]]
"""One line of a file, with the exchanges that have it there."""


def _places(shares: list[Share], part: str) -> list[Place]:
    """The lines of a file in their order; a head or an extra that several exchanges need stands there once."""
    found: dict[Any, Place] = {}
    for share in shares:
        for index, line in enumerate(share.lines):
            if line["file"] == part:
                once = line["record"] in (HEAD, EXTRA)
                key = (line["record"], line["extra"]) if once else (share.exchange.id, index)
                found.setdefault(key, []).append((share.exchange, line))
    return sorted(found.values(), key=lambda place: ORDER.index(place[0][1]["record"]))


def _file(number: int, part: str, places: list[Place]) -> BatchFile:
    first = [place[0][1] for place in places]
    body = jce.encoded(line["text"] for line in first)
    file = BatchFile(name=jce.file_name(number, part), part=part, body=body, sha256=batches.sha256(body),
                     size=len(body), count=len(places), amount=_sum(first), downloads=0)  # fmt: skip
    file.lines = [_line(position, exchange, line, place[0][1]["text"])
                  for position, place in enumerate(places, 1) for exchange, line in place]  # fmt: skip
    return file


def _line(position: int, exchange: Exchange, line: Line, text: str) -> BatchLine:
    return BatchLine(position=position, exchange_id=exchange.id, record=line["record"], job=line["job"], extra=line["extra"],
                     code=line["code"], category=line["category"], amount=line["amount"], text=text, state=LineState.SENT,
                     reason="")  # fmt: skip


def as_written(line: BatchLine) -> Line:
    """A line of a batch as the conversation wrote it."""
    names = ("record", "job", "extra", "code", "category", "amount", "text")
    return {name: getattr(line, name) for name in names} | {"file": line.file.part}


def waiting(batch: Batch) -> list[Exchange]:
    """The exchanges of the batch that still wait, in their order."""
    mine = db.select(BatchLine.exchange_id).join(BatchLine.file).where(BatchFile.batch_id == batch.id)
    asked = db.select(Exchange).where(Exchange.id.in_(mine), Exchange.state == ExchangeState.WAITING)
    return list(db.session.scalars(asked.order_by(Exchange.rank, Exchange.id)))


def tell(exchange: Exchange, actor: Actor, comment: str = "") -> None:
    """Have its item show the batch that is least far of all that it waits in, else the last whose lines are keyed in by hand."""
    there = list({line.file.batch.id: line.file.batch for line in batches.lines_perhaps_there(exchange.id)}.values())
    if not there:
        return
    on_the_way = [batch for batch in there if batch.as_state in WAY]
    shown = min(on_the_way, key=lambda batch: (WAY.index(batch.as_state), batch.number)) if on_the_way else there[-1]
    badge = shown.as_state.badge if on_the_way else KEY_IN
    assert exchange.item is not None
    if exchange.item.summary.get("waits") != {"badge": badge, "at": at(shown)}:
        note(exchange, actor, badge, comment, at(shown))


REFUSED = "Nothing of it is open any more: Sage rejected its lines."
LEFT_OVER = "Sage took none of the amounts of its items, so nobody needs what is left of them in it. Retry makes a new batch."


def settled(exchange: Exchange, actor: Actor) -> list[Batch]:
    """A read-back has found the exchange in accounting: its lines are confirmed; the batches of which nothing is open now."""
    for line in batches.live_lines(exchange.id):
        line.state = LineState.CONFIRMED
    db.session.flush()
    return [batch for batch in batches.batches_with(exchange.id) if close(batch, actor)]


def close(batch: Batch, actor: Actor, refused: str = REFUSED) -> bool:
    """End a batch of which nothing is open: Confirmed, or Void (`refused` says why) when Sage took nothing of it. Whether it
    ended now."""
    if batch.as_state not in WAY or _open(batch):
        return False
    if any(line.state == LineState.CONFIRMED for line in batches.lines_of(batch)):
        batches.move(batch, "confirm_batch", actor, confirmed_at=now())
    else:
        batches.move(batch, "refuse", actor, reason=refused, comment=refused)
    return True


def _open(batch: Batch) -> bool:
    wait_for = {exchange.id for exchange in waiting(batch)}
    return any(line.state == LineState.SENT and line.exchange_id in wait_for for line in batches.lines_of(batch))
