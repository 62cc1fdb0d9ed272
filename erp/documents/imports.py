"""What importing a table has in common: the mapping, the faults of its rows, and the refusal of the whole."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select

from erp.audit import Event
from erp.db import db
from erp.documents import words
from erp.documents.document import DocumentRefused
from erp.people import User
from erp.sheets import Row

T = TypeVar("T")
IMPORTS = ("import", "import cost codes", "read back")
"""What importing a table is called in the audit trail."""
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}( .*)?|[0-9]{1,2}-[A-Z][a-z]{2}(-[0-9]{2})?|[A-Z][a-z]{2}-[0-9]{2}")
_TOTAL = re.compile(r"((?:grand|sub)?[ -]?totals?|sum):?", re.IGNORECASE)


@dataclass(frozen=True)
class Fault:
    """What is wrong with a row: its number in the file, the column on screen, and a sentence with the cure."""

    row: int
    column: str
    sentence: str


class ImportRefused(DocumentRefused):
    """Nothing was imported; `sentence` says why and what to do."""


def imported(subject: str, upload_id: int, person: User) -> str:
    """The name of the file that this person imported from this upload, which is gone since; empty if he did not."""
    asked = select(Event.details).where(Event.subject == subject, Event.actor_id == person.id, Event.action.in_(IMPORTS))
    return next((told["file"] for told in db.session.scalars(asked) if told.get("upload") == upload_id), "")


def refuse_faults(faults: Sequence[Fault], good: int, leave_out: bool) -> None:
    """Raises ImportRefused when rows have errors and were not left out, or when none is left."""
    rows = len({fault.row for fault in faults})
    if rows and not leave_out:
        have = f"{words.counted(rows, 'row')} {'has' if rows == 1 else 'have'} errors"
        raise ImportRefused(f"{have}. Nothing was imported. Mend the file, or tick “Leave out the rows with errors”.")
    if not good:
        raise ImportRefused("No row is left to import. Nothing was imported. Mend the file, or choose other columns.")


def wordy(row: Row, column: str, text: str, *, most: int | None = words.MOST, required: bool = True) -> list[Fault]:
    """The fault of a text, if it has one."""
    sentence = words.why_not(column, text, most=most, required=required)
    return [Fault(row.number, column, sentence)] if sentence else []


def a_code(row: Row, column: str, text: str, *, required: bool = True) -> list[Fault]:
    """The fault of a code: as of a text, or that a spreadsheet program made a date of it."""
    if _DATE.fullmatch(text):
        return [Fault(row.number, column, f"“{text}” is a date: the spreadsheet program turned a code such as 1-2 into one. "
                      "Format the column as text and type the code anew.")]  # fmt: skip
    return wordy(row, column, text, required=required)


def adds_up(text: str) -> bool:
    """Whether a row is called like one that only adds up others."""
    return bool(_TOTAL.fullmatch(text))


def twice(rows: Iterable[T], key: Callable[[T], object], number: Callable[[T], int]) -> dict[int, list[int]]:
    """Row number -> the other rows with the same key."""
    groups: dict[object, list[int]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(number(row))
    return {mine: [n for n in group if n != mine] for group in groups.values() if len(group) > 1 for mine in group}


def numbers(rows: Sequence[int], most: int = 5) -> str:
    """“row 4” or “rows 4, 9 and 12”."""
    if len(rows) == 1:
        return f"row {rows[0]}"
    if len(rows) > most:
        return f"rows {', '.join(map(str, rows[:most]))} and {len(rows) - most:,} more"
    return f"rows {', '.join(map(str, rows[:-1]))} and {rows[-1]}"
