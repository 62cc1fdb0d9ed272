"""The children: started in sessions of their own, restarted when they die, stopped in order, and never left behind."""

import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

from supervisor import guard

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 15.0  # seconds before a dead child is started again
STEADY = 30.0  # seconds after which a child counts as having lived
PATIENCE = 1.5  # seconds between SIGTERM and SIGKILL, for each of the two waves
TRIES = 4  # deaths in a row after which a start is given up
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Command:
    """A program to run: its name in the log and in run.json, its arguments, and whether the others lean on it."""

    name: str
    argv: tuple[str, ...]
    stops_last: bool = False


class Stopped(Exception):
    """Somebody asked for the end: Ctrl-C, SIGTERM or a closed terminal."""


class Failed(Exception):
    """A child could not do its work; the message says what it wrote last."""


def say(text: str) -> None:
    """One line for the person at the terminal, who may have closed it."""
    try:
        print(text, flush=True)
    except OSError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - stays open until the end


class Child:
    """One command and the process that now runs it."""

    def __init__(self, command: Command, log: Path, once: bool = False) -> None:
        self.command, self.log, self.once = command, log, once
        self.deaths = 0
        self.due: float | None = None
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id, which is its session's id too; 0 while it is not running."""
        return self.process.pid if self.process else 0

    def start(self, env: Mapping[str, str], cwd: Path, output: IO[bytes] | None = None) -> None:
        """Start the process; `output` takes what it prints in place of the log."""
        self.due, self.began, parent = None, time.monotonic(), os.getpid()
        with self.log.open("ab") as log:
            self.from_byte = log.tell()
            self.process = subprocess.Popen(
                self.command.argv,
                cwd=cwd,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=output or log,
                stderr=log,
                start_new_session=True,
                preexec_fn=lambda: _die_with(parent),
            )

    def has_died(self) -> bool:
        """True once, when the process has ended."""
        return self.process is not None and self.process.poll() is not None

    def bury(self) -> str:
        """Forget the dead process, end what it left, plan the next start and say how it ended."""
        assert self.process is not None
        guard.kill_session(self.process.pid)
        code, self.process = self.process.returncode, None
        self.deaths = 1 if time.monotonic() - self.began > STEADY else self.deaths + 1
        self.pause = min(FIRST_PAUSE * 2 ** (self.deaths - 1), LONGEST_PAUSE)
        self.due = time.monotonic() + self.pause
        return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit {code}"

    def last_words(self, lines: int = 6) -> str:
        """The end of what this start wrote to the log, indented, in which its reason is likely to be."""
        with self.log.open("rb") as log:
            log.seek(self.from_byte)
            text = log.read().decode(errors="replace")
        return "".join(f"\n    {line}" for line in text.splitlines()[-lines:])


class Guard:
    """The other end of guard.py: a pipe that closes when this process ends, however it ends."""

    def __init__(self, keeps: tuple[int, ...]) -> None:
        self.keeps = keeps  # descriptors held open until the last session has ended
        self.sessions: set[int] = set()
        self._start()

    def _start(self) -> None:
        argv = (sys.executable, "-S", "-E", guard.__file__)
        self.process = subprocess.Popen(argv, stdin=subprocess.PIPE, start_new_session=True, pass_fds=self.keeps, text=True)
        self._tell("".join(f"+{session}\n" for session in self.sessions))

    def watch(self, sessions: set[int]) -> None:
        """Make these the sessions that end with this process; start the guard anew if somebody ended it."""
        come, gone, self.sessions = sessions - self.sessions, self.sessions - sessions, sessions
        if self.process.poll() is not None:
            self._start()
        elif come or gone:
            self._tell("".join([f"+{session}\n" for session in come] + [f"-{session}\n" for session in gone]))

    def dismiss(self) -> None:
        """Close the pipe and wait: what is still named ends now."""
        pipe = self.process.stdin
        assert pipe is not None
        pipe.close()
        self.process.wait()

    def _tell(self, lines: str) -> None:
        pipe = self.process.stdin
        assert pipe is not None
        try:
            pipe.write(lines)
            pipe.flush()
        except BrokenPipeError:
            self.process.kill()


class Household:
    """All children of one supervisor. Use as a context: leaving it stops them."""

    def __init__(
        self, var: Path, env: Mapping[str, str], cwd: Path, facts: Mapping[str, object], keeps: tuple[int, ...] = ()
    ) -> None:
        self.var, self.env, self.cwd, self.facts, self.keeps = var, env, cwd, dict(facts), keeps
        self.children: dict[str, Child] = {}
        self.asked_to_stop = False
        (var / "log").mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        self.wakes, self.wakened_by = os.pipe()
        os.set_blocking(self.wakened_by, False)
        signal.set_wakeup_fd(self.wakened_by, warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.has_terminal = os.isatty(0)
        self.guard = Guard(self.keeps)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, *commands: Command) -> None:
        """Start these; from now on they are restarted when they die."""
        for command in commands:
            self._launch(self._child(command))

    def finish(self, command: Command) -> str:
        """Run a command to its end and return what it printed; raises Failed when it fails."""
        child = self._child(command, once=True)
        with tempfile.TemporaryFile() as output:
            self._launch(child, output)
            while not child.has_died():
                self.pause(5)
            output.seek(0)
            printed = output.read().decode(errors="replace")
        end = child.bury()
        del self.children[command.name]
        if end != "exit 0":
            raise Failed(f"{command.name} failed ({end}):{child.last_words(12)}")
        return printed

    def until(self, test: Callable[[], bool], name: str) -> None:
        """Wait until a test holds; raises Failed when the named child dies again and again meanwhile."""
        while not test():
            if self.children[name].deaths >= TRIES:
                raise Failed(f"{name} does not start:{self.children[name].last_words(12)}")
            self.pause(0.05)

    def watch(self) -> None:
        """Keep the children alive until somebody asks for the end."""
        while True:
            self.pause(2)

    def pause(self, seconds: float) -> None:
        """Sleep until something happens, at most so long, and look after the children; raises Stopped."""
        dues = [child.due - time.monotonic() for child in self.children.values() if child.due]
        select.select([self.wakes], [], [], max(0, min([seconds, *dues])))
        _drain(self.wakes)
        if self.asked_to_stop or self._terminal_has_closed():
            raise Stopped
        for child in list(self.children.values()):
            self._look_after(child)
        self.guard.watch(self._sessions())
        if self.facts.get("guard") != self.guard.process.pid:
            self.tell()

    def stop(self) -> None:
        """End all: first everybody who works, then what they lean on, each with SIGTERM and then SIGKILL."""
        for last in (False, True):
            self._end([child for child in self.children.values() if child.command.stops_last is last and child.process])
        self.guard.watch(set())
        self.guard.dismiss()
        (self.var / "run.json").unlink(missing_ok=True)

    def tell(self, **facts: object) -> None:
        """Write run.json: who runs under which process id, and where."""
        pids = {name: child.pid for name, child in self.children.items()}
        self.facts.update(facts, supervisor=os.getpid(), guard=self.guard.process.pid, children=pids)
        fresh = self.var / "run.json.new"
        fresh.write_text(json.dumps(self.facts, indent=2))
        fresh.replace(self.var / "run.json")

    def _child(self, command: Command, once: bool = False) -> Child:
        child = Child(command, self.var / "log" / f"{command.name}.log", once)
        self.children[command.name] = child
        return child

    def _launch(self, child: Child, output: IO[bytes] | None = None) -> None:
        child.start(self.env, self.cwd, output)
        self.guard.watch(self._sessions())
        self.tell()

    def _look_after(self, child: Child) -> None:
        if child.has_died() and not child.once:
            end = child.bury()
            words = child.last_words() if end.startswith("exit") else ""
            say(f"{child.command.name} stopped ({end}), starting again in {child.pause:.1f} s{words}")
            self.tell()
        if child.due and time.monotonic() >= child.due:
            self._launch(child)

    def _sessions(self) -> set[int]:
        return {child.pid for child in self.children.values() if child.process}

    def _end(self, children: list[Child]) -> None:
        for child in children:
            guard.signal_to(child.pid, signal.SIGTERM)
        patience = time.monotonic() + PATIENCE
        while time.monotonic() < patience and not all(child.has_died() for child in children):
            select.select([self.wakes], [], [], 0.05)
            _drain(self.wakes)
        for child in children:
            guard.kill_session(child.pid)
            assert child.process is not None
            child.process.wait()

    def _terminal_has_closed(self) -> bool:
        """A make that leads the terminal's session keeps its SIGHUP to itself and waits for us."""
        return self.has_terminal and not os.isatty(0)

    def _ask_to_stop(self, *_: object) -> None:
        self.asked_to_stop = True


def _drain(descriptor: int) -> None:
    while select.select([descriptor], [], [], 0)[0]:
        os.read(descriptor, 512)


def _die_with(parent: int) -> None:
    """On Linux, in the new child: receive SIGTERM when the supervisor is gone. The guard does the same elsewhere."""
    if LIBC:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(0)
