"""The forms that move money in a budget: rows of lines and amounts, as many as wanted."""

from typing import Any

from flask import request
from wtforms import FieldList, FormField, StringField, TextAreaField
from wtforms import Form as Rows

from erp import sheets
from erp.documents import budget_names
from erp.documents.budget import Budget, BudgetRefused
from erp.documents.budget_change_tables import BudgetChange
from erp.documents.budget_moves import MOST_MOVES, Move
from erp.documents.document import DocumentRefused
from erp.web.forms import Form

MORE = 3
"""So many empty rows the button More lines adds."""


def trimmed(text: str | None) -> str:
    """A text without the blanks around it."""
    return (text or "").strip(" \t\r\n\u00a0")


class Moving(Form):
    """A form with rows; `wrong` is the row and the field that a refusal is about."""

    wrong: tuple[int, str] = (-1, "")

    def wants_more(self) -> bool:
        """Whether only more rows were asked for; they are there afterwards."""
        wanted = "more" in request.form
        for _ in range(min(MORE, MOST_MOVES - len(self.rows)) if wanted else 0):
            self.rows.append_entry()
        return wanted

    def moves(self, budget: Budget) -> list[Move]:
        """What the filled rows say; raises BudgetRefused at the first that says nothing."""
        amounts = [self._amount(n, row) for n, row in enumerate(self._filled())]
        lines = budget_names.find(budget, [row["line"] or "" for row in self._filled()])
        return [Move(line, amount) for line, amount in zip(lines, amounts, strict=True)]

    def _filled(self) -> list[dict[str, str]]:
        return [row.data for row in self.rows if any(row.data.values())]

    def _amount(self, n: int, row: dict[str, str]) -> int:
        return _minor(row["amount"], n)

    def _blame(self, refused: DocumentRefused) -> None:
        name, _, place = refused.field.partition("-")
        if not place:
            super()._blame(refused)
            return
        self.refused = refused.sentence
        filled = [n for n, row in enumerate(self.rows) if any(row.data.values())]
        self.wrong = (filled[int(place)], name)


def _minor(text: str | None, n: int) -> int:
    try:
        return sheets.amount(text or "")
    except sheets.AmountRefused as refused:
        raise BudgetRefused(refused.sentence, f"amount-{n}") from refused


class ModificationRow(Rows):
    """A line from which money is taken, or to which it is added."""

    line = StringField("Line", filters=[trimmed])
    take = StringField("Take from it", filters=[trimmed])
    give = StringField("Add to it", filters=[trimmed])


class ModificationForm(Moving):
    """Move money between lines."""

    reason = StringField("Reason", filters=[trimmed])
    rows = FieldList(FormField(ModificationRow), min_entries=2, max_entries=MOST_MOVES)

    def _amount(self, n: int, row: dict[str, str]) -> int:
        if bool(row["take"]) == bool(row["give"]):
            raise BudgetRefused("Write either what is taken from the line or what is added to it.", f"amount-{n}")
        minor = _minor(row["take"] or row["give"], n)
        if minor < 0:
            raise BudgetRefused("Write the amount without a sign; the column says in which direction it moves.", f"amount-{n}")
        return -minor if row["take"] else minor


class ChangeRow(Rows):
    """A line and what is added to it, negative when the budget shrinks."""

    line = StringField("Line", filters=[trimmed])
    amount = StringField("Amount", filters=[trimmed])


class ChangeForm(Moving):
    """Write or edit a budget change."""

    number = StringField("Number", filters=[trimmed])
    title = StringField("Title", filters=[trimmed])
    description = TextAreaField("Description", filters=[trimmed])
    rows = FieldList(FormField(ChangeRow), min_entries=2, max_entries=MOST_MOVES)

    @classmethod
    def of(cls, change: BudgetChange) -> "ChangeForm":
        """The form of a change."""
        rows = [{"line": line.line.name, "amount": sheets.plain(line.amount)} for line in change.lines]
        shown = {name: getattr(change, name) for name in ("number", "title", "description", "version")}
        return cls(formdata=None, data={**shown, "rows": rows})

    def values(self, budget: Budget) -> dict[str, Any]:
        """What the change is to become."""
        texts = {name: self[name].data or "" for name in ("number", "title", "description")}
        return {**texts, "moves": self.moves(budget)}
