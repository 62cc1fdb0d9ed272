"""A small grammar for the order of qbXML elements: what may stand where, how often, how long.

`Name:41!` is a text of at most 41 characters that must be there, `IsActive:flag` may be there,
`ListID:id+` stands once or more, `DataExt{…}*` any number of times, `Extra*8` at most eight times,
`ClassRef:ref159` is a pair of ListID and FullName, `@address` a named group, `( A | B )!` exactly one branch,
`( A | B )+` one or more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

TOKEN = re.compile(r"\w+(?::\w+)?|[*]\d*|[@{}()|!+]")
OCCURS: dict[str, tuple[int, int | None]] = {"!": (1, 1), "*": (0, None), "+": (1, None)}


@dataclass(frozen=True)
class Element:
    """One element: a leaf with a type, or an aggregate with content."""

    name: str
    kind: str = "text"
    most: int | None = None
    low: int = 0
    high: int | None = 1
    content: Content | None = None


@dataclass(frozen=True)
class Choice:
    """One branch out of several."""

    branches: tuple[Content, ...]
    low: int = 0
    high: int | None = 1


Particle = Element | Choice
Content = tuple[Particle, ...]


def grammar(text: str, groups: Mapping[str, Content] | None = None) -> Content:
    """The content described by `text`; groups are named with @."""
    tokens = TOKEN.findall(text)
    content, end = _sequence(tokens, 0, groups or {})
    if end != len(tokens):
        raise ValueError(f"unexpected {tokens[end]!r} in {text!r}")
    return content


def _sequence(tokens: list[str], at: int, groups: Mapping[str, Content]) -> tuple[Content, int]:
    found: list[Particle] = []
    while at < len(tokens) and tokens[at] not in "})|":
        if tokens[at] == "@":
            found += groups[tokens[at + 1]]
            at += 2
            continue
        particle, at = _particle(tokens, at, groups)
        found.append(particle)
    return tuple(found), at


def _particle(tokens: list[str], at: int, groups: Mapping[str, Content]) -> tuple[Particle, int]:
    particle: Particle
    if tokens[at] == "(":
        particle, at = _choice(tokens, at, groups)
    else:
        particle, at = _leaf(tokens[at]), at + 1
        if at < len(tokens) and tokens[at] == "{":
            content, at = _sequence(tokens, at + 1, groups)
            particle, at = replace(particle, kind="", content=content), at + 1
    if at < len(tokens) and tokens[at][0] in OCCURS:
        low, high = OCCURS[tokens[at][0]]
        particle, at = replace(particle, low=low, high=_number(tokens[at][1:]) or high), at + 1
    return particle, at


def _choice(tokens: list[str], at: int, groups: Mapping[str, Content]) -> tuple[Choice, int]:
    branches: list[Content] = []
    while tokens[at] != ")":
        branch, at = _sequence(tokens, at + 1, groups)
        branches.append(branch)
    return Choice(tuple(branches)), at + 1


def _leaf(token: str) -> Element:
    name, _, kind = token.partition(":")
    if kind.startswith("ref"):
        return Element(name, "", content=(Element("ListID", "id", 36), Element("FullName", most=_number(kind[3:]))))
    if kind.isdigit():
        return Element(name, most=int(kind))
    return Element(name, kind or "text", 36 if kind == "id" else None)


def _number(digits: str) -> int | None:
    return int(digits) if digits else None


def first_names(content: Content) -> Iterator[str]:
    """The names an instance of this content may begin with."""
    for particle in content:
        if isinstance(particle, Element):
            yield particle.name
        else:
            for branch in particle.branches:
                yield from first_names(branch)
        if particle.low:
            return


def elements(content: Content) -> Iterator[Element]:
    """All elements of this level in the order they are written."""
    for particle in content:
        if isinstance(particle, Element):
            yield particle
        else:
            for branch in particle.branches:
                yield from elements(branch)
