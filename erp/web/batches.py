"""Batches: their list, one with its files and what may be done with it, the cover sheet, downloads and what Sage made of it."""

import secrets
from collections import defaultdict
from collections.abc import Callable
from io import BytesIO
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask_login import current_user
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from erp import audit, desk, doorbell
from erp.books import batches
from erp.books.batches import MOVES, NOUNS, WAY, Batch, BatchFile, BatchPaper, BatchState, LineState
from erp.connections import Connection
from erp.connectors.sage300 import dropping, handling, lists, rejecting
from erp.connectors.sage300.batches import waiting
from erp.connectors.sage300.jce import TICKS
from erp.connectors.sage300.rejecting import Taken
from erp.db import db, transaction
from erp.exchanges import handover, restores
from erp.exchanges.exchange import Exchange
from erp.items.perform import Refused
from erp.kind import Reason
from erp.moves import Stale
from erp.people import User
from erp.web.access import needs
from erp.web.attachments import SAFE
from erp.web.render import is_htmx

blueprint = Blueprint("batches", __name__, url_prefix="/erp/<int:connection_id>/batches")
PAGE = 50
TONES = {BatchState.CONFIRMED: "good", BatchState.SUPERSEDED: "quiet", BatchState.VOID: "quiet"}
FILES = {"estimate": "Original amounts and corrections", "estimate_changes": "Modifications and changes"}
BUTTONS = tuple(name for name, move in MOVES.items() if move.noun)
ASKED = (*BUTTONS, "download", "take_rejects", "bring_report")


@blueprint.get("")
@needs("view_desk", "connection")
def listing(connection_id: int) -> Any:
    """Every batch, newest first."""
    connection = _connection(connection_id)
    rows = batches.every(connection_id, request.args.get("before", 0, int), PAGE + 1)
    more, folder = len(rows) > PAGE, dropping.wished(connection.settings)
    rows = rows[:PAGE]
    return render_template(
        "batches/list.html", **_around(connection), rows=rows, tones=TONES, after=rows[-1].number if more else 0,
        people=_people(rows), folder=folder, why_no_folder=dropping.why_not_folder(folder),
    )  # fmt: skip


def _connection(connection_id: int) -> Connection:
    """The connection; one that has no batches leads to its desk."""
    connection = db.session.get_one(Connection, connection_id)
    if not connection.connector.batches:
        abort(redirect(url_for("overview.all_kinds", connection_id=connection_id)))
    return connection


def _around(connection: Connection) -> dict[str, Any]:
    return {"connection": connection, "tabs": desk.tabs(connection)[0], "here": "batches"}


def _people(rows: Any) -> dict[int | None, str]:
    keys = {key for row in rows for key in (row.downloaded_by, row.imported_by, row.posted_by)}
    return {user.id: user.name for user in db.session.scalars(db.select(User).where(User.id.in_(keys - {None})))}


@blueprint.get("/<int:number>")
@needs("view_desk", "connection")
def page(connection_id: int, number: int) -> str:
    """One batch; the fragment alone for HTMX, which asks for itself while its files were not downloaded."""
    return _page(_batch(_connection(connection_id).id, number))


def _batch(connection_id: int, number: int) -> Batch:
    return batches.find(connection_id, number) or abort(404)


def _page(batch: Batch, opened: str = "", refused: tuple[str, ...] = (), written: str = "") -> str:
    context: dict[str, Any] = {
        **_told_of(batch), "batch": batch, "papers": batches.papers(batch),
        "events": audit.history(batch.subject), "against": {name: handling.why_not(name, batch, current_user) for name in ASKED},
        "moves": MOVES, "buttons": BUTTONS, "tones": TONES, "refusals": refused, "opened": opened, "written": written,
        "nonce": secrets.token_hex(4), "placed": {file.id: _placed(file) for file in batch.files},
    }  # fmt: skip
    connection = db.session.get_one(Connection, batch.connection_id)
    return render_template("batches/_batch.html" if is_htmx() else "batches/show.html", **_around(connection), **context)


def _told_of(batch: Batch) -> dict[str, Any]:
    """What the page and the cover sheet of a batch both tell."""
    return {"sums": _sums(batch), "items": _items(batch), "others": _others(batch), "files": FILES, "look": _look(batch),
            "on_its_way": batch.as_state in WAY, "found": _found(batch), "differs": handover.differs,
            "confirming": lists.confirming(handling.kinds(batch))}  # fmt: skip


def _placed(file: BatchFile) -> list[Any]:
    """The lines of a file, a shared one once."""
    return list({line.position: line for line in reversed(file.lines)}.values())[::-1]


def _sums(batch: Batch) -> list[tuple[str, str, int, int]]:
    """Control totals: sub job, category, lines, minor units."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for file in batch.files:
        for line in _placed(file):
            if line.record == "C":
                found[line.extra, line.category].append(line.amount)
    return [(extra, category, len(amounts), sum(amounts)) for (extra, category), amounts in sorted(found.items())]


def _items(batch: Batch) -> list[Any]:
    keys = {line.exchange_id for line in batches.lines_of(batch)}
    found = db.session.scalars(db.select(Exchange).where(Exchange.id.in_(keys)).order_by(Exchange.rank, Exchange.id))
    return [exchange.item for exchange in found if exchange.item]


def _look(batch: Batch) -> bool:
    """Whether Sage may have some of it already: the database was put back to a backup before it was exported, or afterwards."""
    restored = restores.last(db.session.get_one(Connection, batch.connection_id))
    return restored is not None and (batch.created_at < restored or any(exchange.look for exchange in waiting(batch)))


def _found(batch: Batch) -> bool:
    """Whether a read-back has found a part of it."""
    return any(line.state == LineState.CONFIRMED for line in batches.lines_of(batch))


def _others(batch: Batch) -> dict[str, Batch | None]:
    """The batches that this one follows, and those that follow it."""
    after = db.select(Batch).where(Batch.follow_up_of == batch.id).order_by(Batch.number.desc()).limit(1)
    return {"follows": db.session.get(Batch, batch.follow_up_of) if batch.follow_up_of else None,
            "followed": db.session.scalar(after),
            "instead": db.session.get(Batch, batch.superseded_by) if batch.superseded_by else None,
            "before": db.session.scalar(db.select(Batch).where(Batch.superseded_by == batch.id))}  # fmt: skip


@blueprint.get("/<int:number>/cover")
@needs("view_desk", "connection")
def cover(connection_id: int, number: int) -> str:
    """The sheet that goes with the files: where to click in Sage, what to tick, what the totals must be, who did it."""
    connection = _connection(connection_id)
    batch = _batch(connection_id, number)
    return render_template("batches/cover.html", **_around(connection), **_told_of(batch), batch=batch, ticks=TICKS)


@blueprint.post("/<int:number>/files/<int:file_id>")
@needs("decide", "connection")
def download(connection_id: int, number: int, file_id: int) -> Any:
    """The bytes as they were made; who took them, and from the second time on why, stands in the history."""
    _connection(connection_id)

    def deed(batch: Batch) -> tuple[str, bytes]:
        file = _file(batch, file_id)
        return file.name, handling.download(batch, file, current_user, request.form.get("reason", ""))

    return _do(connection_id, number, "download", deed, _sent, any_version=True)


def _file(batch: Batch, file_id: int) -> BatchFile:
    return next((file for file in batch.files if file.id == file_id), None) or abort(404)


def _sent(done: tuple[str, bytes]) -> Response:
    name, body = done
    answer = send_file(
        BytesIO(body), "application/octet-stream", as_attachment=True, download_name=name, conditional=False, etag=False
    )
    answer.headers.update(SAFE)
    return answer


@blueprint.post("/<int:number>/<noun>")
@needs("decide", "connection")
def go(connection_id: int, number: int, noun: str) -> Any:
    """Imported, posted, taken back, made anew, void: one winner, everybody else sees who was first."""
    _connection(connection_id)
    name = NOUNS.get(noun) or abort(404)
    answer = _do(
        connection_id, number, name, lambda batch: handling.go(name, batch, current_user, request.form.get("reason", ""))
    )
    if name in ("supersede", "void_batch"):
        dropping.lay_all()
    return answer


@blueprint.post("/<int:number>/rejects")
@needs("decide", "connection")
def bring_rejects(connection_id: int, number: int) -> Any:
    """Sage's reject file: what it has is matched back, or nothing is changed."""
    _connection(connection_id)
    chosen, said = request.files.get("file"), request.form.get("said", "")

    def deed(batch: Batch) -> Taken:
        file = _file(batch, request.form.get("file_id", 0, int))
        name, body = _chosen(chosen)
        return rejecting.take(batch, file, current_user, name, body, said)

    return _do(connection_id, number, "take_rejects", deed, lambda taken: _told(taken, connection_id, number))


def _chosen(file: FileStorage | None) -> tuple[str, bytes]:
    if file is None or not file.filename:
        raise Refused([Reason("Choose a file.")])
    return file.filename, file.stream.read(rejecting.MOST_BYTES + 1)


def _told(taken: Taken, connection_id: int, number: int) -> Response:
    for sentence, tone in _words(taken):
        flash(sentence, tone)
    doorbell.ring("jobs.mail.mail")
    return redirect(url_for(".page", connection_id=connection_id, number=number), 303)


def _words(taken: Taken) -> list[tuple[str, str]]:
    if taken.before:
        return [(f"{taken.before.name} was taken already; nothing was changed.", "info")]
    if not taken.lines and not taken.failed:
        return [("All these lines were rejected before; nothing was changed.", "info")]
    lines = "line was" if taken.lines == 1 else "lines were"
    said = [(f"{taken.lines} {lines} rejected by Sage. Do not import the reject file yourself: Countersign makes a file of what "
             "is missing.", "attention")]  # fmt: skip
    said += [(f"{item.label}: Sage took nothing of it. It stands in Failed To Export.", "warning") for item in taken.failed]
    said += [(f"Batch {batch.title} is Void with it: do not import its files any more.", "warning") for batch in taken.ended]
    if taken.follow_up:
        said.append(
            (f"The rejected lines of what Sage took in part stand in the follow-up batch {taken.follow_up.title}.", "info")
        )
    return said


@blueprint.post("/<int:number>/reports")
@needs("decide", "connection")
def bring_report(connection_id: int, number: int) -> Any:
    """Sage's import report, kept beside the batch."""
    _connection(connection_id)
    chosen = request.files.get("file")
    return _do(connection_id, number, "bring_report", lambda batch: rejecting.bring_report(batch, current_user, *_chosen(chosen)))


@blueprint.get("/<int:number>/papers/<int:paper_id>")
@needs("view_desk", "connection")
def paper(connection_id: int, number: int, paper_id: int) -> Response:
    """What somebody brought, as it came."""
    batch, found = _batch(connection_id, number), db.session.get(BatchPaper, paper_id)
    if found is None or found.batch_id != batch.id:
        abort(404)
    return _sent((found.name, found.body))


def _do(connection_id: int, number: int, name: str, deed: Callable[[Batch], Any],
        answer: Callable[[Any], Response] | None = None, *, any_version: bool = False) -> Any:  # fmt: skip
    """One transaction, or nothing and the page with what was against it."""
    try:
        with transaction():
            seen = None if any_version else request.form.get("version", type=int)
            batch = handling.held(connection_id, number, seen) or abort(404)
            done = deed(batch)
    except (Refused, Stale) as refused:
        db.session.rollback()
        stale = isinstance(refused, Stale)
        words = (refused.sentence,) if isinstance(refused, Stale) else tuple(reason.text for reason in refused.reasons)
        return _page(_batch(connection_id, number), name, words, request.form.get("reason", "")), 409 if stale else 422
    return answer(done) if answer else redirect(url_for(".page", connection_id=connection_id, number=number), 303)
