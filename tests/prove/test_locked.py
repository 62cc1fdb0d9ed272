"""Another process holds the database while somebody writes: a clear sentence or a typed answer, nothing half done, one write."""

from itertools import count

import pytest

from tests.prove.morning import CALLS, EVERY, Moment, morning
from tests.prove.obstacles import locked

MOST = 60


@pytest.mark.parametrize("moment", EVERY, ids=str)
def test_a_locked_database_costs_nothing_but_a_second_try(moment: Moment) -> None:
    lived = morning(moment, locked)
    assert lived.reached
    print(moment, "|", lived.told, "|", lived.waited)


@pytest.mark.parametrize("call", CALLS)
def test_nor_at_any_later_call_of_the_session(call: str) -> None:
    for nth in count(2):
        assert nth < MOST
        if not morning(Moment(call, nth), locked).reached:
            return
