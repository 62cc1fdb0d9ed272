"""Sessions are ended as a whole, and only those that are named."""

import os
import signal
import subprocess
import sys

import pytest

from supervisor import guard


def sleeper() -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(60)"], start_new_session=True)


def test_a_named_session_ends_and_a_noise_session_stays() -> None:
    ours, noise = sleeper(), sleeper()
    guard.kill_session(ours.pid)
    assert ours.wait(5) == -signal.SIGKILL
    assert guard.members(noise.pid) == [noise.pid]
    noise.kill()
    noise.wait()


def test_a_process_that_was_not_waited_for_is_no_member_any_more() -> None:
    dead = sleeper()
    dead.kill()
    os.waitid(os.P_PID, dead.pid, os.WEXITED | os.WNOWAIT)
    assert guard.members(dead.pid) == []
    dead.wait()


def test_session_and_process_0_are_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard.os, "kill", lambda *_: pytest.fail("somebody was signalled"))
    guard.kill_session(0)
    guard.end_sessions([0])
    guard.signal_to(0, signal.SIGKILL)


def test_one_that_was_taken_off_the_list_stays() -> None:
    ours, other = sleeper(), sleeper()
    said = f"+{ours.pid}\n+{other.pid}\n-{other.pid}\n"
    subprocess.run([sys.executable, "-S", "-E", guard.__file__], input=said, text=True, check=True, timeout=5)
    assert ours.wait(5) == -signal.SIGTERM
    assert other.poll() is None
    other.kill()
    other.wait()
