"""What can go wrong between the Web Connector, the server and its database, injected by a seeded die and counted."""

import random
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError

from erp.db import db, transaction
from erp.simulator.faults import ConnectorDied
from erp.simulator.wire import Answered, Unreachable

Post = Callable[[str, dict[str, str], bytes], Answered]
HRESULTS = ("0x8004041C", "0x80010105", "0x80040402", "0x80040408")
TWISTS = ("hresult", "truncate", "duplicate", "late")
STRANGE = ("emptied", "swapped", "beside", "unnamed")
"""Answers that are well formed and not what was asked."""
WEIGHTS = {"before_authenticate": 0.15, "after_authenticate": 0.15, "before_close": 0.5}
LINE = 0.15
"""Where nothing is at stake yet, less breaks: the history should get to where something is."""


class Killed(BaseException):
    """The server process is gone; whatever it had not committed is gone with it."""


class Faults:
    """A die that decides when something breaks; `rate` 0 means that nothing does. `counted` says what broke how often."""

    def __init__(self, die: random.Random, rate: float) -> None:
        self.die, self.rate = die, rate
        self.counted: Counter[str] = Counter()
        self._left, self._kind = 0, ""
        self.written = False
        self.pipe = 0
        """Longer calls than this many bytes do not arrive; 0: all do."""

    def strikes(self, name: str, weight: float = 1.0) -> bool:
        """Whether this fault happens now."""
        struck = self.die.random() < self.rate * weight
        self.counted[name] += struck
        return struck

    @contextmanager
    def told_to(self, result: Any) -> Iterator[None]:
        """A whole history under these faults: the promise that it breaks first stands in its result, and how it came to that."""
        unwatch = self.listen()
        try:
            yield
        except AssertionError as broken:
            result.broken = str(broken).partition("\n")[0]
        except Exception as fault:
            result.broken = f"{type(fault).__name__}: {fault}"
            result.trace.append(traceback.format_exc())
        finally:
            unwatch()

    # the server: killed or without its database, at a commit or at any statement

    @contextmanager
    def server(self) -> Iterator[None]:
        """One piece of work of the server, which may be killed in the middle of it."""
        self._arm()
        try:
            yield
        finally:
            self._left = 0
            db.session.remove()

    def _arm(self) -> None:
        self._left = 0
        if self.die.random() < self.rate / 2:
            self._kind = self.die.choice(("before commit", "after commit", "killed", "database"))
            self._left = self.die.randint(1, 3 if "commit" in self._kind else 60)

    def listen(self) -> Callable[[], None]:
        """Watch the database's statements and commits; the result stops watching."""
        watched: list[tuple[Any, ...]] = [
            (db.engine, "commit", self._commit),
            (db.engine, "before_cursor_execute", self._statement),
        ]
        for one in watched:
            event.listen(*one)
        return lambda: [event.remove(*one) for one in watched] and None

    def _commit(self, connection: Connection) -> None:
        if self._left and "commit" in self._kind and self._countdown():
            self.counted[f"killed {self._kind}"] += 1
            if self._kind == "after commit":
                connection.connection.dbapi_connection.commit()  # type: ignore[union-attr]
            raise Killed

    def _statement(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self.written = self.written or not statement.startswith(("SELECT", "BEGIN"))
        if self._left and "commit" not in self._kind and self._countdown():
            self.counted[f"{self._kind} at a statement"] += 1
            if self._kind == "killed":
                raise Killed
            raise OperationalError("disk I/O error", {}, Exception("injected"))

    def _countdown(self) -> bool:
        self._left -= 1
        return self._left == 0

    def click(self, deed: Callable[[], str], *refusals: type[Exception]) -> str:
        """One click of a person: a transaction of its own, done, refused by one of these, or killed; what came of it."""
        try:
            with self.server(), transaction():
                said = deed()
        except refusals as no:
            return f"is told {type(no).__name__}: {str(no)[:80]}"
        except Killed:
            return "finds the server gone"
        except Exception as fault:
            if "injected" not in str(fault):
                raise
            return "reads an error page"
        return said

    # the line

    def line(self, post: Post) -> Post:
        """The way of one call to the server and back."""

        def carry(url: str, headers: dict[str, str], body: bytes) -> Answered:
            if self.strikes("request lost", LINE):
                raise Unreachable("the request was lost")
            if 0 < self.pipe < len(body):
                self.counted["answer too long"] += 1
                raise Unreachable("the request was too long")
            if self.strikes("request doubled", LINE):
                self._served(post, url, headers, body)
            answered = self._served(post, url, headers, body)
            if self.strikes("answer lost", LINE):
                raise Unreachable("the answer was lost")
            return answered

        return carry

    def _served(self, post: Post, url: str, headers: dict[str, str], body: bytes) -> Answered:
        try:
            with self.server():
                return post(url, headers, body)
        except Killed:
            raise Unreachable("the server was killed") from None

    # the Web Connector

    def connector(self, stage: str) -> str | None:
        """What the Web Connector does at a stage of its session: nothing special, or it vanishes or twists the answer."""
        if self.strikes(f"died {stage.replace('_', ' ')}", WEIGHTS.get(stage, 1.0)):
            raise ConnectorDied
        for twist in TWISTS if stage == "executed" else ():
            if self.strikes(f"answer {twist}"):
                return f"hresult:{self.die.choice(HRESULTS)}" if twist == "hresult" else twist
        for strange in STRANGE if stage == "executed" else ():
            if self.strikes(f"answer {strange}", 0.3):
                return strange
        return None
