"""Children live in sessions of their own, are restarted, stop in order and in time, and are never left behind."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from supervisor.children import Command, Failed, Household, Stopped
from tests.unit.supervisor.conftest import QUIET, Supervisor, eventually

Supervise = Callable[..., Supervisor]

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
WITH_A_HORSE = """
import os, time
if os.fork() == 0:
    os.setpgrp()
    open("horse", "w").write(str(os.getpid()))
time.sleep(60)
"""
TELLS_WHEN_IT_STOPS = """
import signal, sys, time
def stop(*_):
    open("order", "a").write("{0} ")
    sys.exit()
signal.signal(signal.SIGTERM, stop)
print("listening", flush=True)
time.sleep(60)
"""


def test_ctrl_c_stops_all_in_a_moment(supervise: Supervise) -> None:
    said, seconds = (family := supervise(web=QUIET, clock=QUIET)).stop()
    assert said == "Stopped.\n"
    assert seconds < 1.5
    assert not family.left()
    assert family.process.returncode == 0


def test_what_others_lean_on_stops_last(supervise: Supervise, tmp_path: Path) -> None:
    family = supervise(**{name: TELLS_WHEN_IT_STOPS.replace("{0}", name) for name in ("redis", "web", "worker")})
    eventually(lambda: all("listening" in log(family, name) for name in ("redis", "web", "worker")))
    family.stop()
    order = (tmp_path / "order").read_text().split()
    assert sorted(order) == ["redis", "web", "worker"]
    assert order[-1] == "redis"


def test_a_child_that_does_not_listen_is_killed_within_four_seconds(supervise: Supervise) -> None:
    family = supervise(web=STUBBORN, redis=STUBBORN)
    eventually(lambda: all("deaf" in log(family, name) for name in ("web", "redis")))
    _, seconds = family.stop()
    assert seconds < 4
    assert not family.left()


def test_a_terminal_that_closes_without_a_word_stops_it(supervise: Supervise) -> None:
    person, keyboard = os.openpty()
    family = supervise(keyboard, web=QUIET)
    os.close(keyboard)
    assert family.process.poll() is None
    os.close(person)
    assert family.process.wait(6) == 0
    assert not family.left()


def test_sigterm_and_sighup_stop_it_too(supervise: Supervise) -> None:
    for number in (signal.SIGTERM, signal.SIGHUP):
        family = supervise(web=QUIET)
        family.process.send_signal(number)
        assert family.process.wait(5) == 0
        assert not family.left()


def test_a_killed_supervisor_leaves_nobody_behind(supervise: Supervise, tmp_path: Path) -> None:
    family = supervise(web=STUBBORN, worker=WITH_A_HORSE, redis=QUIET)
    eventually(lambda: (tmp_path / "horse").exists() and "deaf" in log(family, "web"))
    assert len(family.left()) == 5  # web, worker, horse, redis, guard
    family.process.kill()
    eventually(lambda: not family.left())


def test_a_killed_supervisor_leaves_nobody_behind_even_after_its_guard_was_killed(supervise: Supervise) -> None:
    family = supervise(web=STUBBORN)
    eventually(lambda: "deaf" in log(family, "web"))
    first = family.facts["guard"]
    os.kill(first, signal.SIGKILL)
    eventually(lambda: family.facts["guard"] != first)
    family.process.kill()
    eventually(lambda: not family.left())


def test_a_dead_child_is_started_again_and_its_last_words_are_shown(supervise: Supervise, tmp_path: Path) -> None:
    dies_once = (
        "import os, sys\nif not os.path.exists('again'): open('again', 'w'); sys.exit('no disk')\nprint('back', flush=True)\n"
    )
    family = supervise(web=QUIET, clock=dies_once + QUIET)
    eventually(lambda: "back" in log(family, "clock"))
    said, _ = family.stop()
    assert said.splitlines() == ["clock stopped (exit 1), starting again in 0.2 s", "    no disk", "Stopped."]


def test_a_killed_child_comes_back_while_the_others_stay(supervise: Supervise) -> None:
    family = supervise(web=QUIET, clock=QUIET)
    web, clock = family.pid("web"), family.pid("clock")
    os.kill(web, signal.SIGKILL)
    eventually(lambda: family.pid("web") not in {0, web})
    assert family.pid("clock") == clock
    assert "web stopped (signal SIGKILL), starting again in 0.2 s\n" in family.stop()[0]


def test_the_horse_of_a_killed_worker_does_not_outlive_it(supervise: Supervise, tmp_path: Path) -> None:
    family = supervise(worker=WITH_A_HORSE)
    eventually(lambda: (tmp_path / "horse").exists() and (tmp_path / "horse").read_text())
    horse, worker = int((tmp_path / "horse").read_text()), family.pid("worker")
    os.kill(worker, signal.SIGKILL)
    eventually(lambda: not is_running(horse) and family.pid("worker") not in {0, worker})


def test_one_that_dies_again_and_again_is_started_less_and_less_often(supervise: Supervise) -> None:
    family = supervise(clock="import sys; sys.exit('no')")
    eventually(lambda: len(log(family, "clock").splitlines()) >= 4)
    pauses = [line.split()[-2] for line in family.stop()[0].splitlines() if "again in" in line]
    assert pauses[:3] == ["0.2", "0.4", "0.8"]


def test_children_have_sessions_of_their_own_and_no_keyboard(supervise: Supervise) -> None:
    family = supervise(web="import os, sys; print(os.getsid(0) == os.getpid(), repr(sys.stdin.read()), flush=True); " + QUIET)
    eventually(lambda: log(family, "web") == "True ''\n")


@pytest.fixture
def signals() -> None:
    """Leave this process's signals as they were."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    signal.set_wakeup_fd(-1)
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def household(tmp_path: Path, signals: None) -> Household:
    with Household(tmp_path, os.environ, tmp_path, {}) as household:
        yield household


def test_a_task_returns_what_it_printed_and_is_not_repeated(household: Household) -> None:
    assert household.finish(Command("demo", ("sh", "-c", "echo Pam; echo noise >&2"))) == "Pam\n"
    assert not household.children


def test_a_failed_task_says_what_it_wrote_last(household: Household) -> None:
    with pytest.raises(Failed, match=r"migrate failed \(exit 3\):\n    no such table$"):
        household.finish(Command("migrate", ("sh", "-c", "echo no such table >&2; exit 3")))


def test_a_start_that_fails_again_and_again_is_given_up(household: Household) -> None:
    household.start(Command("web", ("sh", "-c", "echo no module named app >&2; exit 1")))
    with pytest.raises(Failed, match="web does not start:\n    no module named app"):
        household.until(lambda: False, "web")


def test_a_wish_to_stop_ends_a_task(household: Household) -> None:
    household.start(Command("impatient", ("sh", "-c", f"kill -INT {os.getpid()}; sleep 60")))
    with pytest.raises(Stopped):
        household.finish(Command("migrate", ("sleep", "60")))


def log(family: Supervisor, name: str) -> str:
    return (family.var / "log" / f"{name}.log").read_text()


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return pid > 0
