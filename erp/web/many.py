"""Sending many documents in one click: those that can go are sent, the others are named with their reasons."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from erp.connections import Connection
from erp.db import db
from erp.documents.document import Document
from erp.items.perform import Refused, send
from erp.moves import Stale
from erp.people import User

NAMED = 5
"""How many documents and reasons are named; the rest is counted."""


@dataclass
class Outcome:
    """How many were sent, and the numbers of the others by reason."""

    connection: Connection
    sent: int = 0
    refused: dict[str, list[str]] = field(default_factory=dict)

    def words(self) -> list[tuple[str, str]]:
        """(tone, sentence) for the reader."""
        words = [("good", f"{self.sent} sent to {self.connection.name}.")] if self.sent else []
        reasons = list(self.refused.items())
        words += [("warning", f"{len(numbers)} not sent ({_shown(numbers)}): {reason}") for reason, numbers in reasons[:NAMED]]
        if more := sum(len(numbers) for _, numbers in reasons[NAMED:]):
            words.append(("warning", f"{more} more not sent for other reasons; send them one by one to see why."))
        return words or [("warning", "Nothing was chosen. Tick the rows to send first.")]


def _shown(numbers: Sequence[str]) -> str:
    more = f" and {len(numbers) - NAMED} more" if len(numbers) > NAMED else ""
    return ", ".join(number[:40] for number in numbers[:NAMED]) + more


def send_many(kind: str, connection: Connection, ids: Sequence[int], actor: User) -> Outcome:
    """Send each document of this kind that can go, in the caller's transaction; a refusal undoes only its own document."""
    outcome = Outcome(connection)
    documents = db.session.scalars(db.select(Document).where(Document.id.in_(ids), Document.kind == kind))
    for document in sorted(documents, key=lambda row: row.number):
        reason = _refusal(kind, connection, document, actor)
        if reason:
            outcome.refused.setdefault(reason, []).append(document.number)
        else:
            outcome.sent += 1
    return outcome


def _refusal(kind: str, connection: Connection, document: Document, actor: User) -> str:
    try:
        with db.session.begin_nested():
            send(kind, connection, document, actor)
    except Refused as refused:
        return " ".join(reason.text for reason in refused.reasons)
    except Stale as stale:
        return stale.sentence
    return ""
