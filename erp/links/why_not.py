"""Why a record cannot be added, linked or put aside now: the guard, the error text and the "?" beside the grey button."""

from erp.books.records import Record
from erp.connections import Connection
from erp.db import db
from erp.kind import KINDS, Importing, Kind, Reason
from erp.people import User, why_may_not
from erp.states import RecordState

RIGHT = {"add": "add", "link": "link", "archive": "archive", "unarchive": "archive"}
"""action -> the beginning of its row in the rights table; the kind is its end."""


def why_not(action: str, record: Record, person: User) -> list[Reason]:
    """The reasons against, in the reader's words; an empty list means yes. No query."""
    kind = KINDS[record.kind]
    return why_not_here(action, kind, person) or _state(action, record) or _kind(action, kind, record)


def why_not_here(action: str, kind: Kind, person: User) -> list[Reason]:
    """What stands against it for every record of the kind."""
    if kind.importing is None:
        return [Reason(kind.why_no_import or f"{kind.tab} are made here; none are read from accounting.")]
    key = kind.importing.add_right if action == "add" else ""
    return why_may_not(person, key or f"{RIGHT[action]}_{kind.slug}", kind=kind.slug)


def importing(record: Record) -> Importing:
    """How records of this kind come in."""
    found = KINDS[record.kind].importing
    assert found is not None
    return found


def _state(action: str, record: Record) -> list[Reason]:
    if action == "archive" and record.state == RecordState.STAGED and not record.active:
        return [Reason(f"{record.full_name} is inactive in accounting, so it stands under Archived already.")]
    if action == "unarchive" and not record.active:
        return [Reason(f"{record.full_name} is inactive in accounting. Make it active there; the next refresh brings it back.")]
    wanted = RecordState.ARCHIVED if action == "unarchive" else RecordState.STAGED
    return [] if record.state == wanted else [Reason(f"{record.full_name} {WORDS[RecordState(record.state)]}")]


WORDS = {
    RecordState.STAGED: "is not archived; it stands under Ready To Import.",
    RecordState.LINKED: "is linked already.",
    RecordState.ARCHIVED: "is archived already; under Archived, Unarchive brings it back.",
    RecordState.GONE: "is not in accounting any more: it was deleted there or merged into another.",
}


def _kind(action: str, kind: Kind, record: Record) -> list[Reason]:
    if action not in ("add", "link"):
        return []
    connection = db.session.get_one(Connection, record.connection_id)
    if unsupported := connection.connector.why_unsupported(kind.slug):
        return [Reason(unsupported)]
    return importing(record).why_not(record)
