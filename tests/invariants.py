"""What must be true at every moment, over our database and, for money, the simulated company file.

Each invariant raises AssertionError with a sentence. `drained` adds what must be true once faults have stopped and the
Web Connector has found nothing more to do. `touched` names markers of objects that a bookkeeper changed, moved or deleted
by hand: what accounting does with its own books is not our promise.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from erp import mail, moves
from erp.audit import Event
from erp.books.records import SHOWN, Record
from erp.connections import Connection
from erp.connectors.quickbooks.mapping.mapping import guid
from erp.db import db
from erp.documents.budget import BudgetEntry
from erp.exchanges.exchange import OPEN, Answer, Exchange, ExchangeState, Message, Session
from erp.items import Item, Snapshot
from erp.people import User
from erp.simulator.books import Books
from erp.simulator.company import Company
from erp.states import State, filter_of

ENDED = {ExchangeState.SYNCED, ExchangeState.FAILED, ExchangeState.CANCELLED}
MOVING = {State.EXPORTING, State.UNKNOWN}
RESTING = {State.WITH_PM, State.READY, State.ACCEPTED, State.SYNCED, State.FAILED}


@dataclass(frozen=True)
class There:
    """What the company file has under a marker: `what` is comparable with what was accepted."""

    id: str
    what: dict[str, Any]
    first: bool = True


def check_all(company: Company, connection: Connection, *, drained: bool = False, touched: Collection[str] = ()) -> None:
    """Every invariant of this module."""
    db.session.expire_all()
    facts = Facts(company, connection, drained, touched)
    for name, holds in INVARIANTS.items():
        try:
            holds(facts)
        except AssertionError as broken:
            raise AssertionError(f"{name}: {broken}") from None
    db.session.rollback()


class Facts:
    """Everything the invariants look at, read once."""

    def __init__(self, company: Company, connection: Connection, drained: bool, touched: Collection[str]) -> None:
        self.connection_id, self.drained, self.touched = connection.id, drained, frozenset(touched)
        of = {"connection_id": connection.id}
        self.items = list(db.session.scalars(select(Item).filter_by(**of)))
        self.snapshots = {s.id: s for s in db.session.scalars(select(Snapshot))}
        self.exchanges = list(db.session.scalars(select(Exchange).filter_by(**of).order_by(Exchange.id)))
        self.messages = {m.key: m for m in db.session.scalars(select(Message).filter_by(**of))}
        self.session = db.session.scalar(select(Session).filter_by(**of, closed_at=None))
        self.events = list(db.session.scalars(select(Event).where(Event.subject.like("item:%")).order_by(Event.id)))
        self.open = {e.item_id: e for e in self.exchanges if e.item_id and e.state in OPEN}
        self.unsettled = [m for m in self.messages.values() if m.writes and m.settled_at is None]
        self.adopted = {e.details["marker"]: e.details["erp_id"] for e in self.events if e.action == "adopt"}
        self.given_up = {e.details["old_marker"]: e.details["marker"] for e in self.events if e.action == "send_again"}
        with company.home.reading() as books:
            self.there = judge(books, {s.marker for s in self.snapshots.values()}, set(self.adopted.values()))
            entries = (*books.entries("Customer", "Item"), *books.transactions("Estimate"))
            self.ids = {entry.id for entry in entries}

    def found(self, marker: str) -> list[There]:
        """What the company file has under this marker."""
        return self.there.get(marker, [])


# the lists


def one_list(facts: Facts) -> None:
    """I1: each item is With PM or in exactly one list, and the counts are the lengths of the lists."""
    counted: Counter[tuple[str, str]] = Counter()
    for item in facts.items:
        right = filter_of(item.as_state, item.in_erp, item.declaration.updated_whole)
        assert item.filter == right, f"item {item.id} is {item.state} and stands in {item.filter}, not in {right}"
        counted.update([(item.kind, item.filter)] if item.filter else [])
    counted.update(_listed_records(facts.connection_id))
    shown = {key: n for key, n in moves.counts(facts.connection_id).items() if n}
    assert shown == dict(counted), f"the counts say {shown}, the lists hold {dict(counted)}"


def _listed_records(connection_id: int) -> Iterator[tuple[str, str]]:
    asked = select(Record.list, Record.filter).filter_by(connection_id=connection_id).where(Record.filter.is_not(None))
    for list_name, name in db.session.execute(asked):
        assert list_name in SHOWN, f"the list {list_name} serves drop-downs only and stands in {name}"
        yield SHOWN[list_name], name


def no_vanish(facts: Facts) -> None:
    """I2: nothing that was exported is without an exchange; drained, nothing is on its way except what a person decides."""
    for item in facts.items:
        exchange = facts.open.get(item.id)
        moving = item.as_state in MOVING
        assert moving == (exchange is not None), (
            f"item {item.id} is {item.state}, its open exchange is {exchange and exchange.state}"
        )
        if exchange is not None and exchange.state in (ExchangeState.DOUBT, ExchangeState.PERSON):
            assert item.as_state is State.UNKNOWN, f"item {item.id} is {item.state} while its exchange is {exchange.state}"
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
            there, sent = one.what.get("lines", Counter()).total(), sum(1 for line in _sent_lines(snapshot))
            assert there <= sent, f"{snapshot.marker} was sent with {sent} lines and is there with {there}"


def _sent_lines(snapshot: Snapshot) -> list[dict[str, Any]]:
    return [line for line in snapshot.data.get("lines", []) if line["send"]]


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
        elif snapshot.marker in facts.given_up:
            continue
        elif facts.found(snapshot.marker) and not (allowed and _undecided(item)):
            where = f"its item is {item.state}" if item else "its item was sent anew"
            raise AssertionError(f"{snapshot.marker} is in the company file although {where}")


def _undecided(item: Item | None) -> bool:
    return item is not None and item.as_state in MOVING


def _decided(facts: Facts, item: Item) -> bool:
    """Whether the last send of a synced item arrived, or came back to the PM."""
    last = [event.action for event in facts.events if event.subject == item.subject][-1:]
    return bool(item.snapshot and item.snapshot.synced_at) or last in (["retrieve"], ["reject"])


def _is_there(facts: Facts, item: Item, snapshot: Snapshot) -> None:
    if snapshot.marker in facts.touched or not item.in_erp:
        return
    if snapshot.marker in facts.adopted:
        there = facts.adopted[snapshot.marker]
        assert there in facts.ids, f"item {item.id} was adopted as {there}, which is not in the company file"
        return
    found = facts.found(snapshot.marker)
    assert found, f"item {item.id} is Synced but not in the company file"
    assert found[0].id == item.erp_id, f"item {item.id} is linked to {item.erp_id}, its marker stands on {found[0].id}"
    wanted, there = WANTED[item.kind](facts, item, snapshot), found[0].what
    if not found[0].first or item.snapshot_id != snapshot.id:
        wanted, there = _lines_alone(wanted), _lines_alone(there)
    assert there == wanted, f"item {item.id} was accepted as {wanted} and is there as {there}"


def entries_once(facts: Facts) -> None:
    """I5: every transaction of a budget is in one synced snapshot at most, and a snapshot sends what its transactions add up to."""
    entries = {entry.id: entry for entry in db.session.scalars(select(BudgetEntry))}
    carried: dict[int, str] = {}
    for snapshot in facts.snapshots.values():
        mine = [entries[key] for key in snapshot.data.get("entries", [])]
        sums: Counter[int] = Counter()
        for entry in mine:
            sums[entry.line_id] += entry.amount
        send = {line["line"]: line["send"] for line in _sent_lines(snapshot)}
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


def _code_wanted(facts: Facts, item: Item, snapshot: Snapshot) -> dict[str, Any]:
    division = item.payload["division"]
    parent = next((i.erp_id for i in facts.items if i.kind == "cost_code" and division and i.number == division), None)
    sides = {name: item.choices[name]["id"] for name in ("income_account", "expense_account")}
    return {"name": item.payload["code"], "parent": parent, **sides}


def _budget_wanted(facts: Facts, item: Item, snapshot: Snapshot) -> dict[str, Any]:
    ids = {(i.kind, i.document_id): i.erp_id for i in facts.items}
    lines = [line for line in snapshot.data["lines"] if line["send"]]
    return {
        "job": ids["job", snapshot.data["project"]["id"]],
        "number": item.choices.get("number"),
        "date": item.choices.get("date"),
        "lines": Counter((ids["cost_code", line["code_id"]], Decimal(line["send"]) / 100) for line in lines),
    }


WANTED: dict[str, Callable[[Facts, Item, Snapshot], dict[str, Any]]] = {
    "job": _job_wanted, "cost_code": _code_wanted, "budget": _budget_wanted,
}  # fmt: skip


def judge(books: Books, markers: Collection[str], adopted: Collection[str] = ()) -> dict[str, list[There]]:
    """marker -> what the company file has with the ExternalGUID of that marker, or on lines of what a person adopted."""
    known = {guid(marker): marker for marker in markers}
    there: defaultdict[str, list[There]] = defaultdict(list)
    for entry in books.entries("Customer", "Item"):
        marker = known.get(entry.fields.get("ExternalGUID", "").lower())
        if marker:
            there[marker].append(There(entry.id, _customer(entry) if entry.kind == "Customer" else _service(entry)))
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


def _service(entry: Any) -> dict[str, Any]:
    sides = entry.fields.get("SalesAndPurchase", {})
    accounts = {"income_account": sides.get("IncomeAccountRef"), "expense_account": sides.get("ExpenseAccountRef")}
    return {"name": entry.name, "parent": entry.parent, **{name: (ref or {}).get("ListID") for name, ref in accounts.items()}}


def _estimate(txn: Any, marker: str) -> dict[str, Any]:
    lines = [line.fields for line in txn.lines if line.fields.get("Other2") == marker]
    counted = Counter((line["ItemRef"]["ListID"], Decimal(line["Amount"])) for line in lines)
    return {"job": txn.subject, "number": txn.ref, "date": txn.date, "lines": counted}


def _lines_alone(what: dict[str, Any]) -> dict[str, Any]:
    """What a later send put there: lines; number and date are those of the first one."""
    return {name: what[name] for name in ("job", "lines") if name in what}


# the trail


def audit_one_to_one(facts: Facts) -> None:
    """I6: each move of an item has exactly one event with its actor, and the events form one chain of states."""
    trail: defaultdict[str, list[Event]] = defaultdict(list)
    for event in facts.events:
        trail[event.subject].append(event)
    for item in facts.items:
        events = trail.pop(item.subject, [])
        assert [e.version for e in events] == list(range(1, item.version + 1)), (
            f"item {item.id} is at version {item.version}, its events are {[e.version for e in events]}"
        )
        states = [State.WITH_PM.value, *(e.to for e in events)]
        assert [e.frm for e in events] == states[:-1], (
            f"the events of item {item.id} are no chain: {[(e.frm, e.to) for e in events]}"
        )
        assert states[-1] == item.state, f"item {item.id} is {item.state}, its last event leads to {states[-1]}"
        assert all(e.actor_id or e.actor.startswith("system:") for e in events), f"a move of item {item.id} has no actor"


def single_flight(facts: Facts) -> None:
    """I7: at most one open write per connection, held by at most one session, and one open exchange per item."""
    assert len(facts.unsettled) <= 1, f"several writes are open: {[m.key for m in facts.unsettled]}"
    per_item = Counter(e.item_id for e in facts.exchanges if e.item_id and e.state in OPEN)
    assert all(n == 1 for n in per_item.values()), f"an item has two open exchanges: {per_item}"
    outstanding = facts.messages.get(facts.session.outstanding or "") if facts.session else None
    assert not outstanding or outstanding.settled_at is None, f"{outstanding and outstanding.key} is outstanding and settled"
    write = facts.unsettled[0] if facts.unsettled else None
    for exchange in facts.exchanges:
        mine = write is not None and write.exchange_id == exchange.id
        held = outstanding is not None and outstanding.exchange_id == exchange.id
        assert held == (exchange.state == ExchangeState.HANDED), f"exchange {exchange.id} is {exchange.state}, held: {held}"
        assert mine or exchange.state != ExchangeState.DOUBT, f"exchange {exchange.id} is in doubt without an open write"
        ok = exchange.state in (ExchangeState.DOUBT, ExchangeState.HANDED)
        assert ok or not mine, f"exchange {exchange.id} is {exchange.state} with an open write"


def journal_first(facts: Facts) -> None:
    """I8: each success, and each failure that accounting told, rests on an answer that was journalled and applied."""
    applied = {a.message_key for a in db.session.scalars(select(Answer).where(Answer.applied == 1))}
    answered = {m.exchange_id for m in facts.messages.values() if m.key in applied}
    for event in facts.events:
        if event.action == "succeed":
            assert event.exchange_id in answered, f"{event.subject} succeeded without an answer in the journal"
    asked = select(func.count()).select_from(Answer).where(Answer.applied.is_not(None), Answer.applied.not_in((0, 1)))
    assert not db.session.scalar(asked), "an answer is neither read nor refused"
    for answer in db.session.scalars(select(Answer)):
        # The hash is that of the response, which is empty when only a message came; then the body keeps the message.
        kept = {hashlib.sha256(text.encode()).hexdigest() for text in ("", answer.body)}
        assert answer.hash in kept, f"answer {answer.id} was altered"


def tenant(facts: Facts) -> None:
    """I9: item, exchange, message, session and record of one piece of work belong to one connection."""
    wrong = [e.id for e in facts.exchanges if e.item is not None and e.item.connection_id != e.connection_id]
    wrong += [m.exchange_id for m in facts.messages.values() if m.exchange and m.exchange.connection_id != m.connection_id]
    wrong += [e.id for e in facts.exchanges if e.snapshot is not None and e.snapshot.item_id != e.item_id]
    assert not wrong, f"exchanges {wrong} reach over to another connection"
    for session in db.session.scalars(select(Session).where(Session.outstanding.is_not(None))):
        message = db.session.get(Message, session.outstanding)
        assert message is not None and message.connection_id == session.connection_id, (
            f"session {session.ticket} holds another's message"
        )
    linked = select(Record).join(Item, Item.id == Record.item_id).where(Item.connection_id != Record.connection_id)
    assert db.session.scalar(linked) is None, "a record is linked to an item of another connection"


def link_unique(facts: Facts) -> None:
    """I10: one item per object of accounting and per document, one record per object."""
    for what, keys in {
        "object of accounting": [(i.kind, i.erp_id) for i in facts.items if i.erp_id],
        "document": [i.document_id for i in facts.items],
    }.items():
        assert len(keys) == len(set(keys)), f"two items for one {what}: {Counter(keys).most_common(1)}"
    asked = select(Record.list, Record.erp_id).filter_by(connection_id=facts.connection_id)
    assert all(n == 1 for n in Counter(tuple(row) for row in db.session.execute(asked)).values()), "a record stands twice"


DECISIONS = ("accept", "unaccept", "reject", "export", "retry", "look_again", "adopt", "send_again")


def rights(facts: Facts) -> None:
    """I11: whoever decided held Standard or Admin on ERP and the privilege at that moment."""
    for event in facts.events:
        if event.action in DECISIONS:
            assert event.actor_id, f"{event.subject}: {event.action} by {event.actor}"
            held = event.rights.get("erp") in ("Standard", "Admin") and event.rights.get("push") is True
            assert held, f"{event.subject}: {event.actor} did {event.action} with {event.rights}"


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
    items = {item.subject: item for item in facts.items}
    synced = [e for e in facts.events if e.to == State.SYNCED and e.action not in ("succeed", "adopt", "retrieve", "reject")]
    assert not synced, f"{synced and synced[0].action} made an item Synced"
    assert all(e.subject in items for e in facts.events if e.action == "adopt"), "something was adopted for no item"


def frozen(facts: Facts) -> None:
    """I12: what was accepted is what was frozen at Send, and what was handed out carries its marker."""
    for snapshot in facts.snapshots.values():
        same = hashlib.sha256(snapshot.payload.encode()).hexdigest() == snapshot.hash
        assert same, f"snapshot {snapshot.id} was altered after Send"
    for message in facts.messages.values():
        if message.writes and message.exchange and message.exchange.snapshot:
            marker = message.exchange.snapshot.marker
            assert guid(marker) in message.body or marker in message.body, f"the write {message.key} does not carry {marker}"
            assert message.body.count(message.key) == 2, f"the write {message.key} was altered"


def mail_once(facts: Facts) -> None:
    """I13: each rejection and refusal wrote exactly one mail per recipient, with the Message-ID of its key."""
    mails = list(db.session.scalars(select(mail.Mail)))
    twice = [key for key, n in Counter((m.event_id, m.user_id) for m in mails if m.event_id).items() if n > 1]
    assert not twice, f"somebody gets two mails about one event: {twice}"
    assert all(m.message_id == mail.message_id(m.key) for m in mails), "a Message-ID changed between two tries"
    written = {(m.event_id, m.user_id) for m in mails}
    items = {item.subject: item for item in facts.items}
    for event in facts.events:
        item = items.get(event.subject)
        creator = db.session.get(User, item.created_by) if item and item.created_by else None
        if (
            item
            and creator
            and creator.active
            and creator.id != event.actor_id
            and "creator" in mail.roles(event.action, item.kind)
        ):
            assert (event.id, creator.id) in written, f"nobody told {creator.name} that {event.subject} was rejected"
        exporter = _exporter(facts, event) if event.action == "fail" else None
        if exporter and exporter.active:
            assert (event.id, exporter.id) in written, f"nobody told {exporter.name} that {event.subject} failed"


def _exporter(facts: Facts, failure: Event) -> User | None:
    actions = ("export", "retry", "look_again", "send_again")
    before = [e for e in facts.events if e.subject == failure.subject and e.id < failure.id and e.action in actions]
    return db.session.get(User, before[-1].actor_id) if before else None


INVARIANTS: dict[str, Callable[[Facts], None]] = {
    "I1 ONE_LIST": one_list, "I2 NO_VANISH": no_vanish, "I3 AT_MOST_ONE": at_most_one, "I4 SYNCED_EXISTS": synced_exists,
    "I5 MONEY": money, "I5 ONCE": entries_once, "I6 AUDIT_1_1": audit_one_to_one, "I7 SINGLE_FLIGHT": single_flight,
    "I8 JOURNAL_FIRST": journal_first, "I9 TENANT": tenant, "I10 LINK_UNIQUE": link_unique, "I11 RIGHTS": rights,
    "I12 FROZEN": frozen, "I13 MAIL": mail_once, "I16 JUDGED": judged_by_a_person,
}  # fmt: skip
