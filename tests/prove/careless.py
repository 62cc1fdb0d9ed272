"""Careless variants of the engine, as switches of the proof: it must catch them, or it proves nothing."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from erp.exchanges import claim, journal, settle
from erp.exchanges.exchange import Message

Switch = Callable[[pytest.MonkeyPatch], None]


def no_look(patch: pytest.MonkeyPatch) -> None:
    """Whatever was lost is sent again at once, under the same id, without looking whether it is there."""
    sound = claim.work_for

    def blind(*given: Any) -> Any:
        return replace(sound(*given), look=False)

    patch.setattr(claim, "work_for", blind)
    patch.setattr(journal, "work_for", blind)


def naive_queue(patch: pytest.MonkeyPatch) -> None:
    """A lost write goes back to the queue and is written anew, as most connectors do it."""
    sound = settle.lose

    def forget(exchange: Any, message: Message, actor: Any) -> None:
        settle.close(message, "lost")
        sound(exchange, message, actor)

    patch.setattr(settle, "lose", forget)


CARELESS: dict[str, Switch] = {"no look": no_look, "naive queue": naive_queue}
