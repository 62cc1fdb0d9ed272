"""Reading one request strictly by its grammar into plain fields."""

from __future__ import annotations

from typing import Any

from lxml import etree

from erp.simulator import values
from erp.simulator.grammar import Choice, Content, Element, first_names
from erp.simulator.refusals import NotUnderstood, Refusal, TooLong
from erp.simulator.text import narrow

Fields = dict[str, Any]


class Reading:
    """Fields of one request, and the refusals its values call for."""

    def __init__(self) -> None:
        self.refusals: list[Refusal] = []

    def fields(self, content: Content, node: etree._Element) -> Fields:
        """All children in order; raises NotUnderstood at the first one out of place."""
        _no_text_between(node)
        found: Fields = {}
        children = _children(node)
        end = self._sequence(content, children, 0, found, many=False)
        if end < len(children):
            raise NotUnderstood(f"{children[end].tag!r} is not expected in {node.tag!r}")
        return found

    def _sequence(self, content: Content, children: list[etree._Element], at: int, found: Fields, many: bool) -> int:
        for particle in content:
            if isinstance(particle, Element):
                at = self._element(particle, children, at, found, many)
            else:
                at = self._choice(particle, children, at, found)
        return at

    def _element(self, element: Element, children: list[etree._Element], at: int, found: Fields, many: bool) -> int:
        count = 0
        while _is_next(element.name, children, at) and (element.high is None or count < element.high):
            self._keep(element, children[at], found, many or element.high != 1)
            at, count = at + 1, count + 1
        if count < element.low:
            raise NotUnderstood(f"{element.name} is missing")
        return at

    def _choice(self, choice: Choice, children: list[etree._Element], at: int, found: Fields) -> int:
        count = 0
        while choice.high is None or count < choice.high:
            branch = next((b for b in choice.branches if _may_begin(b, children, at)), None)
            if branch is None:
                break
            at = self._sequence(branch, children, at, found, many=choice.high != 1)
            count += 1
        if count < choice.low:
            raise NotUnderstood(f"one of {sorted(n for b in choice.branches for n in first_names(b))} is missing")
        return at

    def _keep(self, element: Element, node: etree._Element, found: Fields, many: bool) -> None:
        value = self._leaf(element, node) if element.content is None else self.fields(element.content, node)
        if many:
            found.setdefault(element.name, []).append(value)
        else:
            found[element.name] = value

    def _leaf(self, element: Element, node: etree._Element) -> str:
        if len(node) or node.attrib:
            raise NotUnderstood(f"{element.name} is a plain value")
        text = node.text or ""
        refusal = values.problem(element.kind, element.name, text.strip())
        if refusal is None and element.most is not None and len(text) > element.most:
            refusal = TooLong(element.name, text, element.most)
        if refusal is not None:
            self.refusals.append(refusal)
        return narrow(text)


def _children(node: etree._Element) -> list[etree._Element]:
    return [child for child in node if isinstance(child.tag, str)]


def _is_next(name: str, children: list[etree._Element], at: int) -> bool:
    return at < len(children) and children[at].tag == name


def _may_begin(branch: Content, children: list[etree._Element], at: int) -> bool:
    return at < len(children) and str(children[at].tag) in first_names(branch)


def _no_text_between(node: etree._Element) -> None:
    texts = [node.text, *(child.tail for child in node)]
    if any(text and text.strip() for text in texts):
        raise NotUnderstood(f"{node.tag!r} holds text between its elements")
