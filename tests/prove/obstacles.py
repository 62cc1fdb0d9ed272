"""Things in the way, each a context around one moment: the database is locked, the disk is full, the clock jumps."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from erp.db import LINE, db
from tests.databases import on_postgresql
from tests.house import House
from tests.prove.morning import Obstacle

SHORT = 40
"""Milliseconds for which a writer waits here."""
HOLD_SQLITE = """
import sqlite3, sys
one = sqlite3.connect(sys.argv[1], isolation_level=None)
one.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""
HOLD_POSTGRESQL = f"""
import psycopg, sys
one = psycopg.connect(sys.argv[1])
one.execute("SELECT pg_advisory_xact_lock({LINE})")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def locked(house: House) -> Iterator[None]:
    """Another process writes, and goes on writing for longer than anybody waits."""
    url = db.engine.url
    told = url.set(drivername="postgresql").render_as_string(hide_password=False) if on_postgresql() else str(url.database)
    hold = [sys.executable, "-c", HOLD_POSTGRESQL if on_postgresql() else HOLD_SQLITE, told]
    with _impatient(), subprocess.Popen(hold, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdin and other.stdout
        assert other.stdout.readline() == b"held\n"
        try:
            yield
        finally:
            db.session.remove()
            other.stdin.close()


@contextmanager
def _impatient() -> Iterator[None]:
    with each_connection(f"SET lock_timeout = {SHORT}" if on_postgresql() else f"PRAGMA busy_timeout={SHORT}"):
        yield


@contextmanager
def each_connection(statement: str) -> Iterator[None]:
    """Every connection to the database begins with this, inside."""

    def begin(raw: Any, _: object) -> None:
        raw.execute(statement)
        raw.commit()

    db.session.remove()
    db.engine.dispose()
    event.listen(db.engine, "connect", begin)
    try:
        yield
    finally:
        event.remove(db.engine, "connect", begin)
        db.session.remove()
        db.engine.dispose()
