"""What a person keys into accounting: a connector of its own for kinds that a system takes in no other way."""

import json
from typing import Any

from erp.connector import CONNECTORS, Ask, Checklist, Connector, Failed, Outcome, Refusal, Synced, Work, register

LONGEST = 40
SENTENCE = "Paste the number that accounting gave it, then press Synced."


def step(work: Work, answer: str | None) -> Outcome:
    """First the checklist, as JSON; the answer is the number that a person pasted."""
    todo = checklist(work)
    if answer is None:
        return Ask(json.dumps({"where": todo.where, "rows": todo.rows, "number": todo.number}), writes=True)
    number = answer.strip()
    if not number:
        return Failed("field", f"{todo.asks} is missing. {SENTENCE}")
    if len(number) > LONGEST or not number.isprintable():
        return Failed("field", f"{todo.asks} has at most {LONGEST} printable characters. {SENTENCE}")
    if why := todo.why_not(number):
        return Failed("field", f"{todo.asks}: “{number}” {why}. {SENTENCE}")
    name = todo.name or number
    return Synced({"erp_id": number, "name": name, "edit_sequence": "", "shows": [[todo.asks, number], ["Name", name]]})


def preview(work: Work) -> dict[str, Any]:
    """The checklist beside what the project has."""
    todo = checklist(work)
    return {"title": f"Keyed in by a person · {todo.where}", "rows": [(label, value, value) for label, value in todo.rows]}


def checklist(work: Work) -> Checklist:
    """What is to be typed, as the accounting system of the connection wants it."""
    told = CONNECTORS[work.system].checklist
    if told is None:
        raise LookupError(f"{work.system} has no checklist for {work.kind}")
    return told(work)


BY_HAND = register(Connector(
    slug="by_hand",
    title="Keyed by hand",
    short="accounting",
    step=step,
    check=lambda kind, payload, choices, settings: (),
    preview=preview,
    explain=lambda code, reason: Refusal("", ""),
    choices={},
    supported=frozenset(),
    unsupported={},
    lists=(),
    calls=False,
))  # fmt: skip
