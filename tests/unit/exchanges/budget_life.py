"""What the tests of a budget's whole life say: a real schedule in accounting, changes of every sort, and what is there after."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from erp import sheets
from erp.db import db, transaction
from erp.documents import budget as budgets
from erp.documents import budget_change as changes
from erp.documents import budget_modification as modifications
from erp.documents import uploads
from erp.documents.budget import Budget, BudgetEntry, BudgetLine
from erp.documents.budget_change import BudgetChange
from erp.documents.budget_import import Mapping
from erp.documents.budget_importing import carry_out
from erp.documents.budget_modification import BudgetModification
from erp.documents.budget_moves import Move
from erp.exchanges.refresh import refresh_costs
from erp.items import Item, Snapshot
from erp.simulator import views
from tests.house import House, move_in

SCHEDULE = Path(__file__).resolve().parents[2] / "fixtures" / "sf_1164I_sov.csv"
BASE = "base"
"""The stage of a house in which the bid items of contract 1164I are in accounting, as original amounts."""


@contextmanager
def contract() -> Iterator["Life"]:
    """A house of its own with contract 1164I in accounting."""
    _founded()
    with move_in(BASE) as house:
        yield Life(house)


@cache
def _founded() -> None:
    with move_in() as house:
        life = Life(house)
        life.import_schedule()
        house.accepted("job", house.pier)
        for line in life.budget.lines:
            house.accepted("cost_code", line.code)
        house.export("job")
        house.export("cost_code")
        assert house.update().ok
        house.exported("budget", life.budget)
        assert house.update().ok
        house.keep(BASE)


def schedule(change_orders: bool) -> list[list[str]]:
    """The bid items of the schedule, or the lines of its change orders."""
    rows = sheets.read(SCHEDULE.name, SCHEDULE.read_bytes()).rows
    return [list(row.cells) for row in rows if row.cells[0].startswith("CO-") == change_orders]


class Life:
    """One budget of Pam's and what happens to it; amounts are minor units, lines are named as people name them."""

    def __init__(self, house: House) -> None:
        self.house = house

    @property
    def budget(self) -> Budget:
        """Pier 9's budget."""
        return budgets.open_for(self.house.pier, self.house.pam)

    @property
    def item(self) -> Item:
        """Its item."""
        return self.house.item(self.budget)

    def import_schedule(self) -> None:
        """The bid items go in through the product's own import, and Pam locks the budget."""
        head = "bid_item,description,unit,qty,unit_price,amount"
        lines = [head, *(line for line in SCHEDULE.read_text().splitlines()[1:] if not line.startswith("CO-"))]
        with transaction():
            kept = uploads.keep(self.house.pam, "budget", SCHEDULE.name, "\n".join(lines).encode(), self.house.pier.id)
            found = sheets.guess(kept.sheet.header, ("code", "amount", "type", "description"))
            mapping = Mapping(found["code"], found["amount"], found["description"], default_type="S")
            carry_out(self.budget, kept, mapping, self.house.pam, leave_out=False)
            budgets.lock(self.budget, self.house.pam, None)

    # lines

    def line(self, name: str) -> BudgetLine:
        """A line by its code, perhaps with its type: "R-4", "R-4 L"."""
        code, kind = (name[:-2], name[-1]) if name[-2:-1] == " " else (name, "")
        of = {"budget_id": self.budget.id, "code_id": self.house.code(code).id, "cost_type": kind or "S"}
        return db.session.query(BudgetLine).filter_by(**of).one()

    def moves(self, amounts: dict[str, int]) -> list[Move]:
        """Amounts per named line."""
        return [Move(self.line(name), amount) for name, amount in amounts.items()]

    def new_line(self, code: str, kind: str = "S", original: int = 0) -> BudgetLine:
        """Pam adds a line."""
        with transaction():
            return budgets.add_line(self.budget, self.house.code(code), kind, original, actor=self.house.pam)

    def delete(self, name: str) -> None:
        """Pam deletes a line."""
        with transaction():
            budgets.delete_line(self.line(name), self.house.pam)

    def original(self, name: str, amount: int) -> None:
        """Pam edits an original amount."""
        with transaction():
            budgets.change_line(self.line(name), amount, "", self.house.pam)

    # money that moves

    def modify(self, **amounts: int) -> BudgetModification:
        """Pam moves money; R_4=-100 takes 1.00 from R-4."""
        with transaction():
            return modifications.modify(self.budget, self.moves(_named(amounts)), "More rock", self.house.pam)

    def reverse(self, modification: BudgetModification) -> None:
        """Pam moves it back."""
        with transaction():
            modifications.reverse(modification, self.house.pam)

    def change(self, number: str, amounts: dict[str, int], title: str = "Change") -> BudgetChange:
        """A budget change, approved."""
        with transaction():
            made = changes.create(self.budget, self.house.pam, number, title, "", self.moves(amounts))
            changes.submit(made, self.house.pam)
            changes.approve(made, self.house.pam)
        return made

    def void(self, change: BudgetChange) -> None:
        """Pam voids a change."""
        with transaction():
            changes.void(change, self.house.pam)

    def lock(self) -> None:
        """Lock Budget."""
        with transaction():
            budgets.lock(self.budget, self.house.pam, None)

    def unlock(self) -> None:
        """Unlock."""
        with transaction():
            budgets.unlock(self.budget, self.house.pam, None)

    # accounting

    def send(self) -> None:
        """Pam re-sends, Ann accepts and exports."""
        self.house.wait(60)
        self.house.exported("budget", self.budget)

    def resend(self) -> None:
        """Re-sent and carried to accounting."""
        self.send()
        assert self.house.update().ok
        assert self.item.state == "Synced", self.item.error

    def visits(self, times: int = 8) -> None:
        """The Web Connector comes again and again."""
        for _ in range(times):
            self.house.wait(90)
            self.house.update()

    def sync_costs(self) -> None:
        """Sync Job Costs."""
        self.house.wait(60)
        with transaction():
            assert refresh_costs(self.house.connection) == 1
        assert self.house.update().ok
        self.house.wait(60)

    @property
    def grey(self) -> list[str]:
        """Why Unlock is grey."""
        return [reason.text for reason in budgets.why_not_unlock(self.budget)]

    # what is there

    @property
    def estimate(self) -> dict[str, Any]:
        """Our Estimate in the company file."""
        return next(found for found in views.estimates(self.house.company) if found["id"] == self.item.erp_id)

    @property
    def there(self) -> dict[tuple[str, str], Decimal]:
        """(code, category) -> what the Estimate has, without what adds up to nothing."""
        sums: Counter[tuple[str, str]] = Counter()
        for line in self.estimate["lines"]:
            category = line["description"].rpartition("(")[2].rstrip(")")
            sums[line["item"].rpartition(":")[2], category] += Decimal(line["amount"])  # type: ignore[assignment]
        return {key: Decimal(amount) for key, amount in sums.items() if amount}

    @property
    def revised(self) -> dict[tuple[str, str], Decimal]:
        """(code, category) -> Revised Estimate, without what is nothing."""
        booked = budgets.sums(self.budget)
        lines = db.session.query(BudgetLine).filter_by(budget_id=self.budget.id, deleted=False)
        return {(line.code.code, line.category): Decimal(booked[line.id].revised) / 100 for line in lines
                if line.id in booked and booked[line.id].revised}  # fmt: skip

    def agrees(self) -> None:
        """The Estimate is the Revised Estimate to the cent, and every entry travelled exactly once."""
        assert self.there == self.revised
        entries = budgets.entries(self.budget)
        snapshots = {one.id: one for one in db.session.query(Snapshot).filter_by(item_id=self.item.id)}
        claimed = Counter(key for one in snapshots.values() if one.synced_at for key in one.data["entries"])
        assert claimed == Counter(entry.id for entry in entries), "an entry did not travel exactly once"
        for one in snapshots.values():
            if one.synced_at:
                _equals(one, self.estimate, [entry for entry in entries if entry.snapshot_id == one.id])


def _equals(snapshot: Snapshot, estimate: dict[str, Any], entries: list[BudgetEntry]) -> None:
    carried = sum(Decimal(line["amount"]) for line in estimate["lines"] if line["other2"] == snapshot.marker)
    assert carried * 100 == sum(line["send"] for line in snapshot.data["lines"]) == sum(entry.amount for entry in entries)
    assert {entry.id for entry in entries} == set(snapshot.data["entries"])


def _named(amounts: dict[str, int]) -> dict[str, int]:
    return {name.replace("_", "-"): amount for name, amount in amounts.items()}
