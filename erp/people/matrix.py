"""Who may do what, and why not: the rights matrix against people, by the function that the routes ask."""

from dataclasses import dataclass

from erp.kind import KINDS
from erp.people.access import may, why_may_not
from erp.people.rights import ITEM_TOOL, MATRIX, Right
from erp.people.user import PROJECT_TOOLS, TOOLS, User


@dataclass(frozen=True)
class Action:
    """A row: an action of the matrix; sending stands once per kind, for each kind lives on tools of its own."""

    key: str
    title: str
    kind: str = ""
    tools: tuple[str, ...] = ()
    per_project: bool = False


@dataclass(frozen=True)
class Cell:
    """The answer for one person: yes (perhaps in some projects only) by what he holds, or the reasons against."""

    yes: bool
    words: str
    why: str


def actions() -> list[Action]:
    """The actions in the order of the seed."""
    return [action for key, right in MATRIX.items() for action in _actions(key, right)]


def _actions(key: str, right: Right) -> list[Action]:
    if right.tool == ITEM_TOOL:
        return [Action(key, f"{right.title}: {kind.tab}", kind.slug, kind.tools, _of_project(kind.tools))
                for kind in KINDS.values()]  # fmt: skip
    kind = key.partition("_")[2] if right.grid else ""
    return [Action(key, right.title, kind, (), _of_project((right.tool,)))]


def _of_project(tools: tuple[str, ...]) -> bool:
    return any(tool in PROJECT_TOOLS for tool in tools)


def cell(user: User, action: Action) -> Cell:
    """What the routes would answer this person."""
    reasons = why_may_not(user, action.key, kind=action.kind, tools=action.tools)
    against = " ".join(reason.text for reason in reasons)
    if not action.per_project:
        return Cell(False, "No", against) if reasons else Cell(True, "Yes", _because(user, action))
    inside = sorted({row.project_id for row in user.grants if row.project_id is not None})
    there = [key for key in inside if may(user, action.key, project_id=key, kind=action.kind, tools=action.tools)]
    if not there:
        return Cell(False, "No", against)
    return Cell(
        True, f"In {len(there)} project{'' if len(there) == 1 else 's'}", "By the levels there; the project's admin gives them."
    )


def _because(user: User, action: Action) -> str:
    right = MATRIX[action.key]
    held = [f"{user.level(tool).label} on {TOOLS[tool]}" for tool in action.tools or (right.tool,)]
    return " and ".join([*held, *([right.privilege] if right.privilege else [])]) + "."
