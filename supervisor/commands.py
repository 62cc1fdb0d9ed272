"""The commands of run.py."""

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence

from supervisor import browser, start, venv
from supervisor.children import Failed, say
from supervisor.settings import ROOT, Refused

HELP = """Countersign

  make run      start everything: web, worker, clock, Redis, the simulated QuickBooks (PORT=8000 HOST=127.0.0.1 VAR_DIR=var)
  make test     unit and end-to-end tests; with arguments, one call of pytest: make test ARGS="tests/unit -k budget"
  make check    ruff, mypy, import-linter, djlint
  make prove    the long proofs, hours: random histories, power cuts, every failure, races; once more on PostgreSQL; a table
  make fuzz     spoiled messages and files at every door
  make bench    the figures

Without make: python3 run.py run|test|check|prove|fuzz|bench [arguments]
People and connections from the command line: python3 run.py flask user|connection --help
The dependencies pinned anew: python3 run.py lock [--upgrade]"""

QUICK = "--numprocesses=auto"
POSTGRESQL = ("--database=postgresql", QUICK)  # ends with one sentence where its programs or its driver are not
ASKS_THE_DATABASE = "exchanges/test_session.py exchanges/test_claim.py test_migrations.py test_races.py test_moves.py"
"""The quick slice of `make test` on PostgreSQL; `make prove` runs everything there."""
TESTS = [
    ("tests/unit", "tests/fuzz", QUICK),
    (*POSTGRESQL, *(f"tests/unit/{name}" for name in ASKS_THE_DATABASE.split())),
    ("tests/e2e", "--numprocesses=2", "--dist=loadfile", "--no-loadscope-reorder"),
]
PROOFS = [
    ("tests/prove", "tests/unit/test_races.py", QUICK),
    ("tests/unit", "tests/e2e", "--long", "-m", "long"),
    (*POSTGRESQL, "tests/unit", "tests/prove"),
]
SIZES = {"PROVE_SEEDS": "10000", "PROVE_SAGE_SEEDS": "2000", "PROVE_CUTS": "50", "PROVE_PAIRS": "400",
         "PROVE_EVERY": "1", "PROVE_DRILLS": "100", "RACE_ROUNDS": "1000"}  # fmt: skip
"""How much a whole `make prove` proves, hours of it; the environment makes it shorter."""
CHECKS = (
    ("-m", "ruff", "check", "."),
    ("-m", "ruff", "format", "--check", "."),
    ("-m", "mypy", "--strict", "app.py", "erp", "jobs", "run.py"),
    ("-c", "from importlinter.cli import lint_imports_command as lint; lint()"),
    ("-m", "djlint", "--lint", "templates"),
)

LOCK = ("uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes", "pyproject.toml")


def command(arguments: Sequence[str]) -> int:
    """Carry out one command line and return its exit status."""
    name, *rest = arguments or ["help"]
    try:
        return COMMANDS.get(name, _help)(rest)
    except Refused as refusal:
        say(str(refusal))
        return refusal.status
    except Failed as failure:
        say(str(failure))
        return 1
    except KeyboardInterrupt:
        say("\nStopped.")
        return 130


def _run(rest: Sequence[str]) -> int:
    return start.run()


def _flask(rest: Sequence[str]) -> int:
    return start.flask(rest)


def _test(rest: Sequence[str]) -> int:
    venv.ensure(venv.TEST)
    return _pytest([tuple(rest)] if rest else TESTS, CHROMIUM=browser.resolve(os.environ))


def _pytest(calls: Iterable[Sequence[str]], **more: str) -> int:
    return _first_failure(_python("-m", "pytest", *call, env={**os.environ, **more}) for call in calls)


def _check(rest: Sequence[str]) -> int:
    venv.ensure(venv.TEST)
    return max([_python(*check) for check in CHECKS])


def _prove(rest: Sequence[str]) -> int:
    if not _exists("tests/prove"):
        return 1
    venv.ensure(venv.TEST)
    sizes = {name: os.environ.get(name, size) for name, size in SIZES.items()}
    return _with_figures([tuple(rest)] if rest else PROOFS, CHROMIUM=browser.resolve(os.environ), **sizes)


def _with_figures(calls: Iterable[Sequence[str]], **more: str) -> int:
    """Run these, and end with one table of what all of them came to."""
    with tempfile.TemporaryDirectory(prefix="figures-") as folder:
        status = _pytest(calls, PROVE_FIGURES=folder, **more)
        _python("-m", "tests.prove.figures", folder)
    return status


def _fuzz(rest: Sequence[str]) -> int:
    venv.ensure(venv.TEST)
    return _with_figures([tuple(rest) or ("tests/fuzz",)], FUZZ_TRIES=os.environ.get("FUZZ_TRIES", "100000"))


def _bench(rest: Sequence[str]) -> int:
    if not _exists("bench/run.py"):
        return 1
    venv.ensure(venv.TEST)
    return _python("bench/run.py", *rest)


def _lock(rest: Sequence[str]) -> int:
    """Pin anew what pyproject.toml asks for; `lock --upgrade` takes the newest."""
    venv.ensure(venv.TEST)
    options = ("--custom-compile-command", "python3 run.py lock", *rest)
    runtime = (*LOCK, *options, "--output-file", venv.RUN)
    everything = (*LOCK, *options, "--group", "dev", "--constraints", venv.RUN, "--output-file", venv.TEST)
    return _first_failure(_python("-m", *arguments) for arguments in (runtime, everything))


def _help(rest: Sequence[str]) -> int:
    say(HELP)
    return 0


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "run": _run,
    "flask": _flask,
    "test": _test,
    "check": _check,
    "prove": _prove,
    "fuzz": _fuzz,
    "bench": _bench,
    "lock": _lock,
    "help": _help,
}


def _python(*arguments: str, env: Mapping[str, str] | None = None) -> int:
    return subprocess.run([venv.PYTHON, *arguments], cwd=ROOT, env=env).returncode


def _first_failure(statuses: Iterable[int]) -> int:
    return next((status for status in statuses if status), 0)


def _exists(path: str) -> bool:
    if (ROOT / path).exists():
        return True
    say(f"There is no {path} yet.")
    return False
