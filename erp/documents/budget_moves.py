"""What is against an amount on a line of a locked budget, whoever moves it: a modification, a change or a reversal."""

from collections.abc import Sequence
from dataclasses import dataclass

from erp.amounts import accounted
from erp.documents.budget_entries import Sums, sums
from erp.documents.budget_state import BudgetRefused, check_amount, check_code
from erp.documents.budget_tables import Budget, BudgetLine
from erp.sheets import MOST

TAKE_LESS = "Take less from it."
MOST_MOVES = 500
"""How many lines one modification or change may touch."""


@dataclass(frozen=True)
class Move:
    """An amount in minor units for a line: positive adds to it, negative takes from it."""

    line: BudgetLine
    amount: int


def check_moves(budget: Budget, moves: Sequence[Move]) -> None:
    """Raises BudgetRefused at the field `line-3` or `amount-3` of the first move that cannot be taken."""
    if len(moves) > MOST_MOVES:
        raise BudgetRefused(f"{len(moves)} lines are too many: at most {MOST_MOVES} at once. Split them.")
    seen: set[int] = set()
    for n, move in enumerate(moves):
        _check_line(budget, move.line, seen, n)
        if not move.amount:
            raise BudgetRefused(f"The amount for {move.line.name} is zero. Write one, or leave the line out.", f"amount-{n}")
        check_amount(move.amount, f"amount-{n}")
        seen.add(move.line.id)


def _check_line(budget: Budget, line: BudgetLine, seen: set[int], n: int) -> None:
    if line.budget_id != budget.id:
        raise BudgetRefused(f"{line.name} is a line of another project. Money moves within the project only.", f"line-{n}")
    if line.deleted:
        raise BudgetRefused(f"{line.name} was deleted. Choose a line that stands.", f"line-{n}")
    if line.id in seen:
        raise BudgetRefused(f"{line.name} stands here twice. Write its amount once.", f"line-{n}")
    check_code(line.code, f"line-{n}")


def check_results(budget: Budget, moves: Sequence[Move], cure: str = TAKE_LESS, *, deducts: bool = False) -> None:
    """Raises BudgetRefused when a move takes a line below zero that is not there already, beyond the largest amount, or is
    on a deleted line. A change that `deducts` may stand on a line of its own: one that never had money."""
    there = sums(budget, [move.line.id for move in moves])
    for n, move in enumerate(moves):
        was = there.get(move.line.id, Sums())
        _check_stands(move.line, n)
        own = deducts and not was.original and was.revised <= 0
        _check_result(move, was, n, cure, own)


def _check_stands(line: BudgetLine, n: int) -> None:
    if line.deleted:
        raise BudgetRefused(f"{line.name} was deleted. Add the line again first; it starts at 0.", f"line-{n}")


def _check_result(move: Move, was: Sums, n: int, cure: str, own: bool) -> None:
    left = was.revised + move.amount
    if move.amount < 0 and left < 0 <= min(was.original, was.revised) and not own:
        sentence = f"{move.line.name} has {accounted(was.revised)} and would go below zero, to {accounted(left)}. {cure}"
        raise BudgetRefused(sentence, f"amount-{n}")
    if abs(left) > MOST:
        raise BudgetRefused(f"{move.line.name} would become too large: at most 9,999,999,999.99 either way.", f"amount-{n}")
