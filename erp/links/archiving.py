"""Archive: a record of accounting that nobody wants here is put aside; Unarchive brings it back. Nothing is deleted."""

from erp.audit import Event
from erp.books import filing
from erp.books.records import Record
from erp.items.perform import Refused
from erp.links.why_not import why_not
from erp.people import User


def archive(record: Record, actor: User) -> Event:
    """Put it aside. Raises Refused and moves.Stale."""
    _guard("archive", record, actor)
    return filing.archive(record, actor)


def unarchive(record: Record, actor: User) -> Event:
    """Take it back into Ready To Import. Raises Refused and moves.Stale."""
    _guard("unarchive", record, actor)
    return filing.unarchive(record, actor)


def _guard(action: str, record: Record, actor: User) -> None:
    reasons = why_not(action, record, actor)
    if reasons:
        raise Refused(reasons)
