"""Unlink: what accounting said is gone may be sent as a new one; everything of it counts as never sent."""

from sqlalchemy import select, update

from erp.books import verification
from erp.db import db
from erp.items import Item, Snapshot
from erp.items.perform import Refused, advance
from erp.kind import Reason
from erp.people import RIGHTS, User, why_may_not
from erp.states import TRANSITIONS

GONE = "gone"
"""The code of a refusal that says: accounting was asked by its id, and it is not there."""


def why_not_unlink(item: Item, actor: User) -> list[Reason]:
    """The reasons against: only what accounting itself said is gone is let go (product.md section 3)."""
    if item.as_state not in TRANSITIONS["unlink"].frm or f"unlink_{item.kind}" not in RIGHTS:
        return [Reason(f"It is {item.state} now.")]
    if item.error.get("code") != GONE or not item.in_erp:
        return [Reason("Accounting has not said that it is gone.")]
    return why_may_not(actor, f"unlink_{item.kind}", kind=item.kind)


def unlink(item: Item, actor: User, version: int | None = None) -> None:
    """Give it back to its tool as never sent; its transactions travel again with the next Send."""
    reasons = why_not_unlink(item, actor)
    if reasons:
        raise Refused(reasons)
    snapshots = select(Snapshot.id).where(Snapshot.item_id == item.id)
    db.session.execute(update(Snapshot).where(Snapshot.id.in_(snapshots)).values(synced_at=None))
    verification.forget(item.id)
    advance(item, "unlink", actor, version=version, in_erp=False, erp_id="", erp_name="", result={}, error={}, choices={},
            accepted_by=None, details={"erp_id": item.erp_id, "erp_name": item.erp_name})  # fmt: skip
