"""The people of a project and their level on each of its tools."""

from collections.abc import Mapping

from sqlalchemy import func, select

from erp import audit
from erp.db import db
from erp.documents.document import DocumentRefused, touch
from erp.documents.project import Project, grant, team
from erp.documents.words import printable
from erp.people import Level, User
from erp.people.user import PROJECT_TOOLS


class TeamRefused(DocumentRefused):
    """The team cannot be like this."""


def add(project: Project, actor: User, email: str, level: Level = Level.READ) -> User:
    """Give the person with this e-mail the level on every tool; raises TeamRefused when nobody has it."""
    email = printable(email).strip()
    user: User | None = db.session.scalar(select(User).where(func.lower(User.email) == email.lower(), User.active))
    if user is None:
        raise TeamRefused(f"Nobody here has the e-mail {email[:80]}. {_who_adds()}", "email")
    if any(row.project_id == project.id for row in user.grants):
        raise TeamRefused(f"{user.name} is in the team already. Change the levels in the table.", "email")
    if level == Level.NONE:
        raise TeamRefused("Choose a level: Read Only, Standard or Admin.", "level")
    save(project, actor, None, {(user.id, tool): level for tool in PROJECT_TOOLS}, [user])
    return user


def save(project: Project, actor: User, seen: int | None, levels: Mapping[tuple[int, str], Level],
         people: list[User] | None = None) -> None:  # fmt: skip
    """Set levels by (person's id, tool); people outside the team and unknown tools are left alone.

    Raises StaleDocument when somebody else saved first, TeamRefused when nobody would be Project Admin any more.
    """
    touch(project, seen)
    changes = []
    for user in people or team(project):
        for tool in PROJECT_TOOLS:
            was = user.level(tool, project.id)
            level = levels.get((user.id, tool), was)
            if level != was:
                grant(project, user, tool, level)
                changes.append({"user": user.id, "name": user.name, "tool": tool, "from": was.label, "to": level.label})
    _refuse_headless(project)
    if changes:
        audit.record(project.subject, "team", actor, details={"changes": changes})


def _refuse_headless(project: Project) -> None:
    if not any(user.active and user.level("project_admin", project.id) == Level.ADMIN for user in team(project)):
        raise TeamRefused("Somebody must be Admin on Project Admin. Make another person Admin first; nothing was changed.")


def _who_adds() -> str:
    owners = db.session.scalars(select(User).where(User.owner, User.active).order_by(User.name))
    names = " or ".join(user.name for user in owners)
    return f"{names or 'The owner'} adds people."
