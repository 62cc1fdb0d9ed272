"""One seeded history: a project manager, two approvers, a bookkeeper, the clock and two Web Connectors at work, with faults."""

import logging
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import func, select

from erp.cli.user import give, make
from erp.connectors.quickbooks import session
from erp.db import db, transaction
from erp.documents import budget, cost_code, project
from erp.documents.budget import Budget
from erp.documents.document import DocumentRefused
from erp.documents.project import Project
from erp.exchanges import restores, undecided, unlink, verify
from erp.exchanges.exchange import OPEN, Exchange, ExchangeState, Message
from erp.exchanges.export import export, look_again, retry, withdraw
from erp.exchanges.refresh import due, refresh_costs
from erp.exchanges.rehearse import rehearse
from erp.items import Item, Snapshot
from erp.items.choices import pick
from erp.items.perform import Refused, accept, change_choices, reject, retrieve, send, unaccept
from erp.items.why_not import why_not
from erp.moves import Stale
from erp.people import Level, User
from erp.people.user import PUSH
from erp.simulator import bookkeeper as deeds
from erp.simulator import views
from erp.simulator.connector import WebConnector
from erp.simulator.service import ServiceFailed
from erp.simulator.wire import Unreachable
from erp.states import State
from tests.databases import Files
from tests.house import CODES, CUSTOMER, House, move_in
from tests.invariants import There, check_all, judge
from tests.prove.bookkeeper import OBSTACLES, Bookkeeper, clear_away
from tests.prove.faults import Faults, Killed
from tests.prove.pam import Pam

LEASE = 60
STEPS = 50
RATE = 0.15
DRAINS = 40
PROJECTS = 16
MORE_CODES = (("32-1700", "Pavement markings"), ("34-7100", "Guard rails"))
EXPLAINED = {"3100", "3130", "3140", "parent-missing", "gone", "closed", "moved"}
"""Refusals that only accounting can cure: a taken name, an inactive or missing reference, an Estimate out of reach."""


@dataclass
class Result:
    """What a history came to; `broken` is the promise that was broken."""

    seed: int
    faults: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    writes: int = 0
    changes: int = 0
    again: int = 0
    trace: list[str] = field(default_factory=list)
    broken: str = ""


def play(seed: int, *, steps: int = STEPS, rate: float = RATE, say: Callable[[str], None] | None = None) -> Result:
    """Play one history to its end."""
    result = Result(seed)
    grown()
    with move_in("grown", QBWC_LEASE_SECONDS=float(LEASE), QBWC_BACKOFF=0.2) as house, silence():
        world = World(house, result, random.Random(seed), rate, say)
        with world.faults.told_to(result):
            world.live(steps)
            world.come_to_rest()
        world.sum_up()
    return result


@cache
def grown() -> None:
    """Half of the projects and the codes are in accounting, most of those projects have a budget, two of them synced and
    read back: there is work to do."""
    with move_in() as house:
        with transaction():
            give(make("erin@x.test", "Erin", "-", erp=Level.ADMIN), PUSH)
            for number, name in MORE_CODES:
                cost_code.create(house.pam, number, name)
            for n in range(2, PROJECTS):
                make_project(house, n)
        for number, _ in (*CODES, MORE_CODES[0]):
            house.accepted("cost_code", house.code(number))
        for n in range(2, PROJECTS // 2):
            house.accepted("job", house.project(f"26-{n}"))
        house.export("cost_code")
        house.export("job")
        assert house.update().ok
        for n in range(4, PROJECTS // 2 - 1):
            house.budget_of(house.project(f"26-{n}"), 100_00 * n, -50, 999_999_999_999 - n)
        for n in (3, 2):
            house.budget_of(house.project(f"26-{n}"), 5_000_00, 70_000_00, -50, 123_456_78)
            house.exported("budget", budget.of(house.project(f"26-{n}")))
        assert house.update().ok
        house.wait(60)
        with transaction():
            refresh_costs(house.connection)
        assert house.update().ok
        house.keep("grown")


def make_project(house: House, n: int) -> None:
    """A project of Pam's."""
    project.create(house.pam, number=f"26-{n}", title=f"Project {n}", wished_customer=CUSTOMER,
                   connection_id=house.connection.id)  # fmt: skip


@contextmanager
def silence() -> Iterator[None]:
    """The product logs every fault that we inject."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


class World:
    """Everybody, and the die that says who does what next."""

    ACTORS = {"pam": 20, "approver": 25, "connector": 40, "bookkeeper": 8, "obstacle": 6, "clear": 9, "clock": 5, "time": 5,
              "late": 3, "other_file": 1, "put_back": 5,
              "admin": 5}  # fmt: skip
    LIVELY = {"pam": 30, "approver": 35, "connector": 30, "bookkeeper": 8, "obstacle": 2, "clear": 4, "clock": 6, "time": 3,
              "late": 2, "put_back": 2, "admin": 3}  # fmt: skip
    MEANWHILE = {"pam": 3, "approver": 6, "connector": 6, "bookkeeper": 3, "clock": 3, "time": 4, "late": 1, "admin": 1}

    def __init__(self, house: House, result: Result, die: random.Random, rate: float, say: Callable[[str], None] | None) -> None:
        self.house, self.result, self.die, self._say = house, result, die, say
        self.lively = result.seed % 3 == 0
        """In every third history the budgets that accounting has keep changing; less breaks, so that more changes arrive."""
        self.faults = Faults(die, rate / 3 if self.lively else rate)
        self.bookkeeper = Bookkeeper(die, house.company)
        self.connectors = {name: self._connector_named(name) for name in "AB"}
        self.inside: list[str] = []
        self.hold: datetime | None = None
        self.batches: list[str] = []
        self.kept = False
        self.brought_back: set[str] = set()
        """What a backup of the company file has brought back; it was gone when accounting was asked."""
        self.sets = 0 if result.seed % 2 else 64
        """Every other QuickBooks remembers no message set at all: then only looking helps."""
        self._clear()

    def _connector_named(self, name: str) -> WebConnector:
        made = self.house.web_connector(post=self.faults.line(self.house.post))
        made.fault = lambda stage: self._at(name, stage)
        return made

    # the history

    def live(self, steps: int) -> None:
        """Steps of everybody, the invariants after each."""
        for _ in range(steps):
            self.faults.written = False
            self.step(self.LIVELY if self.lively else self.ACTORS)
            self.house.wait(self.die.choice((0, 1, 5, 60)))
            if self.faults.written:
                self.check()

    def step(self, actors: dict[str, int]) -> None:
        """One step of one actor."""
        actor = self.die.choices(list(actors), list(actors.values()))[0]
        self.say(f"{actor}: {getattr(self, f'_{actor}')()}")

    def check(self, *, drained: bool = False) -> None:
        """Every invariant, on a fresh look at both files."""
        db.session.remove()
        check_all(self.house.company, self.house.connection, drained=drained, touched=self.house.touched)
        db.session.remove()

    def say(self, words: str) -> None:
        """Keep the history, and tell it when somebody listens."""
        told = f"{self.house.now:%d %H:%M:%S} {'  ' * len(self.inside)}{words}"
        self.result.trace.append(told)
        if self._say:
            self._say(told)

    # the project manager

    def _pam(self) -> str:
        deeds = {self._project: 1, self._budget: 4, self._send: 8, self._retrieve: 1, self._life: 4, self._resend: 2}
        if self.lively and self.die.random() < 0.7:
            return self._round()
        chosen = self.die.choices(list(deeds), list(deeds.values()), k=self.die.randint(1, 4))
        return ", ".join(self._click(deed) for deed in chosen)

    def _round(self) -> str:
        """A budget changes, is sent again and exported, unless something comes between."""
        deeds = [self._life] * self.die.randint(1, 3) + [self._resend]
        said = [self._click(deed) for deed in deeds]
        return ", ".join([*said, self._export_as("ann")] if self.die.random() < 0.8 else said)

    def _project(self) -> str:
        number = len(list(db.session.scalars(select(Project.id))))
        if number >= PROJECTS + 4:
            return "has projects enough"
        make_project(self.house, number)
        return f"makes project {number}"

    def _budget(self) -> str:
        without = [of for item in self._items(State.SYNCED) if item.kind == "job"
                   if (of := db.session.get_one(Project, item.document_id)) and not budget.of(of)]  # fmt: skip
        if not without:
            return "has no job without a budget"
        of = self.die.choice(without)
        made = self.house.budget_of(of, *[self._amount() for _ in range(self.die.randint(1, 4))])
        return f"sends the budget of {of.number}, {send('budget', self.house.connection, made, self.house.pam).subject}"

    def _amount(self) -> int:
        return self.die.choice((-1, 1)) * self.die.choice((1, 99, self.die.randrange(1, 10**6), 999_999_999_999))

    def _send(self) -> str:
        kind, document = self.die.choice(self._documents())
        return f"sends {send(kind, self.house.connection, document, self.house.pam).subject}, a {kind}"

    def _life(self) -> str:
        """Something in the life of a budget: money moves, or its lines change."""
        found = self._budgets_at_home()
        if not found:
            return "has no budget at hand"
        chosen = self.die.choice(found[:2] if self.die.random() < 0.8 else found)
        return f"{Pam(self.die, self.house, chosen).act()} in {chosen.number}"

    def _resend(self) -> str:
        found = [row for row in self._budgets_at_home() if row.exported_at and budget.unsynced(row)]
        if not found:
            return "has no budget to send again"
        return f"sends {send('budget', self.house.connection, self.die.choice(found), self.house.pam).subject}, a budget"

    def _budgets_at_home(self) -> list[Budget]:
        """Those that accounting has first."""
        elsewhere = self._elsewhere()
        found = [row for row in db.session.scalars(select(Budget).order_by(Budget.id)) if ("budget", row.id) not in elsewhere]
        return sorted(found, key=lambda row: row.exported_at is None)

    def _documents(self) -> list[tuple[str, Any]]:
        found: list[tuple[str, Any]] = [("job", row) for row in db.session.scalars(select(Project).order_by(Project.id))]
        found += [("cost_code", self.house.code(number)) for number, _ in (*CODES, *MORE_CODES)]
        found += [("budget", row) for row in db.session.scalars(select(Budget).order_by(Budget.id))]
        elsewhere = self._elsewhere()
        at_home = [(kind, row) for kind, row in found if (kind, row.id) not in elsewhere]
        return at_home if at_home and self.die.random() < 0.9 else found

    def _elsewhere(self) -> set[tuple[str, int]]:
        """Kind and id of the documents that are not with Pam now; a synced budget is with her, too."""
        rows = db.session.execute(select(Item.kind, Item.document_id, Item.state))
        return {(kind, key) for kind, key, state in rows
                if state != State.WITH_PM and not (kind == "budget" and state == State.SYNCED)}  # fmt: skip

    def _retrieve(self) -> str:
        item = self._any(State.READY, State.ACCEPTED)
        retrieve(item, self.house.pam, version=self._version(item))
        return f"retrieves {item.subject}"

    # the approvers

    DUTIES = {"accept": 9, "export": 8, "retry": 4, "look_again": 3, "reject": 1, "unaccept": 1, "choices": 1, "withdraw": 1,
              "adopt": 3, "send_again": 2, "verify": 2}  # fmt: skip

    def _approver(self) -> str:
        who = self.die.choice(("ann", "bob"))
        duty = self.die.choices(list(self.DUTIES), list(self.DUTIES.values()))[0]
        if duty == "export" or (duty == "accept" and self.die.random() < 0.7):
            return self._export_as(who)
        return self._click(lambda: f"{who} {getattr(self, f'_{duty}')(getattr(self.house, who))}")

    def _export_as(self, who: str) -> str:
        return ", ".join([self._click(lambda: f"{who} {self._accept_all(getattr(self.house, who))}"),
                          self._click(lambda: f"{who} {self._export(getattr(self.house, who))}")])  # fmt: skip

    def _accept(self, who: User) -> str:
        item = self._any(State.READY)
        accept(item, who, self._form(item), version=self._version(item))
        return f"accepts {item.subject}"

    def _accept_all(self, who: User) -> str:
        ready = self._items(State.READY)
        for item in ready:
            if item.as_state is State.READY and not why_not("accept", item, who, picked=pick(item, self._form(item))):
                accept(item, who, self._form(item))
        return f"accepts {len(ready)}"

    def _form(self, item: Item) -> dict[str, str]:
        return self.house.accounts() if item.kind == "cost_code" else {}

    def _choices(self, who: User) -> str:
        item = self._any(State.ACCEPTED)
        change_choices(item, who, self._form(item), version=self._version(item))
        return f"chooses anew for {item.subject}"

    def _unaccept(self, who: User) -> str:
        item = self._any(State.ACCEPTED)
        unaccept(item, who, version=self._version(item))
        return f"unaccepts {item.subject}"

    def _reject(self, who: User) -> str:
        item = self._any(State.READY, State.ACCEPTED, State.FAILED)
        reject(item, who, "Please look at it again.", version=self._version(item))
        return f"rejects {item.subject}"

    def _export(self, who: User) -> str:
        kinds = sorted({item.kind for item in self._items(State.ACCEPTED)}) or ["budget"]
        kind = "budget" if self.lively and "budget" in kinds else self.die.choice(kinds)
        click = export(self.house.connection, kind, who)
        self.batches.append(click.batch)
        return f"exports {', '.join(item.subject for item in click.items)}"

    def _withdraw(self, who: User) -> str:
        item = self._any(State.EXPORTING)
        withdraw(item, who, version=self._version(item))
        return f"withdraws {item.subject}"

    def _retry(self, who: User) -> str:
        item = self._any(State.FAILED)
        retry(item, who, self._form(item), version=self._version(item))
        return f"retries {item.subject}"

    def _look_again(self, who: User) -> str:
        item = self._any(State.UNKNOWN)
        look_again(item, who, version=self._version(item))
        return f"looks again at {item.subject}"

    def _adopt(self, who: User) -> str:
        item = self._any(State.UNKNOWN)
        there = undecided.candidates(item) or [{"result": {"erp_id": "1-1"}}]
        undecided.adopt(item, who, self.die.choice(there)["result"]["erp_id"], "Compared.", elsewhere=self.die.random() < 0.5,
                        version=self._version(item))  # fmt: skip
        return f"adopts for {item.subject}"

    def _send_again(self, who: User) -> str:
        item = self._any(State.UNKNOWN)
        undecided.send_again(item, self._erin(), "With eyes open.", version=self._version(item))
        return f"has {item.subject} sent again by Erin"

    def _erin_unlinks(self) -> str:
        """Erin unlinks what is gone, and has it asked first; what is there stays linked, unless it was put back meanwhile."""
        erin, linked = self._erin(), self._items(State.SYNCED, State.FAILED)
        if gone := [one for one in linked if not unlink.why_not_unlink(one, erin)]:
            return self._unlinked(self.die.choice(gone), erin)
        item = self.die.choice(self._missed() or linked)
        if unlink.asked(item) is None and self.die.random() < 0.8:
            return f"has {item.subject} asked whether it is gone: {unlink.ask(item, erin)}"
        return self._unlinked(item, erin)

    def _missed(self) -> list[Item]:
        """What Rita knows to be gone, and may be unlinked when QuickBooks says so, too."""
        there, erin = self._ids(), self._erin()
        linked = self._items(State.SYNCED, State.FAILED)
        return [one for one in linked if one.erp_id and one.erp_id not in there and not unlink.why_not_here(one, erin)]

    def _unlinked(self, item: Item, erin: User) -> str:
        key, subject = item.erp_id, item.subject
        unlink.unlink(item, erin, version=self._version(item))
        if not item.declaration.unlinks_freely and key not in self.brought_back:
            assert key not in self._ids(), f"{subject} was unlinked, and it is there"
        self.faults.counted["unlinked"] += 1
        return f"unlinks {subject}"

    def _admin(self) -> str:
        return self._click(self._erin_unlinks)

    def _erin(self) -> User:
        return db.session.scalars(select(User).filter_by(name="Erin")).one()

    def _ids(self) -> set[str]:
        company = self.house.company
        return {str(row["id"]) for look in (views.customers, views.items, views.estimates) for row in look(company)}

    def _verify(self, who: User) -> str:
        return f"verifies {verify.everything(self.house.connection)}"

    def _any(self, *states: State) -> Item:
        found = self._items(*states)
        if not found:
            raise Refused([])
        return self.die.choice(found)

    def _items(self, *states: State) -> list[Item]:
        return list(db.session.scalars(select(Item).where(Item.state.in_(states)).order_by(Item.id)))

    def _version(self, item: Item) -> int:
        """What the page shows; sometimes it is an old page."""
        return item.version - self.die.choice((0, 0, 0, 0, 0, 1))

    def _click(self, deed: Callable[[], str]) -> str:
        return self.faults.click(deed, Refused, Stale, DocumentRefused)

    # accounting's side

    def _connector(self) -> str:
        free = [name for name in self.connectors if name not in self.inside]
        if not free or len(self.inside) > 1:
            return "is busy"
        name = self.die.choice(free)
        self.inside.append(name)
        ended = self.connectors[name].update()
        self.inside.remove(name)
        return f"{name} {ended.outcome} after {len(ended.exchanges)}"

    def _at(self, name: str, stage: str) -> str | None:
        """A Web Connector stands at a stage of its session: somebody else may do something meanwhile, or it breaks."""
        if self.faults.rate and self.die.random() < 0.1:
            held = self.hold
            if stage == "request_received" and held is None:
                # The lease is chosen so that no request can still be running after it; that is the one assumption.
                self.hold = self.house.now + timedelta(seconds=LEASE - 1)
            self.step(self.MEANWHILE)
            self.hold = held
        twist = self.faults.connector(stage)
        if twist:
            self.say(f"{name} {stage}: {twist}")
        return twist

    def _late(self) -> str:
        late = [name for name, connector in self.connectors.items() if connector.late and name not in self.inside]
        if not late:
            return "nothing"
        with suppress(Unreachable, ServiceFailed):
            return f"{late[0]} answers late: {self.connectors[late[0]].deliver_late()}"
        return "the late answer was lost too"

    def _bookkeeper(self) -> str:
        with self._touching():
            said = self.bookkeeper.act()
        self.faults.counted[f"bookkeeper {said.partition(',')[0]}"] += "refused" not in said
        return said

    @contextmanager
    def _touching(self) -> Iterator[None]:
        """Whatever carries our markers and is another afterwards was touched by hand."""
        before = self._there()
        yield
        after, self.faults.written = self._there(), True
        self.house.touched |= {marker for marker in before.keys() | after.keys() if before.get(marker) != after.get(marker)}

    def _put_back(self) -> str:
        """Backups of the company file, and now and then one of them instead of it."""
        if self.inside:
            return "not now"
        files = Files(self.house.folder)
        self.house.company.home.close()
        if not self.kept or self.die.random() < 0.5:
            files.copy("company", "company-kept")
            self.kept = True
            return "backup of the company file"
        self.faults.counted["company file put back"] += 1
        with self._touching():
            there = self._ids()
            self.house.company.home.close()
            files.copy("company-kept", "company")
            self.house.wait(60)
            self.brought_back |= self._ids() - there
        return "the company file is put back to its backup"

    def _there(self) -> dict[str, list[There]]:
        markers = set(db.session.scalars(select(Snapshot.marker)))
        db.session.remove()
        with self.house.company.home.reading() as books:
            return judge(books, markers)

    def _obstacle(self) -> str:
        name = self.die.choice([*OBSTACLES, "short answers only"])
        if name in OBSTACLES:
            OBSTACLES[name](self.house.company, self.die)
        else:
            self.faults.pipe = self.die.choice((2_000, 8_000, 32_000))
        self.faults.counted[name] += 1
        return name

    def _other_file(self) -> str:
        if self.inside:
            return "not now"
        deeds.open_other_file(self.house.company)
        self.faults.counted["wrong file"] += 1
        return "opened"

    def _clear(self) -> str:
        self._clear_away()
        return "away"

    def _clear_away(self) -> None:
        self.faults.pipe = 0
        clear_away(self.house.company, self.sets)

    # time

    def _time(self) -> str:
        seconds = self.die.choice((1, 5, 30, 120, 600, 2400))
        if self.hold is not None:
            seconds = min(seconds, max(0, int((self.hold - self.house.now).total_seconds())))
        self.house.wait(seconds)
        return f"{seconds} s go by"

    def _clock(self) -> str:
        part = self.die.choice((session.sweep, self._schedule, self._rehearse, self._sync_costs, self._sync_costs))
        try:
            with self.faults.server():
                return f"{part.__name__.strip('_')} {part()}"
        except Killed:
            return "is killed"
        except Exception as fault:
            if "injected" not in str(fault):
                raise
            return "fails"

    def _schedule(self) -> int:
        with transaction():
            return due()

    def _sync_costs(self) -> int:
        with transaction():
            return refresh_costs(self.house.connection)

    def _rehearse(self) -> int:
        return rehearse(self.die.choice(self.batches)) if self.batches else 0

    # the end

    def come_to_rest(self) -> None:
        """Faults stop; what is on its way arrives; people press Retry and Look again; and the promises are kept."""
        self.faults.rate = 0
        self._clear_away()
        self._drain()
        for _ in range(2):
            for key in [item.id for item in self._items(State.FAILED, State.UNKNOWN)]:
                self.say(f"ann: {self._click(lambda key=key: self._press(key))}")
            self._drain()
        if self.result.seed % 4 == 1:
            self._made_anew()
        self._explained()
        assert restores.since(self.house.connection) is None, "a database that nobody restored counts as restored"

    def _made_anew(self) -> None:
        """What Rita or an old backup of her file took away is unlinked, from the leaves on, and sent as a new one."""
        for _ in range(2):
            for key in [item.id for item in self._missed()]:
                self.say(f"erin: {self._click(lambda key=key: str(unlink.ask(db.session.get_one(Item, key), self._erin())))}")
            self._drain()
            for key in [item.id for item in self._missed()]:
                self.say(f"erin: {self._click(lambda key=key: self._unlinked(db.session.get_one(Item, key), self._erin()))}")
        for kind in ("job", "cost_code", "budget"):
            for _ in range(3):
                self.say(f"pam: {self._click(self._send)}")
            self.say(f"ann: {self._click(lambda: self._accept_all(self.house.ann))}")
            self.say(f"ann: {self._click(lambda kind=kind: str(export(self.house.connection, kind, self.house.ann).batch))}")
            self._drain()

    def _press(self, key: int) -> str:
        again = db.session.get_one(Item, key)
        if again.as_state is State.FAILED:
            retry(again, self.house.ann, self._form(again))
        else:
            look_again(again, self.house.ann)
        return f"presses again on {again.subject}"

    def _drain(self) -> None:
        for _ in range(DRAINS):
            self.house.wait(LEASE + 61)
            session.sweep()
            self.say(f"rest: {self._connector()}")
            if not self._on_the_way():
                self.check(drained=True)
                return
        raise AssertionError(f"I2 NO_VANISH: {', '.join(self._on_the_way())} after {DRAINS} visits without faults")

    def _on_the_way(self) -> list[str]:
        moving = select(Exchange).where(Exchange.state.in_(OPEN), Exchange.state != ExchangeState.PERSON)
        found = [f"{e.subject} {e.state}" for e in db.session.scalars(moving)]
        db.session.remove()
        return found

    def _explained(self) -> None:
        for item in self._items(State.FAILED, State.UNKNOWN):
            code, words = item.error.get("code"), item.error.get("message", "")
            touched = item.snapshot is not None and item.snapshot.marker in self.house.touched
            foreign = words.startswith(("An entry with this number", "An earlier try of it has arrived after all"))
            good = touched or foreign if item.as_state is State.UNKNOWN else code in EXPLAINED
            assert good, f"stuck: {item.subject}, a {item.kind}, stays {item.state} without a reason: {code} {words}"

    def sum_up(self) -> None:
        """The figures of this history."""
        self.result.faults = +self.faults.counted
        self.result.states = Counter(str(state) for state in db.session.scalars(select(Item.state)))
        handed = db.session.scalars(select(Message.handed).where(Message.writes)).all()
        mods = select(func.count()).select_from(Message).where(Message.writes, Message.exchange.has(purpose="mod"))
        self.result.changes = db.session.scalar(mods) or 0
        self.result.writes, self.result.again = len(handed), sum(handed) - len(handed)
        db.session.remove()
