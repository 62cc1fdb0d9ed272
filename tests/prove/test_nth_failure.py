"""The Nth operation fails, for N = 1, 2, 3 … until a morning passes without a failure: statements, commits, calls.

`PROVE_EVERY=1` fails every single one; by default every 40th, with another beginning for each kind.
"""

import os
from collections.abc import Callable
from itertools import count

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from erp.db import db
from tests.house import House
from tests.prove.figures import note
from tests.prove.power import STEPS, in_a_child, prepare, recover, start_over

EVERY = int(os.environ.get("PROVE_EVERY") or 40)
MOST = 20_000


class Fuse:
    """Counts operations and lets the Nth fail, once."""

    def __init__(self, nth: int) -> None:
        self.left, self.blew = nth, False

    def count(self, *_: object) -> None:
        self.left -= 1
        if self.left == 0:
            self.blew = True
            raise OperationalError("the Nth operation", {}, Exception("disk I/O error"))


def statements(house: House, fuse: Fuse) -> None:
    """A statement of the database fails."""
    event.listen(db.engine, "before_cursor_execute", fuse.count)


def commits(house: House, fuse: Fuse) -> None:
    """The database refuses to commit."""
    event.listen(db.engine, "commit", fuse.count)


def calls(house: House, fuse: Fuse) -> None:
    """The line breaks after our answer was made, before the Web Connector has it."""
    sound = house.post

    def broken(url: str, headers: dict[str, str], body: bytes) -> object:
        answered = sound(url, headers, body)
        try:
            fuse.count()
        except OperationalError as cut:
            raise ConnectionError("the line broke") from cut
        return answered

    house.post = broken  # type: ignore[method-assign]


KINDS: tuple[Callable[[House, Fuse], None], ...] = (statements, commits, calls)


@pytest.fixture(scope="module", autouse=True)
def stage() -> None:
    prepare()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_failure_of_the_nth_operation_breaks_no_promise(kind: Callable[[House, Fuse], None]) -> None:
    every = EVERY if kind is statements else max(1, EVERY // 8)
    for nth in count(1 + KINDS.index(kind), every):
        assert nth < MOST
        start_over()

        def morning(house: House, nth: int = nth) -> str:
            fuse = Fuse(nth)
            kind(house, fuse)
            for step in STEPS:
                try:
                    step(house)
                except (OperationalError, ConnectionError):
                    db.session.rollback()
            return "blew" if fuse.blew else ""

        blew = in_a_child(morning, minutes=0)
        broken = in_a_child(recover, minutes=10)
        assert not broken, f"{kind.__name__} {nth}\n{broken}"
        if blew not in ("", "blew"):
            raise AssertionError(f"{kind.__name__} {nth}\n{blew}")
        if not blew:
            assert nth > 1, "nothing was counted"
            return
        note("failures of the Nth operation", kind.__name__, nth=nth)
