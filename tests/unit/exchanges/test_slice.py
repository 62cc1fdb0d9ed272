"""A slice of the proof in tests/prove: short seeded histories with faults, and two careless engines that must be caught."""

import pytest

from tests.prove.careless import CARELESS
from tests.prove.figures import Figures
from tests.prove.world import play

SEEDS = range(25)
STEPS = 24
RATE = 0.15


def test_histories_with_faults_keep_every_promise(capsys: pytest.CaptureFixture[str]) -> None:
    figures = Figures()
    for seed in SEEDS:
        figures.add(play(seed, steps=STEPS, rate=RATE))
    with capsys.disabled():
        print(f"\n{figures.lines()[0]}")
    assert not figures.broken, "\n".join(figures.lines())
    assert sum(figures.faults.values()) > 100, "a proof without faults proves nothing"


@pytest.mark.parametrize("name", CARELESS)
def test_a_careless_engine_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    CARELESS[name](monkeypatch)
    assert any(play(seed, steps=STEPS, rate=RATE).broken for seed in range(100, 160))
