"""What Pam does with a budget between two sends, as a seeded die says: everything that may change what accounting must get."""

import random
from collections.abc import Callable

from sqlalchemy import select

from erp.db import db
from erp.documents import budget as budgets
from erp.documents import budget_change as changes
from erp.documents import budget_modification as modifications
from erp.documents.budget import Budget, BudgetLine
from erp.documents.budget_change import BudgetChange
from erp.documents.budget_change_tables import BudgetModification, ChangeState
from erp.documents.budget_moves import Move
from tests.house import House


class Pam:
    """One deed on one budget; what the product refuses she reads, and lets be."""

    def __init__(self, die: random.Random, house: House, budget: Budget) -> None:
        self.die, self.house, self.budget = die, house, budget

    def act(self) -> str:
        """Do something; what it was."""
        deeds: dict[Callable[[], str], int] = {
            self._modify: 6, self._reverse: 2, self._draft: 4, self._submit: 3, self._approve: 4, self._void: 3,
            self._edit_unlocked: 4, self._add_line: 1,
        }  # fmt: skip
        return self.die.choices(list(deeds), list(deeds.values()))[0]()

    def _lines(self, most: int = 3) -> list[BudgetLine]:
        asked = select(BudgetLine).where(BudgetLine.budget_id == self.budget.id, BudgetLine.deleted.is_(False))
        found = list(db.session.scalars(asked.order_by(BudgetLine.id)))
        return self.die.sample(found, min(len(found), most))

    def _amount(self) -> int:
        return self.die.choice((1, 99, self.die.randrange(1, 10**5)))

    def _modify(self) -> str:
        lines, amount = self._lines(2), self._amount()
        moves = [Move(line, sign * amount) for line, sign in zip(lines, (-1, 1), strict=False)]
        return f"makes modification {modifications.modify(self.budget, moves, 'More rock', self.house.pam).number}"

    def _reverse(self) -> str:
        found = list(db.session.scalars(select(BudgetModification).filter_by(budget_id=self.budget.id)))
        if not found:
            return self._modify()
        chosen = self.die.choice(found)
        modifications.reverse(chosen, self.house.pam)
        return f"reverses modification {chosen.number}"

    def _draft(self) -> str:
        moves = [Move(line, self.die.choice((-1, 1, 1)) * self._amount()) for line in self._lines(self.die.randint(1, 3))]
        number = changes.next_number(self.budget)
        made = changes.create(self.budget, self.house.pam, number, "Rock", "", moves)
        if self.die.random() < 0.6:
            changes.submit(made, self.house.pam)
        if made.state == ChangeState.IN_REVIEW and self.die.random() < 0.6:
            changes.approve(made, self.house.ann)
        return f"drafts {number}, {made.state}"

    def _submit(self) -> str:
        return self._turn(ChangeState.DRAFT, lambda change: changes.submit(change, self.house.pam), "submits")

    def _approve(self) -> str:
        return self._turn(ChangeState.IN_REVIEW, lambda change: changes.approve(change, self.house.pam), "approves")

    def _void(self) -> str:
        return self._turn(ChangeState.APPROVED, lambda change: changes.void(change, self.house.pam), "voids")

    def _turn(self, state: ChangeState, deed: Callable[[BudgetChange], None], word: str) -> str:
        found = [change for change in changes.listed(self.budget) if change.state == state]
        if not found:
            return self._modify()
        chosen = self.die.choice(found)
        deed(chosen)
        return f"{word} {chosen.number}"

    def _edit_unlocked(self) -> str:
        """Unlock, change or delete a line or two, and lock again; all of it, or nothing."""
        budgets.unlock(self.budget, self.house.pam, None)
        for line in self._lines(self.die.randint(1, 2)):
            if self.die.random() < 0.3:
                budgets.delete_line(line, self.house.pam)
            else:
                budgets.change_line(line, self.die.choice((0, 1, -1)) * self._amount(), "", self.house.pam)
        budgets.lock(self.budget, self.house.pam, None)
        return "edits originals"

    def _add_line(self) -> str:
        codes = [line.code for line in self._lines(1)]
        kind = self.die.choice("LMESO")
        for code in codes:
            budgets.add_line(self.budget, code, kind, 0, actor=self.house.pam)
        return f"adds a line {kind}"
