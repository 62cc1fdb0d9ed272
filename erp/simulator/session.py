"""One update session and how it may end."""

from __future__ import annotations

from dataclasses import dataclass, field

from erp.simulator.qwclog import QwcLog

OUTCOMES = {
    "done": "Update completed successfully.",
    "none": "No data exchange required.",
    "nvu": "Invalid user name or password.",
    "busy": "The application is busy.",
    "postponed": "Update postponed by application.",
    "stopped": "The application does not want this Web Connector version.",
    "failed": "QBWC1031: Update completed with some error.",
    "unreachable": "The web server could not be reached.",
    "no company": "The company file could not be opened.",
    "not installed": "The application could not be added.",
    "died": "The Web Connector vanished.",
}


@dataclass
class Session:
    """What came of one update: `outcome` is a key of OUTCOMES, `message` what the user would read."""

    outcome: str = "died"
    message: str = ""
    ticket: str = ""
    exchanges: list[tuple[str, str]] = field(default_factory=list)
    percent: int = 0
    postpone: float | None = None
    at_least: float | None = None
    log: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything there was to do is done."""
        return self.outcome in ("done", "none")

    def end(self, log: QwcLog, outcome: str, message: str = "") -> None:
        """Remember how it ended, and write it down."""
        self.outcome, self.message = outcome, message or OUTCOMES[outcome]
        log.write("UpdateThisScheduledApp()", self.message)
