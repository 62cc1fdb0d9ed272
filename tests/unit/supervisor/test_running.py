"""One supervisor per folder."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from supervisor.running import AlreadyRuns, take_lock
from supervisor.settings import Refused
from tests.unit.supervisor.conftest import QUIET, Supervisor


def test_a_second_start_says_what_runs_and_where(supervise: Callable[..., Supervisor], tmp_path: Path) -> None:
    first = supervise(web=QUIET)
    with pytest.raises(AlreadyRuns, match=rf"already runs at http://localhost:8000 \(process {first.process.pid}\)") as refusal:
        take_lock(tmp_path, "http://localhost:9000")
    assert refusal.value.status == 0


def test_the_folder_is_free_again_after_a_stop(supervise: Callable[..., Supervisor], tmp_path: Path) -> None:
    supervise(web=QUIET).stop()
    with take_lock(tmp_path, "http://localhost:9000") as lock:
        assert json.loads((tmp_path / "run.lock").read_text())[1] == "http://localhost:9000"
        assert not lock.closed


def test_after_a_sigkill_the_next_start_waits_for_the_children_to_go(
    supervise: Callable[..., Supervisor], tmp_path: Path
) -> None:
    killed = supervise(web=QUIET)
    killed.process.kill()
    killed.process.wait()
    with take_lock(tmp_path, "http://localhost:9000"):
        assert [pid for pid in killed.left() if pid != killed.facts["guard"]] == []


def test_the_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    with take_lock(tmp_path / "var", "http://localhost:9000"):
        assert (tmp_path / "var").stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Refused, match=r"VAR_DIR=.*/file/var cannot be used: Not a directory\.") as refusal:
        take_lock(tmp_path / "file" / "var", "http://localhost:8000")
    assert refusal.value.status == 2


def test_a_supervisor_that_could_not_take_the_folder_starts_nobody(supervise: Callable[..., Supervisor], tmp_path: Path) -> None:
    first = supervise(web=QUIET)
    code = "import sys; from pathlib import Path; from supervisor.running import take_lock; take_lock(Path(sys.argv[1]), 'x')"
    second = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True)
    assert "AlreadyRuns" in second.stderr
    assert json.loads((tmp_path / "run.lock").read_text())[0] == first.process.pid
