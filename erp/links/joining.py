"""Add: a record of accounting becomes a document here. Link: it is joined with a document that is here. Both Synced at once."""

from typing import Any

from erp.books import filing
from erp.books.records import Record
from erp.connections import Connection
from erp.db import db
from erp.documents.document import Document, DocumentRefused
from erp.items import Item, joining
from erp.items.perform import Refused
from erp.kind import Reason
from erp.links.matching import TAXED, Candidate, same
from erp.links.why_not import importing, why_not
from erp.people import User


def add(record: Record, actor: User, seen: str = "") -> Item:
    """Make the document and join it, in the caller's transaction; `seen` is the hash of what the page showed.

    Raises Refused, and moves.Stale when somebody was first; then nothing was made.
    """
    _guard("add", record, actor, seen)
    if here := same(record):
        raise Refused([_here_already(record, here)])
    try:
        with db.session.begin_nested():
            return _join("import", record, importing(record).make(record, actor), actor)
    except DocumentRefused as refused:
        raise Refused([Reason(refused.sentence)]) from refused


def _here_already(record: Record, here: Candidate) -> Reason:
    link, what = importing(record).link, WHAT.get(here.like, ("name or number", "name and number"))
    named = f"{here.number} {here.title}".strip()
    return Reason(f"{named} is here already under the {what[0]} of {record.full_name}. Press {link}; or change the {what[1]} "
                  "here first, if they are two.")  # fmt: skip


WHAT = {TAXED: ("tax ID", "tax ID")}
"""How like it is -> the field in which they are the same, and what is changed when they are two all the same."""


def link(record: Record, document_id: int, actor: User, seen: str = "", version: int | None = None) -> Item:
    """Join the record with a document of its kind, in the caller's transaction; `version` is that of the document as shown.

    Raises Refused and moves.Stale.
    """
    _guard("link", record, actor, seen)
    document = _document(record, document_id)
    against = _changed_here(document, version) or importing(record).why_not_join(record, document)
    if against:
        raise Refused(against)
    try:
        with db.session.begin_nested():
            importing(record).joined(document, record, actor)
            return _join("link", record, document, actor)
    except DocumentRefused as refused:
        raise Refused([Reason(refused.sentence)]) from refused


def _guard(action: str, record: Record, actor: User, seen: str) -> None:
    reasons = why_not(action, record, actor)
    if not reasons and seen and seen != record.hash:
        reasons = [Reason(f"It was changed in accounting meanwhile; it is {record.full_name} now. Look at it again.")]
    if reasons:
        raise Refused(reasons)


def _changed_here(document: Any, version: int | None) -> list[Reason]:
    if version in (None, document.version):
        return []
    named = f"{document.number} {document.title}".strip()
    return [Reason(f"What it would be linked to was changed here meanwhile; it is {named} now. Look at it again.")]


def _document(record: Record, key: int) -> Any:
    found = db.session.get(Document, key) if 0 < key < 2**31 else None
    if found is None or found.kind != record.kind:
        raise Refused([Reason("Choose what it is linked to.")])
    return found


def _join(action: str, record: Record, document: Any, actor: User) -> Item:
    connection = db.session.get_one(Connection, record.connection_id)
    item = joining.join(action, record.kind, connection, document, actor, _found(record))
    filing.join(record, action, item.id, actor)
    return item


def _found(record: Record) -> dict[str, Any]:
    """What the item keeps and shows of the record, as after an export of ours."""
    shows = [[importing(record).shows, record.full_name], ["ID", record.erp_id]]
    return {"erp_id": record.erp_id, "name": record.full_name, "edit_sequence": record.edit_sequence, "shows": shows,
            "record": record.row, "imported": True}  # fmt: skip
