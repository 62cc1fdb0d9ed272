"""A kind of item is one flat declaration: labels, columns, snapshot, rules. Everything generic reads it from here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from erp.states import Filter


class Stage(StrEnum):
    """When a rule is asked: at Send, at Accept, at Export."""

    SEND = "send"
    ACCEPT = "accept"
    EXPORT = "export"


ALWAYS = frozenset(Stage)
DECIDING = frozenset({Stage.ACCEPT, Stage.EXPORT})


@dataclass(frozen=True)
class Reason:
    """Why something cannot be done now, in the reader's words, with a link to the cure."""

    text: str
    url: str = ""
    link: str = ""


@dataclass(frozen=True)
class Column:
    """A column of the desk's list: its heading, the key in the item's summary, how it is written; a `short` one stays on one
    line, a `long` one makes room for the Errors of what failed."""

    label: str
    key: str
    money: bool = False
    short: bool = False
    long: bool = False


@dataclass(frozen=True)
class Rule:
    """A rule of product.md section 4: `check(case)` yields the reasons against, at the stages named."""

    check: Callable[[Any], Iterable[Reason]]
    stages: frozenset[Stage] = ALWAYS


@dataclass(frozen=True)
class Comment:
    """The comment that a rejection asks for."""

    label: str
    required: bool


@dataclass(frozen=True)
class Importing:
    """How a record of accounting becomes a document of a kind, or is joined with one that is there.

    `add`, `link` and `refresh` are words on buttons; `shows` is what accounting calls it. `why_not(record)` says what of a
    record the kind cannot take, `make(record, actor)` makes the document and raises DocumentRefused, `joinable(connection_id)`
    is a SELECT of id, number and title of the documents that may be joined, of the `tax_id` of those that have one, and where a
    document belongs below something of accounting, of its id there as `place`; `why_not_join(record, document)` says why these
    two do not belong together, `sides(record, document)` are rows (label, in accounting, here) for comparing, and
    `joined(document, record, actor)` is what joining changes in the document. `add_right` is the row of the rights table for
    adding, where that is a special one.
    """

    add: str
    link: str
    refresh: str
    shows: str
    make: Callable[[Any, Any], Any]
    joinable: Callable[[int], Any]
    sides: Callable[[Any, Any], list[tuple[str, str, str]]]
    why_not: Callable[[Any], list[Reason]] = field(default=lambda record: [])
    why_not_join: Callable[[Any, Any], list[Reason]] = field(default=lambda record, document: [])
    joined: Callable[[Any, Any, Any], None] = field(default=lambda document, record, actor: None)
    refresh_right: str = "refresh_lists"
    add_right: str = ""


@dataclass(frozen=True)
class Kind:
    """One kind of document on its way to accounting.

    `load(id)` gives the document, `snapshot(document)` the frozen payload (JSON-able, money in minor units),
    `summary(payload)` the small part that lists show (amount and rank among its kind included), `carries(payload)`
    whether there is anything in it to write, without which no field of it is checked, `refs(item)` the ids
    in accounting that a message about the item needs, `behind(item)` the items decided together with it (a division
    with its first code), `named(item)` the approvers its project names, `moved(item)` why the money of what is sent moved
    (name, words, amount in minor units), `sent`, `exported` and `settled` what else a Send, an Export and a success change,
    `cautions(documents)` what the approver should know before the Export of these (a SELECT of their ids), None if there is
    never anything; `warns(item, document)` the same about one, which forbids nothing. `labels` are the words for the fields
    of the payload that accounting gets; a kind that is `updated_whole` is sent again only when one of them differs from what
    accounting has. `record_list` is the list of accounting that holds them and `importing` how its records come in;
    `why_no_import` says why none can. `children(item)` are the items that hang on it and that accounting has or may have, to
    be unlinked first;
    `unlinks_freely` needs no word of accounting that it is gone; a whole list of a kind that `rejects_all` is rejected at once.
    `archived_right` is the right that the list of its archived records asks for.
    """

    slug: str
    tab: str
    singular: str
    filter_title: str
    rank: int
    tools: tuple[str, ...]
    headings: dict[Filter, str]
    comment: Comment
    columns: tuple[Column, ...]
    snapshot: Callable[[Any], dict[str, Any]]
    summary: Callable[[dict[str, Any]], dict[str, Any]]
    refs: Callable[[Any], dict[str, Any]]
    rules: tuple[Rule, ...]
    load: Callable[[int], Any]
    page: Callable[[Any], str]
    updated_whole: bool = False
    record_list: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    warns: Callable[[Any, Any], list[str]] = field(default=lambda item, document: [])
    importing: Importing | None = None
    why_no_import: str = ""
    unlinks_freely: bool = False
    rejects_all: bool = False
    archived_right: str = ""
    children: Callable[[Any], list[Any]] = field(default=lambda item: [])
    behind: Callable[[Any], Iterable[Any]] = field(default=lambda item: ())
    carries: Callable[[dict[str, Any]], bool] = field(default=lambda payload: True)
    moved: Callable[[Any], Iterable[Any]] = field(default=lambda item: ())
    named: Callable[[Any], list[int]] = field(default=lambda item: [])
    defaults: Callable[[Any], dict[str, str]] = field(default=lambda item: {})
    sent: Callable[[Any, Any, Any], None] = field(default=lambda item, document, actor: None)
    exported: Callable[[Any, Any], None] = field(default=lambda item, actor: None)
    settled: Callable[[Any], None] = field(default=lambda item: None)
    cautions: Callable[[Any], list[str]] | None = None

    def heading(self, chosen: Filter, system: str = "QuickBooks") -> str:
        """The words above the list; `system` is what people call the accounting system."""
        return self.headings.get(chosen, f"{self.tab}: {chosen.label}").format(system=system)


KINDS: dict[str, Kind] = {}


def declare(kind: Kind) -> Kind:
    """Add a kind to the registry."""
    KINDS[kind.slug] = kind
    return kind


def arrange(kinds: Iterable[Kind]) -> None:
    """The order of the tabs, whichever module was imported first."""
    for kind in kinds:
        KINDS[kind.slug] = KINDS.pop(kind.slug)
