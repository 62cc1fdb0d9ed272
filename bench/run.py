"""`make bench`: every workload in a process of its own; the figures as a table, and as JSON with --json."""

import argparse
import json
import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)

CASES = ("lists", "queries", "details", "budgets", "decisions", "worker", "webconnector", "digest", "records", "start", "browser")
"""Workloads 1 to 3; 4; 5; the budget pages; 6; 7; 8; 13; 11 and 12; 14; 15."""


def main() -> int:
    """Measure what was asked for."""
    asked = _arguments()
    if asked.case:
        return _measure(asked)
    rows: list[dict[str, Any]] = []
    for name in asked.only or CASES:
        found = _apart(name, asked.quick)
        if any(row["noisy"] for row in found):
            print(f"    {name} was noisy (quartiles more than 15 % apart): once more", flush=True)
            found = _calmer(found, _apart(name, asked.quick))
        rows += found
    if asked.json:
        Path(asked.json).write_text(json.dumps({"machine": _machine(), "figures": rows}, indent=1) + "\n")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", choices=CASES, help="one workload; may be repeated")
    parser.add_argument("--quick", action="store_true", help="smaller sizes and fewer rounds")
    parser.add_argument("--json", help="a file for the figures")
    parser.add_argument("--case", choices=CASES, help=argparse.SUPPRESS)
    return parser.parse_args()


def _apart(name: str, quick: bool) -> list[dict[str, Any]]:
    """The figures of one workload, measured in a process of its own."""
    print(f"{name} (load {os.getloadavg()[0]:.1f})", flush=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        kept = Path(folder) / "figures.json"
        command = [sys.executable, __file__, "--case", name, "--json", str(kept), *(["--quick"] if quick else [])]
        clean = {"SECRET_KEY": "bench", "ERP_DEMO": "", "REDIS_URL": "", "MAIL_URL": "", "DATABASE_URL": "", "VAR_DIR": folder}
        status = subprocess.run(command, cwd=ROOT, env={**os.environ, **clean}).returncode
        if status or not kept.exists():
            print(f"    {name} broke off with status {status}", flush=True)
            return []
        return list(json.loads(kept.read_text()))


def _measure(asked: argparse.Namespace) -> int:
    from bench.measure import How

    how, rows = How(rounds=5, seconds=0.03, quick=True) if asked.quick else How(), []
    for figure in import_module(f"bench.cases.{asked.case}").measure(how):
        figure.more["load"] = round(os.getloadavg()[0], 1)
        rows.append(figure.row())
        print(_line(rows[-1]), flush=True)
    Path(asked.json).write_text(json.dumps(rows))
    return 0


def _line(row: dict[str, Any]) -> str:
    marks = {True: "met", False: "NOT MET", None: ""}
    words = [f"    {row['workload']:>2}  {row['what']:<58} {row['value']:>9g} {row['unit']:<5}", f"±{row['iqr']:.0%}".rjust(5),
             f"goal {row['goal']} {marks[row['met']]}" if row["goal"] else "", "noisy" if row["noisy"] else "",
             " ".join(f"{key} {value}" for key, value in row["more"].items())]  # fmt: skip
    return "  ".join(word for word in words if word)


def _calmer(first: list[dict[str, Any]], second: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of two runs of the same workload the one whose rounds agree more, figure by figure."""
    again = {(row["workload"], row["what"]): row for row in second}
    return [min(row, again.get((row["workload"], row["what"]), row), key=lambda one: one["iqr"]) for row in first]


def _machine() -> dict[str, Any]:
    import sqlalchemy

    return {"at": datetime.now(UTC).isoformat(timespec="seconds"), "cores": os.cpu_count(), "system": platform.system(),
            "machine": platform.machine(), "python": platform.python_version(), "sqlalchemy": sqlalchemy.__version__,
            "sqlite": sqlite3.sqlite_version, "flask": version("flask"),
            "load": [round(n, 1) for n in os.getloadavg()]}  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
