"""Writing and checking qbXML requests, and reading answers. Pure: no database, no Flask."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from lxml import etree

from erp.connectors.quickbooks.table import MESSAGES, Field
from erp.connectors.quickbooks.text import control, foreign, plain

Tree = list[tuple[str, Any]]
"""Ordered fields: a value is text, or the fields below."""

VERSION = '<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?>'
GUID = re.compile(r"\{[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}")
ASKED = re.compile(r"<(\w+)Rq\b[^>]*\brequestID=")
AMOUNT = re.compile(r"-?\d{1,13}\.\d{2}")
BAD_INCOMING = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]|&#(?:x0*(?:[0-8bBcCeEfF]|1[0-9a-fA-F])|0*(?:[0-8]|1[124-9]|2\d|3[01]));")
NOTHING_SHOWN = "QuickBooks said OK, but showed nothing; that is not the same as empty."


class Unreadable(Exception):
    """An answer that is no qbXML."""


@dataclass(frozen=True)
class Problem:
    """A field that QuickBooks would refuse: its path in the message, its value, and what is wrong with it."""

    path: str
    value: str
    what: str


@dataclass(frozen=True)
class Response:
    """One answer inside a message set; a question answered OK that shows nothing counts as refused."""

    tag: str
    code: str
    severity: str
    message: str
    request: str
    remaining: int
    iterator: str
    element: Any

    def objects(self) -> Iterator[Any]:
        """The returned objects."""
        return iter([child for child in self.element if str(child.tag).endswith("Ret")])


@dataclass(frozen=True)
class Reply:
    """A whole answer: the status of its message set and its responses."""

    set_code: str
    set_message: str
    responses: list[Response]

    def to(self, key: str) -> Response | None:
        """The response to the message with this key; where none names it, the first."""
        named = (response for response in self.responses if response.request == key)
        return next(named, self.responses[0] if self.responses else None)


def message(name: str, tree: Tree, key: str, *, writes: bool = False, **attributes: str) -> str:
    """One request as a document of its own, in plain ASCII; a write carries its key as message set id."""
    root = etree.Element("QBXMLMsgsRq", onError="stopOnError")
    if writes:
        root.set("newMessageSetID", key)
    request = etree.SubElement(root, name, {"requestID": key} | attributes)
    _grow(request, tree)
    body = etree.tostring(root, encoding="us-ascii").decode()
    return f"{VERSION}<QBXML>{body}</QBXML>"


def _grow(parent: Any, tree: Tree) -> None:
    for name, value in tree:
        child = etree.SubElement(parent, name)
        if isinstance(value, list):
            _grow(child, value)
        else:
            child.text = plain(value if isinstance(value, str) else str(value))


Shapes = dict[tuple[str, tuple[str, ...]], tuple[Problem, ...]]
"""Path and names of fields one after the other -> what is wrong with them, whatever their values; lines repeat theirs."""


def check(name: str, tree: Tree) -> list[Problem]:
    """What QuickBooks would refuse in this request, by our own order-and-length table."""
    return list(_check(name, MESSAGES[name], tree, {}))


def _check(path: str, fields: tuple[Field, ...], tree: Tree, shapes: Shapes) -> Iterator[Problem]:
    shape = path, tuple(name for name, _ in tree)
    if shape not in shapes:
        shapes[shape] = tuple(_shape(path, fields, shape[1]))
    yield from shapes[shape]
    known = {field.name: field for field in fields}
    for name, value in tree:
        field = known.get(name)
        if field is not None and isinstance(value, list):
            yield from _check(f"{path}/{name}", field.below, value, shapes)
        elif field is not None:
            for shown, what in _wrong(field, value if isinstance(value, str) else str(value)):
                yield Problem(f"{path}/{name}", shown, what)


def _shape(path: str, fields: tuple[Field, ...], names: tuple[str, ...]) -> Iterator[Problem]:
    places = _places(fields)
    for name in names:
        if name not in places:
            yield Problem(f"{path}/{name}", "", "is not a field of this message")
    taken = [places[name] for name in names if name in places]
    if taken != sorted(taken):
        yield Problem(path, "", "has its fields in the wrong order")
    counted = Counter(names)
    for field in fields:
        yield from _count(f"{path}/{field.name}", field, counted[field.name])


def _places(fields: tuple[Field, ...]) -> dict[str, int]:
    """Name -> place in the order; a field that may be mixed with the one before it shares its place."""
    places: dict[str, int] = {}
    for field in fields:
        places[field.name] = max(places.values(), default=-1) + (0 if field.beside else 1)
    return places


def _count(path: str, field: Field, times: int) -> Iterator[Problem]:
    if field.required and not times:
        yield Problem(path, "", "is missing")
    if times > 1 and not field.repeats:
        yield Problem(path, "", "stands there twice")


@lru_cache(maxsize=4096, typed=True)
def _wrong(field: Field, value: str) -> tuple[tuple[str, str], ...]:
    """What is wrong with a value, each with the text to show; many lines of a budget have the same."""
    return tuple(_value(field, value))


def _value(field: Field, value: str) -> Iterator[tuple[str, str]]:
    text = plain(value)
    if field.required and not text:
        yield text, "is empty"
    if control(value):
        yield "", "has a control character in it; type it anew"
    elif unknown := foreign(text):
        yield text, f"has {' '.join(unknown)} in it, which QuickBooks cannot keep"
    if field.name == "Name" and ":" in text:
        yield text, "has a colon in it, which QuickBooks keeps for the levels of a name"
    if field.most and len(text) > field.most:
        yield text, f"has {len(text)} characters; QuickBooks takes {field.most}"
    if not _fits(field.shape, text):
        yield text, f"is no {field.shape}"


def _fits(shape: str, text: str) -> bool:
    if shape == "text":
        return True
    if shape == "amount":
        return bool(AMOUNT.fullmatch(text))
    if shape == "guid":
        return bool(GUID.fullmatch(text))
    if shape == "integer":
        return text.isdigit()
    if shape == "boolean":
        return text in ("true", "false")
    return _parses(shape, text)


def _parses(shape: str, text: str) -> bool:
    try:
        if shape == "date":
            date.fromisoformat(text)
        elif shape == "time":
            datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def parse(text: str) -> Any:
    """The root of a qbXML document; stray control characters of old company files are dropped. Raises Unreadable."""
    if "<!DOCTYPE" in text[:2000]:
        raise Unreadable("The answer carries a DOCTYPE.")
    try:
        return etree.fromstring(text.encode(), _parser())
    except (etree.XMLSyntaxError, ValueError):
        pass
    try:
        return etree.fromstring(BAD_INCOMING.sub("", text).encode("utf-8", "ignore"), _parser())
    except (etree.XMLSyntaxError, ValueError) as broken:
        raise Unreadable(f"The answer is no XML: {broken}") from broken


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_comments=True,
                           encoding="utf-8")  # fmt: skip


def read(text: str) -> Reply:
    """An answer of QuickBooks. Raises Unreadable."""
    found = parse(text).find("QBXMLMsgsRs")
    if found is None:
        raise Unreadable("The answer has no QBXMLMsgsRs.")
    return Reply(found.get("messageSetStatusCode", "0"), found.get("messageSetStatusMessage", ""),
                 [_response(child) for child in found])  # fmt: skip


def _response(element: Any) -> Response:
    shows_nothing = _shows_nothing(element)
    return Response(
        tag=str(element.tag),
        code=element.get("statusCode", ""),
        severity="Error" if shows_nothing else element.get("statusSeverity", ""),
        message=NOTHING_SHOWN if shows_nothing else element.get("statusMessage", ""),
        request=element.get("requestID", ""),
        remaining=_whole(element.get("iteratorRemainingCount") or "0"),
        iterator=element.get("iteratorID", ""),
        element=element,
    )


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise Unreadable(f"The answer has {text[:40]} where a number belongs.")
    return int(text)


def _shows_nothing(element: Any) -> bool:
    """Whether a question was answered OK with nothing in it; that something is empty is said with status 1."""
    asked = str(element.tag).endswith("QueryRs") and element.get("statusCode") == "0"
    return asked and not any(str(child.tag).endswith("Ret") for child in element)


def not_an_answer(asked: str, key: str, text: str) -> str:
    """Why an answer is not one to this message: it names others, or is of another kind; empty when it may be read.

    One message asks one thing and gets one response; which of several it would be, only the key can say.
    """
    try:
        reply = read(text)
    except Unreadable:
        return ""
    names = {response.request for response in reply.responses} - {""}
    if names and key not in names:
        return f"it answers {', '.join(sorted(names))}, not {key}"
    if not names and len(reply.responses) > 1:
        return f"none of its {len(reply.responses)} responses names {key}"
    wanted, response = ASKED.search(asked), reply.to(key)
    if response is not None and wanted and response.tag != f"{wanted[1]}Rs":
        return f"it is of the kind {response.tag}, and {wanted[1]}Rq was asked"
    return ""


def value(element: Any, path: str) -> str:
    """The text at a path below an element, trimmed; empty when it is not there."""
    return str(element.findtext(path) or "").strip()


def amount(minor: int) -> str:
    """Minor units as QuickBooks wants them: -1234567 is -12345.67."""
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 100}.{abs(minor) % 100:02d}"


def minor(text: str) -> int:
    """An amount of QuickBooks in minor units. Raises Unreadable."""
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    whole, _, cents = digits.strip().partition(".")
    return sign * (_whole(whole or "0") * 100 + _whole((cents + "00")[:2]))
