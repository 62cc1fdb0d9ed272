"""How things are measured: CPU time, in turns with the baseline, the ratio of every round, median and quartiles."""

import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from time import process_time
from typing import Any

NOISY = 0.15
Run = Callable[[], Any]


@dataclass(frozen=True)
class How:
    """How long: `rounds` of at least `seconds` of CPU each (0: one call, for what takes long by itself); `quick` also takes
    smaller sizes."""

    rounds: int = 15
    seconds: float = 0.05
    quick: bool = False


@dataclass
class Figure:
    """One line of the results. `value` is a ratio unless `unit` says otherwise; `iqr` its quartiles' distance in shares."""

    workload: str
    what: str
    value: float
    unit: str = "x"
    goal: str = ""
    met: bool | None = None
    iqr: float = 0.0
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def noisy(self) -> bool:
        """Whether the rounds differ too much to be believed at once."""
        return self.iqr > NOISY

    def row(self) -> dict[str, Any]:
        """As it is kept."""
        return {**asdict(self), "noisy": self.noisy}


def race(runs: dict[str, Run], how: How, clock: Callable[[], float] = process_time) -> dict[str, list[float]]:
    """Seconds per call of every runner in every round; the runners take turns, so that a busy neighbour meets all of them."""
    calls = {name: _calls(run, how.seconds, clock) for name, run in runs.items()}
    times: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(how.rounds):
        names = list(runs) if turn % 2 else list(reversed(runs))
        for name in names:
            times[name].append(_timed(runs[name], calls[name], clock))
    return times


def _calls(run: Run, seconds: float, clock: Callable[[], float]) -> int:
    if not seconds:
        return 1
    for _ in range(3):
        run()
    once = max(_timed(run, 3, clock), 1e-7)
    return max(1, round(seconds / once))


def _timed(run: Run, calls: int, clock: Callable[[], float]) -> float:
    start = clock()
    for _ in range(calls):
        run()
    return (clock() - start) / calls


def ratio(ours: list[float], base: list[float]) -> tuple[float, float]:
    """Median of the rounds' ratios, and the distance of their quartiles as a share of it."""
    each = [a / b for a, b in zip(ours, base, strict=True)]
    return statistics.median(each), spread(each)


def spread(values: list[float]) -> float:
    """The distance of the quartiles as a share of the median."""
    low, middle, high = statistics.quantiles(values, n=4) if len(values) > 1 else (values[0],) * 3
    return (high - low) / middle if middle else 0.0


def versus(workload: str, what: str, times: dict[str, list[float]], base: str, ours: str = "ours", most: float | None = None,
           least: float | None = None, rate: bool = False, **more: Any) -> Figure:  # fmt: skip
    """Ours against a baseline, with a goal: at most, or (of rates, base / ours) at least."""
    value, iqr = ratio(times[base], times[ours]) if rate or least is not None else ratio(times[ours], times[base])
    goal = f"<= {most:g}" if most is not None else f">= {least:g}" if least is not None else ""
    met = value <= most if most is not None else value >= least if least is not None else None
    more["ms"] = {name: round(1000 * statistics.median(values), 3) for name, values in times.items()}
    return Figure(workload, what, round(value, 3), "x", goal, met, round(iqr, 3), more)
