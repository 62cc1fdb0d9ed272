"""Careless variants of the way by hand, as switches of the proof: its histories must catch them, or they prove nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from erp.books import batches
from erp.books.batches import WAY, Batch, BatchFile
from erp.connectors.sage300 import handling, rejecting
from erp.connectors.sage300.batches import settled, waiting
from erp.documents import budget
from erp.exchanges import handover, settle
from erp.people import User
from tests.prove.sage_rest import come_to_rest
from tests.prove.sage_world import World

Switch = Callable[[pytest.MonkeyPatch], None]


def late_rejects(patch: pytest.MonkeyPatch) -> None:
    """A reject file counts for the newest batch of its job, from whichever batch it comes and however late."""
    sound = rejecting.take

    def newest(batch: Batch, file: BatchFile, *given: Any) -> Any:
        mine = [one for one in batches.every(batch.connection_id) if one.job == batch.job]
        files = [other for one in mine for other in one.files if other.part == file.part]
        return sound(files[0].batch, files[0], *given)

    patch.setattr(rejecting, "take", newest)


def whole_follow_up(patch: pytest.MonkeyPatch) -> None:
    """A follow-up batch has all lines of the batch again, not the rejected ones alone."""
    sound = rejecting._follow_up

    def whole(batch: Batch, places: Any, rest: Any) -> Any:
        return sound(batch, [[line] for line in batches.lines_of(batch)] if rest else places, rest)

    patch.setattr(rejecting, "_follow_up", whole)


def synced_unread(patch: pytest.MonkeyPatch) -> None:
    """Imported makes it Synced, before anybody posted it or read it back."""
    sound = handling.DEEDS["hand_import"]

    def believe(batch: Batch, actor: User, reason: str) -> None:
        sound(batch, actor, reason)
        for exchange in waiting(batch):
            handover._journal(exchange, "{}")
            result = {"erp_id": batch.job, "name": batch.job, "edit_sequence": "", "total": 0, "shows": []}
            settle.synced(exchange, handover.System("readback/careless"), result)
            settled(exchange, handover.System("readback/careless"))

    patch.setitem(handling.DEEDS, "hand_import", believe)


def all_or_nothing(patch: pytest.MonkeyPatch) -> None:
    """A single rejected line has the whole item fail, though Sage took the others."""
    patch.setattr(rejecting, "_nothing_of_it", lambda exchange: True)


def rejected_in_part(world: World) -> None:
    """A scene in which each variant shows: Sage rejects a line, its reject file is brought, the rest is imported, and the reject
    file is brought once more, late; then everybody finishes."""
    world.accepted("budget", budget.of(world.house.project("26-2")))
    world.worker()
    (number,) = [batch.number for batch in world.desk.batches(*WAY)]
    world.ledger.inactive.add("32-1600")
    world.walk("ann", number, 2)  # downloaded, imported
    brought = list(world.desk.rejects)
    world.walk("ann", number, 1)
    world.ledger.inactive.clear()
    for batch in [one.number for one in world.desk.batches(*WAY) if one.number != number]:
        world.walk("bob", batch, 4)
    world.desk.rejects = brought
    world.click(lambda: world.desk.bring(world.house.ann))
    come_to_rest(world)


CARELESS: dict[str, Switch] = {
    "late reject file": late_rejects, "whole follow-up": whole_follow_up, "Synced unread": synced_unread,
    "all or nothing": all_or_nothing,
}  # fmt: skip
