"""`pytest --database=postgresql` runs the same tests on PostgreSQL, on a server that lives as long as the run."""

import os

import pytest

from tests import postgres
from tests.prove import figures


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default=os.environ.get("TEST_DATABASE") or "sqlite",
                     help="the database of the tests; a server of PostgreSQL is started for them")  # fmt: skip
    parser.addoption("--long", action="store_true", help="the tests marked long, too, which are a part of `make prove`")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is long waits for `make prove`; of each such proof `make test` has a slice."""
    long = [] if config.getoption("--long") else [item for item in items if item.get_closest_marker("long")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in set(long)]


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[object]) -> None:
    """The table at the end of `make prove` names what failed."""
    if call.excinfo and not call.excinfo.errisinstance(pytest.skip.Exception):
        figures.note(figures.FAILED, item.nodeid)


def pytest_configure(config: pytest.Config) -> None:
    os.environ["TEST_DATABASE"] = config.getoption("--database")
    if config.getoption("--database") == "sqlite" or "TEST_POSTGRES" in os.environ:
        return
    if against := postgres.why_not():
        pytest.exit(against, returncode=0)
    server = postgres.Server()
    config.add_cleanup(lambda: server.__exit__())
    os.environ["TEST_POSTGRES"] = server.__enter__().url()
    config.add_cleanup(lambda: os.environ.pop("TEST_POSTGRES"))
