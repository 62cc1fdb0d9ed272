"""One seeded history: a project manager, two approvers, a bookkeeper, the clock and two Web Connectors at work, with faults."""

import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from erp.connectors.quickbooks import session
from erp.db import db, transaction
from erp.documents import budget, cost_code, project
from erp.documents.budget import Budget
from erp.documents.project import Project
from erp.exchanges.exchange import OPEN, Exchange, Message
from erp.exchanges.export import export, look_again, retry, withdraw
from erp.exchanges.refresh import due
from erp.exchanges.rehearse import rehearse
from erp.items import Item
from erp.items.perform import Refused, accept, change_choices, reject, retrieve, send, unaccept
from erp.moves import Stale
from erp.people import User
from erp.simulator import bookkeeper as deeds
from erp.simulator.connector import WebConnector
from erp.states import State
from tests.house import CODES, House, move_in
from tests.invariants import Facts, _judge, check_all
from tests.prove.bookkeeper import OBSTACLES, Bookkeeper, clear_away
from tests.prove.faults import Faults, Killed

LEASE = 1800
STEPS = 40
RATE = 0.03
DRAINS = 40
PROJECTS = 5
MORE_CODES = (("32-1700", "Pavement markings"), ("34-7100", "Guard rails"))


@dataclass
class Result:
    """What a history came to."""

    seed: int
    faults: Counter[str] = field(default_factory=Counter)
    writes: int = 0
    again: int = 0
    states: Counter[str] = field(default_factory=Counter)
    trace: list[str] = field(default_factory=list)
    broken: str = ""


def play(seed: int, *, steps: int = STEPS, rate: float = RATE, say: Callable[[str], None] | None = None) -> Result:
    """Play one history to its end; `broken` says which promise was broken, if any, and `trace` how it came to that."""
    result = Result(seed)
    with move_in(QBWC_LEASE_SECONDS=float(LEASE), QBWC_BACKOFF=1.0) as house:
        world = World(house, result, random.Random(seed), rate, say)
        unwatch = world.faults.listen()
        try:
            world.live(steps)
            world.come_to_rest()
        except AssertionError as broken:
            result.broken = str(broken).partition("\n")[0]
        finally:
            unwatch()
            world.sum_up()
    return result


class World:
    """Everybody, and the die that says who does what next."""

    def __init__(self, house: House, result: Result, die: random.Random, rate: float, say: Callable[[str], None] | None) -> None:
        self.house, self.result, self.die, self._say = house, result, die, say
        self.faults = Faults(die, rate)
        self.bookkeeper = Bookkeeper(die, house.company)
        self.connectors = [self._connector(name) for name in "AB"]
        self.inside: set[str] = set()
        self.batches: list[str] = []
        for number, name in MORE_CODES:
            self._as_is(lambda number=number, name=name: cost_code.create(house.pam, number, name))

    def _connector(self, name: str) -> WebConnector:
        made = self.house.web_connector(post=self.faults.line(self.house.post))
        made.fault = lambda stage: self._at(name, stage)
        return made

    # the history

    def live(self, steps: int) -> None:
        """Steps of everybody, the invariants after each."""
        for _ in range(steps):
            self.step(self.die.choices(list(self.ACTORS), list(self.ACTORS.values()))[0])
            self.check()

    ACTORS = {"pam": 30, "approver": 30, "connector": 26, "bookkeeper": 5, "obstacle": 4, "clear": 3, "clock": 6, "time": 6,
              "late": 2, "other_file": 1}  # fmt: skip

    def step(self, actor: str) -> None:
        """One step of one actor."""
        self.say(f"{actor}: {getattr(self, f'_{actor}')() or ''}")

    def check(self, *, drained: bool = False) -> None:
        """Every invariant, on a fresh look at both files."""
        check_all(self.house.company, self.house.connection, drained=drained, touched=self.house.touched)
        db.session.remove()

    def say(self, words: str) -> None:
        self.result.trace.append(words)
        if self._say:
            self._say(words)

    # the project manager

    def _pam(self) -> str:
        deed = self.die.choice((self._make, self._make, self._send, self._send, self._send, self._retrieve))
        return self._person(deed)

    def _make(self) -> str:
        number = self._count(Project) - 2
        if number < PROJECTS and self.die.random() < 0.5:
            project.create(self.house.pam, number=f"26-{number}", title=f"Project {number}", wished_customer="City of Bayview",
                           connection_id=self.house.connection.id)  # fmt: skip
            return f"project {number}"
        jobs = [item for item in self._items(State.SYNCED) if item.kind == "job"]
        job = self.die.choice(jobs) if jobs else None
        of = db.session.get(Project, job.document_id) if job else None
        if of is None or budget.of(of):
            return "nothing to make"
        self.house.budget_of(of, *[self.die.choice((-1, 1)) * self.die.randrange(1, 10**9) for _ in range(self.die.randint(1, 4))])
        return f"budget of {of.number}"

    def _send(self) -> str:
        kind, document = self.die.choice(self._documents())
        item = send(kind, self.house.connection, document, self.house.pam)
        return f"send {kind} {item.number}"

    def _documents(self) -> list[tuple[str, Any]]:
        found: list[tuple[str, Any]] = [("job", row) for row in db.session.scalars(select(Project).order_by(Project.id))]
        found += [("cost_code", self.house.code(number)) for number, _ in (*CODES, *MORE_CODES)]
        return found + [("budget", row) for row in db.session.scalars(select(Budget).order_by(Budget.id))] * 3

    def _retrieve(self) -> str:
        item = self._any(State.READY, State.ACCEPTED)
        retrieve(item, self.house.pam, version=self._version(item))
        return f"retrieve {item.subject}"

    # the approvers

    def _approver(self) -> str:
        who = self.die.choice(("ann", "bob"))
        weights = {"accept": 8, "export": 8, "retry": 4, "look_again": 3, "reject": 1, "unaccept": 1, "choices": 1, "withdraw": 1}
        deed = self.die.choices(list(weights), list(weights.values()))[0]
        return self._person(lambda: f"{who} {getattr(self, f'_{deed}')(getattr(self.house, who))}")

    def _accept(self, who: User) -> str:
        item = self._any(State.READY)
        accept(item, who, self._form(item), version=self._version(item))
        return f"accepts {item.subject}"

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
        kind = self.die.choice(("job", "cost_code", "budget"))
        click = export(self.house.connection, kind, who)
        self.batches.append(click.batch)
        return f"exports {len(click.items)} of {kind}"

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

    def _any(self, *states: State) -> Item:
        found = self._items(*states)
        if not found:
            raise Refused([])
        return self.die.choice(found)

    def _items(self, *states: State) -> list[Item]:
        return list(db.session.scalars(select(Item).where(Item.state.in_(states)).order_by(Item.id)))

    def _version(self, item: Item) -> int:
        """What the page shows: sometimes it is an old page."""
        return item.version - self.die.choice((0, 0, 0, 0, 0, 1))

    def _person(self, deed: Callable[[], str]) -> str:
        """One click: a transaction of its own, refused, stale, killed or done."""
        said = ["nothing"]
        with suppress(Killed), self.faults.server():
            try:
                with transaction():
                    said.append(deed())
            except (Refused, Stale, project.DocumentRefused) as no:
                return f"{type(no).__name__} {no}"
            except Exception as fault:
                if "injected" not in str(fault):
                    raise
        return said[-1]

    # accounting's side

    def _connector(self, name: str) -> WebConnector:
        made = self.house.web_connector(post=self.faults.line(self.house.post))
        made.fault = lambda stage: self._at(name, stage)
        return made
