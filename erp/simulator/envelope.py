"""The envelope of a message set: read strictly, then taken apart into requests."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from erp.simulator.about import VERSIONS
from erp.simulator.answering import is_write
from erp.simulator.facts.known import KNOWN
from erp.simulator.facts.messages import ATTRIBUTES, MACROS, METADATA, REQUESTS
from erp.simulator.reading import Fields, Reading
from erp.simulator.refusals import NotUnderstood, Refusal, RequestIdTooLong, Unsupported

SET_ATTRIBUTES = frozenset({"onError", "newMessageSetID", "oldMessageSetID", "responseData"})
VERSION = re.compile(r'version\s*=\s*["\']([^"\']*)["\']')


@dataclass
class Request:
    """One request of a set, with the refusal its values call for."""

    name: str
    attributes: dict[str, str]
    fields: Fields
    refusal: Refusal | None

    @property
    def is_write(self) -> bool:
        """Whether it changes the books."""
        return is_write(self.name)


@dataclass
class MessageSet:
    """Everything between QBXMLMsgsRq and its end."""

    attributes: dict[str, str]
    requests: list[Request]

    @property
    def stops(self) -> bool:
        """Whether the first error ends the set."""
        return self.attributes["onError"] == "stopOnError"

    @property
    def terse(self) -> bool:
        """Whether objects are left out of the answers."""
        return self.attributes.get("responseData") == "includeNone"


def understood(text: str) -> MessageSet:
    """The message set in this text; raises NotUnderstood like the parser of QuickBooks."""
    root = _root(text)
    _check_version(root)
    if root.tag != "QBXML" or root.attrib:
        raise NotUnderstood("the root is not QBXML")
    children = [child for child in root if isinstance(child.tag, str)]
    if [child.tag for child in children] != ["QBXMLMsgsRq"]:
        raise NotUnderstood("QBXML holds something else than one QBXMLMsgsRq")
    return MessageSet(_set_attributes(children[0]), [_request(n) for n in children[0] if isinstance(n.tag, str)])


def _root(text: str) -> etree._Element:
    try:
        raw = text.encode("ascii")
    except UnicodeEncodeError as error:
        raise NotUnderstood("only ASCII with numeric references is safe") from error
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotUnderstood(str(error)) from error
    if "<!DOCTYPE" in text:
        raise NotUnderstood("a DOCTYPE is not read")
    return root


def _check_version(root: etree._Element) -> None:
    before = root.getprevious()
    while before is not None and not (isinstance(before, etree._ProcessingInstruction) and before.target == "qbxml"):
        before = before.getprevious()
    found = VERSION.search(before.text or "") if before is not None else None
    if found is None or found[1] not in VERSIONS:
        raise NotUnderstood("no qbxml version QuickBooks reads")


def _set_attributes(node: etree._Element) -> dict[str, str]:
    attributes = {str(name): str(value) for name, value in node.attrib.items()}
    if not set(attributes) <= SET_ATTRIBUTES or attributes.get("onError") not in ("stopOnError", "continueOnError"):
        raise NotUnderstood(f"attributes {attributes} of the message set")
    if attributes.get("responseData", "includeAll") not in ("includeAll", "includeNone"):
        raise NotUnderstood("responseData")
    return attributes


def _request(node: etree._Element) -> Request:
    tag = str(node.tag)
    name = tag.removesuffix("Rq")
    if not tag.endswith("Rq") or name not in KNOWN:
        raise NotUnderstood(f"{tag} is no request")
    attributes = {str(key): str(value) for key, value in node.attrib.items()}
    if name not in REQUESTS:
        return Request(name, attributes, {}, Unsupported(name))
    return _simulated(name, attributes, node)


def _simulated(name: str, attributes: dict[str, str], node: etree._Element) -> Request:
    _check_attributes(name, attributes)
    macro = _macro(name, node)
    reading = Reading()
    fields = reading.fields(REQUESTS[name], node)
    refusals: list[Refusal] = [*reading.refusals, *([Unsupported("macros")] if macro else [])]
    if len(attributes.get("requestID", "")) > 50:
        refusals.insert(0, RequestIdTooLong(attributes["requestID"]))
    return Request(name, attributes, fields, refusals[0] if refusals else None)


def _check_attributes(name: str, attributes: dict[str, str]) -> None:
    if not set(attributes) <= ATTRIBUTES[name]:
        raise NotUnderstood(f"attributes {attributes} of {name}Rq")
    if attributes.get("metaData", "NoMetaData") not in METADATA:
        raise NotUnderstood("metaData")
    if attributes.get("iterator", "Start") not in ("Start", "Continue", "Stop"):
        raise NotUnderstood("iterator")


def _macro(name: str, node: etree._Element) -> bool:
    child = node.find(name)
    if child is None:
        return False
    allowed = {"defMacro"} if name in MACROS else set()
    if not set(child.attrib) <= allowed:
        raise NotUnderstood(f"attributes of {name}")
    return bool(child.attrib)
