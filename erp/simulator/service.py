"""The web server's eight methods as the Web Connector calls them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from erp.simulator import soap, wire
from erp.simulator.qwclog import QwcLog
from erp.simulator.soap import Arguments, BadReply, Reply

CODES = {
    "authenticate": "QBWC1012",
    "clientVersion": "QBWC1046",
    "sendRequestXML": "QBWC1041",
    "receiveResponseXML": "QBWC1042",
    "connectionError": "QBWC1043",
    "getLastError": "QBWC1044",
    "closeConnection": "QBWC1045",
}
T = TypeVar("T")
COUNTRY, MAJOR, MINOR = "US", 16, 0


class ServiceFailed(Exception):
    """A method of the web server answered something the Web Connector cannot read."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


class Service:
    """One web server, reached over `post`."""

    def __init__(self, url: str, style: str, post: Callable[[str, dict[str, str], bytes], wire.Answered], log: QwcLog) -> None:
        self.url = url
        self.style = style
        self.post = post
        self.log = log

    def server_version(self) -> str:
        """Ask the application for its version."""
        return self._text("serverVersion", {})

    def client_version(self, version: str) -> str:
        """Tell our version and hear whether it is welcome."""
        return self._text("clientVersion", {"strVersion": version})

    def authenticate(self, user: str, password: str) -> list[str]:
        """Log in; at least ticket and company file come back."""
        answer = self._call("authenticate", {"strUserName": user, "strPassword": password}, soap.strings_result)
        for index, value in enumerate(answer):
            self._log("authenticate", f'authRet[{index}] = "{value}"')
        if len(answer) < 2:
            raise ServiceFailed("QBWC1012", "Authenticate failed: index was outside the bounds of the array.")
        return answer

    def send_request(self, ticket: str, hcp: str, file: str) -> str:
        """Ask for the next message set."""
        arguments: Arguments = {
            "ticket": ticket,
            "strHCPResponse": hcp,
            "strCompanyFileName": file,
            "qbXMLCountry": COUNTRY,
            "qbXMLMajorVers": MAJOR,
            "qbXMLMinorVers": MINOR,
        }
        request = self._text("sendRequestXML", arguments)
        self.log.dump("SOAPWebService.do_sendRequestXML()", "received request", request)
        return request

    def receive_response(self, ticket: str, response: str, hresult: str, message: str) -> int:
        """Hand over what QuickBooks answered; returns the percentage."""
        self.log.dump("SOAPWebService.do_receiveResponseXML()", f'response, hresult="{hresult}"', response)
        arguments = {"ticket": ticket, "response": response, "hresult": hresult, "message": message}
        percent = self._call("receiveResponseXML", arguments, soap.int_result)
        self._log("receiveResponseXML", f"{percent} % done")
        return percent

    def last_error(self, ticket: str) -> str:
        """Ask what is wrong."""
        return self._text("getLastError", {"ticket": ticket})

    def connection_error(self, ticket: str, hresult: str, message: str) -> str:
        """Tell that the company file could not be opened."""
        return self._text("connectionError", {"ticket": ticket, "hresult": hresult, "message": message})

    def close_connection(self, ticket: str) -> str:
        """Say good-bye; the text is shown to the user."""
        return self._text("closeConnection", {"ticket": ticket})

    def _text(self, method: str, arguments: Arguments) -> str:
        text = self._call(method, arguments, soap.text_result)
        if method != "sendRequestXML":
            self._log(method, f'"{text}"')
        return text

    def _call(self, method: str, arguments: Arguments, read: Callable[[str, Reply], T]) -> T:
        body = soap.envelope(method, arguments, self.style)
        try:
            return read(method, Reply(*self.post(self.url, soap.headers(method, body), body)))
        except BadReply as error:
            self._log(method, f"{CODES.get(method, 'QBWC1012')}: {error}")
            raise ServiceFailed(CODES.get(method, "QBWC1012"), f"{method} failed: {error}") from error

    def _log(self, method: str, text: str) -> None:
        self.log.write(f"SOAPWebService.do_{method}()", text)
