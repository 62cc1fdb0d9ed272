"""What must be true at every moment of the live data, each a sentence and a query for the rows that break it.

Ids and names are those of the trust page; what needs a look into the company file is proven in tests alone.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import selectinload

from erp import mail
from erp.audit import Event
from erp.books.batches import WAY, Batch, BatchFile, sha256
from erp.books.folders import hash_of
from erp.books.records import SHOWN
from erp.db import db
from erp.items import Item
from erp.kind import KINDS
from erp.people import RIGHTS
from erp.states import DECISIONS, State, filter_of

MOST = 20
"""So many offending ids are told."""
OPEN = "('queued', 'handed', 'doubt', 'waiting', 'person')"


@dataclass(frozen=True)
class Broken:
    """A promise that does not hold: its name, what is wrong, and the first rows where."""

    name: str
    sentence: str
    ids: tuple[str, ...]


Wrong = tuple[str, list[Any]]
"""A sentence and the ids for which it is true."""


def broken(*, thorough: bool = False, only: str = "") -> list[Broken]:
    """Everything that does not hold now; `thorough` also reads every hash, right and message again, `only` names one."""
    checks = INVARIANTS + (THOROUGH if thorough else ())
    found = [(name, *wrong) for name, check in checks if only in ("", name) for wrong in check()]
    return [Broken(name, sentence, tuple(map(str, ids[:MOST]))) for name, sentence, ids in found if ids]


def _ids(sql: str) -> list[Any]:
    asked = db.session.connection().exec_driver_sql(f"{sql} LIMIT {MOST}", execution_options={"no_parameters": True})
    return [row[0] for row in asked]


def one_list() -> Iterator[Wrong]:
    """I1: each item stands in the one list of its state, and the counts are the lengths of the lists."""
    groups = db.session.execute(text(
        "SELECT connection_id, kind, state, in_erp, filter, count(*), min(id) FROM items "
        "GROUP BY connection_id, kind, state, in_erp, filter")).all()  # fmt: skip
    wrong = [key for _, kind, state, has, name, _, key in groups
             if name != filter_of(State(state), bool(has), KINDS[kind].updated_whole)]  # fmt: skip
    yield "items stand in a list that is not that of their state", wrong
    listed: Counter[tuple[int, str, str]] = Counter()
    for connection, kind, _, _, name, n, _ in groups:
        listed.update({(connection, kind, name): n} if name else {})
    records = db.session.execute(text(
        "SELECT connection_id, list, filter, count(*) FROM records WHERE filter IS NOT NULL GROUP BY connection_id, list, filter"
    )).all()  # fmt: skip
    yield (
        "lists that serve drop-downs only have records in a list of the desk",
        [row[1] for row in records if row[1] not in SHOWN],
    )
    for connection, of, name, n in records:
        listed.update({(connection, SHOWN.get(of, ""), name): n})
    counts = db.session.execute(text("SELECT connection_id, kind, filter, n FROM counts WHERE n <> 0")).all()
    counted = {(row[0], row[1], row[2]): row[3] for row in counts}
    wrong = [key for key in listed.keys() | counted.keys() if listed.get(key, 0) != counted.get(key, 0)]
    yield "the counts say something else than the lists hold", [f"{c}/{k}/{f}" for c, k, f in wrong]


def no_vanish() -> Iterator[Wrong]:
    """I2: nothing that was exported is without an exchange, and nothing else has one."""
    mine = f"exchanges e WHERE e.item_id = i.id AND e.state IN {OPEN}"
    yield (
        "items are on their way, and their open exchange is None",
        _ids(
            f"SELECT i.id FROM items i WHERE i.state IN ('Exporting', 'Unknown', 'Waiting') AND NOT EXISTS (SELECT 1 FROM {mine})"
        ),
    )
    yield (
        "items are not on their way, but have an open exchange",
        _ids(
            f"SELECT i.id FROM items i WHERE i.state NOT IN ('Exporting', 'Unknown', 'Waiting') AND EXISTS (SELECT 1 FROM {mine})"
        ),
    )
    yield "items are not Unknown while their exchange is in doubt or waits for a person", _ids(
        "SELECT i.id FROM items i JOIN exchanges e ON e.item_id = i.id WHERE e.state IN ('doubt', 'person') "
        "AND i.state <> 'Unknown'")  # fmt: skip


def audit_one_to_one() -> Iterator[Wrong]:
    """I6: each move of an item has exactly one event with its actor, and the events form one chain of states."""
    yield (
        "the versions of items and their events differ",
        _ids(
            "SELECT i.id FROM items i LEFT JOIN (SELECT subject, count(*) AS n, min(version) AS lo, max(version) AS hi "
            "FROM events WHERE subject LIKE 'item:%' GROUP BY subject) e ON e.subject = 'item:' || CAST(i.id AS VARCHAR) "
            "WHERE coalesce(e.n, 0) <> i.version OR (i.version > 0 AND (e.lo <> 1 OR e.hi <> i.version))"
        ),
    )
    chain = (
        'SELECT id, subject, frm, lag("to") OVER (PARTITION BY subject ORDER BY version) AS before FROM events '
        "WHERE subject LIKE 'item:%'"
    )
    yield (
        "the events of items are no chain",
        _ids(f"SELECT DISTINCT subject FROM ({chain}) AS c WHERE frm <> coalesce(before, '{State.WITH_PM.value}')"),
    )
    yield (
        "the last event of items leads to another state",
        _ids(
            "SELECT i.id FROM items i JOIN events e ON e.subject = 'item:' || CAST(i.id AS VARCHAR) AND e.version = i.version "
            'WHERE e."to" <> i.state'
        ),
    )
    yield (
        "a move has no actor",
        _ids("SELECT id FROM events WHERE subject LIKE 'item:%' AND actor_id IS NULL AND actor NOT LIKE 'system:%'"),
    )


def single_flight() -> Iterator[Wrong]:
    """I7: at most one open write per connection, held by at most one session, and one open exchange per item."""
    yield (
        "several writes are open",
        _ids("SELECT connection_id FROM messages WHERE writes AND settled_at IS NULL GROUP BY connection_id HAVING count(*) > 1"),
    )
    yield (
        "an item has two open exchanges",
        _ids(f"SELECT item_id FROM exchanges WHERE item_id IS NOT NULL AND state IN {OPEN} GROUP BY item_id HAVING count(*) > 1"),
    )
    held = "sessions s JOIN messages m ON m.key = s.outstanding WHERE s.closed_at IS NULL"
    yield "a message is outstanding and settled", _ids(f"SELECT m.key FROM {held} AND m.settled_at IS NOT NULL")
    yield (
        "exchanges are not handed, though held",
        _ids(
            f"SELECT e.id FROM exchanges e WHERE e.state <> 'handed' AND EXISTS (SELECT 1 FROM {held} AND m.exchange_id = e.id)"
        ),
    )
    yield (
        "exchanges are handed, though not held",
        _ids(
            f"SELECT e.id FROM exchanges e WHERE e.state = 'handed' "
            f"AND NOT EXISTS (SELECT 1 FROM {held} AND m.exchange_id = e.id)"
        ),
    )
    write = "messages m WHERE m.writes AND m.settled_at IS NULL AND m.exchange_id = e.id"
    yield (
        "exchanges are in doubt without an open write",
        _ids(f"SELECT e.id FROM exchanges e WHERE e.state = 'doubt' AND NOT EXISTS (SELECT 1 FROM {write})"),
    )
    yield (
        "exchanges have an open write and are neither handed nor in doubt",
        _ids(f"SELECT e.id FROM exchanges e WHERE e.state NOT IN ('doubt', 'handed') AND EXISTS (SELECT 1 FROM {write})"),
    )


def journal_first() -> Iterator[Wrong]:
    """I8: each success rests on an answer that was journalled and applied."""
    yield (
        "items succeeded without an answer in the journal",
        _ids(
            "SELECT v.subject FROM events v WHERE v.action = 'succeed' AND NOT EXISTS (SELECT 1 FROM messages m "
            "JOIN answers a ON a.message_key = m.key WHERE m.exchange_id = v.exchange_id AND a.applied = 1)"
        ),
    )
    yield "an answer is neither read nor refused", _ids("SELECT id FROM answers WHERE applied NOT IN (0, 1)")


def tenant() -> Iterator[Wrong]:
    """I9: item, exchange, message, session and record of one piece of work belong to one connection."""
    yield (
        "exchanges reach over to another connection",
        _ids("SELECT e.id FROM exchanges e JOIN items i ON i.id = e.item_id WHERE i.connection_id <> e.connection_id"),
    )
    yield (
        "exchanges reach over to another item's snapshot",
        _ids(
            "SELECT e.id FROM exchanges e JOIN snapshots s ON s.id = e.snapshot_id "
            "WHERE e.item_id IS NULL OR s.item_id <> e.item_id"
        ),
    )
    yield (
        "messages belong to another connection than their exchange",
        _ids("SELECT m.key FROM messages m JOIN exchanges e ON e.id = m.exchange_id WHERE m.connection_id <> e.connection_id"),
    )
    yield (
        "sessions hold another connection's message",
        _ids("SELECT s.ticket FROM sessions s JOIN messages m ON m.key = s.outstanding WHERE m.connection_id <> s.connection_id"),
    )
    yield (
        "records are linked to an item of another connection",
        _ids("SELECT r.id FROM records r JOIN items i ON i.id = r.item_id WHERE i.connection_id <> r.connection_id"),
    )


def link_unique() -> Iterator[Wrong]:
    """I10: one item per object of accounting and per document, one record per object."""
    twice = "GROUP BY {0} HAVING count(*) > 1"
    yield (
        "two items for one object of accounting",
        _ids("SELECT erp_id FROM items WHERE erp_id <> '' " + twice.format("connection_id, kind, erp_id")),
    )
    yield "two items for one document", _ids("SELECT document_id FROM items " + twice.format("connection_id, document_id"))
    yield "two records for one object", _ids("SELECT erp_id FROM records " + twice.format("connection_id, list, erp_id"))
    yield (
        "records are linked to an item that stands for something else in accounting",
        _ids("SELECT r.id FROM records r JOIN items i ON i.id = r.item_id WHERE i.erp_id <> r.erp_id OR NOT i.in_erp"),
    )
    yield (
        "records are linked without an item, or have one and wait",
        _ids(
            "SELECT id FROM records WHERE (state = 'Linked' AND item_id IS NULL) "
            "OR (state IN ('Staged', 'Archived') AND item_id IS NOT NULL)"
        ),  # fmt: skip
    )
    for kind in KINDS.values():
        yield (
            "records of synced items are not linked to them",
            _ids(
                "SELECT r.id FROM items i JOIN records r ON r.connection_id = i.connection_id AND r.erp_id = i.erp_id "
                f"WHERE i.in_erp AND i.kind = '{kind.slug}' AND r.list = '{kind.record_list}' AND coalesce(r.item_id, 0) <> i.id"
            ),
        )
    yield (
        "items are Synced without an id of accounting",
        _ids("SELECT id FROM items WHERE state = 'Synced' AND (erp_id = '' OR NOT in_erp)"),
    )


def frozen() -> Iterator[Wrong]:
    """I12: markers are unique, and an exchange carries the snapshot that its item shows."""
    yield "two sends have one marker", _ids("SELECT marker FROM snapshots GROUP BY marker HAVING count(*) > 1")
    yield (
        "items are on their way with another snapshot than their exchange",
        _ids(
            f"SELECT i.id FROM items i JOIN exchanges e ON e.item_id = i.id AND e.state IN {OPEN} "
            "WHERE e.snapshot_id <> i.snapshot_id"
        ),
    )


def mail_once() -> Iterator[Wrong]:
    """I13: one mail per event and recipient."""
    yield (
        "somebody gets two mails about one event",
        _ids("SELECT event_id FROM mails WHERE event_id IS NOT NULL GROUP BY event_id, user_id HAVING count(*) > 1"),
    )


def one_summary() -> Iterator[Wrong]:
    """I14: at most one mail per key; the key of a daily summary names person and day."""
    yield "a mail was written twice", _ids("SELECT key FROM mails GROUP BY key HAVING count(*) > 1")


def file_complete() -> Iterator[Wrong]:
    """I15: under a name that a batch gave, the drop folder has exactly its bytes, or nothing; a manifest comes last."""
    asked = select(Batch).where(Batch.folder != "", Batch.state.in_(WAY)).options(selectinload(Batch.files))
    there = db.session.scalars(asked.order_by(Batch.id)).all()
    found = {batch: [hash_of(Path(batch.folder) / file.name) for file in batch.files] for batch in there}
    yield "files in the drop folder are not those of their batch", [
        batch.title for batch, hashes in found.items() if not batch.problem
        and any(one not in ("", file.sha256) for one, file in zip(hashes, batch.files, strict=True))]  # fmt: skip
    yield "a manifest offers files that were never laid complete", [
        batch.title for batch in there if batch.laid_at is None and _offers(batch, found[batch])]  # fmt: skip


def _offers(batch: Batch, hashes: list[str]) -> bool:
    """Whether its manifest lies there beside a file that is not complete."""
    complete = all(one == file.sha256 for one, file in zip(hashes, batch.files, strict=True))
    return bool(hash_of(Path(batch.folder) / batch.manifest_name)) and not complete


def rights() -> Iterator[Wrong]:
    """I11: whoever decided held Standard or Admin on ERP and the privilege at that moment, where the decision needs it."""
    asked = select(Event.id, Event.actor_id, Event.rights, Event.action, Event.subject).where(
        Event.subject.like("item:%"), Event.action.in_(DECISIONS))  # fmt: skip
    free = _unlinked_freely()
    wrong = [key for key, actor, held, action, subject in db.session.execute(asked)
             if not actor or held.get("erp") not in ("Standard", "Admin")
             or (held.get("push") is not True and not (action == "unlink" and subject in free))]  # fmt: skip
    yield "somebody decided without the right to", wrong


def _unlinked_freely() -> set[str]:
    """The subjects of the items whose kind is unlinked without the privilege."""
    kinds = [slug for slug in KINDS if f"unlink_{slug}" in RIGHTS and not RIGHTS[f"unlink_{slug}"].privilege]
    return {f"item:{key}" for key in db.session.scalars(select(Item.id).where(Item.kind.in_(kinds)))} if kinds else set()


def unaltered() -> Iterator[Wrong]:
    """I12: what was accepted is what was frozen at Send."""
    rows = db.session.execute(text("SELECT id, payload, hash FROM snapshots"))
    yield "snapshots were altered after Send", [key for key, words, kept in rows if _sha(words) != kept]
    writes = db.session.execute(
        text(
            "SELECT m.key, m.body FROM messages m JOIN exchanges e ON e.id = m.exchange_id "
            "WHERE m.writes AND e.snapshot_id IS NOT NULL"
        )
    )
    yield "writes were altered", [key for key, body in writes if body.count(key) != 2]


def files_unaltered() -> Iterator[Wrong]:
    """I15: the bytes of a batch are those that were made, whoever downloads them."""
    rows = db.session.execute(select(BatchFile.name, BatchFile.body, BatchFile.sha256))
    yield "files of batches were altered", [name for name, body, kept in rows if sha256(body) != kept]


def journal_unaltered() -> Iterator[Wrong]:
    """I8: the hash is that of the response, which is empty when only a message came; then the body keeps the message."""
    rows = db.session.execute(text("SELECT id, body, hash FROM answers").execution_options(yield_per=500))
    yield "answers were altered", [key for key, body, kept in rows if kept not in (_sha(""), _sha(body))]


def one_message_id() -> Iterator[Wrong]:
    """I13: the Message-ID is that of the key, on every try."""
    rows = db.session.execute(text("SELECT id, key, message_id FROM mails"))
    yield "a Message-ID changed between two tries", [one for one, key, kept in rows if kept != mail.message_id(key)]


def _sha(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()


Checks = tuple[tuple[str, Callable[[], Iterator[Wrong]]], ...]
INVARIANTS: Checks = (
    ("I1 ONE_LIST", one_list), ("I2 NO_VANISH", no_vanish), ("I6 AUDIT_1_1", audit_one_to_one),
    ("I7 SINGLE_FLIGHT", single_flight),
    ("I8 JOURNAL_FIRST", journal_first), ("I9 TENANT", tenant), ("I10 LINK_UNIQUE", link_unique), ("I12 FROZEN", frozen),
    ("I13 MAIL", mail_once), ("I14 DIGEST", one_summary), ("I15 FILE", file_complete),
)  # fmt: skip
"""Set-based: quick on any number of items."""
THOROUGH: Checks = (
    ("I8 JOURNAL_FIRST", journal_unaltered), ("I11 RIGHTS", rights), ("I12 FROZEN", unaltered), ("I13 MAIL", one_message_id),
    ("I15 FILE", files_unaltered),
)  # fmt: skip
"""They read every row."""
NAMES = tuple(dict.fromkeys(name for name, _ in INVARIANTS + THOROUGH))
