"""Hundreds of seeded histories with faults at every point: nothing posted twice, nothing lost, nothing stuck, money equal.

`PROVE_SEEDS=1000 pytest tests/prove` plays that many (300 by default), `PROVE_FROM` says where to begin, `--seed 17` replays one.
"""

import os

import pytest

from tests.prove.careless import CARELESS
from tests.prove.figures import FIGURES
from tests.prove.world import Result, play

FROM = int(os.environ.get("PROVE_FROM") or 0)
SEEDS = int(os.environ.get("PROVE_SEEDS") or 300)
ENOUGH = 40
"""Histories within which a careless engine must be caught."""


def told(result: Result) -> str:
    """The broken promise, how to see it again, and how it came to that."""
    history = "\n".join(result.trace[-40:])
    return f"{result.broken}\nReplay: python -m pytest tests/prove --seed {result.seed}\n{history}"


@pytest.mark.parametrize("seed", range(FROM, FROM + SEEDS))
def test_a_history_with_faults_keeps_every_promise(seed: int, request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--seed") is not None:
        pytest.skip("one history is replayed")
    result = FIGURES.add(play(seed))
    assert not result.broken, told(result)


def test_one_history_step_by_step(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> None:
    seed = request.config.getoption("--seed")
    if seed is None:
        pytest.skip("no --seed was given")
    with capsys.disabled():
        print()
        result = FIGURES.add(play(seed, say=print))
    assert not result.broken, told(result)


def test_a_history_is_the_same_every_time() -> None:
    first, second = play(7), play(7)
    assert first.trace == second.trace
    assert first.faults == second.faults


@pytest.mark.parametrize("name", CARELESS)
def test_a_careless_engine_is_caught(name: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--seed") is not None:
        pytest.skip("one history is replayed")
    CARELESS[name](monkeypatch)
    for seed in range(ENOUGH):
        result = play(seed)
        if result.broken:
            print(f"{name}: caught by seed {seed}: {result.broken}")
            return
    raise AssertionError(f"{ENOUGH} histories did not notice: {name}")
