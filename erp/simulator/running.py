"""The Web Connector on a timer: reads its files when they appear, and never gives up."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

from erp.simulator.company import Company
from erp.simulator.connector import Session, WebConnector


@dataclass
class Timer:
    """Runs one update after the other until it is stopped."""

    company: Company
    qwc: Path
    password: Path
    every: float
    stop: threading.Event = field(default_factory=threading.Event)
    wake: threading.Event = field(default_factory=threading.Event)
    last: Session | None = None
    pause: float = 0.0
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _connector: WebConnector | None = None
    _said: str = ""

    def run(self) -> None:
        """Update, wait, update again."""
        while True:
            self.wake.clear()
            if self.stop.is_set():
                return
            self.update()
            self.wake.wait(max(self.every, self.pause))

    def update(self) -> Session | None:
        """One update now, or nothing while the files are missing."""
        with self._turn:
            return self._update()

    def _update(self) -> Session | None:
        connector = self._ready()
        if connector is None:
            self._say(f"Waiting for {self.qwc} and {self.password}.")
            return None
        try:
            self.last = connector.update()
        except Exception as error:
            self._say(f"Update failed: {error!r}")
            return None
        self.pause = self.last.postpone or self.last.at_least or 0.0
        self._say(f"{self.last.outcome}: {self.last.message}")
        return self.last

    def end(self) -> None:
        """Stop as soon as the update under way allows."""
        self.stop.set()
        self.wake.set()

    def _ready(self) -> WebConnector | None:
        """A connector for the files as they are now."""
        if not (self.qwc.is_file() and self.password.is_file()):
            return None
        qwc, password = self.qwc.read_text(encoding="utf-8"), self.password.read_text(encoding="utf-8").strip()
        if self._connector is None or (self._connector.qwc, self._connector.password) != (qwc, password):
            log = self.company.path.with_name("QWCLog.txt")
            self._connector = WebConnector(qwc, password, self.company, log_path=log)
        return self._connector

    def _say(self, text: str) -> None:
        if text != self._said:
            print(text, flush=True)
            self._said = text
