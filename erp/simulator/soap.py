"""SOAP 1.1 as the Web Connector's .NET proxy writes and reads it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from lxml import etree

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
INTUIT = "http://developer.intuit.com/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XSD = "http://www.w3.org/2001/XMLSchema"
ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
AGENT = "Mozilla/4.0 (compatible; MSIE 6.0; MS Web Services Client Protocol 4.0.30319.42000)"
PROLOG = '<?xml version="1.0" encoding="utf-8"?>'
INTEGER = re.compile(r"[+-]?[0-9]+")
INT_RANGE = range(-(2**31), 2**31)

Arguments = Mapping[str, str | int]


@dataclass(frozen=True)
class Reply:
    """What came back over HTTP."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class BadReply(Exception):
    """The .NET proxy cannot make anything of the reply."""


def headers(method: str, body: bytes) -> dict[str, str]:
    """The HTTP headers of one call, in the order they are sent."""
    return {
        "User-Agent": AGENT,
        "Content-Type": "text/xml; charset=utf-8",
        "SOAPAction": f'"{INTUIT}{method}"',
        "Content-Length": str(len(body)),
        "Expect": "100-continue",
        "Connection": "Keep-Alive",
    }


def envelope(method: str, arguments: Arguments, style: str = "Document") -> bytes:
    """The bytes of one call; Document is document/literal wrapped, RPC is rpc/encoded."""
    return (_rpc if style == "RPC" else _document)(method, arguments).encode()


def _document(method: str, arguments: Arguments) -> str:
    inner = "".join(_element(name, value) for name, value in arguments.items())
    opening = f'<{method} xmlns="{INTUIT}"'
    call = f"{opening}>{inner}</{method}>" if inner else f"{opening} />"
    return (
        f'{PROLOG}<soap:Envelope xmlns:soap="{SOAP}" xmlns:xsi="{XSI}" xmlns:xsd="{XSD}">'
        f"<soap:Body>{call}</soap:Body></soap:Envelope>"
    )


def _rpc(method: str, arguments: Arguments) -> str:
    inner = "".join(_element(name, value, typed=True) for name, value in arguments.items())
    opening = f'<q1:{method} xmlns:q1="{INTUIT}"'
    call = f"{opening}>{inner}</q1:{method}>" if inner else f"{opening} />"
    return (
        f'{PROLOG}<soap:Envelope xmlns:soap="{SOAP}" xmlns:soapenc="{ENCODING}" xmlns:tns="{INTUIT}"'
        f' xmlns:types="{INTUIT}encodedTypes" xmlns:xsi="{XSI}" xmlns:xsd="{XSD}">'
        f'<soap:Body soap:encodingStyle="{ENCODING}">{call}</soap:Body></soap:Envelope>'
    )


def _element(name: str, value: str | int, typed: bool = False) -> str:
    attribute = f' xsi:type="xsd:{"int" if isinstance(value, int) else "string"}"' if typed else ""
    text = escape(str(value)).replace("\r", "&#xD;")
    return f"<{name}{attribute}>{text}</{name}>" if text else f"<{name}{attribute} />"


def text_result(method: str, reply: Reply) -> str:
    """A string result; an empty element is an empty string, a missing or nil one is null and breaks the client."""
    node = _result(method, reply)
    if len(node):
        raise BadReply(f"{method}Result holds elements instead of text.")
    return node.text or ""


def int_result(method: str, reply: Reply) -> int:
    """An int result."""
    text = text_result(method, reply).strip()
    if not INTEGER.fullmatch(text) or int(text) not in INT_RANGE:
        raise BadReply("Input string was not in a correct format.")
    return int(text)


def strings_result(method: str, reply: Reply) -> list[str]:
    """An ArrayOfString result; items under another name or namespace do not exist for .NET."""
    items = [child for child in _result(method, reply) if child.tag == f"{{{INTUIT}}}string"]
    if any(_is_nil(item) for item in items):
        raise BadReply("Object reference not set to an instance of an object.")
    return [item.text or "" for item in items]


def _result(method: str, reply: Reply) -> etree._Element:
    body = _body(reply)
    response = next((child for child in body if isinstance(child.tag, str)), None)
    if response is None or response.tag != f"{{{INTUIT}}}{method}Response":
        raise BadReply(f"There is no {method}Response in {INTUIT}.")
    node = response.find(f"{{{INTUIT}}}{method}Result")
    if node is None:
        node = response.find(f"{method}Result") if _is_encoded(body) else None
    if node is None or _is_nil(node):
        raise BadReply("Object reference not set to an instance of an object.")
    return node


def _is_encoded(body: etree._Element) -> bool:
    return body.get(f"{{{SOAP}}}encodingStyle") == ENCODING


def _is_nil(node: etree._Element) -> bool:
    return node.get(f"{{{XSI}}}nil") in ("true", "1")


def _body(reply: Reply) -> etree._Element:
    kind = next((value for name, value in reply.headers.items() if name.lower() == "content-type"), "")
    if reply.status not in (200, 500):
        raise BadReply(f"The request failed with HTTP status {reply.status}.")
    if kind.partition(";")[0].strip().lower() != "text/xml":
        raise BadReply(f"Client found response content type of '{kind}', but expected 'text/xml'.")
    if not reply.body.startswith(b"<"):
        raise BadReply("Data at the root level is invalid. Line 1, position 1.")
    root = _parsed(reply.body)
    if root.tag != f"{{{SOAP}}}Envelope":
        raise BadReply(f"Possible SOAP version mismatch: the envelope is {root.tag!r}.")
    body = root.find(f"{{{SOAP}}}Body")
    fault = body.find(f"{{{SOAP}}}Fault") if body is not None else None
    if fault is not None:
        raise BadReply(f"SOAP fault: {fault.findtext('faultstring', '')}")
    if body is None or reply.status == 500:
        raise BadReply(f"The request failed with HTTP status {reply.status}.")
    return body


def _parsed(body: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BadReply(f"There is an error in the XML document: {error}") from error
    if b"<!DOCTYPE" in body:
        raise BadReply("DTD is prohibited in this XML document.")
    return root
