"""A slice of the proof in tests/prove: short seeded histories with faults, and careless engines that must be caught."""

from collections.abc import Iterator

import pytest

from tests.house import House, move_in
from tests.prove.careless import CARELESS
from tests.prove.scripts import SCRIPTS
from tests.prove.world import play, silence

SEEDS = range(12)
STEPS = 30
RATE = 0.15


@pytest.fixture
def house() -> Iterator[House]:
    """A house whose promises the test itself looks at."""
    with move_in() as found, silence():
        yield found


def test_histories_with_faults_keep_every_promise() -> None:
    played = [play(seed, steps=STEPS, rate=RATE) for seed in SEEDS]
    assert not [f"seed {one.seed}: {one.broken}" for one in played if one.broken]
    assert sum(one.faults.total() for one in played) > 60, "a proof without faults proves nothing"
    assert sum(one.changes for one in played) > 5, "a proof without changes of what is there proves little"


@pytest.mark.parametrize("name", CARELESS)
def test_the_sound_engine_keeps_every_promise_where_a_careless_one_breaks_it(house: House, name: str) -> None:
    SCRIPTS[name](house)


@pytest.mark.parametrize("name", CARELESS)
def test_a_careless_engine_is_caught(house: House, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    CARELESS[name](monkeypatch)
    with pytest.raises(AssertionError, match=r"^I\d+ "):
        SCRIPTS[name](house)
