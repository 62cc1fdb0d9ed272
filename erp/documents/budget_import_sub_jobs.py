"""Which sub job a row of an imported budget stands on: its column names one by code or by name, or is empty."""

from collections.abc import Sequence

from erp.documents.imports import Fault
from erp.documents.sub_job import SubJob
from erp.sheets import Row

SUB_JOB = "Sub Job"
NOTHING = ("", "none")
"""What stands in the column where a row has none."""


class Called:
    """The sub jobs of a project by what a file may call them: by code, and by a name that only one has."""

    def __init__(self, there: Sequence[SubJob]) -> None:
        names = [one.title.lower() for one in there]
        self._by_name = {one.title.lower(): one for one in there if names.count(one.title.lower()) == 1}
        self._by_name |= {one.number.lower(): one for one in there}

    def number(self, row: Row, column: int | None) -> str:
        """The code of the row's sub job; empty when it has none."""
        found = self._by_name.get(row.cell(column).lower())
        return found.number if found else ""

    def against(self, row: Row, column: int | None) -> list[Fault]:
        """What is against the sub job that the row names."""
        text = row.cell(column)
        found = self._by_name.get(text.lower())
        if found is None and text.lower() not in NOTHING:
            return [Fault(row.number, SUB_JOB, f"“{text[:40]}” is the code or name of no sub job of this project. Add it on the "
                          "project's page first, or leave the cell empty.")]  # fmt: skip
        if found and not found.active:
            return [Fault(row.number, SUB_JOB, f"Sub job {found.number} is not active any more. Choose another.")]
        return []
