"""The search for our markers as a pure conversation."""

from dataclasses import replace

import pytest

from erp.connector import Ask
from erp.connectors.quickbooks.marked import SEARCHES
from erp.connectors.quickbooks.step import step
from tests.unit.connectors.quickbooks.messages import refresh


@pytest.mark.parametrize(("losses", "most"), [(0, 25), (1, 6), (2, 1), (19, 1)])
def test_estimates_come_fewer_at_a_time_after_each_loss(losses: int, most: int) -> None:
    out = step(replace(refresh("marked:estimate"), losses=losses), None)
    assert isinstance(out, Ask) and f"<MaxReturned>{most}</MaxReturned>" in out.body


@pytest.mark.parametrize("name", [name for name in SEARCHES if name != "estimate"])
def test_what_has_no_lines_always_comes_in_large_pages(name: str) -> None:
    out = step(replace(refresh(f"marked:{name}"), losses=5), None)
    assert isinstance(out, Ask) and "<MaxReturned>500</MaxReturned>" in out.body
