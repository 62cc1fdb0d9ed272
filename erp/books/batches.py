"""Batches: import files for accounting that takes nothing else, numbered, kept byte for byte, and where they are on their way."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Index, LargeBinary, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from erp import moves
from erp.audit import Actor, Event
from erp.db import Base, Key, Money, Short, Words, db, now, refers
from erp.moves import Movable

NUMBERS = 999_999
"""A number has six digits in the names of the files."""
AFTER_A_RESTORE = 1_000


class BatchState(StrEnum):
    """Where a batch is; the first four are what its items show as their badge."""

    READY = "Ready"
    DOWNLOADED = "Downloaded"
    IMPORTED = "Imported (not posted)"
    POSTED = "Posted"
    CONFIRMED = "Confirmed"
    SUPERSEDED = "Superseded"
    VOID = "Void"

    @property
    def badge(self) -> str:
        """What an item shows while it waits in a batch of this state."""
        return "File ready" if self is BatchState.READY else self.value


WAY = (BatchState.READY, BatchState.DOWNLOADED, BatchState.IMPORTED, BatchState.POSTED)
"""The states in which something of a batch is still to be done, in their order."""
WITHDRAWN = (BatchState.SUPERSEDED, BatchState.VOID)
"""What was never imported and never will be."""


class LineState(StrEnum):
    """What became of a line."""

    SENT = "sent"
    REJECTED = "rejected"
    CONFIRMED = "confirmed"


@dataclass(frozen=True)
class Move:
    """One row of the table of moves: from where, where to (None: it stays), what a person reads on the button.

    `reason` says that the person must write why. With a noun it is a button on the page of the batch.
    """

    frm: tuple[BatchState, ...]
    to: BatchState | None
    label: str = ""
    noun: str = ""
    reason: bool = False


MOVES: dict[str, Move] = {
    "download": Move(WAY, BatchState.DOWNLOADED, "Download"),
    "download_again": Move(WAY, None, "Download again", reason=True),
    "hand_import": Move((BatchState.READY, BatchState.DOWNLOADED), BatchState.IMPORTED, "Imported", "import"),
    "hand_post": Move((BatchState.IMPORTED,), BatchState.POSTED, "Posted", "posting"),
    "not_imported": Move(
        (BatchState.IMPORTED,), BatchState.DOWNLOADED, "Not imported after all", "import-taken-back", reason=True
    ),
    "not_posted": Move((BatchState.POSTED,), BatchState.IMPORTED, "Not posted after all", "posting-taken-back", reason=True),
    "supersede": Move((BatchState.READY, BatchState.DOWNLOADED), BatchState.SUPERSEDED, "Make anew", "successor", reason=True),
    "void_batch": Move((BatchState.READY, BatchState.DOWNLOADED), BatchState.VOID, "Void", "voiding", reason=True),
    "take_rejects": Move(WAY, None, "Take the reject file"),
    "bring_report": Move((*WAY, BatchState.CONFIRMED), None, "Keep the import report"),
    "refuse": Move(WAY, BatchState.VOID),
    "confirm_batch": Move(WAY, BatchState.CONFIRMED),
}
"""What may happen to a batch. Nobody confirms by hand: only what was read back does."""
NOUNS = {move.noun: name for name, move in MOVES.items() if move.noun}
"""The nouns of the URLs, each a move of a person."""


class Batch(Movable):
    """The files of one job that are imported together. `totals` has lines and amount (minor units).

    `layouts` are the records as they were written, `folder` where the files are laid for Sage, empty without a drop folder, and
    `problem` why they could not be; `kind` is the family of files, estimates so far.
    """

    __tablename__ = "batches"
    __table_args__ = (UniqueConstraint("connection_id", "number"), Index("ix_batches_state", "connection_id", "state"))

    connection_id: Mapped[int] = refers("connections.id")
    number: Mapped[int]
    job: Mapped[Short]
    totals: Mapped[dict[str, Any]]
    layouts: Mapped[dict[str, Any]]
    reason: Mapped[Words]
    folder: Mapped[Words]
    problem: Mapped[Words]
    created_at: Mapped[datetime]
    laid_at: Mapped[datetime | None]
    downloaded_at: Mapped[datetime | None]
    downloaded_by: Mapped[int | None] = refers("users.id")
    imported_at: Mapped[datetime | None]
    imported_by: Mapped[int | None] = refers("users.id")
    posted_at: Mapped[datetime | None]
    posted_by: Mapped[int | None] = refers("users.id")
    confirmed_at: Mapped[datetime | None]
    follow_up_of: Mapped[int | None] = refers("batches.id")
    superseded_by: Mapped[int | None] = refers("batches.id")
    files: Mapped[list["BatchFile"]] = relationship(order_by="BatchFile.id", back_populates="batch")

    @property
    def subject(self) -> str:
        """The name of the batch in the audit trail."""
        return f"batch:{self.id}"

    @property
    def as_state(self) -> BatchState:
        """The state as a member of the table."""
        return BatchState(self.state)

    @property
    def title(self) -> str:
        """Its number as it stands in the names of its files."""
        return f"{self.number:06d}"

    @property
    def manifest_name(self) -> str:
        """The file in a drop folder that says which files of the batch are complete: 000012_manifest.json."""
        return f"{self.title}_manifest.json"


class BatchFile(Base):
    """One file, its bytes as they are and stay; `amount` is its control total in minor units, `count` its number of lines.

    `downloads` says how often somebody took it.
    """

    __tablename__ = "batch_files"
    __table_args__ = (UniqueConstraint("batch_id", "name"),)

    id: Mapped[Key]
    batch_id: Mapped[int] = refers("batches.id")
    name: Mapped[Short]
    part: Mapped[Short]
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[Short]
    size: Mapped[int]
    count: Mapped[int]
    amount: Mapped[Money]
    downloads: Mapped[int]
    batch: Mapped[Batch] = relationship(back_populates="files")
    lines: Mapped[list["BatchLine"]] = relationship(order_by="BatchLine.position, BatchLine.id", back_populates="file")


class BatchLine(Base):
    """What one exchange has on one line of a file; a head or an extra that two of them need stands at one `position`."""

    __tablename__ = "batch_lines"
    __table_args__ = (Index("ix_batch_lines_file", "file_id", "position"), Index("ix_batch_lines_exchange", "exchange_id"))

    id: Mapped[Key]
    file_id: Mapped[int] = refers("batch_files.id")
    position: Mapped[int]
    exchange_id: Mapped[int] = refers("exchanges.id")
    record: Mapped[Short]
    job: Mapped[Short]
    extra: Mapped[Short]
    code: Mapped[Short]
    category: Mapped[Short]
    amount: Mapped[Money]
    text: Mapped[Words]
    state: Mapped[Short]
    reason: Mapped[Words]
    file: Mapped[BatchFile] = relationship(back_populates="lines")


class BatchPaper(Base):
    """What Sage made of a batch and a person brought here: a reject file or an import report, kept as it came."""

    __tablename__ = "batch_papers"
    __table_args__ = (UniqueConstraint("batch_id", "sha256"),)

    id: Mapped[Key]
    batch_id: Mapped[int] = refers("batches.id")
    file_id: Mapped[int | None] = refers("batch_files.id")
    what: Mapped[Short]
    name: Mapped[Short]
    sha256: Mapped[Short]
    size: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    added_by: Mapped[int] = refers("users.id")
    at: Mapped[datetime]


ON_THE_WAY = Batch.state.not_in(WITHDRAWN)
KEYED_IN = (Batch.state == BatchState.VOID) & Batch.follow_up_of.is_not(None)
"""A follow-up that a person made void; of one that was closed, no exchange that waits has a sent line."""


def move(batch: Batch, name: str, actor: Actor, **columns: Any) -> Event:
    """Do one move of the table, to its target or staying where it is; raises moves.Stale for who was second."""
    row = MOVES[name]
    return moves.move(batch, name, row.to or batch.as_state, actor, frm=row.frm, filter=None, **columns)


def find(connection_id: int, number: int) -> Batch | None:
    """The batch of this number on this connection."""
    return db.session.scalar(select(Batch).filter_by(connection_id=connection_id, number=number))


def every(connection_id: int, before: int = 0, most: int = 50) -> Sequence[Batch]:
    """The batches of a connection, newest first, those under number `before` if it is given."""
    asked = select(Batch).filter_by(connection_id=connection_id)
    asked = asked.where(Batch.number < before) if before else asked
    return db.session.scalars(asked.order_by(Batch.number.desc()).limit(most)).all()


def next_number(connection_id: int, restored_at: datetime | None = None) -> int:
    """A number that no batch of the connection had; the caller holds the connection.

    The first after a restore begins a new thousand: people may hold files under numbers that the restored data do not know.
    """
    last = next(iter(every(connection_id, most=1)), None)
    number, made_at = (last.number, last.created_at) if last else (0, None)
    if restored_at is None or (made_at is not None and made_at > restored_at):
        return number + 1
    return (number // AFTER_A_RESTORE + 1) * AFTER_A_RESTORE + 1


def lines_of(batch: Batch) -> list[BatchLine]:
    """All lines of all its files, in the order of the files."""
    return [line for file in batch.files for line in file.lines]


def batches_with(exchange_id: int) -> Sequence[Batch]:
    """Every batch in which the exchange has a line, oldest first."""
    mine = select(BatchFile.batch_id).join(BatchFile.lines).where(BatchLine.exchange_id == exchange_id)
    return db.session.scalars(select(Batch).where(Batch.id.in_(mine)).order_by(Batch.number)).all()


def live_lines(exchange_id: int) -> Sequence[BatchLine]:
    """The lines of the exchange that are or may still come into accounting: sent, in a batch that was not withdrawn."""
    return _of(exchange_id, ON_THE_WAY)


def lines_perhaps_there(exchange_id: int) -> Sequence[BatchLine]:
    """The live lines of an exchange that waits, and those that its pages told people to key in by hand."""
    return _of(exchange_id, ON_THE_WAY | KEYED_IN)


def _of(exchange_id: int, where: ColumnElement[bool]) -> Sequence[BatchLine]:
    asked = _sent(select(BatchLine), where).where(BatchLine.exchange_id == exchange_id)
    return db.session.scalars(asked.order_by(Batch.number, BatchLine.position)).all()


def _sent(asked: Any, where: ColumnElement[bool]) -> Any:
    return asked.join(BatchLine.file).join(BatchFile.batch).where(BatchLine.state == LineState.SENT, where)


def in_hands(connection_id: int) -> Any:
    """A SELECT of the exchanges (their ids) with such a line in a file that a person has or finds in the folder."""
    has = (Batch.connection_id == connection_id, or_(Batch.state != BatchState.READY, Batch.laid_at.is_not(None)))
    return _sent(select(BatchLine.exchange_id), ON_THE_WAY).where(*has)


def papers(batch: Batch) -> Sequence[BatchPaper]:
    """What people brought here about the batch, oldest first."""
    return db.session.scalars(select(BatchPaper).filter_by(batch_id=batch.id).order_by(BatchPaper.id)).all()


def laid(batch: Batch) -> None:
    """Note that the files lie in the folder, complete."""
    batch.laid_at, batch.problem = now(), ""


def sha256(body: bytes) -> str:
    """The hash by which bytes are known again."""
    return hashlib.sha256(body).hexdigest()
