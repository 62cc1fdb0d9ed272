"""The SOAP door as bytes: reading calls of any style, answering compactly. Pure."""

import re
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from erp.connectors.quickbooks.qbxml import BAD_INCOMING

SPACE = "http://developer.intuit.com/"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
JUNK = re.compile(BAD_INCOMING.pattern.encode())
"""Control characters of old company files; .NET writes them as references that no XML parser takes."""

NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")

TICKET = re.compile(rb"<(?:\w+:)?ticket[^>]*>\s*([0-9a-f]{32})\s*<")

METHODS: dict[str, tuple[str, ...]] = {
    "serverVersion": (),
    "clientVersion": ("strVersion",),
    "authenticate": ("strUserName", "strPassword"),
    "sendRequestXML": ("ticket", "strHCPResponse", "strCompanyFileName", "qbXMLCountry", "qbXMLMajorVers", "qbXMLMinorVers"),
    "receiveResponseXML": ("ticket", "response", "hresult", "message"),
    "connectionError": ("ticket", "hresult", "message"),
    "getLastError": ("ticket",),
    "closeConnection": ("ticket",),
    "getInteractiveURL": ("wcTicket", "sessionID"),
    "interactiveRejected": ("wcTicket", "reason"),
    "interactiveDone": ("wcTicket",),
}


class NotSoap(Exception):
    """Bytes that name no method we know; `sentence` goes into the SOAP fault."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


@dataclass(frozen=True)
class Call:
    """A method and its arguments; missing arguments are empty."""

    method: str
    arguments: dict[str, str]


def read_call(body: bytes) -> Call:
    """The call in a SOAP 1.1 body, document or RPC style. Raises NotSoap."""
    body_element = _body(_root(body))
    element = next((child for child in body_element if isinstance(child.tag, str)), None)
    if element is None:
        raise NotSoap("The SOAP body is empty.")
    method = _local(element)
    if method not in METHODS:
        raise NotSoap(f"There is no method {method[:60]} here.")
    given = {_local(child): _text(child) for child in element if isinstance(child.tag, str)}
    return Call(method, {name: given.get(name, "") for name in METHODS[method]})


def ticket_in(head: bytes) -> str:
    """The ticket in the first bytes of a call, before all of it is read; empty when there is none."""
    found = TICKET.search(head)
    return found[1].decode() if found else ""


def _root(body: bytes) -> Any:
    if b"<!DOCTYPE" in body[:4096] or b"<!\x00D\x00O" in body[:4096] or b"\x00<\x00!\x00D" in body[:4096]:
        raise NotSoap("A DOCTYPE is not accepted.")
    root = _parsed(body.strip())
    if root is None:
        root = _parsed(JUNK.sub(b"", body).strip())
    if root is None:
        raise NotSoap("The request is no XML.")
    if root.getroottree().docinfo.doctype:
        raise NotSoap("A DOCTYPE is not accepted.")
    return root


def _parsed(body: bytes) -> Any | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_comments=True,
                             remove_pis=True)  # fmt: skip
    try:
        return etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _body(root: Any) -> Any:
    found = next((child for child in root if isinstance(child.tag, str) and _local(child) == "Body"), None)
    if _local(root) != "Envelope" or found is None:
        raise NotSoap("The request is no SOAP envelope.")
    return found


def _local(element: Any) -> str:
    return str(etree.QName(element).localname)


def _text(element: Any) -> str:
    return "".join(element.itertext())


def answer(method: str, result: str | int | list[str] | None) -> bytes:
    """The typed answer: a string, a number, or an array of strings in Intuit's namespace."""
    if isinstance(result, list):
        inside = "".join(f"<string>{_safe(text)}</string>" for text in result)
    else:
        inside = _safe(str(result if result is not None else ""))
    return _envelope(f'<{method}Response xmlns="{SPACE}"><{method}Result>{inside}</{method}Result></{method}Response>')


def fault(sentence: str) -> bytes:
    """A SOAP fault, for calls that name no method."""
    return _envelope(f"<soap:Fault><faultcode>soap:Client</faultcode><faultstring>{_safe(sentence)}</faultstring></soap:Fault>")


def _safe(text: str) -> str:
    return escape(NO_XML.sub("", text))


def _envelope(inside: str) -> bytes:
    head = '<?xml version="1.0" encoding="utf-8"?>'
    words = f'{head}<soap:Envelope xmlns:soap="{ENVELOPE}"><soap:Body>{inside}</soap:Body></soap:Envelope>'
    return words.encode("utf-8", "xmlcharrefreplace")
