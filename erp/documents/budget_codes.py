"""Adding a cost code to a budget: with the type that was chosen, or with the default types of the code."""

from sqlalchemy import select

from erp.db import db
from erp.documents import default_types
from erp.documents.budget import add_line
from erp.documents.budget_state import BudgetRefused, check_code
from erp.documents.budget_tables import Budget, BudgetLine
from erp.documents.cost_code import CostCode
from erp.documents.sub_job import SubJob
from erp.people import User


def add(
    budget: Budget, code: CostCode, cost_type: str, original: int, description: str, actor: User, below: SubJob | None = None
) -> list[BudgetLine]:
    """The new lines, on a sub job or on none: one of this type, or without a type one per default type of the code that is not
    there yet.

    `original` is in minor units, of several lines 0. Raises BudgetRefused.
    """
    letters = cost_type or _missing(budget, code, below)
    if original and len(letters) > 1:
        raise BudgetRefused(f"{code.code} gets a line for each of its types {', '.join(letters)}. Leave the amount 0 and write "
                            "it on each line afterwards, or choose one cost type.", "amount")  # fmt: skip
    return [add_line(budget, code, letter, original, description, actor, below) for letter in letters]


def _missing(budget: Budget, code: CostCode, below: SubJob | None) -> str:
    check_code(code)
    usual = default_types.of([code.id]).get(code.id, "")
    if not usual:
        raise BudgetRefused(f"{code.code} has no default cost types. Choose a cost type.", "cost_type")
    same = {"budget_id": budget.id, "code_id": code.id, "sub_job_id": below.id if below else None, "deleted": False}
    there = db.session.scalars(select(BudgetLine.cost_type).filter_by(**same)).all()
    missing = "".join(letter for letter in usual if letter not in there)
    if not missing:
        raise BudgetRefused(f"{code.code} is in the budget already with its default types {', '.join(usual)}. Change those "
                            "lines, or choose another cost type.", "code")  # fmt: skip
    return missing
