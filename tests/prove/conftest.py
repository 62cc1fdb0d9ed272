"""`--seed N` replays one history with every step on the screen; the figures stand in the last lines."""

import pytest

from tests.prove.figures import FIGURES


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, default=None, help="replay this one history, step by step")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in FIGURES.lines():
        terminalreporter.write_line(line)
