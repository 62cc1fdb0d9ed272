"""Reads Intuit's schema, where it lies beside the project, into the simulator's own grammar."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from lxml import etree

from erp.simulator.grammar import Choice, Content, Element, Particle

XS = "{http://www.w3.org/2001/XMLSchema}"
FOLDER = Path(os.environ.get("QBXML_XSD_DIR", "../shared/data/qbxml/schema"))
if (FOLDER / "schema").is_dir():
    FOLDER = FOLDER / "schema"
FILES = ("qbxmlops130.xsd", "qbxml130.xsd", "qbxmlso130.xsd", "qbxmltypes130.xsd")
PRESENT = (FOLDER / FILES[0]).is_file()


class Schema:
    """Named elements, groups and types of the four files."""

    def __init__(self) -> None:
        self.named: dict[tuple[str, str], Any] = {}
        for file in FILES:
            for node in etree.parse(FOLDER / file).getroot():
                if isinstance(node.tag, str) and node.get("name"):
                    self.named[node.tag.removeprefix(XS), str(node.get("name"))] = node

    def request(self, name: str) -> Content:
        """The content of a …Rq message."""
        return self.content(self.named["complexType", f"{name}RqType"])

    def ret(self, name: str) -> Content:
        """The content of a …Ret aggregate."""
        return self.content(self.named["element", name][0])

    def names(self) -> set[str]:
        """All requests of QBXMLMsgsRq."""
        node = self.named["element", "QBXMLMsgsRq"]
        return {str(n.get("name")).removesuffix("Rq") for n in node.iter(f"{XS}element") if n.get("type")}

    def content(self, node: Any) -> Content:
        found: list[Particle] = []
        for child in node:
            found += self._particles(child)
        return tuple(found)

    def _particles(self, node: Any) -> Content:
        tag = str(node.tag).removeprefix(XS) if isinstance(node.tag, str) else ""
        if tag == "sequence":
            return self.content(node)
        if tag == "group":
            return self.content(self.named["group", str(node.get("ref"))])
        if tag == "choice":
            branches = tuple(self._particles(branch) for branch in node if isinstance(branch.tag, str))
            return (Choice(branches, *_occurs(node)),)
        return (self._element(node),) if tag == "element" else ()

    def _element(self, node: Any) -> Element:
        low, high = _occurs(node)
        target = self.named["element", str(node.get("ref"))] if node.get("ref") else node
        name = str(target.get("name"))
        aggregate = target.find(f"{XS}complexType")
        if aggregate is not None:
            return Element(name, "", None, low, high, self.content(aggregate))
        if ("complexType", str(target.get("type"))) in self.named:
            return Element(name, "", None, low, high, self.content(self.named["complexType", str(target.get("type"))]))
        limit = target.find(f".//{XS}maxLength")
        most = int(str(limit.get("value"))) if limit is not None else None
        return Element(name, _kind(target), most, low, high)

    def values(self, name: str) -> set[str]:
        """The enumeration of a named element."""
        return {str(n.get("value")) for n in self.named["element", name].iter(f"{XS}enumeration")}


def _kind(node: Any) -> str:
    restriction = node.find(f".//{XS}restriction")
    kind = node.get("type") or (restriction.get("base") if restriction is not None else "")
    return str(kind)


def _occurs(node: Any) -> tuple[int, int | None]:
    high = node.get("maxOccurs", "1")
    return int(node.get("minOccurs", "1")), None if high == "unbounded" else int(high)
