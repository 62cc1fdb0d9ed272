"""Unlink: what accounting does not have any more may be sent as a new one; everything of it counts as never sent.

Whether it is gone is asked first (product.md section 3): the answer of verifying it by its id, or of reading its list.
"""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from erp import connections
from erp.books import filing, job_costs, records, verification
from erp.books.job_costs import JobCost
from erp.books.records import Record
from erp.books.verification import Verdict, Verification
from erp.db import db, now
from erp.exchanges import verify
from erp.exchanges.undecided import a_reason
from erp.items import Item, Snapshot
from erp.items.perform import Refused, advance
from erp.kind import Reason
from erp.people import RIGHTS, User, why_may_not
from erp.states import TRANSITIONS, RecordState, State

GONE = "gone"
"""The code of a refusal that says: accounting was asked by its id, and it is not there."""
FRESH = timedelta(hours=1)
"""So long such a word is good; later the company file may have been put back to a backup, with it in it."""
NOT_EACH = ("The report that was read back last does not have every line of it with zero. Export the report with the rows that "
            "are zero, and read it back.")  # fmt: skip


def why_not_unlink(item: Item, actor: User, *, forced: bool = False) -> list[Reason]:
    """The reasons against: children first, and only what accounting itself said is gone, unless it is `forced`."""
    against = why_not_here(item, actor, forced=forced) or _children(item)
    return against or ([] if forced or item.declaration.unlinks_freely else still_there(item))


def why_not_here(item: Item, actor: User, *, forced: bool = False) -> list[Reason]:
    """The half that needs no look at accounting or at other items: the state and the person's rights."""
    key = f"unlink_{item.kind}"
    if item.as_state not in TRANSITIONS["unlink"].frm or not item.in_erp or key not in RIGHTS:
        return [Reason(f"It is {item.state} now.")]
    return [*why_may_not(actor, key, kind=item.kind), *(why_may_not(actor, "force_unlink") if forced else [])]


def _children(item: Item) -> list[Reason]:
    below = item.declaration.children(item)
    if not below:
        return []
    more = f" and {len(below) - 3} more" if len(below) > 3 else ""
    named = ", ".join(f"{one.number} {one.title}" for one in below[:3]) + more
    page = f"/erp/{item.connection_id}/items/{below[0].id}"
    if not all(one.in_erp for one in below):
        return [Reason(f"Accounting may have what hangs on it: {named}. Wait until that is decided.", page, "See it")]
    return [Reason(f"Accounting has what hangs on it: {named}. Unlink that first.", page, "See it")]


def still_there(item: Item) -> list[Reason]:
    """Why it does not count as gone; nothing when accounting said that it is."""
    short = item.connection.connector.short
    if not item.connection.connector.calls:
        return _not_read_back(item)
    at, found = _gone_at(item), asked(item)
    if at and now() - at < FRESH:
        return []
    if verify.waits(item):
        return [Reason(f"{short} is being asked whether it is gone; the next visit of the Web Connector tells.")]
    if at:
        return [
            Reason(f"{short} said that it is gone more than an hour ago; a backup may have been put back there since. Ask again.")
        ]
    if found is None:
        return [Reason(f"{short} was not asked yet whether it is gone.")]
    return [Reason(f"It is still in {short}: {found.name or item.erp_name}. Delete it there first, then ask again.")]


def _gone_at(item: Item) -> datetime | None:
    """When accounting said that it is gone; None when it never did, or has said otherwise since."""
    record, found, words = _record(item), asked(item), []
    if record and record.state == RecordState.GONE:
        words.append((record.changed_at, True))
    if found:
        words.append((found.checked_at, found.by_id == Verdict.MISSING))
    elif refused_as_gone(item):
        words.append((item.changed_at, True))
    at, gone = max(words, default=(None, False))
    return at if gone else None


def refused_as_gone(item: Item) -> bool:
    """Whether a change of it was refused because it is not there any more."""
    return item.as_state is State.FAILED and item.error.get("code") == GONE


def _not_read_back(item: Item) -> list[Reason]:
    """Where accounting cannot be asked: the newest read-back after the sync must lack it (product.md section 3)."""
    short, record, costs = item.connection.connector.short, _record(item), _costs(item)
    if record and record.state == RecordState.GONE:
        return []
    if not _read_since(item):
        words = f"Nothing was read back from {short} since it is synced."
    elif item.declaration.record_list or any(cost.estimate_read or cost.told.get("original") for cost in costs):
        words = f"It was in {short} when it was read back last: {item.erp_name}. Delete it there, then read it back again."
    elif _each_told(item, costs):
        return []
    else:
        words = NOT_EACH
    return [Reason(words, f"/erp/{item.connection_id}/readback", "Read back from Sage")]


def _costs(item: Item) -> list[JobCost]:
    """What reports of its job told of the cost codes that a budget has money on."""
    codes = _codes(item)
    return [cost for cost in job_costs.of(item.connection_id, [item.project_id or 0]) if cost.code_id in codes]


def _codes(item: Item) -> set[int]:
    return {line["code_id"] for line in item.payload.get("lines", ()) if line["original"] or line["revised"]}


def _each_told(item: Item, costs: list[JobCost]) -> bool:
    """Whether the newest report has a row for each of these; what one of a part of the job lacks may well be there."""
    return _codes(item) == {cost.code_id for cost in costs} and all(cost.told for cost in costs)


def _read_since(item: Item) -> bool:
    """Whether the list, or the report of the job, was read back after the sync."""
    if of := item.declaration.record_list:
        at = connections.schedule(item.connection_id, of).read_at
    else:
        found = job_costs.readings(item.connection_id, [item.project_id or 0]).get(item.project_id or 0)
        at = found.estimate_at if found else None
    return bool(at and at > item.changed_at)


def asked(item: Item) -> Verification | None:
    """What accounting said of it since it is synced; None when it was not asked."""
    found = verification.of(item.id)
    return found if found and found.checked_at >= item.changed_at else None


def _record(item: Item) -> Record | None:
    of = item.declaration.record_list
    return records.find(item.connection_id, of, item.erp_id) if of else None


def stays(item: Item) -> Record | None:
    """What accounting keeps of an item that may be unlinked while it is there; None when it is gone, or must be first."""
    record = _record(item) if item.declaration.unlinks_freely else None
    return record if record and record.state != RecordState.GONE else None


def ask(item: Item, actor: User) -> bool:
    """Have accounting asked whether it is gone; False when it is being asked already. Raises Refused."""
    _refuse(why_not_here(item, actor))
    return verify.one(item)


def unlink(item: Item, actor: User, version: int | None = None, *, forced: bool = False, reason: str = "") -> None:
    """Give it back to its tool as never sent; its transactions travel again with the next Send. Raises Refused and Stale."""
    _refuse(why_not_unlink(item, actor, forced=forced))
    words = a_reason(reason) if forced else ""
    snapshots = select(Snapshot.id).where(Snapshot.item_id == item.id)
    db.session.execute(update(Snapshot).where(Snapshot.id.in_(snapshots)).values(synced_at=None))
    verification.forget(item.id)
    record, told = _record(item), {"erp_id": item.erp_id, "erp_name": item.erp_name, **({"forced": True} if forced else {})}
    if record is not None and record.item_id == item.id:
        filing.release(record, actor, words)
    advance(item, "unlink", actor, version=version, in_erp=False, erp_id="", erp_name="", result={}, error={}, choices={},
            accepted_by=None, comment=words, details=told)  # fmt: skip


def _refuse(reasons: list[Reason]) -> None:
    if reasons:
        raise Refused(reasons)
