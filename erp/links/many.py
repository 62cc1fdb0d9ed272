"""Many records in one click: what can be done is done, each with an event of its own; the others are named with their reasons."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from erp.books.records import Record
from erp.connections import Connection
from erp.db import db
from erp.items import Item
from erp.items.perform import Refused
from erp.kind import Kind
from erp.links.archiving import archive, unarchive
from erp.links.joining import link
from erp.moves import Stale
from erp.people import User

Pair = tuple[int, int, str, int]
"""A record and a document, the hash of the one and the version of the other as they were shown."""
NAMED = 5
"""So many refusals are told one by one."""


@dataclass
class Outcome:
    """How many were done, and the sentences about the others."""

    done: int = 0
    refused: list[str] = field(default_factory=list)

    def words(self, did: str) -> list[tuple[str, str]]:
        """(tone, words) for the reader, all refusals in one, each on a line; `did` is such as “linked”."""
        words = [("good", f"{self.done} {did}.")] if self.done else []
        words += [("warning", "\n".join(self._against(did)))] if self.refused else []
        return words or [("warning", "No row was selected.")]

    def _against(self, did: str) -> list[str]:
        n, more = len(self.refused), len(self.refused) - NAMED
        first = [f"{n} were not {did}:"] if n > 1 else []
        return [*first, *self.refused[:NAMED], *([f"{more} more; try one of them alone to see why."] if more > 0 else [])]


def link_all(connection: Connection, kind: Kind, pairs: Iterable[Pair], actor: User) -> Outcome:
    """Link each pair as it was shown, in the caller's transaction."""
    chosen = {pair[0]: pair for pair in pairs}

    def deed(record: Record) -> Item:
        _, document, seen, version = chosen[record.id]
        return link(record, document, actor, seen, version)

    return _each(connection, kind, list(chosen), deed)


def archive_all(connection: Connection, kind: Kind, keys: Sequence[int], actor: User) -> Outcome:
    """Put these aside, in the caller's transaction."""
    return _each(connection, kind, keys, lambda record: archive(record, actor))


def unarchive_all(connection: Connection, kind: Kind, keys: Sequence[int], actor: User) -> Outcome:
    """Take these back, in the caller's transaction."""
    return _each(connection, kind, keys, lambda record: unarchive(record, actor))


def _each(connection: Connection, kind: Kind, keys: Sequence[int], deed: Callable[[Record], Any]) -> Outcome:
    outcome = Outcome()
    asked = select(Record).filter_by(connection_id=connection.id, kind=kind.slug).where(Record.id.in_(keys))
    for record in db.session.scalars(asked.order_by(func.lower(Record.full_name), Record.id)).all():
        try:
            with db.session.begin_nested():
                deed(record)
            outcome.done += 1
        except Refused as refused:
            outcome.refused.append(f"{record.full_name}: {' '.join(reason.text for reason in refused.reasons)}")
        except Stale as stale:
            outcome.refused.append(f"{record.full_name}: {stale.sentence}")
    return outcome
