"""A PostgreSQL server of the tests' own: started where its programs are found, on a socket in a folder that goes away."""

import os
import shutil
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Self

SHARED = Path("/dev/shm")
PATIENCE = 30.0
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0", "autovacuum=off",
         "shared_buffers=64MB", "max_connections=200", "listen_addresses=", "log_min_messages=fatal", "timezone=UTC")  # fmt: skip
"""A test's data need not survive a power cut."""
KEEPS = ("synchronous_commit=on", "wal_level=replica", "full_page_writes=on")
"""What was committed survives the end of the server."""


def why_not() -> str:
    """One sentence when PostgreSQL cannot be tested here, "" when it can."""
    if _programs() is None:
        return "PostgreSQL is not tested here: its programs initdb and postgres are not on PATH."
    if find_spec("psycopg") is None:
        return "PostgreSQL is not tested here: the package psycopg is not installed."
    return ""


class Server:
    """One running server. `with Server() as server:` starts it and stops it; it refuses the network and is of this user alone.

    Settings given here stand above QUICK: KEEPS for one that is restarted."""

    def __init__(self, *settings: str) -> None:
        self.settings = (*QUICK, *settings)
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir=SHARED if SHARED.is_dir() else None))
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        programs, who = _programs(), _who()
        assert programs is not None, why_not()
        if who:
            shutil.chown(self.folder, who)
        data = self.folder / "data"
        shape = ("--username=test", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        make = [programs / "initdb", "--pgdata", data, *shape]
        subprocess.run(make, check=True, capture_output=True, cwd=self.folder, user=who)
        self._serve()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def restart(self) -> None:
        """As `pg_ctl restart --mode=immediate`: every connection breaks off, what was committed is there again."""
        self._stop()
        self._serve()

    def _serve(self) -> None:
        programs, data = _programs(), self.folder / "data"
        assert programs is not None
        serve = [programs / "postgres", "-D", data, "-k", self.folder]
        serve += [word for setting in self.settings for word in ("-c", setting)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(serve, stdout=log, stderr=log, cwd=self.folder, user=_who())
        self._wait(data / "postmaster.pid")

    def _stop(self) -> None:
        if self.process:
            self.process.send_signal(3)  # SIGQUIT: at once, without a good-bye
            self.process.wait(PATIENCE)

    def url(self, name: str = "postgres") -> str:
        """The SQLAlchemy address of a database."""
        return f"postgresql+psycopg://test@/{name}?host={self.folder}"

    def _wait(self, pid: Path) -> None:
        until = time.monotonic() + PATIENCE
        while not (pid.exists() and pid.read_text().rstrip().endswith("ready")):
            assert self.process and self.process.poll() is None and time.monotonic() < until, (self.folder / "log").read_text()
            time.sleep(0.02)


def _programs() -> Path | None:
    """The folder of initdb and postgres: where PATH leads, or what pg_config says."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    if asked := shutil.which("pg_config"):
        said = subprocess.run([asked, "--bindir"], capture_output=True, text=True).stdout.strip()
        return Path(said) if (Path(said) / "initdb").exists() else None
    return None


def _who() -> str | None:
    """PostgreSQL refuses to be run by root; nobody else may change who he is."""
    return "nobody" if os.geteuid() == 0 else None
