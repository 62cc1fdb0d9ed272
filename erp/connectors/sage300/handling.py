"""What a person does with a batch: download it, say that it was imported and posted, make it anew, void it."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select

from erp import audit
from erp.books import batches
from erp.books.batches import MOVES, WAY, Batch, BatchFile, BatchLine, BatchState, LineState
from erp.connections import Connection
from erp.connector import Failed
from erp.connectors.sage300.batches import HEAD, Line, Share, as_written, at, make, tell, waiting, written
from erp.db import db, now
from erp.exchanges.exchange import Exchange, lock
from erp.exchanges.handover import void
from erp.items.perform import Refused, why_not_kept
from erp.items.why_not import cheap
from erp.kind import Reason
from erp.moves import Stale, last_event
from erp.people import User, why_may_not

DOWNLOAD, DOWNLOAD_AGAIN = "download", "download_again"


def why_not(name: str, batch: Batch, actor: User) -> list[Reason]:
    """The reasons against a move, each with its cure; an empty list means yes."""
    return (
        _state(name, batch) or _rights(batch, actor) or [reason for rule in RULES.get(name, ()) for reason in rule(batch, actor)]
    )


def _state(name: str, batch: Batch) -> list[Reason]:
    if batch.as_state in MOVES[name].frm:
        return []
    if batch.as_state in WAY:
        return [Reason(TOO_EARLY.get(name) or f"The batch is {batch.state} now.")]
    return [Reason(f"The batch is {batch.state}: {ENDED[batch.as_state]}")]


TOO_EARLY = {
    "hand_post": "Import it into Sage and say so first.",
    "not_posted": "Nobody said that it was posted.",
}
ENDED = {
    BatchState.CONFIRMED: "Sage has it. Never import its files again.",
    BatchState.SUPERSEDED: "another batch takes its place. Do not import its files.",
    BatchState.VOID: "do not import its files.",
}


def _rights(batch: Batch, actor: User) -> list[Reason]:
    """Who may decide about every kind of item in it may decide about the batch."""
    against = [reason for kind in kinds(batch) for reason in why_may_not(actor, f"decide_{kind}", kind=kind)]
    return list({reason.text: reason for reason in against}.values())


def kinds(batch: Batch) -> list[str]:
    """The kinds of the items in the batch."""
    asked = select(Exchange.kind).join(BatchLine, BatchLine.exchange_id == Exchange.id).join(BatchLine.file)
    return sorted(set(db.session.scalars(asked.where(BatchFile.batch_id == batch.id))))


def _handed_out(batch: Batch, actor: User) -> list[Reason]:
    """What lies in the drop folder or was downloaded can have been imported; nothing else can."""
    kept = [file.name for file in batch.files if not file.downloads and not batch.laid_at]
    return [Reason(f"Nobody downloaded {name} yet.") for name in kept]


def _not_rejected(batch: Batch, actor: User) -> list[Reason]:
    """What a read-back confirmed of it locks nothing in: the other items have a way back."""
    if all(line.state != LineState.REJECTED for line in batches.lines_of(batch)):
        return []
    return [Reason("Sage rejected some of its lines, so it was imported. What Sage took of it stays there.")]


def _named(batch: Batch, actor: User) -> list[Reason]:
    """Items that go back to Accepted do so by a decision about each."""
    return [reason for exchange in waiting(batch) if exchange.item for reason in cheap("void", exchange.item, actor)]


RULES: dict[str, Sequence[Callable[[Batch, User], list[Reason]]]] = {
    "hand_import": (_handed_out,),
    "take_rejects": (_handed_out,),
    "not_imported": (_not_rejected,),
    "supersede": (_not_rejected,),
    "void_batch": (_not_rejected, _named),
}
"""What must hold for a move beside state and rights."""


def held(connection_id: int, number: int, version: int | None) -> Batch | None:
    """The batch, held with its connection for this transaction; raises Stale when the page showed an older one."""
    lock(connection_id)
    batch = batches.find(connection_id, number)
    if batch is None:
        return None
    db.session.refresh(batch)
    if version not in (None, batch.version):
        raise Stale(batch, last_event(batch))
    return batch


def guard(name: str, batch: Batch, actor: User, reason: str = "") -> str:
    """The reason without blanks around it. Raises Refused with everything that stands against the move."""
    reason, against = reason.strip(), why_not(name, batch, actor)
    if against := against or _why_not_reason(reason, MOVES[name].reason):
        raise Refused(against)
    return reason


def _why_not_reason(reason: str, needed: bool) -> list[Reason]:
    if needed and not reason:
        return [Reason("Write the reason; it stays in the history.")]
    against = why_not_kept("The reason", reason)
    return [Reason(against)] if against else []


def download(batch: Batch, file: BatchFile, actor: User, reason: str = "") -> bytes:
    """The stored bytes, and who took them; from the second time on with a reason. Raises Refused and Stale."""
    reason = guard(DOWNLOAD_AGAIN if file.downloads else DOWNLOAD, batch, actor, reason)
    file.downloads += 1
    details = {"file": file.name, "sha256": file.sha256, "time": file.downloads}
    if batch.as_state is BatchState.READY:
        batches.move(batch, DOWNLOAD, actor, comment=reason, details=details, downloaded_at=now(), downloaded_by=actor.id)
        _tell_all(batch, actor)
    else:  # The batch is where it was; pages that show it stay good.
        audit.record(batch.subject, DOWNLOAD, actor, comment=reason, details=details)
    return file.body


def _tell_all(batch: Batch, actor: User) -> None:
    db.session.flush()
    for exchange in waiting(batch):
        tell(exchange, actor)


def go(name: str, batch: Batch, actor: User, reason: str = "") -> None:
    """Any other move of a person. Raises Refused and Stale."""
    reason = guard(name, batch, actor, reason)
    DEEDS[name](batch, actor, reason)


def _step(name: str, **columns: Any) -> Callable[[Batch, User, str], None]:
    """A move that only says how far the batch is; columns are functions of the actor."""

    def step(batch: Batch, actor: User, reason: str) -> None:
        batches.move(batch, name, actor, comment=reason, **{key: value(actor) for key, value in columns.items()})
        _tell_all(batch, actor)

    return step


def _void(batch: Batch, actor: User, reason: str) -> None:
    """What may have lines in Sage goes on waiting; the rest stands Accepted again."""
    items = waiting(batch)
    batches.move(batch, "void_batch", actor, comment=reason, reason=reason)
    db.session.flush()
    for exchange in items:
        if batches.lines_perhaps_there(exchange.id):
            tell(exchange, actor, reason)
        else:
            void(exchange, actor, reason)


def _supersede(batch: Batch, actor: User, reason: str) -> None:
    """The same items in a new batch, written as the settings are now. Raises Refused when they cannot be."""
    shares = [_anew(batch, exchange) for exchange in waiting(batch)]
    if not shares:
        raise Refused([Reason("Nothing in it waits any more.")])
    batches.move(batch, "supersede", actor, comment=reason, reason=reason)
    fresh = make(db.session.get_one(Connection, batch.connection_id), shares)
    fresh.follow_up_of, batch.superseded_by = batch.follow_up_of, fresh.id
    db.session.flush()
    for share in shares:
        tell(share.exchange, actor, f"{reason} (in place of batch {batch.title})")


def _anew(batch: Batch, exchange: Exchange) -> Share:
    """What the exchange writes now, of that what it has in this batch."""
    now_written = written(exchange)
    if isinstance(now_written, Failed):
        raise Refused([Reason(f"It cannot be made anew. {now_written.reason}", at(batch), "The batch")])
    if batch.follow_up_of is None:
        return now_written
    mine = [as_written(line) for line in batches.lines_of(batch) if line.exchange_id == exchange.id]
    wanted = Counter(_key(line) for line in mine if line["record"] != HEAD)
    taken = []
    for line in now_written.lines:
        if line["record"] == HEAD or wanted[_key(line)] > 0:
            wanted[_key(line)] -= 1
            taken.append(line)
    if lacking := sum(n for n in wanted.values() if n > 0):
        raise Refused([Reason(f"It cannot be made anew: {lacking} of its lines would go to another category or extra with "
                              "the settings as they are now. Put them back, or key these lines in by hand.")])  # fmt: skip
    return Share(exchange, tuple(taken))


def _key(line: Line) -> tuple[Any, ...]:
    return tuple(line[name] for name in ("file", "record", "job", "extra", "code", "category", "amount"))


DEEDS: dict[str, Callable[[Batch, User, str], None]] = {
    "hand_import": _step("hand_import", imported_at=lambda actor: now(), imported_by=lambda actor: actor.id),
    "hand_post": _step("hand_post", posted_at=lambda actor: now(), posted_by=lambda actor: actor.id),
    "not_imported": _step("not_imported", imported_at=lambda actor: None, imported_by=lambda actor: None),
    "not_posted": _step("not_posted", posted_at=lambda actor: None, posted_by=lambda actor: None),
    "supersede": _supersede,
    "void_batch": _void,
}
