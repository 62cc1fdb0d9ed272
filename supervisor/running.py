"""One supervisor per folder: a lock that holds its process id and address, and outlives it until its children are gone."""

import fcntl
import json
import os
import time
from pathlib import Path
from typing import IO

from supervisor.settings import Refused

PATIENCE = 4.0  # seconds for the children of a killed supervisor to go


class AlreadyRuns(Refused):
    """Another supervisor has this folder: nothing is wrong, and nothing is started."""

    status = 0

    def __init__(self, pid: int, address: str) -> None:
        super().__init__(
            f"Countersign already runs at {address} (process {pid}); to stop it: Ctrl-C in its terminal, or kill {pid}"
        )


def take_lock(var: Path, address: str) -> IO[str]:
    """Take the folder, or raise AlreadyRuns; keep the file open as long as the folder is needed."""
    file = _open(var)
    deadline = time.monotonic() + PATIENCE
    while not _locked(file):
        pid, holder_address = _holder(file)
        if _is_alive(pid) or time.monotonic() > deadline:
            raise AlreadyRuns(pid, holder_address)
        time.sleep(0.1)
    file.truncate(0)
    json.dump([os.getpid(), address], file)
    file.flush()
    return file


def _open(var: Path) -> IO[str]:
    try:
        var.mkdir(mode=0o700, parents=True, exist_ok=True)
        return (var / "run.lock").open("a+")
    except OSError as error:
        raise Refused(f"VAR_DIR={var} cannot be used: {error.strerror}.") from None


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(file: IO[str]) -> tuple[int, str]:
    file.seek(0)
    try:
        pid, address = json.load(file)
    except ValueError:  # it has the lock and is about to write its name
        return 0, "an address it has not said yet"
    return pid, address


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return pid > 0
