"""Things in the way, each a context around one moment: the database is locked, the disk is full, the clock jumps."""

import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

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
    with _impatient(), _held():
        yield


@contextmanager
def _held() -> Iterator[None]:
    url = db.engine.url
    told = url.set(drivername="postgresql").render_as_string(hide_password=False) if on_postgresql() else str(url.database)
    hold = [sys.executable, "-c", HOLD_POSTGRESQL if on_postgresql() else HOLD_SQLITE, told]
    with subprocess.Popen(hold, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdin and other.stdout
        assert other.stdout.readline() == b"held\n"
        try:
            yield
        finally:
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


@contextmanager
def locked_after_the_commit(house: House) -> Iterator[None]:
    """As `locked`, but it begins as soon as something was committed: the rest of the work finds the database taken."""
    with ExitStack() as held:
        already: list[Session] = []

        def hold(session: Session) -> None:
            if not (already or session.in_nested_transaction()):
                already.append(session)
                held.enter_context(_held())

        with _impatient():
            event.listen(db.session, "after_commit", hold)
            try:
                yield
            finally:
                event.remove(db.session, "after_commit", hold)


@contextmanager
def no_room(house: House) -> Iterator[None]:
    """SQLite may not grow by a single page; what fits into its half empty pages still fits."""
    db.session.remove()
    with closing(sqlite3.connect(db.engine.url.database or "")) as one:
        (n,) = one.execute("PRAGMA page_count").fetchone()
    with each_connection(f"PRAGMA max_page_count={n}"):
        yield


@contextmanager
def full_disk(house: House) -> Iterator[None]:
    """The file system under the database has no byte left: see `small_disk`."""
    real = Path(db.engine.url.database or "").resolve()
    with db.engine.connect() as one:
        one.exec_driver_sql("SELECT 1")  # it is open, as in a server that runs
    with closing(sqlite3.connect(real)) as one:
        one.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    ballast = fill(real.parent)
    try:
        yield
    finally:
        ballast.unlink()


def fill(folder: Path) -> Path:
    """Leave not a byte of this file system; the file that takes them."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as heavy, suppress(OSError):
        while heavy.write(b"x" * 1024):
            pass
    return ballast


@contextmanager
def small_disk(house: House, megabytes: int = 8) -> Iterator[None]:
    """The database lies on a small file system of its own, which root mounts."""
    place = Path(db.engine.url.database or "")
    house.leave()
    with tempfile.TemporaryDirectory(prefix="small-") as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", folder], check=True)
        try:
            shutil.move(place, folder)
            place.symlink_to(Path(folder) / place.name)
            yield
        finally:
            house.leave()
            place.unlink()
            shutil.move(Path(folder) / place.name, place)
            subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def nowhere(house: House) -> Iterator[None]:
    """The database lies where it always does."""
    yield


def just_started(obstacle: Obstacle) -> Obstacle:
    """The same for a server that has no connection to its database yet."""

    @contextmanager
    def anew(house: House) -> Iterator[None]:
        with obstacle(house):
            db.session.remove()
            db.engine.dispose()
            yield

    return anew
