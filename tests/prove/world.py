"""One seeded history: a project manager, two approvers, a bookkeeper, the clock and two Web Connectors at work, with faults."""

import logging
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import func, select

from erp.connectors.quickbooks import session
from erp.db import db, transaction
from erp.exchanges.exchange import Message
from erp.exchanges.refresh import due, refresh_costs
from erp.exchanges.rehearse import rehearse
from erp.items import Item
from tests.house import House, move_in
from tests.invariants import check_all
from tests.prove.accounting import LEASE, Accounting
from tests.prove.faults import Faults, Killed
from tests.prove.grown import grown
from tests.prove.rest import come_to_rest

STEPS = 50
RATE = 0.15


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
            come_to_rest(world)
        world.sum_up()
    return result


@contextmanager
def silence() -> Iterator[None]:
    """The product logs every fault that we inject."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


class World(Accounting):
    """Everybody, and the die that says who does what next.

    In every third history the budgets that accounting has keep changing; less breaks there, so that more changes arrive. In every
    other one QuickBooks remembers no message set at all: then only looking helps.
    """

    ACTORS = {"pam": 20, "approver": 25, "connector": 40, "bookkeeper": 8, "obstacle": 6, "clear": 9, "clock": 5, "time": 5,
              "late": 3, "other_file": 1, "put_back": 5,
              "admin": 5}  # fmt: skip
    LIVELY = {"pam": 30, "approver": 35, "connector": 30, "bookkeeper": 8, "obstacle": 2, "clear": 4, "clock": 6, "time": 3,
              "late": 2, "put_back": 2, "admin": 3}  # fmt: skip

    def __init__(self, house: House, result: Result, die: random.Random, rate: float, say: Callable[[str], None] | None) -> None:
        self.result, self._say = result, say
        lively = result.seed % 3 == 0
        faults = Faults(die, rate / 3 if lively else rate)
        super().__init__(house, die, faults, lively=lively, sets=0 if result.seed % 2 else 64)

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
        check_all(
            self.house.company, self.house.connection, drained=drained, touched=self.house.touched, returned=self.house.returned
        )
        db.session.remove()

    def say(self, words: str) -> None:
        """Keep the history, and tell it when somebody listens."""
        told = f"{self.house.now:%d %H:%M:%S} {'  ' * len(self.inside)}{words}"
        self.result.trace.append(told)
        if self._say:
            self._say(told)

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

    def sum_up(self) -> None:
        """The figures of this history."""
        self.result.faults = +self.faults.counted
        self.result.states = Counter(str(state) for state in db.session.scalars(select(Item.state)))
        handed = db.session.scalars(select(Message.handed).where(Message.writes)).all()
        mods = select(func.count()).select_from(Message).where(Message.writes, Message.exchange.has(purpose="mod"))
        self.result.changes = db.session.scalar(mods) or 0
        self.result.writes, self.result.again = len(handed), sum(handed) - len(handed)
        db.session.remove()
