"""Deciding about many items in one click."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from erp import mail
from erp.audit import Event
from erp.db import db
from erp.items.item import Item
from erp.items.perform import Refused, accept, good_comment, turn_down
from erp.kind import Kind, Reason
from erp.moves import Stale
from erp.people import User
from erp.states import State

Refusals = list[tuple[Item, list[Reason]]]
Seen = Mapping[int, int]
"""The version that the page showed of each item; what changed since is refused."""


def accept_all(items: Sequence[Item], actor: User, form: Mapping[str, str], seen: Seen | None = None) -> tuple[int, Refusals]:
    """Accept every item that may be accepted; the number accepted, and the others with their reasons."""
    done, refused = _each(items, lambda item: accept(item, actor, form, (seen or {}).get(item.id)))
    return len(done), refused


def reject_all(kind: Kind, items: Sequence[Item], actor: User, comment: str,
               seen: Seen | None = None) -> tuple[int, Refusals]:  # fmt: skip
    """Reject every item of the kind that may be rejected, with one mail per sender about all that were his.

    The number rejected, and the others with their reasons. Raises Refused when the comment cannot be taken.
    """
    words = good_comment(kind, comment)
    done, refused = _each(items, lambda item: turn_down(item, actor, words, (seen or {}).get(item.id)))
    _tell(kind, done)
    return len(done), refused


def _tell(kind: Kind, done: Sequence[tuple[Item, Event]]) -> None:
    theirs: dict[User, list[tuple[Item, Event]]] = {}
    for item, event in done:
        if item.sender:
            theirs.setdefault(item.sender, []).append((item, event))
    for sender, rows in theirs.items():
        mail.write(rows[-1][1], mail.REJECTED_MANY, [sender], kind=kind, items=[item for item, _ in rows],
                   connection=rows[0][0].connection)  # fmt: skip


def _each(items: Sequence[Item], deed: Callable[[Item], Any]) -> tuple[list[tuple[Item, Any]], Refusals]:
    done, refused = [], []
    for item in items:
        if item.as_state is not State.READY:
            continue
        try:
            with db.session.begin_nested():
                done.append((item, deed(item)))
        except Refused as why:
            refused.append((item, why.reasons))
        except Stale as stale:
            refused.append((item, [Reason(stale.sentence)]))
    return done, refused
