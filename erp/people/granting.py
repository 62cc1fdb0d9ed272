"""Granting: who may give the privileges of the company to whom, and the approver grid."""

from collections.abc import Mapping

from sqlalchemy import func, select

from erp import audit
from erp.db import db, now
from erp.kind import KINDS
from erp.people.access import set_grid
from erp.people.refused import PersonRefused
from erp.people.user import CREATE_PROJECT, PUSH, GridRow, Level, Privilege, User

GRANTABLE = {
    PUSH: "With Standard or Admin on ERP Integrations: accept, reject and export.",
    CREATE_PROJECT: "With Standard on Directory: create projects.",
}
"""The privileges that are granted on a person's page, and what they are good for."""


def why_not_grant(actor: User, user: User, name: str) -> str:
    """The sentence against a grant (product.md section 1); empty when it may be made."""
    if name not in GRANTABLE:
        return "There is no such privilege."
    if name != PUSH:
        return ""
    if actor.id == user.id:
        return f"Nobody grants {PUSH} to himself. Ask {_others(actor)}."
    if not is_granter(actor):
        return f"Only the owner grants {PUSH}, or a Directory Admin who holds it. Ask {_others(actor)}."
    return ""


def is_granter(person: User) -> bool:
    """Whether the person may grant Can Push to Accounting to others: the owner, or a Directory Admin who holds it."""
    return person.active and (person.owner or person.level("directory") == Level.ADMIN and person.holds(PUSH))


def granters() -> list[User]:
    """The people who may grant Can Push to Accounting, by name."""
    asked = select(User).where(User.active).order_by(func.lower(User.name), User.id)
    return [user for user in db.session.scalars(asked) if is_granter(user)]


def grant(actor: User, user: User, name: str) -> None:
    """Give a privilege; raises PersonRefused when this person may not. Who holds it already keeps his older grant."""
    if sentence := why_not_grant(actor, user, name):
        raise PersonRefused(sentence)
    if not user.holds(name):
        user.privileges.append(Privilege(name=name, project_id=None, granted_by=actor.id, granted_at=now()))
        audit.record(f"user:{user.id}", "grant", actor, details={"privilege": name})


def revoke(actor: User, user: User, name: str) -> None:
    """Take a privilege of the company away; everybody who manages people may."""
    if name not in GRANTABLE:
        raise PersonRefused("There is no such privilege.")
    if user.holds(name):
        user.privileges = [row for row in user.privileges if (row.name, row.project_id) != (name, None)]
        audit.record(f"user:{user.id}", "revoke", actor, details={"privilege": name})


def save_grid(actor: User, user: User, wanted: Mapping[str, tuple[bool, bool]]) -> None:
    """Set (Can Import?, Can Export?) per kind; a kind that is not narrowed has no row, others are left alone."""
    were = grid(user)
    changes = {kind: now_is for kind, now_is in wanted.items() if kind in KINDS and were[kind] != now_is}
    for kind, (can_import, can_export) in changes.items():
        set_grid(user, kind, can_import=can_import, can_export=can_export)
    user.grid = [row for row in user.grid if not (row.can_import and row.can_export)]
    if changes:
        details = {kind: {"was": list(were[kind]), "now": list(pair)} for kind, pair in changes.items()}
        audit.record(f"user:{user.id}", "grid", actor, details={"grid": details, "columns": ["import", "export"]})


def grid(user: User) -> dict[str, tuple[bool, bool]]:
    """(Can Import?, Can Export?) of every kind, in the order of the tabs; without a row both."""
    rows: dict[str, GridRow] = {row.kind: row for row in user.grid}
    return {kind: (rows[kind].can_import, rows[kind].can_export) if kind in rows else (True, True) for kind in KINDS}


def _others(actor: User) -> str:
    return " or ".join(user.name for user in granters() if user.id != actor.id) or "the person who runs the command line"
