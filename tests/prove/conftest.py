"""`--seed N` replays one history with every step on the screen; the figures stand in the last lines."""

import os

import pytest

from tests.prove.figures import FIGURES


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, default=None, help="replay this one history, step by step")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        first, n = int(os.environ.get("PROVE_FROM") or 0), int(os.environ.get("PROVE_SEEDS") or 300)
        replayed = metafunc.config.getoption("--seed")
        metafunc.parametrize("seed", range(first, first + n) if replayed is None else [replayed])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in FIGURES.lines():
        terminalreporter.write_line(line)
