"""Lines of ours that nobody remembers stand on an Estimate: a person decides, and nothing is stuck, now or at the next change."""

import pytest

from erp.cli.user import give, make
from erp.db import transaction
from erp.exchanges import undecided
from erp.items import Item
from erp.items.perform import reject
from erp.people import Level, User
from erp.people.user import PUSH
from erp.simulator import bookkeeper
from tests.house import House
from tests.unit.exchanges.test_mod import amounts, estimate, resend, visits
from tests.unit.exchanges.test_mod import item as _item

item = _item
OLD, WRONG = ["1000.00", "2000.00", "3000.00"], ["-1.00", "0.00"]
"""What the budget began with; a change of one cent to and fro, whose second line a bookkeeper emptied."""


@pytest.fixture
def erin(house: House) -> User:
    """An ERP administrator with the privilege."""
    with transaction():
        made = make("erin@x.test", "Erin", "-", erp=Level.ADMIN)
        give(made, PUSH)
    return made


@pytest.fixture
def edited(house: House, item: Item) -> Item:
    """A change arrived, its answer was lost, and a bookkeeper edited a line of it before the look."""
    resend(house, line0=-1_00, line1=1_00)
    caller = house.caller()
    while "EstimateMod" not in (asked := caller.ask()):
        caller.answer(*caller.carry(asked))
        house.wait(3)
    caller.carry(asked)
    caller.close()
    bookkeeper.edit_estimate_line(house.company, estimate(house)["id"], 5, "0.00")
    house.touch(item)
    visits(house, 3)
    assert (item.state, item.error["code"]) == ("Unknown", "person")
    return item


def send_again(item: Item, who: User) -> None:
    with transaction():
        undecided.send_again(item, who, "Rita emptied it by mistake; once more.")


def refused_and_sent_anew(house: House, edited: Item, erin: User) -> None:
    """Erin has it sent again, QuickBooks refuses, Ann rejects it, and Pam sends it anew."""
    send_again(edited, erin)
    bookkeeper.set_read_only(house.company)
    visits(house)
    bookkeeper.set_read_only(house.company, False)
    with transaction():
        reject(edited, house.ann, "We do it anew.")
    house.exported("budget", house.budget_of_pier())
    visits(house, 4)


def test_what_was_sent_beside_the_edited_lines_is_not_asked_about_at_the_next_change(
    house: House, edited: Item, erin: User
) -> None:
    send_again(edited, erin)
    visits(house, 3)
    assert (edited.state, amounts(house)) == ("Synced", [*OLD, *WRONG, "-1.00", "1.00"])
    resend(house, line0=-2_00, line1=2_00)
    visits(house, 3)
    assert (edited.state, amounts(house)[-2:]) == ("Synced", ["-2.00", "2.00"])


def test_what_was_refused_after_all_is_asked_about_again_and_can_be_decided_then(house: House, edited: Item, erin: User) -> None:
    refused_and_sent_anew(house, edited, erin)
    assert (edited.state, amounts(house)) == ("Unknown", [*OLD, *WRONG])
    assert [one["result"]["erp_id"] for one in undecided.candidates(edited)] == [estimate(house)["id"]]
    send_again(edited, erin)
    visits(house, 3)
    assert (edited.state, amounts(house)) == ("Synced", [*OLD, *WRONG, "-1.00", "1.00"])


def test_what_is_there_can_be_taken_for_it_and_the_next_change_goes_on(house: House, edited: Item, erin: User) -> None:
    refused_and_sent_anew(house, edited, erin)
    with transaction():
        undecided.adopt(edited, house.ann, estimate(house)["id"], "Rita put it right by hand.")
    assert edited.state == "Synced"
    resend(house, line2=5_00)
    visits(house, 3)
    assert (edited.state, amounts(house)) == ("Synced", [*OLD, *WRONG, "5.00"])
