"""One request while it is being answered, and its answer."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, field

from lxml import etree

from erp.simulator.books import Books
from erp.simulator.reading import Fields
from erp.simulator.refusals import Refusal


@dataclass
class Iterators:
    """The open iterators of one session: id -> what is still to be returned."""

    open: dict[str, list[str]] = field(default_factory=dict)

    def start(self, rest: list[str], most: int) -> str:
        """Open an iterator; QuickBooks allows only so many."""
        if len(self.open) >= most:
            raise Refusal(f"There are already {most} iterators open in this session.", 3390)
        identity = f"{{{uuid.UUID(bytes=secrets.token_bytes(16))}}}"
        self.open[identity] = rest
        return identity

    def rest(self, identity: str) -> list[str]:
        """What an iterator still has; iterators of other sessions are unknown."""
        if identity not in self.open:
            raise Refusal(f'The iteratorID "{identity}" is not valid.', 3391)
        return self.open[identity]

    def move(self, identity: str, rest: list[str]) -> None:
        """Remember what is left, or close the iterator when nothing is."""
        self.open[identity] = rest
        if not rest:
            del self.open[identity]


@dataclass
class Call:
    """One request: its name without Rq, its fields and attributes."""

    name: str
    fields: Fields
    attributes: dict[str, str]
    books: Books
    iterators: Iterators


@dataclass
class Answer:
    """What one request is answered with."""

    rets: list[tuple[str, Fields]] = field(default_factory=list)
    code: int = 0
    message: str = "Status OK"
    attributes: dict[str, str] = field(default_factory=dict)
    flat: Fields | None = None
    node: etree._Element | None = None


NO_MATCH = "A query request did not find a matching object in QuickBooks"


def no_match(**attributes: str) -> Answer:
    """A query without a result."""
    return Answer(code=1, message=NO_MATCH, attributes=attributes)


def incomplete(rets: list[tuple[str, Fields]], missing: str) -> Answer:
    """A query for listed objects of which some are not there."""
    sentence = (
        "The query request has not been fully completed. There was a required element"
        f' ("{missing}") that could not be found in QuickBooks.'
    )
    return Answer(rets, 500, sentence)
