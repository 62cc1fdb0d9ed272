"""Accounting's side of a history: two Web Connectors, a bookkeeper, what stands in their way, and backups of her file."""

import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

from sqlalchemy import select

from erp.db import db
from erp.items import Snapshot
from erp.simulator import bookkeeper as deeds
from erp.simulator.connector import WebConnector
from erp.simulator.service import ServiceFailed
from erp.simulator.wire import Unreachable
from tests.house import House
from tests.invariants import There, judge
from tests.prove.bookkeeper import OBSTACLES, Bookkeeper, clear_away
from tests.prove.faults import Faults
from tests.prove.people import People

LEASE = 60


class Accounting(People):
    """Everything that QuickBooks and its Web Connectors do, and what is done to them."""

    MEANWHILE = {"pam": 3, "approver": 6, "connector": 6, "bookkeeper": 3, "clock": 3, "time": 4, "late": 1, "admin": 1}

    def __init__(self, house: House, die: random.Random, faults: Faults, *, lively: bool, sets: int) -> None:
        super().__init__(house, die, faults, lively=lively)
        self.sets = sets
        self.bookkeeper = Bookkeeper(die, house.company)
        self.connectors = {name: self._connector_named(name) for name in "AB"}
        self.inside: list[str] = []
        self.hold: datetime | None = None
        self.kept = False
        self._clear()

    def _connector_named(self, name: str) -> WebConnector:
        made = self.house.web_connector(post=self.faults.line(self.house.post))
        made.fault = lambda stage: self._at(name, stage)
        return made

    def _connector(self) -> str:
        return self.visit()

    def visit(self) -> str:
        """A Web Connector that is free calls."""
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
        if not self.kept or self.die.random() < 0.5:
            deeds.back_up(self.house.company)
            self.kept = True
            return "backup of the company file"
        self.faults.counted["company file put back"] += 1
        there, marked = self.ids(), set(self._there())
        with self._touching():
            deeds.restore(self.house.company)
            self.house.wait(60)
        self.brought_back |= dict.fromkeys(self.ids() - there, self.house.now)
        self.house.returned |= set(self._there()) - marked
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
        self.clear_away()
        return "away"

    def clear_away(self) -> None:
        """Nothing is in the way any more."""
        self.faults.pipe = 0
        clear_away(self.house.company, self.sets)
