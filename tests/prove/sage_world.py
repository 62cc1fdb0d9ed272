"""One seeded history by hand: a project manager, two approvers, a bookkeeper with Sage and its files, the clock, and faults."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import func, select

from erp import connections
from erp.books.batches import MOVES, WAY, Batch
from erp.cli.user import give, make
from erp.connections import Connection
from erp.db import db, transaction
from erp.documents import budget, project, sub_job
from erp.documents.document import DocumentRefused
from erp.documents.imports import ImportRefused
from erp.exchanges import handover
from erp.items import Item
from erp.items.perform import Refused
from erp.moves import Stale
from erp.people import Level, User
from erp.people.user import PUSH
from tests.house import CODES, House, move_in
from tests.prove import sage_judge
from tests.prove.faults import Faults, Killed
from tests.prove.ledger import Ledger
from tests.prove.sage_desk import Desk
from tests.prove.sage_files import COLUMNS, Files
from tests.prove.sage_office import Office
from tests.prove.sage_rest import come_to_rest
from tests.prove.world import silence

STEPS = 60
RATE = 0.25
PROJECTS = 6
STAGE = "by-hand"
AT_SAGE = ("sage", "keying", "walk")
"""Who may change something in Sage that Countersign does not see."""
REFUSALS = (Refused, Stale, DocumentRefused, ImportRefused)


@dataclass
class Played:
    """What a history came to; `broken` is the promise that was broken, `persons` what people did against what they were told,
    `stopped` what they left because of it."""

    seed: int
    faults: Counter[str] = field(default_factory=Counter)
    persons: Counter[str] = field(default_factory=Counter)
    stopped: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    lines: int = 0
    batches: int = 0
    trace: list[str] = field(default_factory=list)
    broken: str = ""


def play(seed: int, *, steps: int = STEPS, rate: float = RATE, say: Callable[[str], None] | None = None) -> Played:
    """Play one history to its end."""
    result, ledger = Played(seed), grown().copy()
    with move_in(STAGE) as house, silence():
        world = World(house, result, ledger, random.Random(f"sage {seed}"), rate, say)
        if seed % 4 == 0:  # jobs go by file, too
            with transaction():
                world.connection.settings = {"sage300": {"job_records": True}}
        with world.faults.told_to(result):
            world.live(steps)
            come_to_rest(world)
        world.sum_up()
    return result


@contextmanager
def calm() -> Iterator["World"]:
    """Everybody, and nothing that goes wrong by itself: for scenes that are told step by step."""
    ledger = grown().copy()
    with move_in(STAGE) as house, silence():
        yield World(house, Played(0), ledger, random.Random(0), 0, None)


@cache
def grown() -> Ledger:
    """A connection to Sage whose lists were read back, the codes and half of the jobs are there, two budgets wait for Pam."""
    ledger, quiet = Ledger(), random.Random(0)
    with move_in() as house:
        with transaction():
            give(make("erin@x.test", "Erin", "-", erp=Level.ADMIN), PUSH)
            made, _ = connections.create("Bayview Civil", "sage300", "")
            for n in range(PROJECTS):
                project.create(house.pam, number=f"26-{n}", title=f"Project {n}", connection_id=made.id)
        world = World(house, Played(0), ledger, quiet, 0, None)
        for slug in [name for name in COLUMNS if name != "report"]:
            world.click(lambda slug=slug: world.files.list_back(world.erin, slug, whole=True))
        documents = [("cost_code", house.code(number)) for number, _ in CODES]
        documents += [("job", house.project(f"26-{n}")) for n in range(2, PROJECTS)]
        for kind, document in documents:
            world.accepted(kind, document)
        come_to_rest(world, seconds=60)
        for n in (2, 3, 4, 5):
            house.budget_of(house.project(f"26-{n}"), 100_00 * n, -50, 5_000_00 + n)
            with transaction():
                sub_job.create(house.project(f"26-{n}"), house.pam, number="01", title=f"North {n}")
        for n in (4, 5):
            world.accepted("budget", budget.of(house.project(f"26-{n}")))
        come_to_rest(world, seconds=60)
        house.keep(STAGE)
    return ledger


class World(Office):
    """Everybody, and the die that says who does what next."""

    ACTORS = {"pam": 22, "approver": 20, "worker": 10, "batch": 16, "walk": 16, "reject": 8, "keying": 5, "sage": 12, "readback": 12,
              "obstacle": 10, "clear": 2, "time": 3}  # fmt: skip

    def __init__(self, house: House, result: Played, ledger: Ledger, die: random.Random, rate: float,
                 say: Callable[[str], None] | None) -> None:  # fmt: skip
        self.house, self.result, self.ledger, self.die, self._say = house, result, ledger, die, say
        self.faults = Faults(die, rate)
        self.key = db.session.scalars(select(Connection.id).where(Connection.kind == "sage300")).one()
        self.desk, self.files = Desk(self), Files(self)
        self._then: list[Callable[[], None]] = []
        self._if_told: list[Callable[[], None]] = []

    @property
    def connection(self) -> Connection:
        """The one to Sage."""
        return db.session.get_one(Connection, self.key)

    @property
    def erin(self) -> User:
        """Who reads back."""
        return db.session.scalars(select(User).where(User.name == "Erin")).one()

    # the history

    def live(self, steps: int) -> None:
        """Steps of everybody, the promises after each."""
        for _ in range(steps):
            self.faults.written = False
            actor = self.die.choices(list(self.ACTORS), list(self.ACTORS.values()))[0]
            self.say(f"{actor}: {self.act(actor)}")
            self.house.wait(self.die.choice((0, 1, 5, 60)))
            if self.faults.written or actor in AT_SAGE:
                self.check()

    def act(self, actor: str) -> str:
        """One step of one of them."""
        return str(getattr(self, f"_{actor}")())

    def _worker(self) -> str:
        return self.worker()

    def check(self) -> None:
        """Every promise, on a fresh look."""
        db.session.remove()
        sage_judge.check(self.key, self.ledger)
        db.session.remove()

    def say(self, words: str) -> None:
        """Keep the history, and tell it when somebody listens."""
        told = f"{self.house.now:%d %H:%M:%S} {words}"
        self.result.trace.append(told)
        if self._say:
            self._say(told)

    def click(self, deed: Callable[[], str]) -> str:
        """One click; what the person does afterwards depends on what the page says then."""
        self._then, self._if_told, told = [], [], []

        def press() -> str:
            said = deed()
            told.append(said)
            return said

        said = self.faults.click(press, *REFUSALS)
        later = self._then + (self._if_told if told == [said] else [])
        for one in later:
            one()
        db.session.remove()
        return said

    def then(self, deed: Callable[[], None]) -> None:
        """After the click, whatever came of it."""
        self._then.append(deed)

    def then_if_told(self, deed: Callable[[], None]) -> None:
        """After the click, when it was answered."""
        self._if_told.append(deed)

    def seen(self, row: Any) -> int:
        """The version that the page shows; sometimes it is an old page."""
        return int(row.version) - (self.die.choice((0, 0, 0, 0, 0, 1)) if self.faults.rate else 0)

    # by hand

    BUTTONS = {
        "download": 8,
        "hand_import": 6,
        "hand_post": 5,
        "not_imported": 1,
        "not_posted": 1,
        "supersede": 3,
        "void_batch": 3,
    }

    def worker(self) -> str:
        """The worker lays out what was exported."""
        try:
            with self.faults.server():
                return f"lays out {handover.hand_over()}"
        except Killed:
            return "is killed"
        except Exception as fault:
            if "injected" not in str(fault):
                raise
            return "fails"

    def _batch(self) -> str:
        who, found = self.someone(), self.desk.batches(*WAY)
        if not found:
            return f"has no batch, {self._approver()}"
        batch = self.die.choice(found)
        buttons = {name: weight for name, weight in self.BUTTONS.items() if batch.as_state in MOVES[name].frm}
        name, number = self.die.choices(list(buttons), list(buttons.values()))[0], batch.number

        def press() -> str:
            batch, person = self.desk.find(number), getattr(self.house, who)
            return self.desk.download(person, batch) if name == "download" else self.desk.press(person, name, batch)

        return f"{who} {self.click(press)}"

    def _walk(self) -> str:
        found = self.desk.batches(*WAY)
        if not found:
            return f"has no batch, {self._approver()}"
        return self.walk(self.someone(), self.die.choice(found).number, self.die.randint(1, 6))

    def walk(self, who: str, number: int, steps: int) -> str:
        """Somebody goes on with a batch, each step as the page and Sage say; after each the promises."""
        said = [f"{who} walks with batch {number}"]
        while len(said) <= steps and (deed := self.desk.next(number)):
            said.append(self.click(lambda deed=deed: deed(getattr(self.house, who))))
            self.check()
        return ", ".join(said)

    def _reject(self) -> str:
        return self.click(lambda: self.desk.bring(getattr(self.house, self.someone())))

    def _keying(self) -> str:
        return self.click(lambda: self.desk.keying(getattr(self.house, self.someone())))

    def _sage(self) -> str:
        deeds = {self.desk.carry: 10, self.desk.post: 5, self.desk.key_in: 2, self.desk.repair: 1, self.files.print: 2}
        chosen = self.die.choices(list(deeds), list(deeds.values()))[0]
        said = chosen()
        db.session.remove()
        return said

    def _readback(self) -> str:
        if self.die.random() < 0.3:
            return self.click(lambda: self.files.list_back(self.erin))
        return self.click(lambda: self.files.report_back(self.erin))

    def _obstacle(self) -> str:
        return self.desk.obstruct()

    def _clear(self) -> str:
        return self.desk.clear()

    def _time(self) -> str:
        seconds = self.die.choice((600, 3600, 86_400))
        self.house.wait(seconds)
        return f"{seconds} s go by"

    def sum_up(self) -> None:
        """The figures of this history."""
        self.result.faults, self.result.persons = +self.faults.counted, +self.result.persons
        self.result.states = Counter(
            str(state) for state in db.session.scalars(select(Item.state).filter_by(connection_id=self.key))
        )
        self.result.lines = self.ledger.taken
        self.result.batches = db.session.scalar(select(func.count()).select_from(Batch)) or 0
        db.session.remove()
