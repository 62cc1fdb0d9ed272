"""The ways in which an answer is lost, for sweeps over every place where that may happen."""

import pytest

LOST_IN_EVERY_WAY = pytest.mark.parametrize("how", [
    "died", "duplicate", *(pytest.param(how, marks=pytest.mark.long) for how in ("hresult:0x8004041C", "truncate", "late")),
])  # fmt: skip
"""`make test` sweeps over two of the five, `make prove` over all."""
