"""One short scripted history per careless variant: whatever is left out, this is where it shows, every time.

Each script brings the budget of a house that has job and codes in accounting to its end; with the sound engine every
invariant holds afterwards, with its careless variant one does not.
"""

from collections.abc import Callable

from erp.db import transaction
from erp.documents import budget
from erp.documents.budget_modification import modify
from erp.documents.budget_moves import Move
from erp.exchanges.export import retry
from erp.simulator import bookkeeper
from tests.house import Caller, House
from tests.invariants import check_all

LONG = 200
Script = Callable[[House], None]


def lost_answer(house: House) -> None:
    """The write is carried out, its answer never arrives, and QuickBooks remembers no message set."""
    _begin(house)
    caller = house.caller()
    caller.lose_answer()
    caller.close()
    _end(house)


def lost_answer_after_a_look(house: House) -> None:
    """The first hand-out never arrives; after the look it is handed again, carried out, and its answer is lost."""
    _begin(house)
    caller = house.caller()
    caller.ask()
    caller.close()
    house.wait(LONG)
    caller = _looked(house)
    caller.lose_answer()
    caller.close()
    _end(house)


def lost_change(house: House) -> None:
    """A change is carried out and its answer lost."""
    _synced(house)
    caller = house.caller()
    caller.turn()
    caller.lose_answer()
    caller.close()
    _end(house)


def two_at_once(house: House) -> None:
    """A second Web Connector calls while the first one still holds a write."""
    _begin(house)
    slow, quick = house.caller(), Caller(house)
    write = slow.ask()
    if quick.authenticate()[1] == "":
        quick.drain()
    slow.answer(*slow.carry(write))
    slow.close()
    _end(house)


def late_refusal(house: House) -> None:
    """A refusal arrives after its session ended, when the same message was carried out meanwhile."""
    _begin(house)
    code = "32:32-1200"
    bookkeeper.deactivate(house.company, "item", code)
    late = house.caller()
    refusal = late.carry(late.ask())
    late.close()
    bookkeeper.activate(house.company, "item", code)
    house.wait(LONG)
    caller = _looked(house)
    caller.lose_answer()
    caller.close()
    late.answer(*refusal)
    _end(house)


def _begin(house: House) -> None:
    """Pier 9's budget waits for the Web Connector of a QuickBooks that remembers no message set."""
    house.exported_budget()
    bookkeeper.keep_message_sets(house.company, 0)


def _synced(house: House) -> None:
    """Pier 9's budget is in accounting, and a modification of it on its way."""
    _begin(house)
    assert house.update().ok
    house.wait(LONG)
    found = house.budget_of_pier()
    one, two = found.lines[:2]
    with transaction():
        modify(found, [Move(one, -12_34), Move(two, 12_34)], "More rock", house.pam)
    house.exported("budget", budget.open_for(house.pier, house.pam))


def _looked(house: House) -> Caller:
    """A session in which both looks found nothing."""
    caller = house.caller()
    caller.turn()
    caller.turn()
    return caller


def _end(house: House) -> None:
    """The Web Connector comes until nothing is left; every promise was kept."""
    for _ in range(6):
        house.wait(LONG)
        house.update()
    item = house.item(house.budget_of_pier())
    check_all(house.company, house.connection, drained=True)
    if item.as_state == "Failed":
        with transaction():
            retry(item, house.ann, {})
        house.update()
    assert item.as_state == "Synced", f"the budget is {item.state}"
    check_all(house.company, house.connection, drained=True)


SCRIPTS: dict[str, Script] = {
    "no look": lost_answer, "naive queue": lost_answer, "Mod without marker": lost_change, "late answers accepted": late_refusal,
    "no lease": two_at_once, "memo kept": lost_answer_after_a_look,
}  # fmt: skip
"""Careless variant -> the history that shows it."""
