"""A log like the Web Connector's QWCLog.txt."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

LARGEST = 4_000_000


class QwcLog:
    """Lines of one session in memory, and of all sessions in a file."""

    def __init__(self, path: Path | None, clock: Callable[[], float]) -> None:
        self.path = path
        self.clock = clock
        self.lines: list[str] = []

    def write(self, where: str, text: str) -> None:
        """Add one line: where the connector is, and what it has to say."""
        now = datetime.datetime.fromtimestamp(self.clock(), datetime.UTC)
        self._add(f"{now:%Y%m%d.%H:%M:%S} UTC\t: QBWebConnector.{where} : {text}")

    def dump(self, where: str, what: str, xml: str) -> None:
        """Add a whole document, as the level VERBOSE does."""
        self.write(where, f"{what} : XML dump follows: -")
        self._add(xml if xml.endswith("\n") else f"{xml}\n", in_session=False)

    def _add(self, text: str, in_session: bool = True) -> None:
        if in_session:
            self.lines.append(text)
        if self.path is None:
            return
        if self.path.exists() and self.path.stat().st_size > LARGEST:
            self.path.replace(self.path.with_suffix(".1.txt"))
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{text}\n")
