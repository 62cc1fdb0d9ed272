"""A slice of the proof by hand in tests/prove: short seeded histories of batches, Sage and read-backs, with faults."""

import pytest

from tests.prove.sage_careless import CARELESS, rejected_in_part
from tests.prove.sage_world import calm, play

SEEDS = range(5)
STEPS, RATE = 20, 0.6


def test_histories_by_hand_with_faults_keep_every_promise() -> None:
    played = [play(seed, steps=STEPS, rate=RATE) for seed in SEEDS]
    assert not [f"seed {one.seed}: {one.broken}" for one in played if one.broken]
    assert sum(one.faults.total() for one in played) > 5, "a proof without faults proves nothing"
    assert sum(one.lines for one in played) > 20, "a proof without imports proves little"


def test_the_sound_way_by_hand_keeps_every_promise_where_a_careless_one_breaks_it() -> None:
    with calm() as world:
        rejected_in_part(world)


@pytest.mark.parametrize("name", CARELESS)
def test_a_careless_way_by_hand_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with calm() as world:
        CARELESS[name](monkeypatch)
        with pytest.raises(AssertionError, match=r"^I\d+:"):
            rejected_in_part(world)
