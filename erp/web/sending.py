"""The PM's panel on a document: its state in accounting, the button that explains itself, and its history."""

from dataclasses import dataclass
from typing import Any

from flask_login import current_user

from erp import audit, connections
from erp.audit import Event
from erp.connections import Connection
from erp.items import Item
from erp.items.changes import changed
from erp.items.perform import item_for
from erp.items.why_not import why_not
from erp.kind import KINDS, Kind, Reason
from erp.people.user import Level
from erp.states import State
from erp.web.beside import Beside, beside


@dataclass(frozen=True)
class Line:
    """The panel's line for one connection: the item, the button's words, and why it is grey."""

    connection: Connection
    item: Item
    button: str
    noun: str
    reasons: tuple[Reason, ...]
    waits_for: str
    rejection: Event | None = None
    behind: str = ""
    warns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Panel:
    """Everything the panel shows."""

    kind: Kind
    document: Any
    lines: list[Line]
    events: list[Event]
    missing: tuple[Reason, ...]
    beside: Beside


def panel(slug: str, document: Any) -> Panel:
    """The panel of a document, one line per connection it may go to."""
    kind = KINDS[slug]
    items = [item_for(kind.slug, connection, document) for connection in _connections(slug, document)]
    events = audit.history(document.subject, *(item.subject for item in items if item.id))
    lines = [_line(item, document, [event for event in events if event.subject == item.subject]) for item in items]
    missing = () if lines else (_no_connection(document),)
    return Panel(kind, document, lines, events, missing, beside(kind, document))


def _connections(slug: str, document: Any) -> list[Connection]:
    if document.project_id is None:
        return connections.every()
    project = document if slug == "job" else document.project
    return [project.connection] if project.connection else []


def _no_connection(document: Any) -> Reason:
    if document.project_id is None:
        return Reason("There is no connection to accounting yet. An ERP administrator makes one.")
    return Reason("The project is not linked to a connection. Choose one on the project's page.",
                  f"/projects/{document.project_id}/edit", "Edit the project")  # fmt: skip


def _line(item: Item, document: Any, events: list[Event]) -> Line:
    sent = item.as_state not in (State.WITH_PM, State.SYNCED)
    noun = "retrieval" if sent else "sending"
    words = "Retrieve from ERP" if sent else "Re-send to ERP" if item.ever_sent else "Send to ERP"
    reasons = why_not("retrieve" if sent else "send", item, current_user)
    rejection = events[-1] if events and events[-1].action == "reject" else None
    warns = tuple(item.declaration.warns(item, document)) if item.as_state is State.WITH_PM else ()
    return Line(item.connection, item, words, noun, tuple(reasons), _waits_for(item), rejection, _behind(item, document), warns)


def _behind(item: Item, document: Any) -> str:
    """What accounting does not have yet of a document that it has, in a sentence."""
    kind = item.declaration
    if not (kind.updated_whole and item.in_erp):
        return ""
    labels = [row.label for row in changed(item, kind.snapshot(document))]
    until = "it is sent again" if item.as_state is State.SYNCED else "it is exported"
    return f"Accounting has the old data until {until}: {', '.join(labels)}." if labels else ""


def _waits_for(item: Item) -> str:
    """Who is waiting on whom, in a sentence."""
    return {
        State.WITH_PM: "It is with the project manager.",
        State.READY: "It waits for the decision of an accounting approver.",
        State.ACCEPTED: f"Accepted by {item.acceptor.name if item.acceptor else 'accounting'}; it waits for the export.",
        State.EXPORTING: "It is on its way to accounting.",
        State.WAITING: "It waits for a person in accounting to confirm it.",
        State.UNKNOWN: "The answer of accounting was lost; it is being verified.",
        State.FAILED: f"Accounting refused it: {item.error.get('message', '')}",
        State.SYNCED: f"Accounting has it: {item.erp_name}.",
    }[item.as_state]


def may_see(kind: Kind, document: Any) -> bool:
    """Whether the reader may know that the document exists: he has a level on a tool where its kind lives."""
    return any(current_user.level(tool, document.project_id) > Level.NONE for tool in kind.tools)
