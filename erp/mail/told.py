"""Who is told what: product.md section 8 as one table, a part of which an ERP administrator edits."""

from dataclasses import dataclass

from erp.mail.choices import RESENT, chosen

REJECTED_MANY = "rejected_many"
"""What each sender is told when a whole list is rejected: one mail with the count, whoever is told about a single one."""
ROLES = {"creator": "Creator", "sender": "Sender", "approvers": "Approvers"}
"""Whom an administrator may choose for a rejection, as called on screen."""


@dataclass(frozen=True)
class Told:
    """A template below templates/mail/ and the roles of the recipients: those of ROLES, `exporter`, who exported last, or
    `erp_admins`."""

    template: str
    roles: tuple[str, ...]


TOLD: dict[tuple[str, str], Told] = {
    ("reject", "job"): Told("project_rejected", ("creator", "approvers")),
    ("reject", "budget"): Told("budget_rejected", ("creator", "sender")),
    ("reject", ""): Told("rejected", ("creator", "sender")),
    ("fail", ""): Told("failed", ("exporter",)),
    ("undecided", ""): Told("undecided", ("exporter",)),
    ("resend", ""): Told("resent", ("approvers",)),
    ("findings", ""): Told("findings", ("erp_admins",)),
}
"""(what happened, kind) -> mail; an empty kind stands for the others."""


def told(action: str, kind: str) -> Told | None:
    """The mail that an action on this kind writes, if any."""
    return TOLD.get((action, kind)) or TOLD.get((action, ""))


def exact(kind: str) -> bool:
    """Whether the product says who is told about a rejection of this kind, so that nobody edits it."""
    return ("reject", kind) in TOLD


def roles(action: str, kind: str) -> tuple[str, ...]:
    """The recipients' roles, as chosen by an administrator where he may choose."""
    row = told(action, kind)
    if row is None or (action == "resend" and not chosen(RESENT)):
        return ()
    return tuple(chosen(f"rejected:{kind}", row.roles)) if action == "reject" and not exact(kind) else row.roles
