"""What every connector is made of: one pure conversation per exchange, its outcomes, and what it supports."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from erp.kind import Reason

Memo = dict[str, Any]
MARKER = re.compile(r"\bCS-[A-Z0-9]{12}\b")
"""The marker by which a snapshot is found again in accounting, whatever signs it was made of."""
MARKED = "marked:"
"""The subject of an exchange that reads whatever carries markers of ours."""


def within(above: str, code: str) -> str:
    """The id in accounting of what has its code only within something else, a sub job in its job."""
    return f"{above}|{code}"


def code_within(erp_id: str) -> str:
    """The code in such an id; an id that is none is its own code."""
    return erp_id.rpartition("|")[2]


@dataclass(frozen=True)
class Sent:
    """The open write of an exchange: what was known when it was handed out, and the answer's text if it was doubtful."""

    memo: Memo
    note: str = ""


@dataclass(frozen=True)
class Work:
    """One exchange as its conversation sees it: never a database row.

    `before` holds marker and payload of each earlier snapshot that accounting has. `since` is a local date-time
    without offset, safely before anything of this snapshot can have been written. `old` are the markers under which the
    same sending was tried before a person decided to send it again, and all that an unlinked item was ever sent as; `seen` the
    ids of what he decided to send it beside. `adopted`: markers on what a person took for ours, or beside which he had it sent
    again. `restored`: the database was put back to a backup, so that accounting may have what it does not know; `lost` are by
    list the ids there of what carries our markers and belongs to nothing here. `losses`: how often an answer was lost, since the
    last one that heals. `settings` are those of the connection, `system` the connector that it is a connection of.
    """

    purpose: str
    kind: str
    payload: dict[str, Any]
    marker: str
    key: str
    choices: dict[str, Any] = field(default_factory=dict)
    refs: dict[str, Any] = field(default_factory=dict)
    memo: Memo = field(default_factory=dict)
    look: bool = False
    sent: Sent | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    since: str = ""
    before: tuple[tuple[str, dict[str, Any]], ...] = ()
    old: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    restored: bool = False
    lost: dict[str, list[str]] = field(default_factory=dict)
    losses: int = 0
    adopted: tuple[str, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    system: str = ""


@dataclass(frozen=True)
class Ask:
    """Send these bytes; `writes` if accounting changes by them. `memo` is what was asked, kept with it to read the answer by."""

    body: str
    writes: bool
    memo: Memo = field(default_factory=dict)


@dataclass(frozen=True)
class Again:
    """Hand out the open write once more, byte for byte."""


@dataclass(frozen=True)
class Next:
    """There is more to ask; the next question knows `memo`."""

    memo: Memo


@dataclass(frozen=True)
class Page:
    """Rows of a list; `memo` asks for the next page, None ends the list. `whole`: with this page all of the list was told.

    `mark` is the newest moment of change in the page, as accounting writes it; `left` how many rows are still to come; `gone`
    the ids of what was deleted there; `note` what people should know of the reading.
    """

    rows: list[dict[str, Any]]
    memo: Memo | None
    whole: bool = False
    mark: str = ""
    left: int = 0
    gone: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Later:
    """Refused for now; try again with a new message."""

    seconds: int
    reason: str
    memo: Memo = field(default_factory=dict)


@dataclass(frozen=True)
class Doubt:
    """Answered, yet unknown: the write stays open and is looked up."""

    reason: str


@dataclass(frozen=True)
class Burned:
    """This message can never be used again; look before writing a new one."""

    reason: str


@dataclass(frozen=True)
class Synced:
    """It is in accounting: `result` has erp_id, name, edit_sequence and what to look for there."""

    result: dict[str, Any]


@dataclass(frozen=True)
class Failed:
    """It is not in accounting, and this is why."""

    code: str
    reason: str


@dataclass(frozen=True)
class Person:
    """Something is there that only a person can judge; `result` has `candidates`, what the look found (see there.py)."""

    reason: str
    result: dict[str, Any] = field(default_factory=dict)


Outcome = Ask | Again | Next | Page | Later | Doubt | Burned | Synced | Failed | Person


@dataclass(frozen=True)
class Choice:
    """A field that the approver fills at Accept: from a list of accounting, a date or a short text; `once`: first time only."""

    name: str
    label: str
    source: str = ""
    types: tuple[str, ...] = ()
    shape: str = "list"
    most: int = 0
    required: bool = True
    remembered: bool = False
    once: bool = False


@dataclass(frozen=True)
class Refusal:
    """An error of accounting explained: its class, what it means, what to do."""

    cause: str
    cure: str


class Check(Protocol):
    """Field rules of a connector: what of this snapshot accounting would not take."""

    def __call__(
        self, kind: str, payload: dict[str, Any], choices: dict[str, Any], settings: dict[str, Any]
    ) -> Iterable[Reason]: ...


@dataclass(frozen=True)
class Checklist:
    """What a person types into accounting: `where` to go there, the (label, value) rows, and the `number` it will have.

    `asks` is the label of the field into which that number is pasted afterwards, `name` what accounting will list it as: empty
    where that is the number. `why_not(number)` says why what was pasted is no number there; empty when it may be one.
    """

    where: str
    rows: tuple[tuple[str, str], ...]
    number: str
    asks: str
    name: str = ""
    why_not: Callable[[str], str] = lambda number: ""


@dataclass(frozen=True)
class Connector:
    """One accounting system: what it takes, what it asks the approver for, and how it converses.

    `not_an_answer(asked, key, answer)` says why an answer is none to the message with this key, empty when it may be read.
    `marked` are the lists that can be searched for our markers, `guid(marker)` what stands for a marker where no words fit.
    `calls`: it calls us and can be asked; one that does not takes what `deliver(connection_id)` lays out (the number of
    exchanges), and `unread` says how its lists come here; `batches`: what it takes stands in numbered batches, which have
    pages of their own. `by_hand(kind, settings)`: a person keys these in, by the `checklist` of the work.
    `erp_id(work)`: the id that it will have there, where that comes from a number of ours, else empty.

    `sub_jobs`: lines of a budget may stand on sub jobs, whose code and name have at most `sub_job_signs` there.
    `waits_for_posting`: what was exported must be posted there by a person and come back before a budget moves again.
    `costs_by_category`: amounts come back per sub job, code and category, which `category_of(cost type, settings)` names, instead
    of per code. `originals_apart`: originals and changes of a budget travel in files of their own. `short_names`: so many signs
    of a name are kept, so that names of codes can become the same (0: all of them); `shorten([(code, name)])` proposes a short
    one for each code whose name does.
    """

    slug: str
    title: str
    short: str
    step: Callable[[Work, str | None], Outcome]
    check: Check
    preview: Callable[[Work], dict[str, Any]]
    explain: Callable[[str, str], Refusal]
    choices: dict[str, tuple[Choice, ...]]
    supported: frozenset[str]
    unsupported: dict[str, str]
    lists: tuple[str, ...]
    marked: tuple[str, ...] = ()
    guid: Callable[[str], str] = str
    not_an_answer: Callable[[str, str, str], str] = field(default=lambda asked, key, answer: "")
    calls: bool = True
    deliver: Callable[[int], int] = field(default=lambda connection_id: 0)
    batches: bool = False
    by_hand: Callable[[str, dict[str, Any]], bool] = field(default=lambda kind, settings: False)
    checklist: Callable[[Work], Checklist] | None = None
    erp_id: Callable[[Work], str] = field(default=lambda work: "")
    unread: str = ("They are read when the Web Connector calls for the first time; an ERP administrator sees the "
                   "connection's health.")  # fmt: skip
    sub_jobs: bool = False
    sub_job_signs: tuple[int, int] | None = None
    waits_for_posting: bool = False
    costs_by_category: bool = False
    originals_apart: bool = False
    category_of: Callable[[str, Mapping[str, Any]], str] = field(default=lambda cost_type, settings: cost_type)
    short_names: int = 0
    shorten: Callable[[list[tuple[str, str]]], dict[str, str]] = field(default=lambda names: {})

    def why_unsupported(self, kind: str) -> str:
        """The one sentence that a tab says which this system cannot serve; empty when it can."""
        return "" if kind in self.supported else self.unsupported.get(kind, f"{self.title} does not take these.")


CONNECTORS: dict[str, Connector] = {}


def register(connector: Connector) -> Connector:
    """Add a connector to the registry."""
    CONNECTORS[connector.slug] = connector
    return connector
