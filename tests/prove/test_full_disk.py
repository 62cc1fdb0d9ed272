"""No room is left while somebody writes: a sentence with the cure, nothing half done, nothing acknowledged is lost, one write.

With `full_disk` the database lies on a small file system that root mounts, and not a byte is free; with `no_room` SQLite may not
grow by a page, which anybody can try.
"""

import os
from itertools import count

import pytest

from tests.databases import on_postgresql
from tests.prove.figures import note
from tests.prove.morning import CALLS, CLICKS, EVERY, Moment, Obstacle, morning
from tests.prove.obstacles import full_disk, just_started, no_room, nowhere, small_disk
from tests.prove.test_locked import MOST, TYPED

pytestmark = pytest.mark.skipif(on_postgresql(), reason="the disk of a PostgreSQL server is not filled here")
root = pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a small disk")
CURE = ("The disk of the server is full or failing. Nothing was changed; tell whoever runs Countersign to make room on the server, "
        "then try again.")  # fmt: skip
KINDS = [pytest.param(small_disk, full_disk, marks=root, id="full disk"), pytest.param(nowhere, no_room, id="no room"),
         pytest.param(small_disk, just_started(full_disk), marks=root, id="full disk at the start")]  # fmt: skip


@pytest.mark.parametrize(("place", "obstacle"), KINDS)
@pytest.mark.parametrize("moment", EVERY, ids=str)
def test_without_room_there_is_a_sentence_and_everything_happens_once(
    moment: Moment, place: Obstacle, obstacle: Obstacle, request: pytest.FixtureRequest
) -> None:
    lived = morning(moment, obstacle, place)
    assert lived.reached
    full = place is small_disk
    if moment.what in CLICKS and (full or lived.told):
        assert CURE in lived.told
    if full and moment.what in CALLS:
        assert lived.told == f"{moment.what}: {TYPED[moment.what]}"
    note("disk full", request.node.callspec.id)


@pytest.mark.parametrize(("place", "obstacle"), KINDS)
@pytest.mark.parametrize("call", CALLS)
def test_nor_does_it_matter_at_any_later_call_of_the_session(call: str, place: Obstacle, obstacle: Obstacle) -> None:
    for nth in count(2):
        assert nth < MOST
        if not morning(Moment(call, nth), obstacle, place).reached:
            return
        note("disk full", f"{call} {nth}")
