"""The end of a history by hand: faults stop, everything is open in Sage, and people finish what the pages tell them."""

from typing import TYPE_CHECKING, Any

from erp.books.batches import WAY, BatchState
from erp.db import db
from erp.exchanges import handover
from erp.exchanges.export import retry
from erp.states import State
from tests.prove import sage_judge

if TYPE_CHECKING:
    from tests.prove.sage_world import World

ROUNDS, STEPS = 12, 12
DAY = 86_400


def come_to_rest(world: "World", seconds: int = DAY) -> None:
    """Rounds of everybody's work until nothing changes any more; then nothing may be stuck. They are days apart, because a
    report of the day of an export is not always believed.
    """
    world.faults.rate = 0
    before: Any = None
    for _ in range(ROUNDS):
        world.house.wait(seconds)
        _round(world)
        world.check()
        if (now := _where(world)) == before:
            break
        before = now
    sage_judge.at_rest(world.key)
    db.session.remove()


def _where(world: "World") -> Any:
    found = [(item.id, item.state, item.version) for item in world.items(*State)]
    return found, [(batch.id, batch.state, batch.version) for batch in world.desk.batches(*BatchState)]


def _round(world: "World") -> None:
    desk, house = world.desk, world.house
    desk.clear()
    _say(world, lambda: world.accept_all(house.ann))
    for key in [item.id for item in world.items(State.FAILED)]:
        _say(world, lambda key=key: _retry(world, key))
    _say(world, lambda: world.export(house.ann))
    handover.hand_over()
    for key in [item.id for item in world.items(State.WAITING) if not handover.why_not_keyed(item, house.ann)]:
        for _ in range(2):  # typed in Sage, then pasted
            _say(world, lambda key=key: desk.keying(house.ann, _item(world, key)))
    _batches(world)
    world.say(f"rest: {desk.key_in()}")
    world.say(f"rest: {desk.repair()}")
    for there in world.ledger.jobs.values():
        there.post()
    for slug in ("extras", "jobs"):
        _say(world, lambda slug=slug: world.files.list_back(world.erin, slug, whole=True))
    if world.ledger.jobs:
        _say(world, lambda: world.files.report_back(world.erin, world.files.ledger_now()))


def _batches(world: "World") -> None:
    """Every reject file is brought, every batch goes its way."""
    for _ in range(STEPS * len(world.desk.rejects)):
        _say(world, lambda: world.desk.bring(world.house.ann))
    for number in [batch.number for batch in world.desk.batches(*WAY)]:
        world.say(f"rest: {world.walk('ann', number, STEPS)}")


def _item(world: "World", key: int) -> Any:
    return next(item for item in world.items(*State) if item.id == key)


def _retry(world: "World", key: int) -> str:
    item = _item(world, key)
    retry(item, world.house.ann, world.form())
    return f"retries {item.subject}"


def _say(world: "World", deed: Any) -> None:
    world.say(f"rest: {world.click(deed)}")
