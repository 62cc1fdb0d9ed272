"""The guard: a tiny process that ends the children when the supervisor is gone, however it went.

It reads "+ID" and "-ID" lines (ids of sessions) from its standard input; when that closes, it ends every session still named.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable

PATIENCE = 1.5  # seconds between SIGTERM and SIGKILL
HORIZON = 3.0  # seconds after which the guard itself gives up
LINUX = os.path.isdir("/proc/self")  # there is no ps in a bare Debian


def members(session: int) -> list[int]:
    """Living processes of a session, also those in a process group of their own, as RQ's work horses are; 0 is nobody's."""
    if session <= 0:
        return []
    return [pid for pid in _all_pids() if _session_of(pid) == session and not _is_zombie(pid)]


def kill_session(session: int) -> None:
    """SIGKILL to every process of a session, and to those it forked meanwhile."""
    for _ in range(3):
        left = members(session)
        for pid in left:
            signal_to(pid, signal.SIGKILL)
        if not left:
            break


def signal_to(pid: int, number: int) -> None:
    """Send a signal to one process; one that is gone already, or never was (0), is no error."""
    with contextlib.suppress(ProcessLookupError):
        if pid > 0:
            os.kill(pid, number)


def end_sessions(sessions: Iterable[int]) -> None:
    """SIGTERM to the leaders, SIGKILL to whatever is left when the patience is over."""
    left = set(sessions)
    for session in left:
        signal_to(session, signal.SIGTERM)
    start = time.monotonic()
    while left and time.monotonic() < start + HORIZON:
        left = {session for session in left if members(session)}
        if time.monotonic() > start + PATIENCE:
            for session in left:
                kill_session(session)
        time.sleep(0.05)


def _all_pids() -> list[int]:
    if LINUX:
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]
    return [int(word) for word in subprocess.run(["ps", "-axo", "pid="], capture_output=True, text=True).stdout.split()]


def _session_of(pid: int) -> int:
    try:
        return os.getsid(pid)
    except (ProcessLookupError, PermissionError):
        return 0


def _is_zombie(pid: int) -> bool:
    if not LINUX:
        return subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.startswith("Z")
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(") ")[2].startswith("Z")
    except (FileNotFoundError, ProcessLookupError):
        return True


def _listen() -> set[int]:
    sessions: set[int] = set()
    for line in sys.stdin:
        change = sessions.add if line.startswith("+") else sessions.discard
        change(int(line[1:]))
    return sessions


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    end_sessions(_listen())
