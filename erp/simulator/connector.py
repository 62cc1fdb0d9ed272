"""The Web Connector: one update session after the other between a web server and a company file."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from erp.simulator import wire
from erp.simulator.company import Company
from erp.simulator.faults import ConnectorDied, Fault, no_fault, twisted
from erp.simulator.installing import install
from erp.simulator.qwc import Application, NotInstalled, application
from erp.simulator.qwclog import QwcLog
from erp.simulator.refusals import HResult
from erp.simulator.service import Service, ServiceFailed
from erp.simulator.session import OUTCOMES, Session

CLIENT_VERSION = "2.3.0.215"
NO_OP_SECONDS = 5.0
PATIENCE = 20
FILE_TRIES = 3
HCP = (
    '<?xml version="1.0" ?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="continueOnError">'
    '<HostQueryRq requestID="0"></HostQueryRq><CompanyQueryRq requestID="1"><OwnerID>{owner}</OwnerID></CompanyQueryRq>'
    '<PreferencesQueryRq requestID="2"></PreferencesQueryRq></QBXMLMsgsRq></QBXML>'
)


class WebConnector:
    """A simulated Web Connector that has one application and one company file."""

    def __init__(
        self,
        qwc: str,
        password: str,
        company: Company,
        *,
        post: Callable[[str, dict[str, str], bytes], wire.Answered] | None = None,
        get: Callable[[str], wire.Answered] | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        style: str | None = None,
        fault: Fault | None = None,
        log_path: Path | None = None,
    ) -> None:
        self.qwc = qwc
        self.password = password
        self.company = company
        self.clock = clock
        self.sleep = sleep
        self.style = style
        self.fault: Fault = fault or no_fault
        self.log_path = log_path
        self.late: list[tuple[str, str, str, str]] = []
        self._post = post or wire.post
        self._get = get or (None if post else wire.get)

    def update(self) -> Session:
        """Run one whole update session; never raises."""
        session, log = Session(), QwcLog(self.log_path, self.clock)
        try:
            self._run(session, log)
        except NotInstalled as error:
            session.end(log, "not installed", f"{error.code}: {error.message}")
        except wire.Unreachable as error:
            session.end(log, "unreachable", str(error))
        except ServiceFailed as error:
            session.end(log, "failed", f"{error.code}: {error}")
        except ConnectorDied:
            session.outcome = "died"
        finally:
            self.company.end_session()
        session.message = session.message or OUTCOMES[session.outcome]
        session.log = log.lines
        return session

    def deliver_late(self) -> list[int]:
        """Hand over the answers held back by the fault `late`, under their old tickets; returns the percentages."""
        log = QwcLog(self.log_path, self.clock)
        service = self._service(application(self.qwc), log)
        held, self.late = self.late, []
        return [service.receive_response(*answer) for answer in held]

    def _run(self, session: Session, log: QwcLog) -> None:
        app = application(self.qwc)
        install(self.company, app, self._get)
        service = self._service(app, log)
        log.write("UpdateThisScheduledApp()", f"Updating {app.name} at {app.url}")
        if not _versions_agree(session, log, service):
            return
        file = self._authenticated(session, log, service, app)
        if file is None or not self._opened(session, log, service, file):
            return
        self._exchange(session, log, service, app)
        self.fault("before_close")
        session.message = f"{session.message} {service.close_connection(session.ticket)}".strip()

    def _service(self, app: Application, log: QwcLog) -> Service:
        return Service(app.url, self.style or app.style, self._post, log)

    def _authenticated(self, session: Session, log: QwcLog, service: Service, app: Application) -> str | None:
        """The company file to open, or None if there is nothing to do."""
        self.fault("before_authenticate")
        answer = service.authenticate(app.user, self.password)
        self.fault("after_authenticate")
        session.ticket, file = answer[0], answer[1]
        session.postpone, session.at_least = _seconds(answer, 2), _seconds(answer, 3)
        outcome = file.lower() if file.lower() in ("none", "nvu", "busy") else "postponed" if session.postpone else ""
        if not outcome:
            return file
        session.end(log, outcome)
        if session.ticket:
            service.close_connection(session.ticket)
        return None

    def _opened(self, session: Session, log: QwcLog, service: Service, file: str) -> bool:
        """Open the company file, asking the application what to do when it will not open."""
        for _ in range(FILE_TRIES):
            try:
                self.company.begin_session(file)
                return True
            except HResult as error:
                session.end(log, "no company", f"{error.code}: {error.message}")
                file = service.connection_error(session.ticket, error.code, error.message)
                if file.lower() == "done":
                    return False
        return False

    def _exchange(self, session: Session, log: QwcLog, service: Service, app: Application) -> None:
        hcp = self._hcp(app)
        waited = 0
        while True:
            request = service.send_request(session.ticket, hcp, self.company.file_name)
            if request:
                hcp, waited = "", 0
                session.percent = self._carry(session, service, request)
                if not 0 <= session.percent < 100:
                    break
                continue
            error = service.last_error(session.ticket)
            if error != "NoOp" or waited == PATIENCE:
                return session.end(log, "failed", error)
            hcp, waited = "", waited + 1
            self.sleep(NO_OP_SECONDS)
        if session.percent < 0:
            return session.end(log, "failed", service.last_error(session.ticket))
        return session.end(log, "done")

    def _hcp(self, app: Application) -> str:
        try:
            return self.company.process(HCP.format(owner=app.owner))
        except HResult as error:
            raise ServiceFailed("QBWC1014", error.message) from error

    def _carry(self, session: Session, service: Service, request: str) -> int:
        """Take one request to QuickBooks and its answer back; returns the percentage."""
        self.fault("request_received")
        response, hresult, message = self._processed(request)
        twist = self.fault("executed") or ""
        if twist.startswith("hresult:"):
            error = HResult(twist.removeprefix("hresult:"))
            response, hresult, message = "", error.code, error.message
        response = twisted(twist, response, session.exchanges[-1][1] if session.exchanges else "")
        if twist == "late":
            self.late.append((session.ticket, response, hresult, message))
            raise ConnectorDied
        session.exchanges.append((request, response or hresult))
        percent = service.receive_response(session.ticket, response, hresult, message)
        if twist == "duplicate":
            percent = service.receive_response(session.ticket, response, hresult, message)
        self.fault("delivered")
        return percent

    def _processed(self, request: str) -> tuple[str, str, str]:
        try:
            return self.company.process(request), "", ""
        except HResult as error:
            return "", error.code, error.message


def _versions_agree(session: Session, log: QwcLog, service: Service) -> bool:
    service.server_version()
    verdict = service.client_version(CLIENT_VERSION)
    if verdict[:2] in ("E:", "O:"):
        session.end(log, "stopped", verdict)
        return False
    return True


def _seconds(answer: list[str], index: int) -> float | None:
    text = answer[index].strip() if len(answer) > index else ""
    return float(text) if text.isdecimal() and int(text) else None


__all__ = ["OUTCOMES", "Session", "WebConnector"]
