"""Joining a document with what accounting has already: the item is Synced at once, and nothing travels."""

from typing import Any

from sqlalchemy.exc import IntegrityError

from erp.connections import Connection
from erp.db import db
from erp.items.item import Item, what_now
from erp.items.perform import Refused, advance, first, item_for
from erp.kind import KINDS, Reason
from erp.people import User
from erp.states import TRANSITIONS

TWICE = "Somebody joined it at the same moment. It was done once; reload the page."


def why_not_join(action: str, item: Item) -> list[Reason]:
    """Why this document cannot be joined with something in accounting (`import` or `link`)."""
    if item.as_state in TRANSITIONS[action].frm:
        return []
    if item.in_erp:
        return [Reason(f"{item.number} {item.title} is linked already, to {item.erp_name}.", _page(item), "See it")]
    return [
        Reason(f"{item.number} {item.title} was sent to ERP and is {item.state} there. {what_now(item)}", _page(item), "See it")
    ]


def _page(item: Item) -> str:
    return f"/erp/{item.connection_id}/items/{item.id}"


def join(action: str, kind: str, connection: Connection, document: Any, actor: User, found: dict[str, Any]) -> Item:
    """The item of the document, Synced as `found` in accounting (erp_id, name, shows, record). Raises Refused and Stale."""
    item = item_for(kind, connection, document)
    against = why_not_join(action, item)
    if against:
        raise Refused(against)
    try:
        with db.session.begin_nested():
            return _joined(action, first(item) if item.id is None else item, document, actor, found)
    except IntegrityError as twice:
        raise Refused([Reason(TWICE)]) from twice


def _joined(action: str, item: Item, document: Any, actor: User, found: dict[str, Any]) -> Item:
    kind = KINDS[item.kind]
    payload, told = kind.snapshot(document), {name: found[name] for name in ("erp_id", "name")}
    summary, result = kind.summary(payload), found | {"joined": payload}
    advance(item, action, actor, in_erp=True, erp_id=found["erp_id"], erp_name=found["name"], result=result, error={}, choices={},
            summary=summary, amount=summary["amount"], number=document.number, title=document.title, snapshot_id=None,
            created_by=document.created_by, accepted_by=None, details=told)  # fmt: skip
    return item
