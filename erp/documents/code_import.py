"""Importing standard cost codes from a table: a plan that shows everything, then all of it or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from erp import audit
from erp.documents import cost_code
from erp.documents.cost_code import Known, New, division_of
from erp.documents.imports import Fault, numbers, refuse_faults, twice, wordy
from erp.documents.uploads import Upload, forget
from erp.people import User
from erp.sheets import Row, Sheet

CODE, NAME, DIVISION, SHORT = "Code", "Name", "Division", "Abbreviation"


@dataclass(frozen=True)
class Mapping:
    """Which column is what, counted from 0; without a division column the shape of the code decides."""

    code: int
    name: int
    division: int | None = None
    short: int | None = None


@dataclass(frozen=True)
class Planned:
    """A code as the file has it; a row that others name as their division is a division."""

    row: int
    code: str
    name: str
    division: str
    is_division: bool = False
    short: str = ""


@dataclass(frozen=True)
class Plan:
    """What an import would do: the codes and divisions to make, those that are there already, and the errors."""

    codes: list[Planned]
    divisions: list[Planned]
    new_divisions: list[str]
    there: list[Planned]
    faults: list[Fault]

    @property
    def good(self) -> int:
        """How many rows would become something."""
        return len(self.codes) + len(self.divisions)

    @property
    def rows(self) -> list[Planned]:
        """What would be made, in the order of the file."""
        return sorted([*self.codes, *self.divisions], key=lambda row: row.row)

    @property
    def rows_with_errors(self) -> int:
        """How many rows have at least one error."""
        return len({fault.row for fault in self.faults})


def plan(sheet: Sheet, mapping: Mapping) -> Plan:
    """What importing the table would do; nothing is changed."""
    known = cost_code.by_code()
    rows, faults = _read(sheet, mapping)
    faults += _twice(rows) + _clashes(rows, known)
    wrong = {fault.row for fault in faults}
    good = [row for row in rows if row.row not in wrong]
    new = [row for row in good if row.code.lower() not in known]
    codes, divisions = [row for row in new if not row.is_division], [row for row in new if row.is_division]
    made = {row.code.lower() for row in divisions} | set(known)
    bare = {row.division.lower(): row.division for row in codes if row.division and row.division.lower() not in made}
    there = [row for row in good if row.code.lower() in known]
    return Plan(codes, divisions, list(bare.values()), there, sorted(faults, key=lambda fault: fault.row))


def _read(sheet: Sheet, mapping: Mapping) -> tuple[list[Planned], list[Fault]]:
    faults = [fault for row in sheet.rows for fault in _wrong(row, mapping)]
    wrong = {fault.row for fault in faults}
    rows = [_planned(row, mapping) for row in sheet.rows if row.number not in wrong]
    above = {row.division.lower() for row in rows if row.division}
    return [_as_division(row) if row.code.lower() in above else row for row in rows], faults


def _planned(row: Row, mapping: Mapping) -> Planned:
    code = row.cell(mapping.code)
    division = division_of(code) if mapping.division is None else row.cell(mapping.division)
    return Planned(row.number, code, row.cell(mapping.name), "" if division.lower() == code.lower() else division,
                   short=row.cell(mapping.short))  # fmt: skip


def _as_division(row: Planned) -> Planned:
    return Planned(row.row, row.code, row.name, "", True)


def _wrong(row: Row, mapping: Mapping) -> list[Fault]:
    return [*wordy(row, CODE, row.cell(mapping.code)), *wordy(row, NAME, row.cell(mapping.name)),
            *wordy(row, DIVISION, row.cell(mapping.division), required=False),
            *wordy(row, SHORT, row.cell(mapping.short), most=cost_code.MOST_SHORT, required=False)]  # fmt: skip


def _twice(rows: Sequence[Planned]) -> list[Fault]:
    others = twice(rows, lambda row: row.code.lower(), lambda row: row.row)
    return [Fault(row.row, CODE, f"{row.code} stands in row {row.row} and in {numbers(others[row.row])}. Delete one.")
            for row in rows if row.row in others]  # fmt: skip


def _clashes(rows: Sequence[Planned], known: dict[str, Known]) -> list[Fault]:
    """A number is either a division or a code."""
    return [fault for row in rows for fault in _clash(row, known)]


def _clash(row: Planned, known: dict[str, Known]) -> list[Fault]:
    found, above = known.get(row.code.lower()), known.get(row.division.lower())
    if row.is_division and found and not found.is_division:
        return [Fault(row.row, CODE, f"{row.code} is a cost code here, and other rows have it as their division. Change them.")]
    if found is None and above and not above.is_division:
        return [Fault(row.row, DIVISION, f"{row.division} is a cost code itself, so it cannot be a division. Write another one.")]
    return []


def carry_out(upload: Upload, mapping: Mapping, actor: User, leave_out: bool) -> Plan:
    """Import the upload as planned at this moment; raises ImportRefused and changes nothing when something is against it."""
    agreed = plan(upload.sheet, mapping)
    refuse_faults(agreed.faults, agreed.good, leave_out)
    cost_code.create_many(actor, [New(row.code, row.name, row.division, row.short) for row in agreed.codes],
                          {row.code: row.name for row in agreed.divisions})  # fmt: skip
    audit.record(f"user:{actor.id}", "import cost codes", actor, details={
        "file": upload.name, "codes": len(agreed.codes), "divisions": len(agreed.divisions) + len(agreed.new_divisions),
        "left_out": agreed.rows_with_errors, "upload": upload.id})  # fmt: skip
    forget(upload)
    return agreed
