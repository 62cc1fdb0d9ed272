"""Writing answers: elements in the order of the reference, only those asked for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from lxml import etree

from erp.simulator.calls import Answer
from erp.simulator.facts.returned import DELETED, RETURNED
from erp.simulator.grammar import Content, elements
from erp.simulator.reading import Fields

SEVERITIES = ((500, "Info"), (1000, "Warn"))


def severity(code: int) -> str:
    """Info, Warn or Error."""
    return next((name for below, name in SEVERITIES if code < below), "Error")


def written(name: str, request_id: str | None, answer: Answer, terse: bool, only: Collection[str]) -> etree._Element:
    """The …Rs element of one answer."""
    node = etree.Element(f"{name}Rs")
    if request_id is not None:
        node.set("requestID", request_id)
    node.set("statusCode", str(answer.code))
    node.set("statusSeverity", severity(answer.code))
    node.set("statusMessage", answer.message)
    for attribute, value in answer.attributes.items():
        node.set(attribute, value)
    for tag, fields in [] if terse else answer.rets:
        fill(etree.SubElement(node, tag), RETURNED[tag], _only(fields, only))
    if answer.node is not None:
        node.append(answer.node)
    if answer.flat is not None:
        fill(node, DELETED[f"{name}Rs"], answer.flat)
    return node


def _only(fields: Fields, only: Collection[str]) -> Fields:
    return {tag: value for tag, value in fields.items() if tag in only} if only else fields


def fill(node: etree._Element, content: Content, fields: Fields) -> None:
    """Write the fields this content knows, in its order."""
    for element in elements(content):
        values: Any = fields.get(element.name, [])
        for value in values if isinstance(values, list) else [values]:
            child = etree.SubElement(node, element.name)
            if element.content is None:
                child.text = str(value)
            else:
                fill(child, element.content, value)


def document(node: etree._Element) -> str:
    """The whole answer as QuickBooks hands it over: a text with one element per line."""
    etree.indent(node, space="")
    return '<?xml version="1.0" ?>\n' + etree.tostring(node, encoding="unicode") + "\n"
