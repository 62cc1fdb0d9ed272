"""Web Connector servers in processes of their own: how they are started, and how much CPU they have used."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
NODE = "BENCH_NODE_MODULES"
"""The folder node_modules in which quickbooks-js was installed."""
DJANGO = "BENCH_DJANGO_PYTHON"
"""The Python of an environment with django-quickbooks."""


FIND = "import sys, importlib.util as u; sys.exit(u.find_spec('django_quickbooks') is None)"


@dataclass(frozen=True)
class Server:
    """A running server: `path` is its door on this port."""

    pid: int
    port: int
    path: str

    def cpu(self) -> float:
        """Seconds of CPU that all of its threads have used."""
        return sum(int(task.read_text().split()[0]) for task in Path(f"/proc/{self.pid}/task").glob("*/schedstat")) / 1e9


def why_missing(name: str) -> str:
    """Why a peer is left out; empty when it is there."""
    if name == "quickbooks-js":
        folder = Path(os.environ.get(NODE, "")) / "quickbooks-js"
        return (
            "" if os.environ.get(NODE) and folder.is_dir() else f"quickbooks-js is left out: {NODE} names no folder that has it."
        )
    python = os.environ.get(DJANGO, "")
    there = python and subprocess.run([python, "-c", FIND], capture_output=True).returncode == 0
    return "" if there else f"django-quickbooks is left out: {DJANGO} names no Python that has it."


@contextmanager
def quickbooks_js(requests: Path, folder: Path) -> Iterator[Server]:
    """quickbooks-js, its queue filled anew from `requests` (a JSON list) at each authenticate; nothing is kept on disk."""
    env = {"NODE_PATH": os.environ[NODE], "REQUESTS": str(requests)}
    with _running(["node", str(HERE / "quickbooks_js.js")], "/wsdl", folder, env) as server:
        yield server


@contextmanager
def django_quickbooks(requests: Path, folder: Path) -> Iterator[Server]:
    """django-quickbooks on SQLite under waitress; its RabbitMQ is replaced by a list in memory, which flatters it."""
    env = {"REQUESTS": str(requests), "DATABASE": str(folder / "django.db")}
    with _running([os.environ[DJANGO], str(HERE / "django_server.py")], "/quickbooks-desktop/", folder, env) as server:
        yield server


@contextmanager
def countersign(database: str, folder: Path) -> Iterator[Server]:
    """The product as `make run` serves it."""
    with _running([sys.executable, "-m", "bench.peers.ours"], "/qbwc", folder, {"DATABASE_URL": database}) as server:
        yield server


@contextmanager
def _running(command: Sequence[str], path: str, folder: Path, env: Mapping[str, str]) -> Iterator[Server]:
    port = _free_port()
    env = {**os.environ, **env, "QB_SOAP_PORT": str(port), "PORT": str(port), "VAR_DIR": str(folder)}
    process = subprocess.Popen(command, cwd=HERE.parent.parent, env=env, stdout=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield Server(process.pid, port, path)
    finally:
        process.terminate()
        process.wait(10)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        assert process.poll() is None, f"the server ended with {process.returncode}"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the server does not answer")
