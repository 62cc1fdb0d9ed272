"""The whole product as a person starts it: `run.py run` in a folder of its own, on free ports."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from supervisor import guard
from supervisor.settings import ROOT
from tests.databases import databases

OURS = ("HOST", "PORT", "SIMULATOR_PORT", "VAR_DIR", "DATABASE_URL", "SECRET_KEY", "REDIS_URL", "ERP_DEMO", "QBWC_LEASE_SECONDS")


class Stack:
    """One running product. `with Stack(folder, REDIS_URL="") as stack:` starts it without Redis and stops it at the end."""

    def __init__(self, var: Path, **env: str) -> None:
        self.var = var
        port, simulator_port = free_ports(2)
        there = databases(var, var.name)
        there.make("countersign")
        self.database_url = there.url("countersign")
        ours = {"VAR_DIR": str(var), "PORT": str(port), "SIMULATOR_PORT": str(simulator_port)}
        asked = {"DATABASE_URL": self.database_url, **ours, **env}
        self.env = {name: value for name, value in os.environ.items() if name not in OURS} | asked
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, within: float = 60) -> Self:
        """Start, and wait for the first page, the demo people and the simulator."""
        self.var.mkdir(parents=True, exist_ok=True)
        with self.console.open("ab") as console:
            self.process = subprocess.Popen(
                [sys.executable, "run.py", "run"], cwd=ROOT, env=self.env, stdout=console, stderr=console, start_new_session=True
            )
        self._wait(lambda: self.is_ready, within)
        return self

    def stop(self) -> None:
        """Press Ctrl-C and wait for the end; does nothing when it has ended."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()
                raise AssertionError(f"Ctrl-C did not stop it:\n{self.said}") from None

    def restart(self) -> Self:
        """Stop, and start again with the same folder and ports."""
        self.stop()
        return self.start()

    def kill(self, name: str = "") -> None:
        """SIGKILL to a named child, as when memory is short; without a name to everything at once, as in a power cut."""
        facts = self.facts
        if name:
            os.kill(facts["children"][name], signal.SIGKILL)
            return
        guard.signal_to(facts["supervisor"], signal.SIGSTOP)
        for pid in (facts["guard"], *facts["children"].values()):
            guard.kill_session(pid)
        guard.signal_to(facts["supervisor"], signal.SIGKILL)
        if self.process:
            self.process.wait(5)

    def wait_for_another(self, name: str, than: int, within: float = 30) -> None:
        """Wait until the supervisor has replaced the child whose process id was `than`, and all is ready again."""
        self._wait(lambda: self.pid(name) not in {0, than} and self.is_ready, within)

    @property
    def is_ready(self) -> bool:
        """Whether the first page and the simulator's answer, the demo people being there."""
        facts = self.facts
        mine = self.process is not None and facts.get("supervisor") == self.process.pid
        return mine and facts.get("ready", False) and all(map(answers, filter(None, (facts["address"], facts["simulator"]))))

    @property
    def facts(self) -> dict[str, Any]:
        """What run.json says: address, simulator, logins, and each child's process id; empty while nothing runs."""
        path = self.var / "run.json"
        return json.loads(path.read_text()) if path.exists() else {}

    @property
    def base_url(self) -> str:
        """Where the product is, as a person writes it."""
        return str(self.facts["address"])

    @property
    def simulator_url(self) -> str:
        """Where the simulated QuickBooks is."""
        return str(self.facts["simulator"])

    @property
    def logins(self) -> str:
        """The table of demo people, as shown in the terminal."""
        return str(self.facts["logins"])

    @property
    def console(self) -> Path:
        """The file that stands for the terminal."""
        return self.var / "console.txt"

    @property
    def said(self) -> str:
        """What the terminal has shown since the folder was made."""
        return self.console.read_text()

    def pid(self, name: str) -> int:
        """A child's process id, 0 while it is not running."""
        return int(self.facts.get("children", {}).get(name, 0))

    def log(self, name: str) -> str:
        """What a child has written."""
        return (self.var / "log" / f"{name}.log").read_text(errors="replace")

    def _wait(self, test: Callable[[], bool], within: float) -> None:
        deadline = time.monotonic() + within
        while not test():
            ended = self.process is not None and self.process.poll() is not None
            if ended or time.monotonic() > deadline:
                said = self.said
                self.stop()
                raise AssertionError(f"The product {'ended' if ended else 'was not ready in time'}:\n{said}")
            time.sleep(0.05)


def free_ports(count: int) -> list[int]:
    """Ports of the loopback address on which nobody listens now."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def answers(url: str) -> bool:
    """Whether a page is served there."""
    try:
        with urllib.request.urlopen(url, timeout=3):
            return True
    except OSError:
        return False
