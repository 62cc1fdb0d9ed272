"""Backups of the database as files: a copy of a SQLite database while it runs, or what pg_dump writes; and back again."""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from flask import current_app
from sqlalchemy import inspect

from erp.books.folders import on_disk
from erp.db import db

PAGES = 2000
"""So many pages are copied before a writer may come in between."""


class Refused(Exception):
    """It was not done, and nothing was changed; the sentence says why and what to do."""


def is_sqlite() -> bool:
    """Whether the database is a file."""
    return db.engine.dialect.name == "sqlite"


def database() -> Path:
    """The file of a SQLite database."""
    return Path(db.engine.url.database or "")


def write(target: Path) -> str:
    """A backup under its final name, complete and on the disk, or none; its sha256. Raises Refused."""
    fresh = target.with_name(f"{target.name}.part")
    try:
        if is_sqlite():
            _copy(database(), fresh)
            check(fresh)
        else:
            _postgres("pg_dump", "--format=custom", "--file", str(fresh))
        found = sha256(fresh)
        on_disk(fresh)
        os.replace(fresh, target)
        on_disk(target.parent)
        return found
    except (OSError, sqlite3.Error) as failed:
        raise Refused(f"The backup could not be written: {failed}. Choose another place, or make room.") from failed
    finally:
        fresh.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new, pages=PAGES)
        new.execute("PRAGMA journal_mode=DELETE")


def check(file: Path) -> str:
    """The revision of a backup that is whole and ours. Raises Refused."""
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as one:
            (found,) = one.execute("PRAGMA integrity_check").fetchone()
            wrong = one.execute("PRAGMA foreign_key_check").fetchone()
            revision = one.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as broken:
        raise Refused(f"{file.name} is no backup of Countersign, or it is damaged: {broken}.") from broken
    if found != "ok" or wrong:
        raise Refused(f"{file.name} is damaged: {found}. Take another backup.")
    if revision is None:
        raise Refused(f"{file.name} does not say which version of Countersign wrote it.")
    return str(revision[0])


def sha256(file: Path) -> str:
    """The checksum of a file."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


@contextmanager
def standing_still() -> Iterator[None]:
    """Nothing of Countersign runs, and nothing starts meanwhile. Raises Refused."""
    folder = Path(current_app.config["VAR_DIR"])
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused("Countersign is running. Stop it first (Ctrl-C in its terminal), then restore.") from None
        db.session.remove()
        db.engine.dispose()
        if is_sqlite():
            _alone(database())
        yield


def _alone(file: Path) -> None:
    """A SQLite database that somebody else has open cannot leave its write-ahead log."""
    if not file.exists():
        return
    try:
        with closing(sqlite3.connect(file, timeout=0)) as one:
            (mode,) = one.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.OperationalError as busy:
        raise Refused(f"The database is in use ({busy}). Stop web and worker first, then restore.") from busy
    except sqlite3.DatabaseError:
        return
    if mode != "delete":
        raise Refused("The database is in use. Stop web and worker first, then restore.")


@contextmanager
def in_place(source: Path) -> Iterator[Path | None]:
    """The backup in the place of the database; what stood there is kept, and put back when something fails."""
    if not is_sqlite():
        if inspect(db.engine).get_table_names():
            raise Refused("A backup of PostgreSQL is restored into an empty database, so that nothing is lost on the way: make "
                          "one with createdb, and let DATABASE_URL name it.")  # fmt: skip
        db.engine.dispose()
        _postgres("pg_restore", "--no-owner", "--single-transaction", str(source))
        yield None
        return
    there, fresh = database(), database().with_name(f"{database().name}.restoring")
    aside = there.with_name(f"{there.name}.before-restore")
    _copy(source, fresh)
    on_disk(fresh)
    if there.exists():
        shutil.copy2(there, aside)
        on_disk(aside)
    for left in ("-wal", "-shm"):
        there.with_name(there.name + left).unlink(missing_ok=True)
    os.replace(fresh, there)
    on_disk(there.parent)
    try:
        yield aside if aside.exists() else None
    except BaseException:
        db.session.remove()
        db.engine.dispose()
        with suppress(FileNotFoundError):
            for left in ("-wal", "-shm"):
                there.with_name(there.name + left).unlink(missing_ok=True)
            os.replace(aside, there)
        raise


def _postgres(tool: str, *arguments: str) -> None:
    if shutil.which(tool) is None:
        raise Refused(f"{tool} is not on this machine. Install PostgreSQL's client programs, or run {tool} where they are; "
                      "after a restore by hand run: flask restored --yes")  # fmt: skip
    url = db.engine.url
    named = url.set(drivername="postgresql", password=None).render_as_string()
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    done = subprocess.run([tool, *arguments, "--dbname", named], capture_output=True, text=True, env={**os.environ, **secret})
    if done.returncode:
        raise Refused(f"{tool} failed: {done.stderr.strip()[:500]}")
