"""Power cuts: a child process is killed dead at a labelled point of the product, another one goes on from the two files.

A label is a function of the product and whether the cut comes as it is entered or as it is left; nothing in the product knows
of it. The parent keeps no file open, so that every child starts as a process on a machine that was switched on again.
"""

import os
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any, NamedTuple

import time_machine

from erp.connectors.quickbooks import session
from erp.db import db, transaction
from erp.digest import write_summaries
from erp.documents.budget import BudgetEntry
from erp.exchanges.export import ALL_KINDS, export
from erp.exchanges.refresh import refresh, refresh_costs
from erp.exchanges.rehearse import rehearse
from erp.items import Item
from tests.databases import Files
from tests.house import START, House, copy_epoch, ground
from tests.invariants import check_all

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
    """Where the power fails: the label, as it is entered ("call") or left ("return"), and the how manieth time."""

    label: str
    event: str
    nth: int

    def __str__(self) -> str:
        return f"{self.label} {self.event} {self.nth}"


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


def act(house: House) -> None:
    """The morning without a pause."""
    for step in STEPS:
        step(house)


def recover(house: House) -> None:
    """What the processes do after they were started again; then every promise must hold and nothing be left."""
    if any(item.state == "Accepted" for item in db.session.query(Item)):
        with transaction():
            export(house.connection, ALL_KINDS, house.ann)
    for _ in range(12):
        house.wait(90)
        session.sweep()
        house.update()
    write_summaries()
    check_all(house.company, house.connection, drained=True)
    left = [
        f"{item.kind} {item.number} is {item.state}: {item.error}" for item in db.session.query(Item) if item.state != "Synced"
    ]
    assert not left, f"I2 {left}"


def survive(*cuts: Cut) -> Outcome:
    """Work with the power failing at each cut in turn, then recover."""
    start_over()
    lives = [_child(act if n == 0 else recover, cut, minutes=3 * n) for n, cut in enumerate(cuts)]
    lives.append(_child(recover, None, minutes=10))
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
