"""Taking Sage's reject file: its lines are matched back; what Sage took in part goes on with a batch of the rest."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from erp.books import batches
from erp.books.batches import Batch, BatchFile, BatchLine, BatchPaper, LineState
from erp.connections import Connection
from erp.connectors.sage300.batches import COST, HEAD, LEFT_OVER, Share, as_written, close, make, tell
from erp.connectors.sage300.handling import guard
from erp.connectors.sage300.rejects import SHOWN, Key, Reject, Unreadable, read
from erp.db import db, now
from erp.documents import file_types
from erp.documents.attachments import cleaned
from erp.exchanges.exchange import Exchange, ExchangeState
from erp.exchanges.handover import refused
from erp.items import Item
from erp.items.perform import Refused
from erp.kind import Reason
from erp.people import User

REJECTS, REPORT = "rejects", "report"
REPORTS = ("pdf", "txt", "csv")
MOST_BYTES = 10 * 2**20
MOST_TOLD = 5
CODE = "rejected"
SAGE_SAID = 300

Place = list[BatchLine]
"""What stands at one line of a file: the same line for each exchange that has it there."""


@dataclass
class Taken:
    """What a reject file did: the number of lines it rejected, items of which Sage took nothing, and the batch of the rest.

    `ended` are other batches that had something of those items, and are Void now. `before` is the paper when the very same file
    was taken before; then nothing happened.
    """

    lines: int = 0
    failed: list[Item] = field(default_factory=list)
    follow_up: Batch | None = None
    ended: list[Batch] = field(default_factory=list)
    before: BatchPaper | None = None


def take(batch: Batch, file: BatchFile, actor: User, name: str, body: bytes, said: str = "") -> Taken:
    """Match every line of a reject file back to the file it came from; `said` are Sage's words, from its import report.

    Raises Refused, and then nothing was changed.
    """
    said = guard("take_rejects", batch, actor, said)[:SAGE_SAID]
    kept = _before(batch, body)
    if kept and kept.file_id == file.id:
        return Taken(before=kept)
    places = _rejected(file, _read(batch, body))
    reason = f"Rejected by Sage{f': {said}' if said else '.'}"
    for line in [line for place in places for line in place]:
        line.state, line.reason = LineState.REJECTED, reason
    if not kept:  # The same line of both files may have been rejected: one paper, and what it says of the other file counts too.
        _keep(batch, file, REJECTS, name, body, actor)
    details = {"file": file.name, "lines": len(places)}
    batches.move(batch, "take_rejects", actor, comment=said, details=details)
    taken = _go_on(batch, places, actor, reason)
    close(batch, actor)
    return taken


def _before(batch: Batch, body: bytes) -> BatchPaper | None:
    digest = batches.sha256(body)
    return next((paper for paper in batches.papers(batch) if paper.sha256 == digest), None)


def _read(batch: Batch, body: bytes) -> list[Reject]:
    try:
        rows = read(body, batch.layouts)
    except Unreadable as refusal:
        raise Refused([Reason(f"{refusal} Nothing was changed.")]) from refusal
    if not rows:
        raise Refused([Reason("The file is empty, so Sage rejected nothing. Nothing was changed; go on with Posted.")])
    return rows


def _rejected(file: BatchFile, rows: list[Reject]) -> list[Place]:
    """The lines that are rejected now and were not before. Raises Refused for lines that the file does not have."""
    there = _places(file)
    times = Counter(row.key for row in rows)
    unknown = [row for row in _last_of_each(rows) if times[row.key] > len(there.get(row.key, ()))]
    if unknown:
        raise Refused(_not_here(file, unknown))
    found: list[Place] = []
    for key, n in times.items():
        done = sum(place[0].state == LineState.REJECTED for place in there[key])
        open_ = [place for place in there[key] if place[0].state == LineState.SENT]
        if n - done > len(open_):
            raise Refused([Reason("A line of it was read back from Sage meanwhile, so Sage has it. Nothing was changed.")])
        found += open_[: max(n - done, 0)]
    return found


def _last_of_each(rows: list[Reject]) -> Iterable[Reject]:
    return {row.key: row for row in rows}.values()


def _places(file: BatchFile) -> dict[Key, list[Place]]:
    by_position: dict[int, Place] = {}
    for line in file.lines:
        by_position.setdefault(line.position, []).append(line)
    found: dict[Key, list[Place]] = {}
    for place in by_position.values():
        found.setdefault(_key(place[0]), []).append(place)
    return found


def _key(line: BatchLine) -> Key:
    return line.record, line.extra.strip(), line.code.strip(), line.category.strip(), line.amount


def _not_here(file: BatchFile, unknown: list[Reject]) -> list[Reason]:
    told = [f"Line {row.number} is not in {file.name}, or not so often: {row.text[:SHOWN]}" for row in unknown[:MOST_TOLD]]
    if len(unknown) > MOST_TOLD:
        told.append(f"{len(unknown) - MOST_TOLD} more lines are not in it either.")
    told.append("This is the reject file of another batch or file, or it was changed. Choose the right one. Nothing was changed.")
    return [Reason(sentence) for sentence in told]


def _go_on(batch: Batch, places: list[Place], actor: User, reason: str) -> Taken:
    """Items of which Sage took nothing have failed; of the others a new batch has the rejected lines."""
    db.session.flush()
    taken, rest, failed = Taken(len(places)), [], []
    for key in sorted({line.exchange_id for place in places for line in place}):
        exchange = db.session.get_one(Exchange, key)
        if exchange.state != ExchangeState.WAITING:
            continue  # It has failed before, and its item may be on its way again.
        if _nothing_of_it(exchange):
            refused(exchange, actor, CODE, reason)
            failed.append(exchange)
            taken.failed += [exchange.item] if exchange.item else []
        else:
            rest.append(exchange)
    taken.follow_up = _follow_up(batch, places, rest)
    for exchange in rest:
        tell(exchange, actor, reason)
    taken.ended = [one for one in _others(batch, failed) if close(one, actor, LEFT_OVER)]
    return taken


def _others(batch: Batch, exchanges: list[Exchange]) -> list[Batch]:
    """The other batches with lines of these: such as a follow-up that has a sub job of theirs and nothing else."""
    found = {one.id: one for exchange in exchanges for one in batches.batches_with(exchange.id)}
    return [one for key, one in found.items() if key != batch.id]


def _nothing_of_it(exchange: Exchange) -> bool:
    """Whether Sage took none of its amounts, or of what has no amounts none of its lines; and nobody was told to key them in."""
    mine = [
        line for batch in batches.batches_with(exchange.id) for line in batches.lines_of(batch) if line.exchange_id == exchange.id
    ]
    alive = list(batches.lines_perhaps_there(exchange.id))
    if any(line.record == COST for line in mine):
        return not any(line.record == COST for line in alive)
    return not any(line.record != HEAD for line in alive) if any(line.record != HEAD for line in mine) else not alive


def _follow_up(batch: Batch, places: list[Place], rest: list[Exchange]) -> Batch | None:
    lines = {one.id: [line for place in places for line in place if line.exchange_id == one.id] for one in rest}
    shares = [
        Share(one, (*_heads(batch, one, lines[one.id]), *map(as_written, lines[one.id])))
        for one in rest
        if _counts(lines[one.id])
    ]
    return make(db.session.get_one(Connection, batch.connection_id), shares, rest_of=batch) if shares else None


def _counts(lines: list[BatchLine]) -> bool:
    """The record of the job alone is not worth a batch."""
    return any(line.record != HEAD for line in lines)


def _heads(batch: Batch, exchange: Exchange, lines: list[BatchLine]) -> list[dict[str, object]]:
    """The records of the job that its files began with, for the files of the rest."""
    parts = {line.file.part for line in lines if line.record != HEAD}
    own = {line.file.part for line in lines if line.record == HEAD}
    return [as_written(line) for line in batches.lines_of(batch)
            if line.record == HEAD and line.exchange_id == exchange.id and line.file.part in parts - own]  # fmt: skip


def bring_report(batch: Batch, actor: User, name: str, body: bytes) -> None:
    """Keep Sage's import report beside the batch. Raises Refused."""
    guard("bring_report", batch, actor)
    name = cleaned(name)
    ending = name.rpartition(".")[2].lower()
    if ending not in REPORTS or len(body) > MOST_BYTES:
        raise Refused([Reason("An import report is a PDF or text file of at most 10 MB. Print it to PDF and choose that.")])
    if sentence := file_types.why_not(name, body):
        raise Refused([Reason(sentence)])
    if _before(batch, body):
        raise Refused([Reason(f"{name} stands here already.")])
    _keep(batch, None, REPORT, name, body, actor)
    batches.move(batch, "bring_report", actor, comment=name)


def _keep(batch: Batch, file: BatchFile | None, what: str, name: str, body: bytes, actor: User) -> None:
    db.session.add(BatchPaper(batch_id=batch.id, file_id=file.id if file else None, what=what, name=cleaned(name)[:200] or what,
                              sha256=batches.sha256(body), size=len(body), body=body, added_by=actor.id, at=now()))  # fmt: skip
