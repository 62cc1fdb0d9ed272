"""Short names for cost codes whose names become the same when a system cuts them: proposed, edited, saved at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from erp.db import db
from erp.documents.cost_code import CodeRefused, CostCode, edit, why_not_edit_any
from erp.documents.document import StaleDocument
from erp.people import User

Shorten = Callable[[list[tuple[str, str]]], dict[str, str]]
"""From (code, name) of all codes to a proposal for each whose name collides."""


@dataclass(frozen=True)
class Proposal:
    """A code whose name collides; `grey` says why it cannot be changed now."""

    code: CostCode
    short: str
    grey: str


@dataclass(frozen=True)
class Wanted:
    """A short name that somebody chose, and the version of the code that he saw."""

    short: str
    version: int | None


class ShortNamesRefused(Exception):
    """None was saved; `problems` has a sentence by the id of the code."""

    def __init__(self, problems: dict[int, str]) -> None:
        self.problems = problems
        super().__init__("No short name was saved; see the rows marked red.")


def called(code: CostCode) -> str:
    """What a system with narrow lists gets as the name."""
    return code.short or code.title


def propose(shorten: Shorten, signs: int) -> list[Proposal]:
    """The colliding codes with proposals, those that are the same within so many signs beside each other."""
    codes = {row.code: row for row in _every()}
    found = shorten([(row.code, called(row)) for row in codes.values()])
    standing = why_not_edit_any([codes[number].id for number in found])
    rows = [Proposal(codes[number], short, standing.get(codes[number].id, "")) for number, short in found.items()]
    return sorted(rows, key=lambda row: (called(row.code)[:signs], row.code.code))


def _every() -> list[CostCode]:
    return list(db.session.scalars(select(CostCode).where(CostCode.is_division.is_(False)).order_by(CostCode.code)))


def save(actor: User, wanted: Mapping[int, Wanted], shorten: Shorten) -> int:
    """Give the codes their short names, all or none; the number that changed. Raises ShortNamesRefused."""
    codes = {row.id: row for row in _every()}
    problems: dict[int, str] = {}
    changed = [key for key, want in wanted.items() if key in codes and codes[key].short != want.short.strip()]
    for key in changed:
        try:
            _edit(codes[key], actor, wanted[key])
        except CodeRefused as refused:
            problems[key] = refused.sentence
        except StaleDocument as stale:
            problems[key] = stale.sentence
    problems = _same(codes, set(wanted) & set(codes), shorten) | problems
    if problems:
        raise ShortNamesRefused(problems)
    return len(changed)


def _edit(code: CostCode, actor: User, want: Wanted) -> None:
    edit(code, actor, want.version, code.code, code.title, code.division.code if code.division else "", want.short)


def _same(codes: dict[int, CostCode], chosen: set[int], shorten: Shorten) -> dict[int, str]:
    """Chosen names that another code has, or would have once both are cut."""
    still = shorten([(row.code, called(row)) for row in codes.values()])
    having: dict[str, list[str]] = {}
    for row in codes.values():
        having.setdefault(called(row), []).append(row.code)
    problems = {}
    for key in chosen:
        row = codes[key]
        others = [code for code in having[called(row)] if code != row.code] if row.short else []
        if others:
            problems[key] = f"{others[0]} has this name already. Choose another one."
        elif row.code in still:
            problems[key] = "Cut, it is still the same as that of another code. Choose another one."
    return problems
