"""Which document a record of accounting is likely to be: the same name, number or tax ID, then a name in the other."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from erp.books.records import Record
from erp.connections import Connection
from erp.db import db
from erp.documents.document import Document
from erp.kind import Kind
from erp.links.why_not import importing
from erp.states import Filter, RecordState

MOST = 200
"""So many are linked in one click."""
SHORTEST = 3
"""A shorter name lies in too many others to say anything."""
SAME, TAXED, ALIKE, OTHER = "same name or number", "same tax ID", "similar", ""


@dataclass(frozen=True)
class Candidate:
    """A document that a record may be joined with, and how like it is."""

    id: int
    number: str
    title: str
    like: str = OTHER


@dataclass(frozen=True)
class Match:
    """A record and the one document of its name or number; `hash` and `version` tell whether either was changed since."""

    record: int
    hash: str
    version: int
    full_name: str
    there: str
    document: Candidate


@dataclass(frozen=True)
class Matches:
    """The first of the exact matches, how many there are, and how many records fit several documents or share one."""

    rows: list[Match]
    total: int
    doubtful: int


def likely(record: Record, words: str = "", most: int = 50) -> list[Candidate]:
    """The documents that can be joined with it, likely ones first; `words` narrows them."""
    wanted = _plain(words)
    rows = _candidates(record)
    shown = [row for row in rows if wanted in _plain(f"{row.number} {row.title}")]
    return sorted(shown, key=lambda row: (ORDER[row.like], row.number.casefold(), row.title.casefold(), row.id))[:most]


ORDER = {SAME: 0, TAXED: 1, ALIKE: 2, OTHER: 3}


def same(record: Record) -> Candidate | None:
    """A document of the same name, number or tax ID that waits to be linked."""
    found = (row for row in _candidates(record) if row.like in (SAME, TAXED))
    return min(found, key=lambda row: ORDER[row.like], default=None)


def _candidates(record: Record) -> list[Candidate]:
    rows = db.session.execute(importing(record).joinable(record.connection_id))
    return [_candidate(record, row) for row in rows if _place(row) in (None, record.parent_id)]


def _place(row: Any) -> str | None:
    """The id of what a document belongs below in accounting; None where documents of its kind belong below nothing."""
    return getattr(row, "place", None)


def _candidate(record: Record, row: Any) -> Candidate:
    there, here = _keys(record.name, record.number), _keys(row.number, row.title)
    if there & here:
        return Candidate(row.id, row.number, row.title, SAME)
    if _plain(record.data.get("tax_id", "")) in _keys(getattr(row, "tax_id", "")):
        return Candidate(row.id, row.number, row.title, TAXED)
    return Candidate(row.id, row.number, row.title, ALIKE if _inside(there, here) else OTHER)


def _keys(*texts: str) -> set[str]:
    return {_plain(text) for text in texts} - {""}


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _inside(there: Iterable[str], here: Iterable[str]) -> bool:
    pairs = ((one, other) for one in there for other in here)
    return any(min(len(one), len(other)) >= SHORTEST and (one in other or other in one) for one, other in pairs)


def exact(connection: Connection, kind: Kind, most: int = MOST) -> Matches:
    """Every waiting record that fits one document alone, and that document no other record."""
    assert kind.importing is not None
    rows = db.session.execute(kind.importing.joinable(connection.id)).all()
    documents = [Candidate(row.id, row.number, row.title, SAME) for row in rows]
    index: defaultdict[tuple[str, str | None], set[int]] = defaultdict(set)
    for at, row in enumerate(rows):
        for key in _keys(row.number, row.title):
            index[key, _place(row)].add(at)
    fits = [(row, _found(index, row)) for row in _waiting(connection, kind)] if documents else []
    taken: defaultdict[int, int] = defaultdict(int)
    for _, found in fits:
        for at in found:
            taken[at] += 1
    clear = [(row, documents[min(found)]) for row, found in fits if len(found) == 1 and taken[min(found)] == 1]
    versions = _versions([one.id for _, one in clear[:most]])
    shown = [Match(row.id, row.hash, versions[one.id], row.full_name, str(row.data.get("number", "")), one)
             for row, one in clear[:most]]  # fmt: skip
    return Matches(shown, len(clear), sum(1 for _, found in fits if found) - len(clear))


def _versions(documents: Sequence[int]) -> dict[int, int]:
    asked = select(Document.id, Document.version).where(Document.id.in_(documents))
    return dict(db.session.execute(asked).all())


def _found(index: Mapping[tuple[str, str | None], set[int]], row: Any) -> set[int]:
    """The documents with the name or number of the record, that belong below the same or below nothing."""
    keys = _keys(row.name, str(row.data.get("number", "")))
    return set().union(*(index.get((key, place), ()) for key in keys for place in (None, row.parent_id)))


def _waiting(connection: Connection, kind: Kind) -> Sequence[Any]:
    columns = (Record.id, Record.hash, Record.name, Record.full_name, Record.parent_id, Record.data)
    asked = select(*columns).filter_by(connection_id=connection.id, kind=kind.slug, filter=Filter.IMPORT)
    asked = asked.where(Record.state == RecordState.STAGED)
    return db.session.execute(asked.order_by(func.lower(Record.full_name), Record.id)).all()
