"""Importing a table into a budget: first a plan that shows everything, then all of it in one transaction, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select

from erp.db import db
from erp.documents import cost_code, default_types
from erp.documents.budget_import_sub_jobs import Called
from erp.documents.budget_tables import Budget, BudgetLine
from erp.documents.cost_code import COST_TYPES, Known, New, division_of
from erp.documents.imports import Fault, a_code, adds_up, numbers, twice, wordy
from erp.documents.sub_job import SubJob
from erp.documents.words import MOST as MOST_LETTERS
from erp.people import User, may, why_may_not
from erp.sheets import AmountRefused, Row, Sheet, amount

CODE, DESCRIPTION, AMOUNT, TYPE = "Cost Code", "Description", "Amount", "Cost type"
TYPES = {word.lower(): letter for letter, name in COST_TYPES.items() for word in (letter, name, f"{name}s")}
TYPES |= {"labour": "L", "subcontractor": "S", "subcontractors": "S", "sub": "S"}


@dataclass(frozen=True)
class Mapping:
    """Which column is what (counted from 0), the type of rows without one, and whether existing lines go first."""

    code: int
    amount: int
    description: int | None = None
    cost_type: int | None = None
    default_type: str = ""
    replace: bool = False
    sub_job: int | None = None


@dataclass(frozen=True)
class Planned:
    """A line as the file has it; the amount in minor units, and the number of its sub job, if it has one."""

    row: int
    code: str
    cost_type: str
    description: str
    amount: int
    sub_job: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What may stand in a budget once."""
        return self.sub_job.lower(), self.code.lower(), self.cost_type

    @property
    def name(self) -> str:
        """What tells it from the others, in a sentence."""
        below = f" on sub job {self.sub_job}" if self.sub_job else ""
        return f"{self.code} with type {self.cost_type}{below}"

    @property
    def category(self) -> str:
        """The cost type in words."""
        return COST_TYPES[self.cost_type]


@dataclass(frozen=True)
class Total:
    """A row that only adds up others: what it is called, and its amount in minor units, None where that cannot be read."""

    row: int
    called: str
    amount: int | None

    @property
    def is_grand(self) -> bool:
        """Whether it stands for the whole file."""
        return not self.called.lower().startswith("sub")


@dataclass(frozen=True)
class Plan:
    """What an import would do: the lines without errors, the errors, the standard codes it would make, the totals it leaves out,
    and the sum of every line that could be read, in minor units.
    """

    lines: list[Planned]
    faults: list[Fault]
    new_codes: list[New]
    new_divisions: list[str]
    replace: bool
    missing: list[str] = field(default_factory=list)
    helpers: str = ""
    totals: list[Total] = field(default_factory=list)
    added_up: int = 0

    @property
    def totals_called(self) -> list[str]:
        """The names of the rows that were left out, each once."""
        return list(dict.fromkeys(total.called for total in self.totals))

    @property
    def wrong_total(self) -> Total | None:
        """The file's own total, if its lines do not add up to it."""
        grand = next((total for total in reversed(self.totals) if total.is_grand), None)
        return grand if grand and grand.amount not in (None, self.added_up) else None

    @property
    def total(self) -> int:
        """The sum of the lines without errors, in minor units."""
        return sum(line.amount for line in self.lines)

    @property
    def rows_with_errors(self) -> int:
        """How many rows have at least one error."""
        return len({fault.row for fault in self.faults})


def plan(budget: Budget | None, sheet: Sheet, mapping: Mapping, person: User, there: Sequence[SubJob] = ()) -> Plan:
    """What importing the table would do for this person; nothing is changed. `there` are the sub jobs of the project."""
    known, below = cost_code.by_code(), Called(there)
    totals = [found for row in sheet.rows if (found := _total(row, mapping))]
    lines, faults = _read(sheet, mapping, {total.row for total in totals}, below, default_types.by_number())
    faults += _twice(lines) + _divisions(lines, known)
    faults += [] if mapping.replace or budget is None else _there(budget, lines, known)
    missing = _missing(lines, known)
    may_create = may(person, "edit_cost_codes")
    if not may_create:
        faults += _unknown(lines, missing)
    wrong = {fault.row for fault in faults}
    good = [line for line in lines if line.row not in wrong]
    new = _new(good, known) if may_create else []
    return Plan(good, sorted(faults, key=lambda fault: fault.row), new, _new_divisions(new, known), mapping.replace,
                [] if may_create else sorted(missing.values()), "" if may_create else _helpers(person), totals,
                sum(line.amount for line in lines))  # fmt: skip


def _total(row: Row, mapping: Mapping) -> Total | None:
    called = row.cell(mapping.code) or row.cell(mapping.description)
    if not adds_up(called):
        return None
    try:
        return Total(row.number, called.rstrip(":"), amount(row.cell(mapping.amount)))
    except AmountRefused:
        return Total(row.number, called.rstrip(":"), None)


def _read(
    sheet: Sheet, mapping: Mapping, left_out: set[int], below: Called, usual: dict[str, str]
) -> tuple[list[Planned], list[Fault]]:
    lines, faults = [], []
    for row in (row for row in sheet.rows if row.number not in left_out):
        letter, minor = _type(row, mapping, usual), 0
        wrong = [*_wrong(row, mapping, letter), *below.against(row, mapping.sub_job)]
        try:
            minor = amount(row.cell(mapping.amount))
        except AmountRefused as refused:
            wrong.append(Fault(row.number, AMOUNT, refused.sentence))
        faults += wrong
        if not wrong:
            text = row.cell(mapping.description)
            lines.append(Planned(row.number, row.cell(mapping.code), letter, text, minor, below.number(row, mapping.sub_job)))
    return lines, faults


def _wrong(row: Row, mapping: Mapping, letter: str) -> list[Fault]:
    code, description = row.cell(mapping.code), row.cell(mapping.description)
    return [*_code(row, code), *wordy(row, DESCRIPTION, description, most=None, required=False), *_no_type(row, mapping, letter)]


def _code(row: Row, code: str) -> list[Fault]:
    if not code:
        total = " It looks like a total." if any("total" in cell.lower() for cell in row.cells) else ""
        return [Fault(row.number, CODE, f"{CODE} is missing.{total} Write a code, or leave the row out.")]
    return a_code(row, CODE, code)


def _type(row: Row, mapping: Mapping, usual: dict[str, str]) -> str:
    """What the row says; else the one default type of its code; else that of the whole file."""
    text = row.cell(mapping.cost_type)
    if text:
        return TYPES.get(text.lower().split(" - ")[0], "")
    letters = usual.get(row.cell(mapping.code).lower(), "")
    return letters if len(letters) == 1 else mapping.default_type


def _no_type(row: Row, mapping: Mapping, letter: str) -> list[Fault]:
    if letter in COST_TYPES:
        return []
    text, types = row.cell(mapping.cost_type), ", ".join(f"{letter} ({name})" for letter, name in COST_TYPES.items())
    if text:
        return [Fault(row.number, TYPE, f"“{text[:40]}” is not a cost type. Write one of {types}.")]
    return [Fault(row.number, TYPE, "The cost type is missing. Write one, or choose a Default cost type.")]


def _twice(lines: Sequence[Planned]) -> list[Fault]:
    others = twice(lines, lambda line: line.key, lambda line: line.row)
    return [Fault(line.row, CODE, f"{line.name} stands in row {line.row} and in "
                  f"{numbers(others[line.row])}. Combine them in one row, or delete one.")
            for line in lines if line.row in others]  # fmt: skip


def _divisions(lines: Sequence[Planned], known: dict[str, Known]) -> list[Fault]:
    """A division is never a line of a budget, and a code that has a line never a division."""
    new = {line.code.lower(): line.row for line in lines if line.code.lower() not in known}
    above = {division_of(line.code).lower(): line.row for line in lines if line.code.lower() in new}
    return [fault for line in lines for fault in _division(line, known, new, above)]


def _division(line: Planned, known: dict[str, Known], new: dict[str, int], above: dict[str, int]) -> list[Fault]:
    key, wanted = line.code.lower(), division_of(line.code)
    found, over = known.get(key), known.get(wanted.lower())
    if found and found.is_division:
        return [Fault(line.row, CODE, f"{line.code} is a division. Write a cost code below it.")]
    if key in new and key in above:
        return [Fault(line.row, CODE, f"{line.code} would be the division of the code in row {above[key]}. Write a longer code, "
                      f"such as {line.code}-0.")]  # fmt: skip
    if key in new and (over and not over.is_division):
        return [Fault(line.row, CODE, f"{line.code} would stand below {wanted}, which is a cost code itself. Write another "
                      "code, or let it be made on the page Cost codes.")]  # fmt: skip
    return []


def _there(budget: Budget, lines: Sequence[Planned], known: dict[str, Known]) -> list[Fault]:
    number = func.coalesce(SubJob.number, "")
    asked = select(number, BudgetLine.code_id, BudgetLine.cost_type).outerjoin(SubJob, SubJob.id == BudgetLine.sub_job_id)
    standing = db.session.execute(asked.where(BudgetLine.budget_id == budget.id, BudgetLine.deleted.is_(False)))
    there = {(below.lower(), code_id, letter) for below, code_id, letter in standing}
    return [Fault(line.row, CODE, f"{line.name} is in the budget already. Delete that line first, or leave the row out.")
            for line in lines if line.code.lower() in known
            and (line.sub_job.lower(), known[line.code.lower()].id, line.cost_type) in there]  # fmt: skip


def _missing(lines: Sequence[Planned], known: dict[str, Known]) -> dict[str, str]:
    return {line.code.lower(): line.code for line in lines if line.code.lower() not in known}


def _unknown(lines: Sequence[Planned], missing: dict[str, str]) -> list[Fault]:
    return [Fault(line.row, CODE, f"{line.code} is not a standard cost code.") for line in lines if line.code.lower() in missing]


def _new(lines: Sequence[Planned], known: dict[str, Known]) -> list[New]:
    first: dict[str, Planned] = {}
    for line in lines:
        if line.code.lower() not in known:
            first.setdefault(line.code.lower(), line)
    return [New(line.code, _name(line), division_of(line.code)) for line in first.values()]


def _name(line: Planned) -> str:
    return line.description if 0 < len(line.description) <= MOST_LETTERS else line.code


def _new_divisions(new: Sequence[New], known: dict[str, Known]) -> list[str]:
    wanted = {code.division.lower(): code.division for code in new if code.division}
    return [name for key, name in wanted.items() if key not in known]


def _helpers(person: User) -> str:
    reasons = " ".join(reason.text for reason in why_may_not(person, "edit_cost_codes"))
    people = db.session.scalars(select(User).where(User.active).order_by(func.lower(User.name)))
    names = [user.name for user in people if may(user, "edit_cost_codes")]
    who = f"{' or '.join(names[:3])} can add them on the page Cost codes." if names else ""
    return f"{reasons} {who}".strip()
