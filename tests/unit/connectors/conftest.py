"""The same house as in the tests of the exchanges."""

from tests.unit.exchanges.conftest import house

__all__ = ["house"]
