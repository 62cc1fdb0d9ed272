"""Power cuts: a child process is killed dead at a labelled point of the product, another one goes on from the two files.

A label is a function of the product and whether the cut comes as it is entered or as it is left; nothing in the product knows
of it. The parent keeps no file open, so that every child starts as a process on a machine that was switched on again.
"""

import os
import random
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType
from typing import Any, NamedTuple

import time_machine
from sqlalchemy import select

from erp.connectors.quickbooks import session
from erp.db import db, transaction
from erp.digest import write_summaries
from erp.documents.budget import BudgetEntry
from erp.exchanges.export import ALL_KINDS, export, look_again, retry
from erp.exchanges.refresh import refresh, refresh_costs
from erp.exchanges.rehearse import rehearse
from erp.items import Item
from erp.items.perform import Refused
from tests.databases import Files
from tests.house import START, House, copy_epoch, ground
from tests.invariants import check_all
from tests.prove.bookkeeper import OBSTACLES, clear_away
from tests.prove.faults import STRANGE, TWISTS

LABELS = (
    "erp.moves:move", "erp.audit:record", "erp.exchanges.export:export", "erp.exchanges.rehearse:rehearse",
    "erp.exchanges.rehearse:_one", "erp.exchanges.claim:hand_out", "erp.exchanges.claim:_hand", "erp.exchanges.claim:ask",
    "erp.exchanges.journal:store", "erp.exchanges.journal:_apply", "erp.exchanges.journal:close",
    "erp.exchanges.settle:settle", "erp.exchanges.settle:synced", "erp.exchanges.settle:_again", "erp.exchanges.settle:_page",
    "erp.exchanges.reading:take", "erp.exchanges.reading:ended", "erp.books.records:apply", "erp.books.records:link",
    "erp.connectors.quickbooks.session:authenticate", "erp.connectors.quickbooks.session:send_request",
    "erp.connectors.quickbooks.session:receive", "erp.connectors.quickbooks.session:close_connection",
    "erp.exchanges.refresh:refresh", "erp.exchanges.refresh:refresh_costs", "erp.digest:write_summaries",
    "erp.simulator.company:process",
)  # fmt: skip
STAGE = "before the cut"


class Cut(NamedTuple):
    """Where the power fails: the label, as it is entered ("call") or left ("return"), the how manieth time, in which morning."""

    label: str
    event: str
    nth: int
    morning: int = 0

    def __str__(self) -> str:
        return f"{self.label} {self.event} {self.nth} of morning {self.morning}"


@dataclass
class Outcome:
    """Whether the point was reached, and which promise was broken afterwards (empty: none)."""

    reached: bool
    broken: str = ""


def prepare() -> None:
    """A budget in accounting with a change accepted, another project and another code accepted; kept for every cut."""
    _fresh_files("founded")
    app, there, folder = ground()
    with app.app_context(), time_machine.travel(START, tick=False) as clock:
        house = House(app, there, folder, clock)
        item = house.exported_budget(100_000, 200_000, 300_000)
        house.update()
        assert item.state == "Synced"
        house.wait(120)
        budget = house.budget_of_pier()
        with transaction():
            for line, amount in ((budget.lines[0], -12_34), (budget.lines[1], 12_34)):
                db.session.add(
                    BudgetEntry(budget_id=budget.id, line_id=line.id, what="modification", amount=amount, at=house.now)
                )
        house.accepted("budget", budget)
        house.accepted("job", house.project("25-0001"))
        house.accepted("cost_code", house.cost_code("34-1000", "Noise walls"))
        house.keep(STAGE)


def start_over() -> None:
    """The morning begins anew."""
    _fresh_files(STAGE)


def in_a_child(work: Callable[[House], str | None], minutes: int) -> str:
    """Run it in a process of its own; what it says or complains of."""
    return _child(work, None, minutes)[1]


def _fresh_files(stage: str) -> None:
    """The database and the company file as they were kept, without the log that a killed process left beside them."""
    _, there, folder = ground()
    there.copy(stage, "house")
    copy_epoch(folder, stage, "house")
    Files(folder).copy(f"company-{stage}", "company")


def click(house: House) -> None:
    """Ann exports everything, and the worker rehearses it."""
    with transaction():
        batch = export(house.connection, ALL_KINDS, house.ann).batch
    rehearse(batch)


def ask_for_lists(house: House) -> None:
    """Adam asks for the lists and the job costs."""
    with transaction():
        refresh(house.connection)
        refresh_costs(house.connection)


STEPS: tuple[Callable[[House], object], ...] = (click, ask_for_lists, House.update, lambda house: write_summaries())
"""A working morning."""


def act(house: House, morning: int) -> None:
    """The morning without a pause; 0 is a calm one, in each other another thing goes wrong, and there is one visit more."""
    for step in STEPS:
        if morning and step is House.update:
            _troubled_visit(house, morning)
        step(house)


def _troubled_visit(house: House, morning: int) -> None:
    """Something is in QuickBooks' way, and an answer goes wrong."""
    die = random.Random(morning)
    OBSTACLES[die.choice(list(OBSTACLES))](house.company, die)
    connector, left = house.web_connector(), [die.randint(2, 24)]
    twist = die.choice(("hresult:0x8004041C", *TWISTS[1:], *STRANGE))

    def fault(stage: str) -> str | None:
        left[0] -= stage == "executed"
        return twist if stage == "executed" and not left[0] else None

    connector.fault = fault
    connector.update()
    _clear_away(house, morning)


def _clear_away(house: House, morning: int) -> None:
    """Nothing is in the way any more; in every other morning QuickBooks remembers no message set."""
    clear_away(house.company, 0 if morning % 2 else 64)
    house.wait(90)
    session.sweep()


def recover(house: House, morning: int = 0) -> None:
    """What processes and people do after the power is back; then every promise must hold and nothing be left."""
    _clear_away(house, morning)
    _press_again(house, morning)
    for _ in range(12):
        house.wait(90)
        session.sweep()
        house.update()
        _press_again(house, morning)
    write_summaries()
    check_all(house.company, house.connection, drained=True)
    left = [
        f"{item.kind} {item.number} is {item.state}: {item.error}" for item in db.session.query(Item) if item.state != "Synced"
    ]
    assert not left, f"I2 {left}"


def _press_again(house: House, morning: int) -> None:
    """Ann exports what is accepted; after trouble she presses Retry and Look again, and what hangs on something refused waits."""
    found = list(db.session.scalars(select(Item).where(Item.state.in_(("Accepted", "Failed", "Unknown")))))
    for item in found if morning else ():
        with suppress(Refused), transaction():
            if item.state == "Failed":
                retry(item, house.ann, house.accounts() if item.kind == "cost_code" else {})
            elif item.state == "Unknown":
                look_again(item, house.ann)
    if any(item.state == "Accepted" for item in found):
        with transaction():
            export(house.connection, ALL_KINDS, house.ann)


def survive(*cuts: Cut) -> Outcome:
    """Work with the power failing at each cut in turn, then recover."""
    start_over()
    morning = cuts[0].morning

    def begin(house: House) -> None:
        act(house, morning)

    def go_on(house: House) -> None:
        recover(house, morning)

    lives = [_child(go_on if n else begin, cut, minutes=3 * n) for n, cut in enumerate(cuts)]
    lives.append(_child(go_on, None, minutes=10))
    return Outcome(all(dead for dead, _ in lives[:-1]), "\n".join(words for _, words in lives if words))


def _child(work: Callable[[House], object], cut: Cut | None, minutes: int) -> tuple[bool, str]:
    """Run in a child; whether it was killed, and what it complained of."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _live(work, cut, minutes, writing)
    os.close(writing)
    with os.fdopen(reading) as said:
        words = said.read()
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status), words


def _live(work: Callable[[House], object], cut: Cut | None, minutes: int, writing: int) -> None:
    words = ""
    try:
        app, there, folder = ground()
        with app.app_context(), time_machine.travel(START, tick=False) as clock:
            house = House(app, there, folder, clock)
            house.wait(120 + 60 * minutes)
            if cut:
                sys.setprofile(_fuse(cut))
            words = str(work(house) or "")
    except BaseException:
        words = traceback.format_exc()
    sys.setprofile(None)
    os.write(writing, words[-4000:].encode())
    os._exit(0)


def _fuse(cut: Cut) -> Callable[[FrameType, str, Any], None]:
    module, _, function = cut.label.partition(":")
    file, left = module.replace(".", "/") + ".py", [cut.nth]

    def watch(frame: FrameType, event: str, _: Any) -> None:
        if event == cut.event and frame.f_code.co_name == function and frame.f_code.co_filename.endswith(file):
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)

    return watch
