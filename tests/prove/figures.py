"""What a run of the proofs came to: every process notes what it did, and the end of the run prints one table.

The notes are lines of JSON in the folder that PROVE_FIGURES names, a file per process; without it nothing is noted. Faults are
counted, not seeds. `python -m tests.prove.figures FOLDER` prints the table.
"""

import json
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.databases import on_postgresql

FOLDER = "PROVE_FIGURES"
FAILED = "proofs that failed"


def note(proof: str, what: str = "", **figures: Any) -> None:
    """Note one thing that was tried and kept its promise; a history says itself what it broke."""
    if folder := os.environ.get(FOLDER):
        line = {"proof": proof, "what": what, "database": "PostgreSQL" if on_postgresql() else "SQLite", **figures}
        with (Path(folder) / f"{os.getpid()}.jsonl").open("a") as file:
            file.write(json.dumps(line) + "\n")


def read(folder: Path) -> Iterator[dict[str, Any]]:
    """Every note of every process."""
    for file in sorted(folder.glob("*.jsonl")):
        yield from map(json.loads, file.read_text().splitlines())


def table(notes: Iterable[dict[str, Any]]) -> list[str]:
    """One line per figure, one column per database."""
    of: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for one in notes:
        of[one["proof"]][one["database"]].append(one)
    columns = sorted({name for found in of.values() for name in found}, reverse=True)
    if not columns:
        return []
    of[FAILED].update({name: of[FAILED][name] for name in columns})
    rows = [("What this run came to", *columns)]
    for proof in sorted(of, key=lambda name: list(ROWS).index(name) if name in ROWS else len(ROWS)):
        told = {name: ROWS.get(proof, _tried)(of[proof][name]) for name in columns if of[proof][name] or proof == FAILED}
        for n, (label, _) in enumerate(next(iter(told.values()))):
            title = f"{proof}: {label}" if label else proof
            rows.append((title, *(told[name][n][1] if name in told else "-" for name in columns)))
    return _laid_out(rows)


def _laid_out(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return [lines[0], "-" * (sum(widths) + 2 * len(widths) - 2), *lines[1:]]


Figures = list[tuple[str, str]]


def _tried(found: list[dict[str, Any]]) -> Figures:
    return [("", f"{len(found):,}")]


def _failed(found: list[dict[str, Any]]) -> Figures:
    return [("", f"{len(found)} of {len({one['what'].partition('[')[0] for one in found})} tests" if found else "0")]


def _histories(found: list[dict[str, Any]]) -> Figures:
    faults: Counter[str] = Counter()
    broken: Counter[str] = Counter()
    for one in found:
        faults.update(one["faults"])
        broken[BROKEN.get(one["broken"].split()[0].strip(":"), "other") if one["broken"] else ""] += 1
    writes, changes, again = (sum(one[name] for one in found) for name in ("writes", "changes", "again"))
    return [
        ("played", f"{len(found):,}"),
        ("faults injected", f"{faults.total():,} of {len(faults)} kinds"),
        ("writes", f"{writes:,}, {changes:,} of them changes"),
        ("writes handed out again", f"{again:,}"),
        ("duplicates", f"{broken['duplicate']:,}"),
        ("lost or stuck", f"{broken['stuck']:,}"),
        ("money", f"{broken['money']:,} differ" if broken["money"] else "equal to the cent"),
        ("other broken promises", f"{broken['other']:,}"),
    ]


BROKEN = {"I3": "duplicate", "I4": "duplicate", "I2": "stuck", "stuck": "stuck", "I5": "money"}
"""How the complaint about a history begins -> what it is called in the table."""


def _by_hand(found: list[dict[str, Any]]) -> Figures:
    faults, persons, stopped, broken = (Counter[str]() for _ in range(4))
    for one in found:
        for counter, name in ((faults, "faults"), (persons, "persons"), (stopped, "stopped")):
            counter.update(one[name])
        broken[BROKEN.get(one["broken"].split()[0].strip(":"), "other") if one["broken"] else ""] += 1
    return [
        ("played", f"{len(found):,}"),
        ("faults injected", f"{faults.total():,} of {len(faults)} kinds"),
        ("batches", f"{sum(one['batches'] for one in found):,}, {sum(one['lines'] for one in found):,} lines imported"),
        ("imports stopped by a warning", f"{stopped.total():,}"),
        ("done against a warning by a person", f"{persons.total():,}"),
        ("stuck", f"{broken['stuck']:,}"),
        ("money", f"{broken['money']:,} differ" if broken["money"] else "equal to the cent"),
        ("other broken promises", f"{broken['duplicate'] + broken['other']:,}"),
    ]


def _variants(found: list[dict[str, Any]]) -> Figures:
    return [("", f"{len(found)}")]


def _cuts(found: list[dict[str, Any]]) -> Figures:
    alone = [one for one in found if not one["pair"]]
    pairs = [one for one in found if one["pair"]]
    labels = {one["what"] for one in alone}
    return [("one at a time", f"{len(alone):,} at {len(labels)} labels"), ("in pairs", f"{len(pairs):,}")]


def _nth(found: list[dict[str, Any]]) -> Figures:
    kinds: Counter[str] = Counter(one["what"] for one in found)
    last = max(one["nth"] for one in found)
    return [("", f"{len(found):,} ({', '.join(f'{n:,} {kind}' for kind, n in kinds.items())}), up to the {last:,}th")]


def _drills(found: list[dict[str, Any]]) -> Figures:
    slowest = max(one["seconds"] for one in found)
    return [("done", f"{len(found):,}"), ("slowest restore", f"{slowest:.2f} s"),
            ("writes afterwards", f"{sum(one['writes'] for one in found):,}")]  # fmt: skip


def _rounds(found: list[dict[str, Any]]) -> Figures:
    return [
        (
            "",
            f"{len(found):,} rounds of {len({one['what'] for one in found})} kinds, {sum(one['crowd'] for one in found):,} rivals",
        )
    ]


def _clock(found: list[dict[str, Any]]) -> Figures:
    return [("tried", f"{len(found):,}"), ("longest wait until all was done", f"{max(one['waited'] for one in found):,} s")]


def _fuzz(found: list[dict[str, Any]]) -> Figures:
    return [("", f"{sum(one['tries'] for one in found):,} at {len({one['what'] for one in found})} doors")]


ROWS = {
    "histories": _histories, "Sage histories": _by_hand, "careless variants caught": _variants, "power cuts": _cuts, "failures of the Nth operation": _nth,
    "races": _rounds, "locked database": _tried, "restarted database": _tried, "disk full": _tried, "clock jumps": _clock,
    "Redis dead, flushed, doubled": _tried, "restore drills": _drills, "spoiled messages and files": _fuzz, FAILED: _failed,
}  # fmt: skip
"""proof -> its figures, in the order of the table; any other proof is counted."""


if __name__ == "__main__":
    print("\n".join(["", *table(read(Path(sys.argv[1])))]))
