"""What verifying found: ERP administrators are told, once per finding, when a check is over."""

from sqlalchemy import select

from erp import audit, connections, mail
from erp.audit import System
from erp.books import verification
from erp.books.verification import Verification
from erp.connections import Connection
from erp.db import db, now, transaction
from erp.exchanges.verify import running
from erp.items import Item
from erp.people import erp_admins

LISTED = 50
WORDS = {
    "duplicate": "Its marker stands on something else, too",
    "missing": "It is not there any more",
    "changed": "It was changed there",
    "foreign": "What has its id is none of ours",
}
CURES = {
    "duplicate": "Delete the copy in accounting or make it inactive, then verify again.",
    "missing": "Ask accounting who deleted it. If it was a mistake, put it back there from a backup.",
    "changed": "Put it right in accounting; or, if it is meant, send the difference as a change from here.",
    "foreign": "See that the right company file is open there, and whether a backup was restored.",
}


def tell_of_findings() -> int:
    """Write the mails about findings of which nobody was told; the number of findings."""
    with transaction():
        return sum(_tell(connection) for connection in connections.every())


def _tell(connection: Connection) -> int:
    found = verification.untold(connection.id)
    if not found or running(connection):
        return 0
    items = {item.id: item for item in db.session.scalars(select(Item).where(Item.id.in_([row.item_id for row in found])))}
    details = {"items": [[row.item_id, row.state] for row in found]}
    event = audit.record(f"connection:{connection.id}", "findings", System("clock"), details=details)
    row = mail.told("findings", "")
    assert row
    lines = [(items[one.item_id], sentence(one)) for one in found]
    mail.write(event, row.template, erp_admins(), connection=connection, lines=lines[:LISTED], more=len(lines[LISTED:]))
    for one in found:
        one.told_at = now()
    return len(found)


def sentence(row: Verification) -> str:
    """A finding in words, with both sides of what differs."""
    told = "; ".join(f"{what}: {ours} sent, {there} there" for what, ours, there in row.differences[:5])
    others = ", ".join(f"{one['name']} ({one['id']})" for one in row.others[:5])
    return ": ".join(part for part in (WORDS.get(row.state, "As it was sent"), others if row.others else told) if part)
