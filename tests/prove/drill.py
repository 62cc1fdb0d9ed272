"""One restore drill: work under faults, a backup in the middle of it, more work, a disaster, the restore, and work again."""

import random
import re
import time
from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import select

from erp import invariants
from erp.audit import Event
from erp.connectors.quickbooks import session
from erp.connectors.quickbooks.mapping.mapping import guid
from erp.db import db
from erp.exchanges import restores
from erp.exchanges.exchange import Message
from erp.items import Item, Snapshot
from erp.reports import differences
from erp.simulator.books import Books
from erp.states import State
from tests.databases import on_postgresql
from tests.house import House, move_in
from tests.prove.accounting import LEASE
from tests.prove.grown import grown
from tests.prove.world import Result, World, silence

MARKER = re.compile(r"CS-[A-Z2-9]{12}")
ACTORS = {"pam": 30, "approver": 35, "connector": 30, "clock": 4, "time": 4, "late": 2}
ROUNDS = 6


@dataclass
class Drilled:
    """What came of a drill."""

    seed: int
    lost: int = 0
    ahead: int = 0
    writes_after: int = 0
    people: int = 0
    seconds: float = 0.0
    states: Counter[str] = field(default_factory=Counter)
    trace: list[str] = field(default_factory=list)


class Drill(World):
    """A world whose operator takes one backup while a Web Connector stands in the middle of its session."""

    taken = False
    due = 10**9

    def _at(self, name: str, stage: str) -> str | None:
        self.due -= 1
        if self.due <= 0 and not self.taken:
            self.take()
            self.say(f"operator: backup while {name} stands at {stage}")
        return super()._at(name, stage)

    def take(self) -> None:
        """A backup with our command, or, in every other drill, the bare files copied by somebody who does not know it."""
        self.taken = True
        if self.bare:
            self.house.there.copy("house", "copied")
        else:
            self.house.backup()

    def put_back(self) -> None:
        """What was taken, in the place of what is there now."""
        if not self.bare:
            return self.house.restore(self.house.folder / "house.db.backup")
        return self.house.lay_over("copied")

    @property
    def bare(self) -> bool:
        """PostgreSQL has no files that could be copied."""
        return self.result.seed % 2 == 1 and not on_postgresql()

    def _bookkeeper(self) -> str:
        """What a bookkeeper moves or deletes would look like a fault of the restore."""
        return "watches"


def drill(seed: int, *, before: int = 25, between: int = 40, after: int = 30) -> Drilled:
    """Raises AssertionError when something is posted twice, or the report of differences is not the truth."""
    grown()
    told = Drilled(seed)
    with move_in("grown", QBWC_LEASE_SECONDS=float(LEASE), QBWC_BACKOFF=0.2) as house, silence():
        world = Drill(house, Result(seed), random.Random(seed), 0.06, None)
        told.trace = world.result.trace
        unwatch = world.faults.listen()
        try:
            _work(world, before)
            world.due = 1
            _work(world, between)
            if not world.taken:
                world.take()
            _restore(world, told)
            _work_after(world, told, after)
        finally:
            unwatch()
    return told


def _work(world: World, steps: int) -> None:
    for _ in range(steps):
        world.step(ACTORS)
        world.house.wait(world.die.choice((1, 5, 60)))
        _sound()


def _sound() -> None:
    db.session.remove()
    found = invariants.broken(thorough=True)
    db.session.remove()
    assert not found, f"{found[0].name}: {found[0].sentence} {found[0].ids}"


def _restore(world: Drill, told: Drilled) -> None:
    house = world.house
    house.wait(3600)
    rate, world.faults.rate = world.faults.rate, 0
    started = time.perf_counter()
    world.put_back()
    told.seconds = time.perf_counter() - started
    _sound()
    expected = _lost(house)
    world.say(f"operator: restored; {len(expected)} markers are not known any more")
    for _ in range(4):
        house.wait(LEASE + 61)
        world.say(f"first visit: {world.visit()}")
        if restores.unread(house.connection) is None:
            break
    db.session.remove()
    found = differences.of(house.connection)
    assert found.read_at is not None, "accounting was not searched"
    _agree(house, found, expected)
    told.lost, told.ahead = len(found.unknown), len(found.ahead)
    db.session.remove()
    world.faults.rate = rate


def _agree(house: House, found: differences.Differences, expected: set[str]) -> None:
    """The report against the books themselves."""
    reported = {row.marker or row.guid for row in found.unknown}
    assert reported == expected, f"the report says {reported}, the books {expected}"
    assert not found.missing, f"missing: {[item.subject for item in found.missing]}"


def _lost(house: House) -> set[str]:
    """Markers (GUIDs of items) in the company file that the database does not know."""
    known = set(db.session.scalars(select(Snapshot.marker)))
    db.session.remove()
    with house.company.home.reading() as books:
        words = _words(books)
        made = {entry.fields.get("ExternalGUID", "").lower() for entry in books.entries("Item")} - {""}
    return (set(words) - known) | (made - {guid(marker).lower() for marker in known})


def _words(books: Books) -> Counter[str]:
    """Marker -> number of objects that carry it."""
    found: Counter[str] = Counter()
    for entry in books.entries("Customer"):
        found.update(set(MARKER.findall(entry.fields.get("Notes", ""))))
    for txn in books.transactions("Estimate"):
        texts = [txn.fields.get("Memo", ""), *(line.fields.get("Other2", "") for line in txn.lines)]
        found.update({marker for text in texts for marker in MARKER.findall(text)})
    return found


def _work_after(world: World, told: Drilled, steps: int) -> None:
    """Everybody goes on; what the database does not know in accounting stays as it was, and nothing is there twice."""
    house, lost = world.house, _lost(world.house)
    before, written = _pictures(house, lost), _writes()
    _work(world, steps)
    world.faults.rate = 0
    for _ in range(ROUNDS):
        house.wait(LEASE + 61)
        session.sweep()
        for key in [item.id for item in world.items(State.FAILED, State.UNKNOWN)]:
            world.say(f"ann: {world.click(lambda key=key: world.press(key))}")
        world.say(world.export_as("ann"))
        world.say(f"rest: {world.visit()}")
        db.session.remove()
    _sound()
    after = _pictures(house, lost)
    touched = [key for key in before if before[key] != after.get(key) and key not in _decided()]
    assert not touched, f"touched although not known: {touched}"
    assert not after.keys() - before.keys(), "something carries a lost marker that did not"
    _nothing_twice(house)
    told.writes_after = _writes() - written
    told.states = Counter(str(state) for state in db.session.scalars(select(Item.state)))
    told.people = told.states["Unknown"]
    db.session.remove()


def _decided() -> set[str]:
    """Ids of what people have seen and adopted, or sent again beside with eyes open."""
    rows = db.session.scalars(select(Event.details).where(Event.action.in_(("adopt", "send_again"))))
    return {key for told in rows for key in (told.get("erp_id"), *told.get("seen", ()))} - {None}


def _pictures(house: House, lost: set[str]) -> dict[str, tuple[str, ...]]:
    """Object -> our lines on it, for every object with a marker that is not known."""
    with house.company.home.reading() as books:
        return {txn.id: tuple(f"{line.fields.get('Other2')} {line.fields.get('Amount')}" for line in txn.lines)
                for txn in books.transactions("Estimate")
                if lost & set(MARKER.findall(" ".join([txn.fields.get("Memo", ""), *(
                    line.fields.get("Other2", "") for line in txn.lines)])))}  # fmt: skip


def _nothing_twice(house: House) -> None:
    with house.company.home.reading() as books:
        twice = [marker for marker, n in _words(books).items() if n > 1]
        ours = [txn for txn in books.transactions("Estimate") if MARKER.search(txn.fields.get("Memo", ""))]
        seen = _decided()  # and sent again beside it with eyes open
        per_job = [job for job, n in Counter(txn.subject for txn in ours if txn.id not in seen).items() if n > 1]
        numbers = Counter(entry.fields.get("AccountNumber") for entry in books.entries("Customer"))
        jobs = [number for number, n in numbers.items() if number and n > 1]
    assert not (twice or per_job or jobs), f"twice: markers {twice}, Estimates on {per_job}, jobs {jobs}"


def _writes() -> int:
    return len(list(db.session.scalars(select(Message.key).where(Message.writes))))
