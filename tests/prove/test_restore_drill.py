"""The restore drill by seeds: 0 re-exports, 0 duplicates, a true report of differences, and how long the restore takes.

`PROVE_DRILLS=100 pytest tests/prove/test_restore_drill.py` drills that many (10 by default).
"""

import os

import pytest

from tests.prove.drill import drill
from tests.prove.figures import note


@pytest.mark.parametrize("number", range(int(os.environ.get("PROVE_DRILLS") or 10)))
def test_after_a_restore_nothing_is_posted_twice(number: int, capsys: pytest.CaptureFixture[str]) -> None:
    done = drill(number)
    note("restore drills", str(number), seconds=done.seconds, writes=done.writes_after)
    with capsys.disabled():
        print(f"\ndrill {number}: restored in {done.seconds:.2f} s; {done.lost} not known, {done.ahead} further there; "
              f"{done.writes_after} writes afterwards, {done.people} wait for a person; {dict(done.states)}")  # fmt: skip
