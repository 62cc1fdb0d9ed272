"""Self-approval: may the sender accept his own item? A setting per connection: allow, flag (the default) or block."""

from erp import audit
from erp.connections import Connection
from erp.items.item import Item
from erp.kind import KINDS, Kind, Reason
from erp.people import User, approvers

SETTINGS = {
    "allow": "Allow: nothing is said about it.",
    "flag": "Flag: it is marked in the history and in the Accountant Report.",
    "block": "Block: another approver must accept it.",
}
DEFAULT = "flag"
DECIDING = ("accept", "choose", "retry", "adopt", "send_again")
FEWEST = 2


class SelfApprovalRefused(Exception):
    """The setting cannot be like this."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


def setting(connection: Connection) -> str:
    """The setting of the connection."""
    chosen = str(connection.settings.get("self_approval", DEFAULT))
    return chosen if chosen in SETTINGS else DEFAULT


def why_not_block(connection: Connection) -> str:
    """The sentence against blocking: for each kind of the connection two people must be there to decide."""
    lonely = [kind.tab for kind in _kinds(connection) if len(approvers(kind.slug)) < FEWEST]
    if not lonely:
        return ""
    return (f"Fewer than two people may decide about {', '.join(lonely)}. With “block” nobody could accept what the only "
            "approver sends. The owner grants the privilege to another person first.")  # fmt: skip


def choose(connection: Connection, actor: User, wanted: str) -> None:
    """Change the setting; raises SelfApprovalRefused for an unknown one and for a block that would lock somebody out."""
    if wanted not in SETTINGS:
        raise SelfApprovalRefused("Choose allow, flag or block.")
    if wanted == "block" and (sentence := why_not_block(connection)):
        raise SelfApprovalRefused(sentence)
    was = setting(connection)
    if wanted != was:
        connection.settings = {**connection.settings, "self_approval": wanted}
        audit.record(f"connection:{connection.id}", "self_approval", actor, frm=was, to=wanted)


def why_not(action: str, item: Item, person: User) -> list[Reason]:
    """The reason against a decision about one's own item, where that is blocked."""
    if action not in DECIDING or item.sent_by != person.id or setting(item.connection) != "block":
        return []
    return [Reason("You sent it yourself, and here nobody approves what he sent. Another approver decides.")]


def is_flagged(item: Item, actor: User) -> bool:
    """Whether the history marks this acceptance: the sender decides about his own item."""
    return bool(actor.id == item.sent_by and setting(item.connection) != "allow")


def _kinds(connection: Connection) -> list[Kind]:
    return [kind for kind in KINDS.values() if not connection.connector.why_unsupported(kind.slug)]
