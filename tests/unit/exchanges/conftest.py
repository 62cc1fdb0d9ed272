"""Our own house against the simulated company file, in virtual time; every test ends with all invariants."""

from collections.abc import Iterator

import pytest

from tests.house import House, move_in
from tests.invariants import check_all
from tests.unit.exchanges.budget_life import Life, contract


@pytest.fixture
def house() -> Iterator[House]:
    """Pam, Ann and the Web Connector; a test that breaks the books on purpose names the markers in `house.touched`."""
    with move_in() as moved_in:
        yield moved_in
        check_all(moved_in.company, moved_in.connection, touched=moved_in.touched, returned=moved_in.returned)


@pytest.fixture
def life() -> Iterator[Life]:
    """A house of its own: the 69 bid items of contract 1164I are in accounting."""
    with contract() as found:
        yield found
        check_all(found.house.company, found.house.connection, touched=found.house.touched)
