"""What people do with items up to the export: send, retrieve, accept, take back, reject."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from erp import mail, moves
from erp.audit import Event
from erp.connections import Connection
from erp.db import db, now
from erp.items import changes, self_approval
from erp.items.choices import Picked, kept, pick
from erp.items.item import Item, find, freeze, transient
from erp.items.why_not import why_not
from erp.kind import KINDS, Comment, Kind, Reason
from erp.people import User, approvers, erp_admins
from erp.signs import CONTROL
from erp.states import TRANSITIONS, State, filter_of, target

LONGEST_COMMENT = 2000


class Refused(Exception):
    """The action is not possible now; `reasons` say why, and nothing was changed."""

    def __init__(self, reasons: list[Reason]) -> None:
        self.reasons = reasons
        super().__init__(" ".join(reason.text for reason in reasons))


def item_for(kind: str, connection: Connection, document: Any) -> Item:
    """The item of the document on the connection, or one that stands for "never sent"."""
    found = find(connection.id, document.id)
    if found is None:
        found = transient(kind, connection, document)
        found.connection = connection
        db.session.expunge(found) if found in db.session else None
    return found


def advance(item: Item, action: str, actor: Any, *, version: int | None = None, in_erp: bool | None = None,
            **columns: Any) -> Event:  # fmt: skip
    """Move an item along its table; raises moves.Stale when somebody was first."""
    has = item.in_erp if in_erp is None else in_erp
    to = target(action, item.as_state, has)
    shown = filter_of(to, has, item.declaration.updated_whole)
    return moves.move(item, action, to, actor, frm=TRANSITIONS[action].frm, filter=shown, version=version,
                      in_erp=has, **columns)  # fmt: skip


def guard(action: str, item: Item, actor: User, picked: Picked | None = None) -> None:
    """Raises Refused with every reason against the action."""
    reasons = why_not(action, item, actor, picked=picked)
    if reasons:
        raise Refused(reasons)


def send(kind: str, connection: Connection, document: Any, actor: User, version: int | None = None) -> Item:
    """Freeze a snapshot of the document and hand it to accounting's desk."""
    item = item_for(kind, connection, document)
    guard("send", item, actor)
    resent = item.ever_sent
    if item.id is None:
        item = first(item)
    payload = KINDS[kind].snapshot(document)
    summary = KINDS[kind].summary(payload)
    snapshot = freeze(item, payload, actor)
    event = advance(item, "send", actor, version=version, snapshot_id=snapshot.id, summary=summary, amount=summary["amount"],
            number=document.number, title=document.title, created_by=document.created_by, sent_by=actor.id,
            sent_at=now(), accepted_by=None, choices=kept(item), error={})  # fmt: skip
    KINDS[kind].sent(item, document, actor)
    if resent:
        tell(item, event, "resend")
    return item


def first(item: Item) -> Item:
    """Write an item that stood for “never sent”; raises Refused when somebody else did at the same moment."""
    try:
        with db.session.begin_nested():
            db.session.add(item)
    except IntegrityError as twice:
        raise Refused([Reason("Somebody sent it at the same moment. It was sent once; reload the page.")]) from twice
    return item


def retrieve(item: Item, actor: User, version: int | None = None) -> Event:
    """Take a sent document back to its tool."""
    guard("retrieve", item, actor)
    return _go_home(item, "retrieve", actor, version=version, choices=kept(item))


def _go_home(item: Item, action: str, actor: User, **columns: Any) -> Event:
    """Back to its tool; what accounting has already is shown as it is there."""
    shown = changes.shown_at_home(item) if item.in_erp else {}
    return advance(item, action, actor, accepted_by=None, **shown, **columns)


def accept(item: Item, actor: User, form: Mapping[str, str], version: int | None = None) -> Event:
    """Countersign what was sent, with the choices the connector needs; what belongs to it is accepted with it."""
    picked = pick(item, form)
    guard("accept", item, actor, picked)
    behind = [other for other in item.declaration.behind(item) if other.as_state is State.READY]
    for other in behind:
        if own := self_approval.why_not("accept", other, actor):
            raise Refused(own)
    event = _accept("accept", item, actor, picked, version)
    for other in behind:
        _accept("accept", other, actor, Picked(kept(other)) if other.in_erp else picked, None)
    return event


def _accept(action: str, item: Item, actor: User, picked: Picked, version: int | None) -> Event:
    amount, flagged = item.summary.get("sends", item.amount), self_approval.is_flagged(item, actor)
    details = {"choices": picked.values, "self_approval": flagged and item.accepted_by != actor.id, "amount": amount}
    event = advance(item, action, actor, version=version, accepted_by=actor.id, choices=picked.values, details=details)
    if item.snapshot:
        item.snapshot.accepted_at = now()
    return event


def change_choices(item: Item, actor: User, form: Mapping[str, str], version: int | None = None) -> Event | None:
    """Other choices for what is accepted and not exported, by which the acceptance becomes the actor's; None if none is other."""
    picked = pick(item, form)
    guard("choose", item, actor, picked)
    return _accept("choose", item, actor, picked, version) if picked.values != item.choices else None


def unaccept(item: Item, actor: User, version: int | None = None) -> Event:
    """Take an acceptance back; what is being exported is taken back by exchanges.export.withdraw alone."""
    guard("unaccept", item, actor)
    if item.as_state is State.EXPORTING:
        raise Refused([Reason("It is being exported to accounting right now.")])
    return advance(item, "unaccept", actor, version=version, accepted_by=None)


def reject(item: Item, actor: User, comment: str, version: int | None = None) -> Event:
    """Return the document to its tool, with a comment, and write the mails."""
    event = turn_down(item, actor, comment, version)
    tell(item, event)
    return event


def turn_down(item: Item, actor: User, comment: str, version: int | None = None) -> Event:
    """Reject it without a mail of its own."""
    guard("reject", item, actor)
    comment = good_comment(item.declaration, comment)
    return _go_home(item, "reject", actor, version=version, comment=comment, choices=kept(item), error={})


def good_comment(kind: Kind, comment: str) -> str:
    """The comment of a rejection as it is kept; raises Refused when the kind cannot take it."""
    if against := _why_not_comment(kind.comment, comment.strip()):
        raise Refused([Reason(against)])
    return comment.strip()


def _why_not_comment(asked: Comment, comment: str) -> str:
    if asked.required and not comment:
        return f"{asked.label}: the explanation is missing. The sender reads it."
    return why_not_kept("The comment", comment)


def why_not_kept(what: str, words: str) -> str:
    """Why what a person wrote cannot stand in the history; empty when it can. `what` begins the sentence."""
    if len(words) > LONGEST_COMMENT:
        return f"{what} has {len(words):,} characters; at most {LONGEST_COMMENT:,} fit. Shorten it."
    if CONTROL.search(words):
        return f"{what} has a control character in it. Type it anew."
    return ""


def tell(item: Item, event: Event, what: str = "") -> None:
    """Write the mails that belong to an event: `what` happened, its action by default."""
    row = mail.told(what or event.action, item.kind)
    people = [user for role in mail.roles(what or event.action, item.kind) for user in RECIPIENTS[role](item) if user]
    if row and people:
        mail.write(event, row.template, people, item=item)


def _exporter(item: Item) -> list[User | None]:
    asked = select(Event.actor_id).where(Event.subject == item.subject, Event.action.in_(EXPORTS)).order_by(Event.id.desc())
    key = db.session.scalar(asked.limit(1))
    return [db.session.get(User, key)] if key else []


EXPORTS = ("export", "retry", "look_again", "send_again")
RECIPIENTS: dict[str, Callable[[Item], list[User | None]]] = {
    "creator": lambda item: [item.creator],
    "sender": lambda item: [item.sender],
    "approvers": lambda item: [*approvers(item.kind, item.declaration.named(item))],
    "exporter": _exporter,
    "erp_admins": lambda item: [*erp_admins()],
}
"""Who stands behind a role of the table of mails."""
