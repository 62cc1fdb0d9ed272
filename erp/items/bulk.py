"""Deciding about many items in one click."""

from collections.abc import Mapping, Sequence

from erp.db import db
from erp.items.item import Item
from erp.items.perform import Refused, accept
from erp.kind import Reason
from erp.moves import Stale
from erp.people import User
from erp.states import State

Refusals = list[tuple[Item, list[Reason]]]


def accept_all(items: Sequence[Item], actor: User, form: Mapping[str, str],
               seen: Mapping[int, int] | None = None) -> tuple[int, Refusals]:  # fmt: skip
    """Accept every item that may be accepted; the number accepted, and the others with their reasons.

    `seen` holds the version that the page showed of each item; what changed since is refused.
    """
    done: int = 0
    refused: Refusals = []
    for item in items:
        if item.as_state is not State.READY:
            continue
        try:
            with db.session.begin_nested():
                accept(item, actor, form, (seen or {}).get(item.id))
            done += 1
        except Refused as why:
            refused.append((item, why.reasons))
        except Stale as stale:
            refused.append((item, [Reason(stale.sentence)]))
    return done, refused
