"""A slice of the locked database, the full disk and the jumping clock of tests/prove, at the points that matter most."""

import pytest

from tests.databases import on_postgresql
from tests.prove.morning import Moment, morning
from tests.prove.obstacles import locked, locked_after_the_commit, no_room
from tests.prove.test_clock_jumps import DELAYS, HOUR, before, lost

BUSY = "The database is busy. Nothing was changed"
DONE = "Your click was done"
sqlite = pytest.mark.skipif(on_postgresql(), reason="only SQLite is told how large it may be")


@pytest.mark.parametrize(("what", "obstacle", "told"), [
    ("Export", locked, BUSY), ("Export", locked_after_the_commit, DONE), ("receiveResponseXML", locked, "1"),
    ("receiveResponseXML", locked_after_the_commit, "1"), ("sendRequestXML", locked, ""),
    pytest.param("sendRequestXML", no_room, "", marks=sqlite),
    pytest.param("Attach", no_room, "The disk of the server is full", marks=sqlite),
])  # fmt: skip
def test_what_is_in_the_way_costs_a_sentence_and_nothing_happens_twice(what, obstacle, told):
    lived = morning(Moment(what), obstacle)
    assert lived.reached
    assert told in lived.told


@pytest.mark.parametrize("seconds", [-HOUR, HOUR])
@pytest.mark.parametrize(("what", "jump"), [("sendRequestXML", before), ("receiveResponseXML", lost), ("deliver", before)])
def test_a_jump_of_the_clock_posts_nothing_twice_and_stops_nothing(what, jump, seconds):
    lived = morning(Moment(what), jump(seconds))
    assert lived.reached
    assert lived.waited <= max(0, -seconds) + DELAYS
