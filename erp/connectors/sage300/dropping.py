"""The drop folder: the files of a batch laid where Sage's machine finds them, its manifest last; and taken out again."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select

from erp import audit
from erp.audit import System
from erp.books import batches
from erp.books.batches import WAY, Batch, BatchState
from erp.books.folders import NotLaid, lay, why_not_laid, withdraw
from erp.connectors.sage300.settings import NAME
from erp.db import db, transaction
from erp.exchanges.exchange import lock

OFFERED = (BatchState.READY, BatchState.DOWNLOADED)
FORMAT = 1


def manifest(batch: Batch) -> bytes:
    """What lies in the folder when everything of the batch does; the same bytes every time."""
    files = [{"name": file.name, "sha256": file.sha256, "bytes": file.size, "lines": file.count, "total": _plain(file.amount)}
             for file in batch.files]  # fmt: skip
    said = {"format": FORMAT, "batch": batch.title, "job": batch.job, "made": batch.created_at.isoformat(), "files": files}
    return (json.dumps(said, indent=1) + "\n").encode("ascii")


def _plain(minor: int) -> str:
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02d}"


def why_not_folder(wanted: str) -> str:
    """Why files cannot be laid into this folder; empty when they can, and without a wish for one."""
    base = current_app.config["SAGE_DROP_DIR"]
    if not wanted:
        return ""
    if not base:
        return ("The drop folder is switched off: this server names no directory below which there may be one. Whoever runs it "
                "sets SAGE_DROP_DIR; until then download the files.")  # fmt: skip
    if not Path(wanted).resolve().is_relative_to(Path(base).resolve()):
        return f"The drop folder must lie below {base} on the server. Choose another one in the connection's settings."
    if what := _instead_of_a_folder(wanted):
        return (f"The drop folder cannot be {wanted}: {what} on the server. Make a folder there, or choose another one in the "
                "connection's settings.")  # fmt: skip
    return ""


def _instead_of_a_folder(wanted: str) -> str:
    path = Path(wanted)
    try:
        if path.is_dir():
            return ""
        return "that is no folder but a file" if path.exists() else "there is no such folder"
    except OSError:  # a name that is too long for this file system
        return "no folder can have that name"


def why_not_chosen(wanted: str) -> str:
    """Why this cannot become a drop folder: the same, and whether a file can be laid there now."""
    if problem := why_not_folder(wanted):
        return problem
    if not wanted or not (why := why_not_laid(Path(wanted))):
        return ""
    return (f"The drop folder {wanted} cannot be written into by Countersign: {why}. Allow it there on the server for the user "
            "under which Countersign runs, or choose another folder.")  # fmt: skip


def wished(settings: dict[str, Any]) -> str:
    """The drop folder of a connection as it was entered; empty without."""
    own = settings.get(NAME) or {}
    return str(own.get("drop_folder") or "") if isinstance(own, dict) else ""


def lay_all() -> int:
    """Lay what is to be laid and take out what was withdrawn or confirmed, on every connection; how many batches it was."""
    asked = select(Batch.id, Batch.state, Batch.laid_at).where(Batch.folder != "")
    found = db.session.execute(asked.order_by(Batch.id)).all()
    db.session.rollback()
    todo = [(key, LAY if state in OFFERED else TAKE_OUT) for key, state, laid_at in found
            if (state in OFFERED and laid_at is None) or state not in WAY]  # fmt: skip
    return sum(_one(key, work, then) for key, (work, then) in todo)


def _one(key: int, work: Callable[[Batch], None], then: Callable[[Batch], None]) -> bool:
    """The files are moved outside of any transaction, which would keep everybody else waiting for the disk."""
    batch = db.session.get_one(Batch, key)
    problem = why_not_folder(batch.folder)
    try:
        if not problem:
            work(batch)
    except NotLaid as fault:
        problem = str(fault)
    connection_id, was = batch.connection_id, batch.problem
    db.session.rollback()
    if problem and problem == was:
        return False
    with transaction():
        lock(connection_id)
        batch = db.session.get_one(Batch, key, populate_existing=True)
        if problem:
            batch.problem = problem
        else:
            then(batch)
    return not problem


def _lay(batch: Batch) -> None:
    for file in batch.files:
        lay(Path(batch.folder), file.name, file.body)
    lay(Path(batch.folder), batch.manifest_name, manifest(batch))


def _take_out(batch: Batch) -> None:
    """The manifest first: without one nothing is offered."""
    withdraw(Path(batch.folder), batch.manifest_name, batches.sha256(manifest(batch)))
    for file in batch.files:
        withdraw(Path(batch.folder), file.name, file.sha256)


def _laid(batch: Batch) -> None:
    if batch.as_state in OFFERED:
        batches.laid(batch)
        audit.record(batch.subject, "lay", System("worker"), details={"folder": batch.folder})


def _taken_out(batch: Batch) -> None:
    audit.record(batch.subject, "take_out", System("worker"), details={"folder": batch.folder})
    batch.folder, batch.problem = "", ""


LAY, TAKE_OUT = (_lay, _laid), (_take_out, _taken_out)
