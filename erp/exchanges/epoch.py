"""The epoch file beside the data: it tells when the database was put back to an older one.

It holds the epoch of the connection and the last ticket given out. A database with another epoch, or one that does not
know this ticket, is older than the file: somebody restored it.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from flask import current_app

from erp.connections import Connection
from erp.db import db
from erp.exchanges.exchange import Session

NEVER_KEPT, NEVER_RESTORED = 1, 2
"""The epochs of a connection beside which no file was ever written, and of one with a file; a restore leads beyond both."""


@dataclass(frozen=True)
class Kept:
    """What the file says."""

    epoch: int
    ticket: str


def path(connection_id: int) -> Path:
    """Beside a SQLite database, else in the folder of the installation."""
    url = db.engine.url
    if url.get_backend_name() == "sqlite" and url.database:
        return Path(f"{url.database}.epoch-{connection_id}")
    return Path(current_app.config["VAR_DIR"]) / f"countersign.epoch-{connection_id}"


def kept(connection: Connection) -> Kept | None:
    """What the file says; None when there is none, or one that nobody can read."""
    try:
        return Kept(**json.loads(path(connection.id).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def keep(connection_id: int, epoch: int, ticket: str) -> None:
    """Write the file, whole or not at all."""
    target = path(connection_id)
    fresh = target.with_name(f"{target.name}.{os.getpid()}")
    try:
        with open(fresh, "w", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            json.dump(asdict(Kept(epoch, ticket)), file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, target)
    finally:
        fresh.unlink(missing_ok=True)


def differs(connection: Connection) -> bool:
    """Whether the database is not the one that the file knows: it was restored and nobody said so."""
    found = kept(connection)
    if found is None:
        return connection.epoch > NEVER_KEPT
    unknown = bool(found.ticket) and db.session.get(Session, found.ticket) is None
    return found.epoch != connection.epoch or unknown
