"""PostgreSQL is restarted without a good-bye: between two calls, at any statement of one, and as it commits, with the commit
lost or only its confirmation. The session goes on, and everything happens once.

The server is this proof's own, so it runs in a child with an application of its own, whatever database the run is on.
"""

import json
import os
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain, product

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError

from erp.db import db
from tests import postgres
from tests.house import House, ground
from tests.prove.figures import note
from tests.prove.morning import CLICKS, EVERY, UNKNOWN, Moment, Obstacle, morning, prepared
from tests.prove.world import silence

pytestmark = pytest.mark.skipif(bool(postgres.why_not()), reason=postgres.why_not())
STATEMENTS = tuple(map(int, (os.environ.get("PROVE_RESTARTS") or "1 2 4 8 16").split()))
BETWEEN = "between two calls"
SAYS = {"at the commit": UNKNOWN, "at its confirmation": UNKNOWN}
Told = tuple[list[str], list[str]]
LATER = tuple(Moment(call, nth) for call in ("sendRequestXML", "receiveResponseXML") for nth in (2, 3))


@contextmanager
def settled(house: House) -> Iterator[None]:
    """A copied database has the sequences of its template, and PostgreSQL logs their next numbers only after a checkpoint."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("CHECKPOINT")
    yield


def before(server: postgres.Server) -> Obstacle:
    """The connections in the pool are dead before the call."""

    @contextmanager
    def obstacle(house: House) -> Iterator[None]:
        server.restart()
        yield

    return obstacle


def at_statement(server: postgres.Server, nth: int) -> Obstacle:
    """The server goes away just before the nth statement of the call."""

    @contextmanager
    def obstacle(house: House) -> Iterator[None]:
        left = [nth]

        def count(*_: object) -> None:
            left[0] -= 1
            if left[0] == 0:
                server.restart()

        with listening("before_cursor_execute", count):
            yield

    return obstacle


def at_commit(server: postgres.Server, *, kept: bool) -> Obstacle:
    """The server goes away at the first commit of the call, before it or (`kept`) before it could be confirmed."""

    @contextmanager
    def obstacle(house: House) -> Iterator[None]:
        left = [1]

        def commit(connection: Connection) -> None:
            left[0] -= 1
            if left[0] == 0:
                if kept:
                    connection.connection.dbapi_connection.commit()  # type: ignore[union-attr]
                server.restart()
                if kept:  # the driver would not notice: it has no transaction any more
                    raise OperationalError("COMMIT", {}, Exception("server closed the connection"), connection_invalidated=True)

        with listening("commit", commit):
            yield

    return obstacle


@contextmanager
def listening(name: str, listener: Callable[..., None]) -> Iterator[None]:
    event.listen(db.engine, name, listener)
    try:
        yield
    finally:
        event.remove(db.engine, name, listener)


def test_a_restarted_server_breaks_no_promise() -> None:
    broken, tried = in_a_child(every_moment)
    assert not broken, "\n\n".join(broken)
    for one in tried:
        note("restarted database", one)
    assert len(tried) > len(EVERY)


def every_moment(server: postgres.Server) -> Told:
    """What broke a promise, and what was tried."""
    kinds: dict[str, Obstacle] = {BETWEEN: before(server), "at the commit": at_commit(server, kept=False),
             "at its confirmation": at_commit(server, kept=True),
             **{f"at statement {nth}": at_statement(server, nth) for nth in STATEMENTS}}  # fmt: skip
    broken, tried = [], []
    for moment, (name, obstacle) in product(chain(EVERY, LATER), kinds.items()):
        try:
            lived = morning(moment, obstacle, settled)
            if moment.what in CLICKS:
                assert SAYS.get(name, "") in lived.told
                assert not (name == BETWEEN and lived.told), f"a stale connection was used: {lived.told}"
            if lived.reached:
                tried.append(f"{moment}, {name}")
        except Exception:
            broken.append(f"{moment}, {name}\n{traceback.format_exc()[-900:]}")
    return broken, tried


def in_a_child(work: Callable[[postgres.Server], Told]) -> Told:
    """Run it in a process with a server of its own."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            with postgres.Server(*postgres.KEEPS) as server, silence():
                os.environ.update(TEST_DATABASE="postgresql", TEST_POSTGRES=server.url())
                ground.cache_clear()
                prepared.cache_clear()
                said = work(server)
        except BaseException:
            said = ([traceback.format_exc()], [])
        with os.fdopen(writing, "w") as file:
            json.dump(said, file)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as file:
        words = file.read()
    os.waitpid(child, 0)
    broken, tried = json.loads(words)
    return broken, tried
