"""Where a record of accounting is put: joined with an item, set free again, put aside, taken back. One event each."""

from erp import moves
from erp.audit import Actor, Event
from erp.books.records import Record
from erp.states import RecordState, record_filter_of

LISTED = (RecordState.STAGED, RecordState.ARCHIVED)
"""The states in which a record waits for somebody."""


def join(record: Record, action: str, item_id: int, actor: Actor) -> Event:
    """It belongs to this item from now on; raises moves.Stale when somebody else was first."""
    return moves.move(record, action, RecordState.LINKED, actor, frm=LISTED, filter=None, item_id=item_id)


def release(record: Record, actor: Actor, reason: str = "") -> Event:
    """It belongs to no item any more: it waits in its list again, unless accounting does not have it."""
    to = RecordState.GONE if record.state == RecordState.GONE else RecordState.STAGED
    return moves.move(record, "unlink", to, actor, frm=[record.state], filter=record_filter_of(to, record.active), item_id=None,
                      comment=reason)  # fmt: skip


def archive(record: Record, actor: Actor) -> Event:
    """Put it aside."""
    return moves.move(record, "archive", RecordState.ARCHIVED, actor, frm=[RecordState.STAGED],
                      filter=record_filter_of(RecordState.ARCHIVED))  # fmt: skip


def unarchive(record: Record, actor: Actor) -> Event:
    """Take it back into its list."""
    return moves.move(record, "unarchive", RecordState.STAGED, actor, frm=[RecordState.ARCHIVED],
                      filter=record_filter_of(RecordState.STAGED, record.active))  # fmt: skip
