"""May this person do this here? One answer for routes, buttons, sentences and tests."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from erp.db import db
from erp.kind import Reason
from erp.people.rights import ITEM_TOOL, RIGHTS, Right
from erp.people.user import PUSH, SEND_BUDGETS, TOOLS, Grant, GridRow, Level, Privilege, User


def may(user: User, key: str, *, project_id: int | None = None, kind: str = "", tools: Sequence[str] = ()) -> bool:
    """Whether the person may; `tools` are those of the item for rows that live where the item lives."""
    return not why_may_not(user, key, project_id=project_id, kind=kind, tools=tools)


def why_may_not(
    user: User, key: str, *, project_id: int | None = None, kind: str = "", tools: Sequence[str] = ()
) -> list[Reason]:
    """The reasons against, each a sentence that says who can help; an empty list means yes."""
    right = RIGHTS[key]
    if right.anyone:
        return []
    if not user.is_authenticated or not user.active:
        return [Reason("Log in first.")]
    if right.owner and user.owner:
        return []
    levels = [*_level(user, right, project_id, tools, kind), *_admin_on(user, right, project_id)]
    return [*levels, *_privilege(user, right), *_grid(user, right, kind)]


def _level(user: User, right: Right, project_id: int | None, tools: Sequence[str], kind: str) -> list[Reason]:
    if right.tool == ITEM_TOOL and not tools:
        return [Reason("Nobody may do this without an item.")]
    needed = tools if right.tool == ITEM_TOOL else [right.tool] if right.tool else []
    return [
        Reason(f"You need {_at_least(right.level)} on {TOOLS[tool]}. {_who_helps(tool)}")
        for tool in needed
        if user.level(tool, project_id) < right.level and not _granular(user, right, tool, project_id, kind)
    ]


def _admin_on(user: User, right: Right, project_id: int | None) -> list[Reason]:
    if not right.admin_on or any(user.level(tool, project_id) == Level.ADMIN for tool in right.admin_on):
        return []
    return [Reason(f"You need Admin on {' or '.join(TOOLS[tool] for tool in right.admin_on)}. {_who_helps(right.admin_on[0])}")]


def _granular(user: User, right: Right, tool: str, project_id: int | None, kind: str) -> bool:
    if not right.granular or not user.holds(right.granular, project_id):
        return False
    if right.granular == SEND_BUDGETS:
        return kind == "budget" and user.level(tool, project_id) >= Level.READ
    return user.level(tool, project_id) >= Level.STANDARD


def _at_least(level: int) -> str:
    return "Admin" if level == Level.ADMIN else f"{Level(level).label} or higher"


def _who_helps(tool: str) -> str:
    return (
        "The project's admin can change that."
        if tool not in ("erp", "directory", "company_admin")
        else "The owner can change that."
    )


def _privilege(user: User, right: Right) -> list[Reason]:
    if right.privilege and not user.holds(right.privilege):
        return [Reason(f"You need the privilege {right.privilege}. The owner grants it.")]
    return []


def _grid(user: User, right: Right, kind: str) -> list[Reason]:
    if not right.grid or not kind or (user.level("directory") == Level.ADMIN and user.holds(PUSH)):
        return []
    row = next((row for row in user.grid if row.kind == kind), None)
    if row is None or (row.can_export if right.grid == "export" else row.can_import):
        return []
    return [Reason(f"The approver grid does not let you {right.grid} these. The owner can change that.")]


def approvers(kind: str, named: Sequence[int] = ()) -> list[User]:
    """The people who may decide about this kind; if a project names approvers, only those."""
    return [user for user in privileged() if decides(user, kind, named)]


def decides(user: User, kind: str, named: Sequence[int] = ()) -> bool:
    """Whether the person may decide about items of this kind, in a project that names these approvers (none: everybody)."""
    return may(user, f"decide_{kind}", kind=kind) and (not named or user.id in named)


def privileged() -> list[User]:
    """The active people with Can Push to Accounting and all that their rights hang on, in four queries however many they are."""
    asked = select(User).where(User.active, User.privileges.any(Privilege.name == PUSH)).order_by(User.id)
    eager = (selectinload(User.grants), selectinload(User.privileges), selectinload(User.grid))
    return list(db.session.scalars(asked.options(*eager)))


def erp_admins() -> list[User]:
    """The active people with Admin on ERP Integrations."""
    held = User.grants.any((Grant.tool == "erp") & Grant.project_id.is_(None) & (Grant.level >= Level.ADMIN))
    return list(db.session.scalars(select(User).where(User.active, held).order_by(User.id)))


def set_grid(user: User, kind: str, *, can_import: bool, can_export: bool) -> None:
    """Narrow what an approver may do with one kind."""
    user.grid = [row for row in user.grid if row.kind != kind]
    db.session.flush()
    user.grid.append(GridRow(kind=kind, can_import=can_import, can_export=can_export))
