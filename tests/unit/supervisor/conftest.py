"""A household in a process of its own, with stand-ins for its children."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from supervisor.guard import members
from supervisor.settings import ROOT

SUPERVISOR = """
import json, os, sys
from pathlib import Path
from supervisor.children import Command, Household, Stopped
from supervisor.running import take_lock
var, commands = Path(sys.argv[1]), json.loads(sys.argv[2])
lock = take_lock(var, "http://localhost:8000")
try:
    with Household(var, os.environ, var, {}, keeps=(lock.fileno(),)) as household:
        household.start(*(Command(name, (sys.executable, "-c", code), name == "redis") for name, code in commands.items()))
        household.tell(ready=True)
        household.watch()
except Stopped:
    print("Stopped.")
"""

QUIET = "import time; time.sleep(60)"


def eventually(test: Callable[[], Any], within: float = 8) -> None:
    deadline = time.monotonic() + within
    while not test():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


class Supervisor:
    """A supervisor over children that are given as Python source."""

    def __init__(self, var: Path, keyboard: int = subprocess.DEVNULL, **children: str) -> None:
        self.var = var
        argv = (sys.executable, "-c", SUPERVISOR, str(var), json.dumps(children))
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            argv, env=env, stdin=keyboard, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        eventually(lambda: self.facts.get("ready"))
        self.sessions = [*self.facts["children"].values(), self.facts["guard"]]

    @property
    def facts(self) -> dict[str, Any]:
        path = self.var / "run.json"
        return json.loads(path.read_text()) if path.exists() else {}

    def pid(self, name: str) -> int:
        return int(self.facts["children"][name])

    def stop(self) -> tuple[str, float]:
        """Ctrl-C: what it said, and the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        said = self.process.communicate(timeout=10)[0]
        return said, time.monotonic() - began

    def left(self) -> list[int]:
        return [pid for session in self.sessions for pid in members(session)]


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Callable[..., Supervisor]]:
    started: list[Supervisor] = []

    def start(keyboard: int = subprocess.DEVNULL, **children: str) -> Supervisor:
        started.append(Supervisor(tmp_path, keyboard, **children))
        return started[-1]

    yield start
    for supervisor in started:
        supervisor.process.kill()
        supervisor.process.communicate()
        eventually(lambda supervisor=supervisor: not supervisor.left())
