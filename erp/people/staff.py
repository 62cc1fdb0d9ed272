"""The people of the deployment: made, edited, switched off, given levels and a one-time password."""

import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from erp import audit
from erp.db import db, now
from erp.people import passwords
from erp.people.login import find
from erp.people.refused import PersonRefused
from erp.people.user import COMPANY_TOOLS, PUSH, Grant, Level, User
from erp.signs import UNSEEN

MOST_NAME, MOST_EMAIL = 80, 254


def fresh(email: str, name: str, *, owner: bool = False, zone: str = "UTC") -> User:
    """A person without password and rights, not yet in the database."""
    return User(email=email.strip(), name=name, owner=owner, active=True, zone=zone, created_at=now(), password_hash="",
                must_change_password=False)  # fmt: skip


def create(actor: User, *, name: str, email: str, zone: str) -> tuple[User, str]:
    """A new person without any right, and the one-time password to hand over."""
    _refuse(None, name, email, zone)
    user, password = fresh(email, name, zone=zone), passwords.one_time()
    user.set_password(password, once=True)
    db.session.add(user)
    db.session.flush()
    audit.record(f"user:{user.id}", "create", actor, details={"email": email, "name": name})
    return user, password


def edit(actor: User, user: User, *, name: str, email: str, zone: str, active: bool) -> None:
    """Save the facts of a person; who is switched off is out at once.

    Raises PersonRefused for what cannot be taken, for the last owner, and for an owner when somebody else edits him.
    """
    _refuse_owner(actor, user)
    _refuse(user, name, email, zone)
    if user.owner and not active:
        _refuse_last_owner(user)
    wanted: dict[str, Any] = {"name": name, "email": email, "zone": zone, "active": active}
    was = {key: getattr(user, key) for key, value in wanted.items() if getattr(user, key) != value}
    if not was:
        return
    for key in was:
        setattr(user, key, wanted[key])
    if not active:
        user.sessions = []
    audit.record(f"user:{user.id}", "edit", actor, details={"was": was, "now": {key: wanted[key] for key in was}})


def set_levels(actor: User, user: User, levels: Mapping[str, Level]) -> None:
    """Set the levels on the company's tools; unknown tools are left alone."""
    _refuse_owner(actor, user)
    changes = [{"tool": tool, "from": user.level(tool).label, "to": level.label}
               for tool, level in levels.items() if tool in COMPANY_TOOLS and level != user.level(tool)]  # fmt: skip
    if not changes:
        return
    touched = {change["tool"] for change in changes}
    user.grants = [row for row in user.grants if row.project_id is not None or row.tool not in touched]
    db.session.flush()
    for tool in touched:
        if levels[tool] > Level.NONE:
            user.grants.append(Grant(tool=tool, project_id=None, level=int(levels[tool])))
    audit.record(f"user:{user.id}", "levels", actor, details={"changes": changes})


def why_not_reset(actor: User, user: User) -> str:
    """Why this person cannot give that one a new password: whoever could, could log in as him."""
    if user.owner and not actor.owner:
        return "Only the owner gives an owner a new password."
    if user.holds(PUSH) and not (actor.owner or actor.holds(PUSH)):
        return f"{user.name} holds {PUSH}. The owner, or a Directory Admin who holds it too, gives a new password."
    return ""


def reset_password(actor: User, user: User) -> str:
    """A one-time password; the old one and every session of the person end."""
    if sentence := why_not_reset(actor, user):
        raise PersonRefused(sentence)
    password = passwords.one_time()
    user.set_password(password, once=True)
    audit.record(f"user:{user.id}", "reset_password", actor)
    return password


def everybody() -> list[User]:
    """All people with their rights, by name; who is switched off comes last."""
    rights = (selectinload(User.grants), selectinload(User.privileges), selectinload(User.grid))
    return list(db.session.scalars(select(User).options(*rights).order_by(User.active.desc(), func.lower(User.name), User.id)))


def why_not_email(email: str) -> str:
    """The sentence against an e-mail address; empty when it can be one."""
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", email) or UNSEEN.search(email):
        return f"“{email[:80]}” is no e-mail address. Write one such as ann@example.com."
    return f"The e-mail has {len(email)} characters; at most {MOST_EMAIL} fit." if len(email) > MOST_EMAIL else ""


def is_zone(name: str) -> bool:
    """Whether there is such a time zone."""
    return name in available_timezones()


def _refuse(user: User | None, name: str, email: str, zone: str) -> None:
    if not name.strip():
        raise PersonRefused("The name is missing. Write it.", "name")
    if len(name) > MOST_NAME or UNSEEN.search(name):
        raise PersonRefused(f"The name is too long or has a control character in it; {MOST_NAME} characters fit.", "name")
    if sentence := why_not_email(email):
        raise PersonRefused(sentence, "email")
    other = find(email)
    if other is not None and other is not user:
        raise PersonRefused(f"{other.name} has this e-mail already. Each person needs one of his own.", "email")
    if not is_zone(zone):
        raise PersonRefused(f"“{zone[:80]}” is no time zone. Write one such as America/Los_Angeles.", "zone")


def _refuse_owner(actor: User, user: User) -> None:
    if user.owner and not actor.owner:
        raise PersonRefused(f"{user.name} is the owner. Only an owner changes that.")


def _refuse_last_owner(user: User) -> None:
    others = select(User.id).where(User.owner, User.active, User.id != user.id).with_for_update()
    if db.session.scalar(others.limit(1)) is None:
        raise PersonRefused("This is the last owner; nobody could manage people any more. Make another owner first, "
                            "on the command line.", "active")  # fmt: skip
