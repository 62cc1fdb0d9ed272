"""Why an action on an item is not possible now: the guard, the error text and the "?" beside the grey button."""

from dataclasses import dataclass
from typing import Any

from erp.connections import Connection
from erp.items import changes, self_approval
from erp.items.choices import Picked, why_not_pick
from erp.items.item import Item
from erp.kind import Kind, Reason, Stage
from erp.people import User, why_may_not
from erp.states import IN_THE_PROJECT, TRANSITIONS, State

STAGES = {"send": Stage.SEND, "accept": Stage.ACCEPT, "choose": Stage.ACCEPT, "export": Stage.EXPORT, "retry": Stage.EXPORT,
          "send_again": Stage.EXPORT}  # fmt: skip
OWN_RIGHT = ("send_again",)
"""Actions with a row of their own in the rights table; whoever may decide about the kind may do the others."""


@dataclass(frozen=True)
class Case:
    """What a rule looks at: the item, its document and snapshot, and the choices made so far."""

    item: Item
    document: Any
    payload: dict[str, Any]
    choices: dict[str, Any]
    connection: Connection
    stage: Stage


def why_not(action: str, item: Item, person: User, *, picked: Picked | None = None) -> list[Reason]:
    """The reasons against, in the reader's words, each with a link to the cure; an empty list means yes."""
    return cheap(action, item, person) or _rules(action, item, picked)


def cheap(action: str, item: Item, person: User) -> list[Reason]:
    """The half that needs no look at the document: the state and the person's rights."""
    return _state(action, item) or _rights(action, item, person)


def _state(action: str, item: Item) -> list[Reason]:
    if item.as_state in TRANSITIONS[action].frm:
        return []
    return [Reason(STATE_WORDS.get((action, item.as_state)) or f"It is {item.state} now.")]


STATE_WORDS = {
    ("send", State.READY): "It was sent to ERP already and waits for accounting.",
    ("send", State.ACCEPTED): "It was sent to ERP already and accounting accepted it.",
    ("send", State.EXPORTING): "It is being exported to accounting right now.",
    ("send", State.UNKNOWN): "The answer of accounting was lost; it is being verified and never sent again on a guess.",
    ("send", State.WAITING): "It was delivered to accounting; a person there must confirm it.",
    ("send", State.FAILED): "Accounting refused it. The approver can retry it or reject it back to you.",
    ("retrieve", State.EXPORTING): "It is being exported; it cannot be retrieved any more.",
    ("retrieve", State.WAITING): "It was delivered to accounting; it cannot be retrieved any more.",
    ("retrieve", State.UNKNOWN): "The answer of accounting was lost; it is being verified and cannot be retrieved meanwhile.",
    ("retrieve", State.FAILED): "Accounting refused it. The approver can retry it or reject it back to you.",
    ("retrieve", State.WITH_PM): "It was not sent.",
    ("retrieve", State.SYNCED): "Accounting has it already.",
}


def _rights(action: str, item: Item, person: User) -> list[Reason]:
    kind = item.declaration
    if action in IN_THE_PROJECT:
        return why_may_not(person, "send", project_id=item.project_id, kind=kind.slug, tools=kind.tools)
    key = action if action in OWN_RIGHT else f"decide_{kind.slug}"
    refused = why_may_not(person, key, kind=kind.slug)
    return refused or _not_named(kind, item, person) or self_approval.why_not(action, item, person)


def _not_named(kind: Kind, item: Item, person: User) -> list[Reason]:
    named = kind.named(item)
    if not named or person.id in named:
        return []
    return [Reason("The project names its approvers, and you are not one of them.")]


def _rules(action: str, item: Item, picked: Picked | None) -> list[Reason]:
    stage = STAGES.get(action)
    if stage is None:
        return []
    case = _case(item, stage, picked)
    against = [*_connected(case)]
    if against:
        return against
    chosen = _choices(case, picked)
    return [*_resend(case), *chosen, *_declared(case), *([] if chosen else _fields(case))]


def _case(item: Item, stage: Stage, picked: Picked | None) -> Case:
    kind = item.declaration
    document = kind.load(item.document_id)
    payload = kind.snapshot(document) if stage is Stage.SEND else item.payload
    return Case(item, document, payload, picked.values if picked else item.choices, item.connection, stage)


def _connected(case: Case) -> list[Reason]:
    unsupported = case.connection.connector.why_unsupported(case.item.kind)
    if unsupported:
        return [Reason(unsupported)]
    if not case.connection.lists_read:
        return [Reason(f"The lists of {case.connection.name} have not been read yet. They are read when the Web Connector "
                       "calls for the first time; an ERP administrator sees the connection's health.")]  # fmt: skip
    return []


def _resend(case: Case) -> list[Reason]:
    if case.stage is Stage.SEND and changes.nothing_new(case.item, case.payload):
        return [Reason("There is nothing to send: accounting has it as it is here. Change it first.")]
    return []


def _choices(case: Case, picked: Picked | None) -> list[Reason]:
    if case.stage is Stage.SEND:
        return []
    return why_not_pick(case.item, case.choices)


def _declared(case: Case) -> list[Reason]:
    rules = case.item.declaration.rules
    return [reason for rule in rules if case.stage in rule.stages for reason in rule.check(case)]


def _fields(case: Case) -> list[Reason]:
    if not case.item.declaration.carries(case.payload):
        return []
    return list(case.connection.connector.check(case.item.kind, case.payload, case.choices, case.connection.settings))
