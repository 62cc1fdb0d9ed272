"""What must be true at every moment, over our database and, for money, the simulated company file.

Each invariant raises AssertionError with a sentence. Those that need no look into the company file are the product's own
(erp/invariants.py). `drained` adds what must be true once faults have stopped and the
Web Connector has found nothing more to do. `touched` names markers of objects that a bookkeeper changed, moved or deleted
by hand: what accounting does with its own books is not our promise. `returned` are markers that a backup of the company file
brought back there.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from erp import invariants, mail
from erp.audit import Event
from erp.connections import Connection
from erp.connectors.quickbooks.mapping.mapping import guid
from erp.db import db
from erp.documents.budget import BudgetEntry
from erp.exchanges.exchange import OPEN, Exchange, ExchangeState, Message
from erp.items import Item, Snapshot
from erp.people import User
from erp.simulator.books import Books
from erp.simulator.company import Company
from erp.states import State

ENDED = {ExchangeState.SYNCED, ExchangeState.FAILED, ExchangeState.CANCELLED}
MOVING = {State.EXPORTING, State.UNKNOWN}
RESTING = {State.WITH_PM, State.READY, State.ACCEPTED, State.SYNCED, State.FAILED}


@dataclass(frozen=True)
class There:
    """What the company file has under a marker: `what` is comparable with what was accepted."""

    id: str
    what: dict[str, Any]
    first: bool = True


def check_all(company: Company, connection: Connection, *, drained: bool = False, touched: Collection[str] = (),
              returned: Collection[str] = (), without: Collection[str] = ()) -> None:  # fmt: skip
    """Every invariant of this module, but those named in `without`."""
    db.session.expire_all()
    facts = Facts(company, connection, drained, touched, returned)
    for name, holds in INVARIANTS.items():
        try:
            if name not in without:
                holds(facts)
        except AssertionError as broken:
            raise AssertionError(f"{name}: {broken}") from None
    db.session.rollback()


@lru_cache(4096)
def _parsed(payload: str) -> dict[str, Any]:
    return dict(json.loads(payload))


class Facts:
    """Everything the invariants look at, read once."""

    def __init__(self, company: Company, connection: Connection, drained: bool, touched: Collection[str],
                 returned: Collection[str] = ()) -> None:  # fmt: skip
        self.connection_id, self.drained = connection.id, drained
        self.touched, self.returned = frozenset(touched), frozenset(returned)
        of = {"connection_id": connection.id}
        self.items = list(db.session.scalars(select(Item).filter_by(**of)))
        self.snapshots = {s.id: s for s in db.session.scalars(select(Snapshot))}
        self.by_marker = {s.marker: s.item_id for s in self.snapshots.values()}
        self.data = {s.id: _parsed(s.payload) for s in self.snapshots.values()}
        asked = select(Exchange.subject, Exchange.state).filter_by(**of)
        self.exchanges = db.session.execute(asked.order_by(Exchange.id)).all()
        carries = select(Message.key, Message.settled_at, Message.body, Snapshot.marker, Item.erp_id)
        self.writes = db.session.execute(
            carries.where(Message.writes, Message.connection_id == connection.id).outerjoin(Exchange, Exchange.id == Message.exchange_id)
            .outerjoin(Snapshot, Snapshot.id == Exchange.snapshot_id).outerjoin(Item, Item.id == Exchange.item_id)
        ).all()  # fmt: skip
        self.events = db.session.execute(select(Event.__table__).where(Event.subject.like("item:%")).order_by(Event.id)).all()
        self.unsettled = [write for write in self.writes if write.settled_at is None]
        self.adopted = {e.details["marker"]: e.details["erp_id"] for e in self.events if e.action == "adopt"}
        self.taken = {marker for e in self.events if e.action == "adopt" for marker in e.details.get("markers", ())}
        self.given_up = {e.details["old_marker"]: e.details["marker"] for e in self.events if e.action == "send_again"}
        self.came_back = {e.subject for e in self.events if e.action in ("import", "link")}
        self.forced = {e.subject for e in self.events if e.action == "unlink" and e.details.get("forced")}
        self.last_action = {e.subject: e.action for e in self.events}
        self.by_subject = {i.subject: i for i in self.items}
        self.ids_of = {(i.kind, i.document_id): i.erp_id for i in self.items}
        self.divisions = {i.number: i.erp_id for i in reversed(self.items) if i.kind == "cost_code"}
        with company.home.reading() as books:
            self.there = judge(books, {s.marker for s in self.snapshots.values()}, set(self.adopted.values()))
            entries = (*books.entries("Customer", "Vendor", "Item"), *books.transactions("Estimate"))
            self.ids = {entry.id for entry in entries}

    def sent_lines(self, snapshot: Snapshot) -> list[dict[str, Any]]:
        """The lines that this snapshot sends."""
        return [line for line in self.data[snapshot.id].get("lines", []) if line["send"]]

    def found(self, marker: str) -> list[There]:
        """What the company file has under this marker."""
        return self.there.get(marker, [])


# on the way


def at_rest(facts: Facts) -> None:
    """I2: drained, nothing is on its way except what a person decides."""
    if facts.drained:
        stuck = [f"{e.subject} {e.state}" for e in facts.exchanges if e.state in OPEN and e.state != ExchangeState.PERSON]
        assert not stuck, f"still on its way after everything calmed down: {', '.join(stuck[:5])}"
        assert not facts.unsettled, f"the write {facts.unsettled[0].key} blocks the connection for ever"


# the company file


def at_most_one(facts: Facts) -> None:
    """I3: no marker stands twice in the company file, and on no more lines than were sent under it."""
    twice = {marker: [one.id for one in found] for marker, found in facts.there.items() if len(found) > 1}
    assert not twice, f"posted twice: {twice}"
    for snapshot in facts.snapshots.values():
        for one in facts.found(snapshot.marker):
            there, sent = one.what.get("lines", Counter()).total(), len(facts.sent_lines(snapshot))
            assert there <= sent, f"{snapshot.marker} was sent with {sent} lines and is there with {there}"
    _one_each(facts)


def _one_each(facts: Facts) -> None:
    """Whatever of an item was sent, unlinked, sent anew: one thing there is made by it, unless a person wanted two of them."""
    made: defaultdict[int, set[str]] = defaultdict(set)
    for snapshot in facts.snapshots.values():
        made[snapshot.item_id] |= {one.id for one in facts.found(snapshot.marker) if one.first}
    wanted = {facts.by_marker[marker] for marker in facts.given_up if marker in facts.by_marker}
    twice = {key: ids for key, ids in made.items() if len(ids) > 1 and key not in wanted and f"item:{key}" not in facts.forced}
    assert not twice, f"made twice: {twice}"


def synced_exists(facts: Facts) -> None:
    """I4: what was synced is there as it was accepted; what failed or was never exported is not there."""
    standing = {item.snapshot_id: item for item in facts.items}
    items = {item.id: item for item in facts.items}
    for item in facts.items:
        if item.as_state is State.SYNCED:
            assert item.in_erp and item.erp_id, f"item {item.id} is Synced without an id of accounting"
            assert _decided(facts, item), f"item {item.id} is Synced, its snapshot is not"
    for snapshot in facts.snapshots.values():
        item = standing.get(snapshot.id)
        allowed = item.as_state in (State.SYNCED, *MOVING) if item else bool(snapshot.synced_at)
        if snapshot.synced_at and allowed:
            _is_there(facts, items[snapshot.item_id], snapshot)
        elif f"item:{snapshot.item_id}" in facts.forced or snapshot.marker in {*facts.given_up, *facts.taken, *facts.returned}:
            continue
        elif facts.found(snapshot.marker) and not (allowed and _undecided(item)):
            where = f"its item is {item.state}" if item else "its item was sent anew"
            raise AssertionError(f"{snapshot.marker} is in the company file although {where}")


def _undecided(item: Item | None) -> bool:
    return item is not None and item.as_state in MOVING


def _decided(facts: Facts, item: Item) -> bool:
    """Whether the last send of a synced item arrived, or came back to the PM."""
    came_back = facts.last_action.get(item.subject) in ("retrieve", "reject", "import", "link")
    return came_back or bool(item.snapshot and item.snapshot.synced_at)


def _is_there(facts: Facts, item: Item, snapshot: Snapshot) -> None:
    if snapshot.marker in facts.touched or not item.in_erp:
        return
    if item.subject in facts.came_back:
        assert item.erp_id in facts.ids, f"item {item.id} came from {item.erp_id}, which is not in the company file"
        return
    if snapshot.marker in facts.adopted:
        there = facts.adopted[snapshot.marker]
        assert there in facts.ids, f"item {item.id} was adopted as {there}, which is not in the company file"
        return
    if item.result.get("imported") and item.kind == "cost_code":
        assert item.erp_id in facts.ids, f"item {item.id} was linked to {item.erp_id}, which is not in the company file"
        return
    found = facts.found(snapshot.marker) or (_by_first_marker(facts, item) if item.kind == "cost_code" else [])
    assert found, f"item {item.id} is Synced but not in the company file"
    assert found[0].id == item.erp_id, f"item {item.id} is linked to {item.erp_id}, its marker stands on {found[0].id}"
    wanted, there = WANTED[item.kind](facts, item, snapshot), found[0].what
    if not found[0].first or item.snapshot_id != snapshot.id:
        wanted, there = _lines_alone(wanted), _lines_alone(there)
    assert there == wanted, f"item {item.id} was accepted as {wanted} and is there as {there}"


def _by_first_marker(facts: Facts, item: Item) -> list[There]:
    """Items have no notes: a change of theirs leaves no marker, only the first one stands there as their GUID."""
    return [one for snapshot in facts.snapshots.values() if snapshot.item_id == item.id for one in facts.found(snapshot.marker)]


def entries_once(facts: Facts) -> None:
    """I5: every transaction of a budget is in one synced snapshot at most, and a snapshot sends what its transactions add up to."""
    entries = {entry.id: entry for entry in db.session.execute(select(BudgetEntry.__table__))}
    carried: dict[int, str] = {}
    for snapshot in facts.snapshots.values():
        mine = [entries[key] for key in facts.data[snapshot.id].get("entries", [])]
        sums: Counter[int] = Counter()
        for entry in mine:
            sums[entry.line_id] += entry.amount
        send = {line["line"]: line["send"] for line in facts.sent_lines(snapshot)}
        assert {key: n for key, n in sums.items() if n} == send, f"{snapshot.marker} sends {send}, its transactions are {sums}"
        for entry in mine if snapshot.synced_at else ():
            assert entry.id not in carried, f"entry {entry.id} travelled in {carried[entry.id]} and in {snapshot.marker}"
            assert entry.snapshot_id == snapshot.id, f"entry {entry.id} travelled in {snapshot.marker} and names another"
            carried[entry.id] = snapshot.marker


def money(facts: Facts) -> None:
    """I5: per job and cost code, the company file's sum of our lines is the sum of the synced budgets, to the cent."""
    ours, theirs = _sums(_accepted(facts)), _sums(_posted(facts))
    assert ours == theirs, f"synced {_readable(ours, theirs)}, posted {_readable(theirs, ours)}"


def _accepted(facts: Facts) -> Iterator[tuple[str, str, Decimal]]:
    items = {item.id: item for item in facts.items if item.kind == "budget"}
    for snapshot in facts.snapshots.values():
        judged = facts.touched | facts.adopted.keys()
        if snapshot.item_id in items and snapshot.synced_at and snapshot.marker not in judged:
            wanted = _budget_wanted(facts, items[snapshot.item_id], snapshot)
            yield from ((wanted["job"], code, amount * n) for (code, amount), n in wanted["lines"].items())


def _posted(facts: Facts) -> Iterator[tuple[str, str, Decimal]]:
    undecided = {item.snapshot.marker for item in facts.items if item.as_state in MOVING and item.snapshot}
    for marker, found in facts.there.items():
        if marker not in undecided and marker not in facts.touched | facts.adopted.keys() | facts.given_up.keys():
            for one in found:
                yield from ((one.what["job"], code, amount * n) for (code, amount), n in one.what.get("lines", {}).items())


def _sums(rows: Iterator[tuple[str, str, Decimal]]) -> dict[tuple[str, str], Decimal]:
    sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for job, code, amount in rows:
        sums[job, code] += amount
    return {key: amount for key, amount in sums.items() if amount}


def _readable(mine: dict[Any, Decimal], other: dict[Any, Decimal]) -> str:
    return ", ".join(f"{amount} on {key}" for key, amount in mine.items() if other.get(key) != amount) or "nothing"


def _job_wanted(facts: Facts, item: Item, snapshot: Snapshot) -> dict[str, Any]:
    return {"name": item.payload["name"], "parent": item.choices["customer"]["id"], "number": item.payload["number"]}


def _company_wanted(facts: Facts, item: Item, snapshot: Snapshot) -> dict[str, Any]:
    return {name: item.payload[name] for name in ("name", "street", "phone", "tax_id")}


def _code_wanted(facts: Facts, item: Item, snapshot: Snapshot) -> dict[str, Any]:
    division = item.payload["division"]
    parent = facts.divisions.get(division) if division else None
    sides = {name: item.choices[name]["id"] for name in ("income_account", "expense_account")}
    return {"name": item.payload["code"], "parent": parent, **sides}


def _budget_wanted(facts: Facts, item: Item, snapshot: Snapshot) -> dict[str, Any]:
    ids = facts.ids_of
    lines = facts.sent_lines(snapshot)
    return {
        "job": ids["job", facts.data[snapshot.id]["project"]["id"]],
        "number": item.choices.get("number"),
        "date": item.choices.get("date"),
        "lines": Counter((ids["cost_code", line["code_id"]], Decimal(line["send"]) / 100) for line in lines),
    }


WANTED: dict[str, Callable[[Facts, Item, Snapshot], dict[str, Any]]] = {
    "job": _job_wanted, "company": _company_wanted, "cost_code": _code_wanted, "budget": _budget_wanted,
}  # fmt: skip


def judge(books: Books, markers: Collection[str], adopted: Collection[str] = ()) -> dict[str, list[There]]:
    """marker -> what the company file has with the ExternalGUID of that marker, or on lines of what a person adopted."""
    known = {guid(marker): marker for marker in markers}
    there: defaultdict[str, list[There]] = defaultdict(list)
    for entry in books.entries("Customer", "Vendor", "Item"):
        marker = known.get(entry.fields.get("ExternalGUID", "").lower())
        changes = {word for word in entry.fields.get("Notes", "").split() if word in markers} - {marker}
        for carried in {marker, *changes} - {None}:
            there[carried].append(There(entry.id, ENTRIES.get(entry.kind, _service)(entry)))
    for txn in books.transactions("Estimate"):
        first = known.get(txn.fields.get("ExternalGUID", "").lower())
        carried = {line.fields.get("Other2") for line in txn.lines} & set(markers)
        for marker in {first, *carried} - {None} if first or txn.id in adopted else ():
            there[marker].append(_carried(txn, marker, marker == first))
    return there


def _carried(txn: Any, marker: str, first: bool) -> There:
    what = _estimate(txn, marker)
    return There(txn.id, what if first else _lines_alone(what), first)


def _customer(entry: Any) -> dict[str, Any]:
    return {"name": entry.name, "parent": entry.parent, "number": entry.fields.get("AccountNumber", "")}


def _vendor(entry: Any) -> dict[str, Any]:
    street = entry.fields.get("VendorAddress", {}).get("Addr1", "")
    return {"name": entry.name, "street": street, "phone": entry.fields.get("Phone", ""),
            "tax_id": entry.fields.get("VendorTaxIdent", "")}  # fmt: skip


def _service(entry: Any) -> dict[str, Any]:
    sides = entry.fields.get("SalesAndPurchase", {})
    accounts = {"income_account": sides.get("IncomeAccountRef"), "expense_account": sides.get("ExpenseAccountRef")}
    return {"name": entry.name, "parent": entry.parent, **{name: (ref or {}).get("ListID") for name, ref in accounts.items()}}


ENTRIES: dict[str, Callable[[Any], dict[str, Any]]] = {"Customer": _customer, "Vendor": _vendor}


def _estimate(txn: Any, marker: str) -> dict[str, Any]:
    lines = [line.fields for line in txn.lines if line.fields.get("Other2") == marker]
    counted = Counter((line["ItemRef"]["ListID"], Decimal(line["Amount"])) for line in lines)
    return {"job": txn.subject, "number": txn.ref, "date": txn.date, "lines": counted}


def _lines_alone(what: dict[str, Any]) -> dict[str, Any]:
    """What a later send put there: lines; number and date are those of the first one."""
    return {name: what[name] for name in ("job", "lines") if name in what}


# the trail


def judged_by_a_person(facts: Facts) -> None:
    """I16: who adopted or sent again had the right and gave a reason; nothing else stands in for an undecided snapshot."""
    for event in facts.events:
        if event.action in ("adopt", "send_again"):
            assert event.actor_id and event.comment.strip(), f"{event.subject}: {event.action} without a person or a reason"
        if event.action == "send_again":
            assert event.rights == {"erp": "Admin", "push": True}, f"{event.subject} was sent again with {event.rights}"
    for snapshot in facts.snapshots.values():
        if snapshot.instead_of is not None:
            old = facts.snapshots[snapshot.instead_of]
            assert facts.given_up.get(old.marker) == snapshot.marker, (
                f"{snapshot.marker} stands in for {old.marker}; nobody decided it"
            )
            assert (old.item_id, old.hash, old.synced_at) == (snapshot.item_id, snapshot.hash, None), (
                f"{snapshot.marker} is another sending"
            )
    synced = [
        e
        for e in facts.events
        if e.to == State.SYNCED and e.action not in ("succeed", "adopt", "retrieve", "reject", "import", "link")
    ]
    assert not synced, f"{synced and synced[0].action} made an item Synced"
    assert all(e.subject in facts.by_subject for e in facts.events if e.action == "adopt"), "something was adopted for no item"


def carried(facts: Facts) -> None:
    """I12: what was handed out carries the marker of its snapshot; a change of an item, which has no place for it, the item's id."""
    for write in facts.writes:
        if write.marker:
            marker = write.erp_id if "<ItemServiceMod>" in write.body and write.erp_id else write.marker
            assert guid(marker) in write.body or marker in write.body, f"the write {write.key} does not carry {marker}"


def told(facts: Facts) -> None:
    """I13: each rejection and refusal wrote a mail to whom it concerns."""
    written = {tuple(row) for row in db.session.execute(select(mail.Mail.event_id, mail.Mail.user_id))}
    users = {user.id: user for user in db.session.execute(select(User.id, User.name, User.active))}
    for event in facts.events:
        item = facts.by_subject.get(event.subject)
        creator = users.get(item.created_by) if item else None
        if (
            item
            and creator
            and creator.active
            and creator.id != event.actor_id
            and "creator" in mail.roles(event.action, item.kind)
        ):
            assert (event.id, creator.id) in written, f"nobody told {creator.name} that {event.subject} was rejected"
        exporter = users.get(_exporter(facts, event)) if event.action == "fail" else None
        if exporter and exporter.active:
            assert (event.id, exporter.id) in written, f"nobody told {exporter.name} that {event.subject} failed"


def _exporter(facts: Facts, failure: Any) -> int | None:
    actions = ("export", "retry", "look_again", "send_again")
    before = [e for e in facts.events if e.subject == failure.subject and e.id < failure.id and e.action in actions]
    return before[-1].actor_id if before else None


def _product(name: str) -> Callable[[Facts], None]:
    """An invariant that `flask check-invariants` checks too."""

    def holds(facts: Facts) -> None:
        for one in invariants.broken(thorough=True, only=name):
            raise AssertionError(f"{one.sentence} ({', '.join(one.ids)})")

    return holds


INVARIANTS: dict[str, Callable[[Facts], None]] = {
    **{name: _product(name) for name in invariants.NAMES},
    "I2 AT_REST": at_rest, "I3 AT_MOST_ONE": at_most_one, "I4 SYNCED_EXISTS": synced_exists, "I5 MONEY": money,
    "I5 ONCE": entries_once, "I12 CARRIED": carried, "I13 TOLD": told,
    "I16 JUDGED": judged_by_a_person,
}  # fmt: skip
