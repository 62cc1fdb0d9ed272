"""Another process holds the database while somebody writes: a clear sentence or a typed answer, nothing half done, one write."""

from itertools import count

import pytest

from erp.connectors.quickbooks.session import NOT_NOW
from tests.prove.figures import note
from tests.prove.morning import CALLS, CLICKS, EVERY, Moment, morning
from tests.prove.obstacles import locked, locked_after_the_commit

MOST = 60
BUSY = "The database is busy. Nothing was changed; try again in a moment."
DONE = "Your click was done, but the page could not be drawn: the database is busy. Reload the page to see it."
TYPED = {"authenticate": "<string></string><string>none</string><string></string><string></string>", "sendRequestXML": "",
         "receiveResponseXML": "1", "closeConnection": NOT_NOW}  # fmt: skip


@pytest.mark.parametrize("moment", EVERY, ids=str)
def test_a_locked_database_costs_a_sentence_and_a_second_try(moment: Moment) -> None:
    lived = morning(moment, locked)
    assert lived.reached
    if moment.what in CLICKS:
        assert BUSY in lived.told
    elif moment.what in CALLS:
        assert lived.told == f"{moment.what}: {TYPED[moment.what]}"
    if moment.what == "sendRequestXML":
        assert NOT_NOW in lived.visits[0]
    note("locked database", str(moment))


@pytest.mark.parametrize("moment", EVERY, ids=str)
def test_one_that_is_locked_after_the_first_commit_belies_nothing(moment: Moment) -> None:
    """Two transactions of one call, and the page that is drawn after a click was kept."""
    lived = morning(moment, locked_after_the_commit)
    assert lived.reached
    if moment.what in CLICKS:
        assert DONE in lived.told
    note("locked database", f"after the commit at {moment}")


@pytest.mark.parametrize("obstacle", [locked, locked_after_the_commit], ids=lambda one: one.__name__)
@pytest.mark.parametrize("call", CALLS)
def test_nor_does_one_at_any_later_call_of_the_session(call: str, obstacle: object) -> None:
    for nth in count(2):
        assert nth < MOST
        if not morning(Moment(call, nth), obstacle).reached:
            return
        note("locked database", f"{obstacle.__name__} at {call} {nth}")
