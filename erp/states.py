"""Where an item or a record is on its way, what may move it, and which list shows it. Imports nothing of erp."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """The states of an item (product.md section 3)."""

    WITH_PM = "With PM"
    READY = "Ready"
    ACCEPTED = "Accepted"
    EXPORTING = "Exporting"
    WAITING = "Waiting"
    UNKNOWN = "Unknown"
    FAILED = "Failed"
    SYNCED = "Synced"


class RecordState(StrEnum):
    """The states of a record that accounting told us about."""

    STAGED = "Staged"
    LINKED = "Linked"
    ARCHIVED = "Archived"
    GONE = "Gone"


class Filter(StrEnum):
    """The six lists of every tab, in the order of the menu; the value is the part of the URL."""

    IMPORT = "ready-to-import"
    EXPORT = "ready-to-export"
    UPDATE = "ready-to-update"
    FAILED = "failed-to-export"
    SYNCED = "synced"
    ARCHIVED = "archived"

    @property
    def label(self) -> str:
        """The words of the menu, exactly as in product.md."""
        return self.value.replace("-", " ").title()


class Home(StrEnum):
    """The target of actions that lead home: Synced if accounting has it, else With PM."""

    HOME = "home"


@dataclass(frozen=True)
class Transition:
    """One row of the state machine: what the action needs, where it leads, whether only the system may do it."""

    frm: frozenset[State]
    to: State | Home
    system: bool = False
    noun: str = ""


def _row(frm: str, to: State | Home, *, system: bool = False, noun: str = "") -> Transition:
    return Transition(frozenset(State[name] for name in frm.split()), to, system, noun)


TRANSITIONS: dict[str, Transition] = {
    "send": _row("WITH_PM SYNCED", State.READY, noun="sending"),
    "retrieve": _row("READY ACCEPTED", Home.HOME, noun="retrieval"),
    "accept": _row("READY", State.ACCEPTED, noun="acceptance"),
    "choose": _row("ACCEPTED", State.ACCEPTED, noun="choices"),
    "unaccept": _row("ACCEPTED EXPORTING", Home.HOME, noun="withdrawal"),
    "reject": _row("READY ACCEPTED FAILED", Home.HOME, noun="rejection"),
    "export": _row("ACCEPTED", State.EXPORTING, noun="export"),
    "retry": _row("FAILED", State.EXPORTING, noun="retry"),
    "unlink": _row("FAILED SYNCED", State.WITH_PM, noun="unlinking"),
    "succeed": _row("EXPORTING UNKNOWN WAITING", State.SYNCED, system=True),
    "fail": _row("EXPORTING UNKNOWN WAITING", State.FAILED, system=True),
    "lose": _row("EXPORTING", State.UNKNOWN, system=True),
    "wait": _row("EXPORTING", State.WAITING, system=True),
    "note": _row("WAITING", State.WAITING, system=True),
    "number": _row("WAITING", State.SYNCED, noun="number"),
    "void": _row("WAITING", State.ACCEPTED, noun="voiding"),
    "look_again": _row("UNKNOWN", State.EXPORTING, noun="look"),
    "adopt": _row("UNKNOWN", State.SYNCED, noun="adoption"),
    "send_again": _row("UNKNOWN", State.EXPORTING, noun="resending"),
    "import": _row("WITH_PM", State.SYNCED, noun="addition"),
    "link": _row("WITH_PM", State.SYNCED, noun="link"),
}
"""action -> row. `unaccept` leads from Exporting to Accepted and from Accepted to Ready: see `target`."""

IN_THE_PROJECT = ("send", "retrieve")
"""What the project manager does."""

FROM_ACCOUNTING = ("import", "link")
"""What joins a document with a record that accounting has already: nothing travels, so no privilege is asked."""

DECISIONS = tuple(action for action, row in TRANSITIONS.items()
                  if not row.system and action not in (*IN_THE_PROJECT, *FROM_ACCOUNTING))  # fmt: skip
"""Every other action of a person is a decision about the item."""

NOUNS: dict[str, str] = {row.noun: action for action, row in TRANSITIONS.items() if row.noun}
"""The nouns of the URLs, each an action."""


def target(action: str, state: State, in_erp: bool) -> State:
    """The state that `action` leads to from `state`."""
    if action == "unaccept":
        return State.ACCEPTED if state is State.EXPORTING else State.READY
    to = TRANSITIONS[action].to
    if to is Home.HOME:
        return State.SYNCED if in_erp else State.WITH_PM
    return State(to)


_OUTGOING = {State.READY, State.ACCEPTED, State.EXPORTING, State.WAITING}
_FAILED = {State.FAILED, State.UNKNOWN}


def filter_of(state: State, in_erp: bool, updated_whole: bool) -> Filter | None:
    """The one list an item stands in; None while it is with the PM.

    `updated_whole` is a property of the kind: jobs, companies and codes that accounting already has are updates.
    """
    if state in _OUTGOING:
        return Filter.UPDATE if in_erp and updated_whole else Filter.EXPORT
    if state in _FAILED:
        return Filter.FAILED
    return Filter.SYNCED if state is State.SYNCED else None


def record_filter_of(state: RecordState, active: bool = True) -> Filter | None:
    """The one list a record of accounting stands in; linked and gone records are reached from their item.

    What is inactive in accounting stands in Archived, whoever put it aside.
    """
    if state == RecordState.STAGED and not active:
        return Filter.ARCHIVED
    return {RecordState.STAGED: Filter.IMPORT, RecordState.ARCHIVED: Filter.ARCHIVED}.get(state)
