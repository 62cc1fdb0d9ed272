"""A short restore drill in every run; the long ones are in tests/prove."""

import pytest

from tests.prove.drill import drill


@pytest.mark.parametrize("seed", [1, 2])
def test_after_a_restore_nothing_is_posted_twice(seed: int) -> None:
    assert drill(seed, before=8, between=16, after=8).seconds > 0
