"""What all histories together came to: faults are counted, not seeds."""

from collections import Counter
from dataclasses import dataclass, field

from tests.prove.world import Result


@dataclass
class Figures:
    """A running sum."""

    seeds: int = 0
    writes: int = 0
    changes: int = 0
    again: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    broken: list[Result] = field(default_factory=list)

    def add(self, result: Result) -> Result:
        """Count one history."""
        self.seeds += 1
        self.writes += result.writes
        self.changes += result.changes
        self.again += result.again
        self.faults += result.faults
        self.states += result.states
        self.broken += [result] if result.broken else []
        return result

    def lines(self) -> list[str]:
        """For the last lines on the screen."""
        if not self.seeds:
            return []
        ended = ", ".join(f"{n:,} {state}" for state, n in self.states.most_common())
        kinds = ", ".join(f"{name} {n:,}" for name, n in self.faults.most_common())
        return [
            f"{self.seeds:,} histories, {sum(self.faults.values()):,} faults of {len(self.faults)} kinds, "
            f"{self.writes:,} writes, {self.changes:,} of them changes, {self.again:,} handed out again; {len(self.broken)} broken promises",
            f"items: {ended}",
            f"faults: {kinds}",
            *(f"seed {result.seed}: {result.broken}" for result in self.broken),
        ]


FIGURES = Figures()
