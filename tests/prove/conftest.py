"""`--seed N` replays one history with every step on the screen; the figures stand in the last lines.

On PostgreSQL a tenth as many are played: the rules are the same there, and each takes several times as long.
"""

import gc
import os
import tempfile
from pathlib import Path

import pytest

from tests.databases import on_postgresql
from tests.prove import figures

gc.set_threshold(50_000, 20, 50)
"""A history makes and drops many objects; the collector need not look through all modules each time."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, default=None, help="replay this one history, step by step")


def pytest_configure(config: pytest.Config) -> None:
    """Its own folder for the notes, unless `make prove` gave one for all its runs."""
    if figures.FOLDER not in os.environ:
        folder = tempfile.TemporaryDirectory(prefix="figures-")
        os.environ[figures.FOLDER] = folder.name
        config.stash[OURS] = Path(folder.name)
        config.add_cleanup(folder.cleanup)
        config.add_cleanup(lambda: os.environ.pop(figures.FOLDER, None))


OURS = pytest.StashKey[Path]()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    replayed = metafunc.config.getoption("--seed")
    for fixture, (size, usual) in SEEDS.items():
        if fixture in metafunc.fixturenames:
            first, n = int(os.environ.get("PROVE_FROM") or 0), int(os.environ.get(size) or usual)
            n = n // 10 if on_postgresql() else n
            metafunc.parametrize(fixture, range(first, first + n) if replayed is None else [replayed])


SEEDS = {"seed": ("PROVE_SEEDS", 300), "sage_seed": ("PROVE_SAGE_SEEDS", 60)}
"""fixture -> the variable that says how many histories are played, and how many without it."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    folder = config.stash.get(OURS, None)
    for line in figures.table(figures.read(folder)) if folder else ():
        terminalreporter.write_line(line)
