"""`flask user …`: the first owner, and what only the command line may do."""

import secrets

import click
from flask.cli import AppGroup

from erp import audit
from erp.audit import System
from erp.db import db, now, transaction
from erp.people import Grant, Level, Privilege, User, staff
from erp.people.login import find
from erp.people.user import COMPANY_TOOLS, PUSH

group = AppGroup("user", help="People of this deployment.")
LEVELS = {"none": Level.NONE, "read": Level.READ, "standard": Level.STANDARD, "admin": Level.ADMIN}
SHELL = System("command line")


def make(email: str, name: str, password: str, *, owner: bool = False, zone: str = "UTC", **levels: Level) -> User:
    """A new person with levels on the company's tools."""
    user = staff.fresh(email, name, owner=owner, zone=zone)
    user.set_password(password)
    user.grants = [Grant(tool=tool, project_id=None, level=int(level)) for tool, level in levels.items()]
    db.session.add(user)
    db.session.flush()
    audit.record(f"user:{user.id}", "create", SHELL, details={"owner": owner, "levels": {t: int(n) for t, n in levels.items()}})
    return user


def give(user: User, privilege: str, project_id: int | None = None) -> None:
    """Grant a privilege; the audit trail says that it came from the command line."""
    user.privileges.append(Privilege(name=privilege, project_id=project_id, granted_by=None, granted_at=now()))
    audit.record(f"user:{user.id}", "grant", SHELL, details={"privilege": privilege})


@group.command("create")
@click.argument("email")
@click.option("--name", help="The name on screen; the part before the @ by default.")
@click.option("--owner", is_flag=True, help="Owner of the deployment: manages people, Directory Admin.")
@click.option("--push", is_flag=True, help=f"Grant the privilege “{PUSH}”.")
@click.option("--erp", type=click.Choice(list(LEVELS)), default="none", help="Level on ERP Integrations.")
@click.option("--directory", type=click.Choice(list(LEVELS)), default="none", help="Level on Directory.")
@click.option("--company-admin", type=click.Choice(list(LEVELS)), default="none", help="Level on Company Admin (cost codes).")
@click.option("--zone", default="UTC", help="Time zone, such as America/Los_Angeles.")
@click.password_option(required=False, prompt=False, help="Made up and printed once when left out.")
def create(email: str, name: str | None, owner: bool, push: bool, erp: str, directory: str, company_admin: str, zone: str,
           password: str | None) -> None:  # fmt: skip
    """Make a person with EMAIL."""
    if "@" not in email or email.split() != [email]:
        raise click.ClickException(f"“{email}” is no e-mail address.")
    if not staff.is_zone(zone):
        raise click.ClickException(f"“{zone}” is no time zone. Write one such as America/Los_Angeles.")
    if find(email):
        raise click.ClickException(f"{email} exists already. Use “user password” to give a new password.")
    secret = password or secrets.token_urlsafe(12)
    chosen = {"erp": erp, "directory": "admin" if owner else directory, "company_admin": company_admin}
    with transaction():
        user = make(email, name or email.partition("@")[0].title(), secret, owner=owner, zone=zone,
                    **{tool: LEVELS[level] for tool, level in chosen.items() if level != "none"})  # fmt: skip
        if push:
            give(user, PUSH)
    click.echo(f"{email} can log in." + ("" if password else f" Password: {secret}"))


@group.command("password")
@click.argument("email")
@click.password_option(required=False, prompt=False)
def password(email: str, password: str | None) -> None:
    """Give EMAIL a new password; every session of the person ends."""
    user = _known(email)
    secret = password or secrets.token_urlsafe(12)
    with transaction():
        user.set_password(secret)
        audit.record(f"user:{user.id}", "password", SHELL)
    click.echo(f"{email} has a new password." + ("" if password else f" Password: {secret}"))


@group.command("level")
@click.argument("email")
@click.argument("tool", type=click.Choice(list(COMPANY_TOOLS)))
@click.argument("level", type=click.Choice(list(LEVELS)))
def level(email: str, tool: str, level: str) -> None:
    """Set the LEVEL of EMAIL on a company TOOL."""
    user = _known(email)
    with transaction():
        user.grants = [g for g in user.grants if (g.tool, g.project_id) != (tool, None)]
        db.session.flush()
        user.grants.append(Grant(tool=tool, project_id=None, level=int(LEVELS[level])))
        audit.record(f"user:{user.id}", "level", SHELL, details={"tool": tool, "level": level})
    click.echo(f"{email}: {COMPANY_TOOLS[tool]} {LEVELS[level].label}.")


@group.command("push")
@click.argument("email")
@click.option("--revoke", is_flag=True)
def push(email: str, revoke: bool) -> None:
    """Grant EMAIL the privilege Can Push to Accounting, or take it away."""
    user = _known(email)
    with transaction():
        user.privileges = [p for p in user.privileges if p.name != PUSH]
        db.session.flush()
        if revoke:
            audit.record(f"user:{user.id}", "revoke", SHELL, details={"privilege": PUSH})
        else:
            give(user, PUSH)
    click.echo(f"{email}: {PUSH} {'revoked' if revoke else 'granted'}.")


@group.command("list")
def everybody() -> None:
    """Everybody with levels and privileges."""
    for user in db.session.scalars(db.select(User).order_by(User.id)):
        levels = ", ".join(f"{COMPANY_TOOLS[g.tool]} {g.as_level.label}" for g in user.grants if g.tool in COMPANY_TOOLS)
        extra = ", ".join(filter(None, ("owner" if user.owner else "", *(p.name for p in user.privileges))))
        click.echo(f"{user.email:40} {user.name:24} {levels or '-'}{'; ' + extra if extra else ''}")


def _known(email: str) -> User:
    found = find(email)
    if found is None:
        raise click.ClickException(f"Nobody has the e-mail {email}.")
    return found
