"""The epoch file beside the data: it tells when the database was put back to an older one.

It holds the epoch of the connection, the last ticket given out, and when its session was closed. A database with another epoch,
or one that does not know this ticket or that it was closed then, is older than the file: somebody restored it. The database is
always written first, so that a process killed in between leaves a file that knows less, which is no alarm.
"""

import json
import logging
import os
import threading
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from flask import current_app

from erp.connections import Connection
from erp.db import db
from erp.exchanges.exchange import Session

log = logging.getLogger(__name__)
NEVER_KEPT, NEVER_RESTORED = 1, 2
"""The epochs of a connection beside which no file was ever written, and of one with a file; a restore leads beyond both."""


@dataclass(frozen=True)
class Kept:
    """What the file says; `closed` is the moment as text, empty while the session was open."""

    epoch: int
    ticket: str
    closed: str = ""


def path(connection_id: int) -> Path:
    """Beside a SQLite database, else in the folder of the installation."""
    url = db.engine.url
    if url.get_backend_name() == "sqlite" and url.database:
        return Path(f"{url.database}.epoch-{connection_id}")
    return Path(current_app.config["VAR_DIR"]) / f"countersign.epoch-{connection_id}"


def kept(connection_id: int) -> Kept | None:
    """What the file says; None when there is none, or one that nobody can read."""
    try:
        return Kept(**json.loads(path(connection_id).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def keep(connection_id: int, epoch: int, ticket: str) -> None:
    """Write the file for a new epoch or a new session, whole or not at all."""
    _write(path(connection_id), Kept(epoch, ticket))


def follow(connection_id: int) -> None:
    """Note that the last session was closed, once that is committed; a file that cannot be written goes on to know less."""
    found = kept(connection_id)
    closed = _closed(found) if found and not found.closed else ""
    db.session.rollback()  # Nobody who wants to write waits for the file.
    if found is None or not closed:
        return
    try:
        _write(path(connection_id), replace(found, closed=closed))
    except OSError:
        log.exception("connection %s: the epoch file could not be written", connection_id)


def _closed(found: Kept) -> str:
    """When the database says that the session of the file was closed; empty while it is open or not known."""
    session = db.session.get(Session, found.ticket)
    return session.closed_at.isoformat() if session and session.closed_at else ""


def _write(target: Path, what: Kept) -> None:
    fresh = target.with_name(f"{target.name}.{os.getpid()}-{threading.get_ident()}")
    try:
        with open(fresh, "w", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            json.dump(asdict(what), file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, target)
    finally:
        fresh.unlink(missing_ok=True)


def differs(connection: Connection) -> bool:
    """Whether the database is not the one that the file knows: it was restored and nobody said so."""
    found = kept(connection.id)
    if found is None:
        return connection.epoch > NEVER_KEPT
    unknown = bool(found.ticket) and db.session.get(Session, found.ticket) is None
    open_again = bool(found.closed) and _closed(found) != found.closed
    return found.epoch != connection.epoch or unknown or open_again
