"""Hundreds of seeded histories with faults at every point: nothing posted twice, nothing lost, nothing stuck, money equal.

`PROVE_SEEDS=1000 pytest tests/prove` plays that many (300 by default), `PROVE_FROM` says where to begin, `--seed 17` replays one.
"""

import pytest

from tests.house import move_in
from tests.prove.careless import CARELESS
from tests.prove.figures import note
from tests.prove.scripts import SCRIPTS
from tests.prove.world import Result, play, silence

once = pytest.mark.skipif("config.getoption('--seed') is not None", reason="one history is replayed")


def told(result: Result) -> str:
    """The broken promise, how to see it again, and how it came to that."""
    history = "\n".join(result.trace[-40:])
    return f"{result.broken}\nReplay: python -m pytest tests/prove --seed {result.seed}\n{history}"


def test_a_history_with_faults_keeps_every_promise(
    seed: int, pytestconfig: pytest.Config, capsys: pytest.CaptureFixture[str]
) -> None:
    replayed = pytestconfig.getoption("--seed") is not None
    with capsys.disabled():
        result = play(seed, say=print if replayed else None)
    note("histories", str(seed), writes=result.writes, changes=result.changes, again=result.again, faults=result.faults,
         broken=result.broken)  # fmt: skip
    assert not result.broken, told(result)


@once
def test_a_history_is_the_same_every_time() -> None:
    first, second = play(7), play(7)
    assert first.trace == second.trace
    assert first.faults == second.faults


@once
@pytest.mark.parametrize("name", CARELESS)
def test_a_careless_engine_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    CARELESS[name](monkeypatch)
    with move_in() as house, silence(), pytest.raises(AssertionError, match=r"^I\d+ "):
        SCRIPTS[name](house)
    note("careless variants caught", name)
