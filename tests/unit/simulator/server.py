"""A tiny web server for the Web Connector, in this process: answers what it was told to answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from lxml import etree

from erp.simulator.soap import INTUIT, SOAP

QWC = """<?xml version="1.0"?>
<QBWCXML>
<AppName>Countersign</AppName><AppID></AppID>
<AppURL>http://localhost:8000/qbwc</AppURL><AppDescription>Approvals</AppDescription>
<AppSupport>http://localhost:8000/support</AppSupport><UserName>connection-1</UserName>
<OwnerID>{57F3B9B1-86F1-4fcc-B1EE-566DE1813D20}</OwnerID>
<FileID>{90A44FB5-33D9-4815-AC85-BC87A7E7D1EB}</FileID>
<QBType>QBFS</QBType><Style>Document</Style>
<Scheduler><RunEveryNMinutes>5</RunEveryNMinutes></Scheduler><IsReadOnly>false</IsReadOnly>
</QBWCXML>"""
HOST_QUERY = (
    '<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="stopOnError">'
    '<HostQueryRq requestID="a"/></QBXMLMsgsRq></QBXML>'
)


@dataclass
class FakeServer:
    """Hands out `requests` one after the other; single answers can be replaced in `answers` or broken in `raw`."""

    requests: list[str] = field(default_factory=list)
    answers: dict[str, str | int | list[str]] = field(default_factory=dict)
    raw: dict[str, tuple[int, Mapping[str, str], bytes]] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    left: int = 0

    def __post_init__(self) -> None:
        self.left = len(self.requests)

    def post(self, url: str, headers: dict[str, str], body: bytes) -> tuple[int, Mapping[str, str], bytes]:
        method, arguments = _read(body)
        self.calls.append((method, arguments))
        self.headers.append(headers)
        self.bodies.append(body)
        if method in self.raw:
            return self.raw[method]
        return 200, {"Content-Type": "text/xml; charset=utf-8"}, reply(method, self._answer(method))

    def _answer(self, method: str) -> str | int | list[str]:
        if method in self.answers:
            return self.answers[method]
        if method == "authenticate":
            return ["ticket-1", "" if self.left else "none", "", ""]
        if method == "sendRequestXML":
            return self.requests[len(self.requests) - self.left] if self.left else ""
        if method == "receiveResponseXML":
            self.left = max(0, self.left - 1)
            return 100 if self.left == 0 else 50
        return {"connectionError": "done", "closeConnection": "OK", "serverVersion": "1.0"}.get(method, "")

    @property
    def methods(self) -> list[str]:
        return [method for method, _ in self.calls]

    def arguments(self, method: str) -> dict[str, str]:
        return next(arguments for name, arguments in self.calls if name == method)


def reply(method: str, value: str | int | list[str]) -> bytes:
    if isinstance(value, list):
        inner = "".join(f"<string>{escape(item)}</string>" for item in value)
    else:
        inner = escape(str(value))
    return (
        f'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="{SOAP}"><soap:Body>'
        f'<{method}Response xmlns="{INTUIT}"><{method}Result>{inner}</{method}Result></{method}Response>'
        "</soap:Body></soap:Envelope>"
    ).encode()


def _read(body: bytes) -> tuple[str, dict[str, str]]:
    call = etree.fromstring(body)[0][0]
    return etree.QName(call).localname, {etree.QName(child).localname: child.text or "" for child in call}
