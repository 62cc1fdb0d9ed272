"""The people of a project and their level on each of its tools."""

from collections.abc import Mapping

from sqlalchemy import func, select

from erp import audit
from erp.db import db, now, same_letters
from erp.documents.document import DocumentRefused, touch
from erp.documents.project import Project, grant, team
from erp.documents.words import printable
from erp.people import Level, Privilege, User
from erp.people.user import PROJECT_TOOLS, SEND_BUDGETS


class TeamRefused(DocumentRefused):
    """The team cannot be like this."""


def add(project: Project, actor: User, email: str, level: Level = Level.READ) -> User:
    """Give the person with this e-mail the level on every tool; raises TeamRefused when nobody has it."""
    email = printable(email).strip()
    user: User | None = db.session.scalar(select(User).where(same_letters(User.email, email), User.active))
    if user is None:
        raise TeamRefused(f"Nobody here has the e-mail {email[:80]}. {_who_adds()}", "email")
    if any(row.project_id == project.id for row in user.grants):
        raise TeamRefused(f"{user.name} is in the team already. Change the levels in the table.", "email")
    if level == Level.NONE:
        raise TeamRefused("Choose a level: Read Only, Standard or Admin.", "level")
    save(project, actor, None, {(user.id, tool): level for tool in PROJECT_TOOLS}, [user])
    return user


def save(project: Project, actor: User, seen: int | None, levels: Mapping[tuple[int, str], Level],
         people: list[User] | None = None, senders: Mapping[int, bool] | None = None) -> None:  # fmt: skip
    """Set levels by (person's id, tool), and by person's id whether he holds Send and Retrieve Budgets from ERP here;
    people outside the team and unknown tools are left alone.

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
        if (sends := (senders or {}).get(user.id)) is not None and sends != may_send(user, project):
            _let_send(user, project, actor, sends)
            changes.append({"user": user.id, "name": user.name, "privilege": SEND_BUDGETS, "held": sends})
    _refuse_headless(project)
    _forget_who_left(project)
    if changes:
        audit.record(project.subject, "team", actor, details={"changes": changes})


def may_send(user: User, project: Project) -> bool:
    """Whether the person holds the granular right for this project."""
    return any((row.name, row.project_id) == (SEND_BUDGETS, project.id) for row in user.privileges)


def _let_send(user: User, project: Project, actor: User, sends: bool) -> None:
    if sends:
        user.privileges.append(Privilege(name=SEND_BUDGETS, project_id=project.id, granted_by=actor.id, granted_at=now()))
    else:
        user.privileges = [row for row in user.privileges if (row.name, row.project_id) != (SEND_BUDGETS, project.id)]


def _forget_who_left(project: Project) -> None:
    """Who has no level any more keeps no granular right either: it would wait for him to come back."""
    inside = {user.id for user in team(project)}
    left = select(Privilege).filter_by(project_id=project.id, name=SEND_BUDGETS).where(Privilege.user_id.not_in(inside))
    for row in db.session.scalars(left):
        row.user.privileges.remove(row)


def _refuse_headless(project: Project) -> None:
    if not any(user.active and user.level("project_admin", project.id) == Level.ADMIN for user in team(project)):
        raise TeamRefused("Somebody must be Admin on Project Admin. Make another person Admin first; nothing was changed.")


def _who_adds() -> str:
    owners = db.session.scalars(select(User).where(User.owner, User.active).order_by(func.lower(User.name)))
    names = " or ".join(user.name for user in owners)
    return f"{names or 'The owner'} adds people."
