"""A slice of the power cuts of tests/prove: the points where money would be posted twice or forgotten."""

import pytest

from tests.prove.power import Cut, prepare, survive

POINTS = (
    ("erp.exchanges.claim:_hand", "return"), ("erp.simulator.company:process", "return"), ("erp.exchanges.journal:store", "return"),
    ("erp.exchanges.settle:synced", "call"), ("erp.moves:move", "return"),
)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def stage() -> None:
    prepare()


@pytest.mark.parametrize(("label", "event"), POINTS)
def test_a_power_cut_breaks_no_promise(label: str, event: str) -> None:
    for nth in (1, 4):
        outcome = survive(Cut(label, event, nth))
        assert not outcome.broken, outcome.broken
        assert outcome.reached
