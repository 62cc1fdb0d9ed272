"""Seeded histories of the way by hand, with faults: Sage has what Countersign calls synced, nothing twice, nothing stuck.

`PROVE_SAGE_SEEDS=1000 pytest tests/prove/test_sage_histories.py` plays that many (60 by default), `--seed 17` replays one.
"""

import pytest

from tests.prove.figures import note
from tests.prove.sage_careless import CARELESS, rejected_in_part
from tests.prove.sage_world import Played, calm, play

once = pytest.mark.skipif("config.getoption('--seed') is not None", reason="one history is replayed")


def told(result: Played) -> str:
    """The broken promise, how to see it again, and how it came to that."""
    history = "\n".join(result.trace[-40:])
    return f"{result.broken}\nReplay: python -m pytest tests/prove/test_sage_histories.py --seed {result.seed}\n{history}"


def test_a_history_by_hand_keeps_every_promise(
    sage_seed: int, pytestconfig: pytest.Config, capsys: pytest.CaptureFixture[str]
) -> None:
    replayed = pytestconfig.getoption("--seed") is not None
    with capsys.disabled():
        result = play(sage_seed, say=print if replayed else None)
    note("Sage histories", str(sage_seed), faults=result.faults, persons=result.persons, stopped=result.stopped, lines=result.lines,
         batches=result.batches, broken=result.broken)  # fmt: skip
    assert not result.broken, told(result)


@once
def test_a_history_by_hand_is_the_same_every_time() -> None:
    first, second = play(7), play(7)
    assert first.trace == second.trace
    assert first.faults == second.faults


@once
@pytest.mark.parametrize("name", CARELESS)
def test_a_careless_way_by_hand_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with calm() as world:
        CARELESS[name](monkeypatch)
        with pytest.raises(AssertionError, match=r"^I\d+:"):
            rejected_in_part(world)
    note("careless variants caught", f"Sage: {name}")
