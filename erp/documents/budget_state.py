"""Where a budget is and what that forbids: the questions that every change of it asks first."""

from sqlalchemy import select

from erp.db import db
from erp.documents.budget_tables import Budget
from erp.documents.cost_code import CostCode
from erp.documents.document import DocumentRefused
from erp.documents.project import Project
from erp.items import Item, find, what_now
from erp.kind import Reason
from erp.sheets import MOST
from erp.states import State


class BudgetRefused(DocumentRefused):
    """The budget cannot take this now; `sentence` says why and what to do."""


def of(project: Project) -> Budget | None:
    """The budget of the project."""
    return db.session.scalar(select(Budget).where(Budget.project_id == project.id))


def item_of(budget: Budget) -> Item | None:
    """The budget's item on the project's connection."""
    return find(budget.project.connection_id, budget.id)


def why_sent(budget: Budget) -> list[Reason]:
    """Why nothing of it changes while it is on its way."""
    item = item_of(budget)
    if item is None or item.as_state in (State.WITH_PM, State.SYNCED):
        return []
    return [Reason(f"The budget was sent to ERP and is {item.state} there. {_what_now(item)}")]


def _what_now(item: Item) -> str:
    """What is still missing where accounting must post before the amounts come back; else what the sender can do."""
    connector = item.connection.connector
    words = POSTING.get(item.as_state, "") if connector.waits_for_posting else ""
    return words.format(connector.short) or what_now(item)


POSTING = {
    State.EXPORTING: "It is not exported yet. Then a person imports and posts it in {0}, and its amounts must come back.",
    State.WAITING: "It is exported. A person must import and post it in {0}; its amounts have not come back from there yet.",
    State.UNKNOWN: "Whether it was exported is being verified. It must be posted in {0} and its amounts must come back.",
}
"""What is missing of: exported, posted, back."""


def why_not_draft(budget: Budget | None) -> list[Reason]:
    """Why no budget change can be written: before the lock the original amounts change instead."""
    if budget is None or not budget.locked_at:
        return [Reason("The budget is not locked. Until it is, change its original amounts; then press Lock Budget.")]
    return []


def refuse(reasons: list[Reason]) -> None:
    """Raises BudgetRefused with the first of the reasons, if there is one."""
    for reason in reasons:
        raise BudgetRefused(reason.text)


def check_amount(amount: int, field: str = "amount") -> None:
    """Raises BudgetRefused when an amount in minor units is beyond what accounting systems hold."""
    if abs(amount) > MOST:
        raise BudgetRefused("The amount is too large: at most 9,999,999,999.99 either way.", field)


def check_code(code: CostCode, field: str = "code") -> None:
    """Raises BudgetRefused when no money may be put on the code."""
    if code.is_division:
        raise BudgetRefused(f"{code.code} is a division. Choose a cost code below it.", field)
    if not code.active:
        raise BudgetRefused(f"Cost code {code.code} is not active any more. Choose another one.", field)
