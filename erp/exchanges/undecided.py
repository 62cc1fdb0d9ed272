"""The ways out of Outcome unknown, once only a person can judge: look again, adopt what is there, send again with eyes open.

Each ends the undecided exchange in its own transaction. Looking again is in export.py.
"""

import re
import secrets
from typing import Any

from sqlalchemy.exc import IntegrityError

from erp.audit import Event
from erp.books import records
from erp.db import db, now
from erp.exchanges import settle, verify
from erp.exchanges.exchange import Exchange, ExchangeState, lock, queue
from erp.exchanges.export import open_exchange, purpose_of, rank_of, why_not_look
from erp.items import Item, holder
from erp.items.item import again
from erp.items.perform import LONGEST_COMMENT, Refused, advance
from erp.items.why_not import cheap, why_not
from erp.kind import Reason
from erp.people import User
from erp.signs import CONTROL

ID = re.compile(r"[0-9A-Za-z-]{1,36}")
ANOTHER = "Choose another one; or, if this one is not in accounting at all, send it again."
UNDER_WAY = "It is being looked up; the next visit of the Web Connector decides. Wait for it."


def candidates(item: Item) -> list[dict[str, Any]]:
    """What the last look found that a person could take for the item."""
    found = open_exchange(item)
    return list(found.result.get("candidates", [])) if found and found.state == ExchangeState.PERSON else []


def why_not_adopt(item: Item, actor: User) -> list[Reason]:
    """Why nothing can be adopted now."""
    return cheap("adopt", item, actor) or _undecided(item)


def why_not_send_again(item: Item, actor: User) -> list[Reason]:
    """Why it cannot be sent again now."""
    return cheap("send_again", item, actor) or _undecided(item)


def why_not_read(item: Item, actor: User) -> list[Reason]:
    """Why no id can be pasted: what accounting has already changes under its own id only."""
    if item.in_erp:
        return [Reason(f"It changes {item.erp_name}, which is there already; nothing else can be taken for it.")]
    return why_not_look(item, actor)


def _undecided(item: Item) -> list[Reason]:
    found = open_exchange(item)
    return [] if found and found.state == ExchangeState.PERSON else [Reason(UNDER_WAY)]


def read(item: Item, actor: User, text: str, version: int | None = None) -> Exchange:
    """Have the object with this id read and compared; it counts only when it is adopted afterwards."""
    lock(item.connection_id)
    _refuse(why_not_read(item, actor))
    erp_id = text.strip()
    if not ID.fullmatch(erp_id):
        raise Refused([Reason("That is no id of accounting. It looks like 80000001-1234567890 or 4F-1234567890.")])
    _end(item)
    return _begin(item, "look_again", actor, version, "find", {"look_at": erp_id}, details={"id": erp_id})


def adopt(item: Item, actor: User, erp_id: str, reason: str, *, elsewhere: bool = False, version: int | None = None) -> Event:
    """Take an object that the last look found as ours; what differs is recorded beside the person and the reason."""
    lock(item.connection_id)
    _refuse(why_not_adopt(item, actor))
    found = next((one for one in candidates(item) if one["result"]["erp_id"] == erp_id), None)
    if found is None:
        raise Refused([Reason("Choose one of those the last look found; or press Look again, they may have changed.")])
    words = a_reason(reason)
    _refuse([*_taken(item, found["result"]), *_elsewhere(found, elsewhere)])
    ended, marker = _end(item), item.snapshot.marker if item.snapshot else ""
    kept = {"marker": marker, "differences": found["differences"], "marked": found["marked"], "markers": found["markers"]}
    details = kept | {"erp_id": erp_id, "name": found["result"]["name"], "elsewhere": found["tick"]}
    try:
        with db.session.begin_nested():
            event = settle.take_over(item, "adopt", actor, found["result"] | {"adopted": kept}, version=version,
                                     comment=words, details=details, exchange_id=ended.id)  # fmt: skip
    except IntegrityError as twice:
        raise Refused([Reason(f"Somebody took it for another item at the same moment. {ANOTHER}")]) from twice
    verify.one(item)
    return event


def send_again(item: Item, actor: User, reason: str, version: int | None = None) -> Exchange:
    """Send the same snapshot under a new marker, whatever became of the first try: it looks for the old marker once more, and
    stops if that shows up on anything the person had not seen.
    """
    lock(item.connection_id)
    _refuse(why_not("send_again", item, actor) or _undecided(item))
    words, old = a_reason(reason), item.snapshot
    assert old is not None
    shown = candidates(item)
    seen = [one["result"]["erp_id"] for one in shown]
    markers = sorted({marker for one in shown for marker in one["markers"]})
    _end(item)
    fresh = again(old)
    details = {"old_marker": old.marker, "marker": fresh.marker, "seen": seen, "markers": markers}
    exchange = _begin(item, "send_again", actor, version, purpose_of(item), {"seen": seen}, snapshot_id=fresh.id, comment=words,
                      details=details)  # fmt: skip
    item.declaration.sent(item, item.declaration.load(item.document_id), actor)
    return exchange


def _begin(item: Item, action: str, actor: User, version: int | None, purpose: str, result: dict[str, Any], *,
           snapshot_id: int | None = None, **told: Any) -> Exchange:  # fmt: skip
    snapshot_id = snapshot_id or item.snapshot_id
    exchange = queue(item.connection, purpose, f"item:{item.id}", kind=item.kind, rank=rank_of(item), item_id=item.id,
                     snapshot_id=snapshot_id, batch=secrets.token_hex(8), look=True, result=result)  # fmt: skip
    advance(item, action, actor, version=version, exchange_id=exchange.id, snapshot_id=snapshot_id, error={}, **told)
    return exchange


def _end(item: Item) -> Exchange:
    """Close what waited for the person; its write was closed as undecided before."""
    undecided = open_exchange(item)
    assert undecided is not None
    undecided.state, undecided.settled_at = ExchangeState.CANCELLED, now()
    db.session.flush()
    return undecided


def _refuse(reasons: list[Reason]) -> None:
    if reasons:
        raise Refused(reasons)


def a_reason(text: str) -> str:
    """The reason that a person wrote, trimmed; raises Refused when there is none or it cannot be kept."""
    words = text.strip()
    if not words:
        raise Refused([Reason("Write a reason first. It stands in the history for whoever asks later.")])
    if len(words) > LONGEST_COMMENT or CONTROL.search(words):
        raise Refused([Reason(f"The reason is too long or has a control character in it; {LONGEST_COMMENT:,} characters fit.")])
    return words


def _taken(item: Item, result: dict[str, Any]) -> list[Reason]:
    """Nothing is adopted that another item holds; and a change stays with what it changes."""
    if item.in_erp and result["erp_id"] != item.erp_id:
        return [Reason(f"It changes {item.erp_name}; nothing else can be taken for it.")]
    owner = holder(item, result["erp_id"])
    record = result.get("record")
    known = records.find(item.connection_id, record["list"], record["erp_id"]) if record else None
    if owner is None and known is not None and known.item_id not in (None, item.id):
        owner = db.session.get(Item, known.item_id)
    if owner is None:
        return []
    return [Reason(f"{result['name']} belongs to {owner.label} already. {ANOTHER}",
                   f"/erp/{owner.connection_id}/items/{owner.id}", "See it")]  # fmt: skip


def _elsewhere(found: dict[str, Any], ticked: bool) -> list[Reason]:
    return [Reason(f"{found['tick']} Tick the box if you mean it all the same.")] if found["tick"] and not ticked else []
