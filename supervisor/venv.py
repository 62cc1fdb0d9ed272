"""The virtual environment in .venv: made once, filled from a lock whose hash is kept as a stamp."""

import fcntl
import hashlib
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

from supervisor import apt
from supervisor.children import say
from supervisor.settings import ROOT, Refused

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
RUN, TEST = "requirements.lock", "requirements-dev.lock"
COVERS = {RUN: (RUN,), TEST: (TEST, RUN)}  # the lock for tests pins everything of the other one too


class NotInstalled(Refused):
    """The packages could not be installed; the installer has said why."""

    status = 1


def ensure(lock: str, venv: Path = VENV, root: Path = ROOT) -> None:
    """Make .venv hold what a lock names. Does nothing when the stamp says that it does."""
    if is_current(lock, venv, root):
        return
    with (root / lock).open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # `make run` and `make test` may both be the first
        if not is_current(lock, venv, root):
            _make(venv)
            _fill(venv, root / lock)
            for covered in COVERS[lock]:
                _stamp(covered, venv).write_text(_hash(root / covered))


def is_current(lock: str, venv: Path = VENV, root: Path = ROOT) -> bool:
    """Whether .venv works and was filled from just this lock."""
    stamp = _stamp(lock, venv)
    return (venv / "bin" / "python").exists() and stamp.exists() and stamp.read_text() == _hash(root / lock)


def _make(venv: Path) -> None:
    if _runs(venv / "bin" / "python", "-m", "pip", "--version"):
        return
    say(f"Making a virtual environment in {venv.name} (Python {'.'.join(map(str, sys.version_info[:3]))}) …")
    if importlib.util.find_spec("ensurepip") is None:
        package = "python{}.{}-venv".format(*sys.version_info)
        if not apt.install(package):
            raise NotInstalled(f"This Python cannot make virtual environments; first: sudo apt-get install {package}")
    shutil.rmtree(venv, ignore_errors=True)
    if subprocess.run([sys.executable, "-m", "venv", venv]).returncode:
        raise NotInstalled(f"{sys.executable} could not make a virtual environment in {venv}.")


def _fill(venv: Path, lock: Path) -> None:
    python = str(venv / "bin" / "python")
    say(f"Installing the packages of {lock.name}, once …")
    arguments = ("install", "--quiet", "--require-hashes", "--no-deps", "--requirement", str(lock))
    if not (_with_uv(python, lock, arguments) or _with_pip(python, arguments)):
        raise NotInstalled("The packages could not be installed: see above, and try again.")


def _with_uv(python: str, lock: Path, arguments: tuple[str, ...]) -> bool:
    """The large lock holds uv itself: install that first, and it installs the rest in a fifth of pip's time."""
    pin = _pin(lock, "uv")
    if not pin:
        return False
    alone = Path(python).parent.parent / "uv.txt"
    alone.write_text(pin)
    uv = (python, "-m", "uv", "pip", *arguments, "--compile-bytecode", "--python", python)
    return _with_pip(python, (*arguments[:-1], str(alone))) and _runs(*uv)


def _with_pip(python: str, arguments: tuple[str, ...]) -> bool:
    quiet = ("--quiet", "--disable-pip-version-check", "--no-input")
    return subprocess.run([python, "-m", "pip", *arguments, *quiet]).returncode == 0


def _pin(lock: Path, package: str) -> str:
    """A package's own lines of a lock: its version and its hashes."""
    lines = lock.read_text().splitlines(keepends=True)
    first = next((number for number, line in enumerate(lines) if line.startswith(f"{package}==")), len(lines))
    more = next((number for number in range(first, len(lines)) if not lines[number].rstrip().endswith("\\")), len(lines))
    return "".join(lines[first : more + 1])


def _runs(*argv: object) -> bool:
    try:
        return subprocess.run(list(map(str, argv)), capture_output=True).returncode == 0
    except OSError:
        return False


def _stamp(lock: str, venv: Path) -> Path:
    return venv / f"{lock}.sha256"


def _hash(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()
