"""The end of a history: faults stop, people press what the pages offer, and every promise must be kept."""

from typing import TYPE_CHECKING

from sqlalchemy import select

from erp.connectors.quickbooks import session
from erp.db import db
from erp.exchanges import restores
from erp.exchanges.exchange import OPEN, Exchange, ExchangeState
from erp.items import Item
from erp.states import State
from tests.prove.accounting import LEASE

if TYPE_CHECKING:
    from tests.prove.world import World

DRAINS = 40
EXPLAINED = {"3100", "3130", "3140", "parent-missing", "gone", "closed", "moved"}
"""Refusals that only accounting can cure: a taken name, an inactive or missing reference, an Estimate out of reach."""


def come_to_rest(world: "World") -> None:
    """Faults stop; what is on its way arrives; people press Retry and Look again; and the promises are kept."""
    world.faults.rate = 0
    world.clear_away()
    _drain(world)
    for _ in range(2):
        for key in [item.id for item in world.items(State.FAILED, State.UNKNOWN)]:
            world.say(f"ann: {world.click(lambda key=key: world.press(key))}")
        _drain(world)
    if world.result.seed % 4 == 1:
        _made_anew(world)
    _explained(world)
    assert restores.since(world.house.connection) is None, "a database that nobody restored counts as restored"


def _made_anew(world: "World") -> None:
    """What Rita or an old backup of her file took away is unlinked, from the leaves on, and sent as a new one."""
    for _ in range(2):
        for key in [item.id for item in world.missed()]:
            world.say(f"erin: {world.click(lambda key=key: world.ask_of(db.session.get_one(Item, key)))}")
        _drain(world)
        for key in [item.id for item in world.missed()]:
            world.say(f"erin: {world.click(lambda key=key: world.unlinked(db.session.get_one(Item, key)))}")
    for kind in ("job", "cost_code", "budget"):
        for _ in range(3):
            world.say(f"pam: {world.click(world.send_one)}")
        world.say(f"ann: {world.click(lambda: world.accept_all(world.house.ann))}")
        world.say(f"ann: {world.click(lambda kind=kind: world.export_all(world.house.ann, kind))}")
        _drain(world)


def _drain(world: "World") -> None:
    for _ in range(DRAINS):
        world.house.wait(LEASE + 61)
        session.sweep()
        world.say(f"rest: {world.visit()}")
        if not _on_the_way():
            world.check(drained=True)
            return
    raise AssertionError(f"I2 NO_VANISH: {', '.join(_on_the_way())} after {DRAINS} visits without faults")


def _on_the_way() -> list[str]:
    moving = select(Exchange).where(Exchange.state.in_(OPEN), Exchange.state != ExchangeState.PERSON)
    found = [f"{e.subject} {e.state}" for e in db.session.scalars(moving)]
    db.session.remove()
    return found


def _explained(world: "World") -> None:
    for item in world.items(State.FAILED, State.UNKNOWN):
        code, words = item.error.get("code"), item.error.get("message", "")
        touched = item.snapshot is not None and item.snapshot.marker in world.house.touched
        foreign = words.startswith(("An entry with this number", "An earlier try of it has arrived after all"))
        good = touched or foreign if item.as_state is State.UNKNOWN else code in EXPLAINED
        assert good, f"stuck: {item.subject}, a {item.kind}, stays {item.state} without a reason: {code} {words}"
