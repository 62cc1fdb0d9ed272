"""Power cuts at every labelled point, alone and in pairs: nothing is posted twice, nothing is lost, nothing stays open.

`PROVE_CUTS=50` cuts each label so many times (10 by default), half of them as it is entered and half as it is left, in one morning
after the other; `PROVE_PAIRS=400` pairs.
"""

import os
import random

import pytest

from tests.prove.careless import CARELESS
from tests.prove.figures import note
from tests.prove.power import LABELS, Cut, prepare, survive

CUTS = int(os.environ.get("PROVE_CUTS") or 10)
PAIRS = int(os.environ.get("PROVE_PAIRS") or 60)
MORE_LABELS_THAN = 20
MORNINGS, TRIES = 100, 20


@pytest.fixture(scope="module", autouse=True)
def stage() -> None:
    prepare()


def test_there_are_enough_labels() -> None:
    assert len(set(LABELS)) > MORE_LABELS_THAN


@pytest.mark.parametrize("event", ["call", "return"])
@pytest.mark.parametrize("label", LABELS)
def test_a_power_cut_breaks_no_promise(label: str, event: str) -> None:
    cut, reached = Cut(label, event, 1), 0
    while reached < CUTS // 2:
        outcome = survive(cut)
        assert not outcome.broken, f"{cut}\n{outcome.broken}"
        assert outcome.reached or cut[2:] != (1, 0), f"{cut} was never reached: the label is wrong"
        assert cut.morning < MORNINGS, f"{label} was cut {reached} times in {MORNINGS} mornings"
        if outcome.reached:
            reached += 1
            note("power cuts", label, pair=False)
        cut = cut._replace(nth=cut.nth + 1) if outcome.reached else Cut(label, event, 1, cut.morning + 1)


@pytest.mark.parametrize("pair", range(PAIRS))
def test_two_power_cuts_break_none_either(pair: int) -> None:
    die = random.Random(pair)
    for _ in range(TRIES):
        first, second = (Cut(die.choice(LABELS), die.choice(["call", "return"]), die.randint(1, 3), pair) for _ in range(2))
        outcome = survive(first, second)
        assert not outcome.broken, f"{first}, {second}\n{outcome.broken}"
        if outcome.reached:
            return note("power cuts", f"{first}, {second}", pair=True)
    raise AssertionError(f"no two of {TRIES} pairs were reached both")


def test_a_careless_engine_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    CARELESS["naive queue"](monkeypatch)
    executed = (survive(Cut("erp.simulator.company:process", "return", nth)).broken for nth in range(1, 15))
    assert any(executed), "what was handed out is simply queued anew, and no power cut showed it"
    note("careless variants caught", "naive queue, by a power cut")
