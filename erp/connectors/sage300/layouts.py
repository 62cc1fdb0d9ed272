"""The records of a .jce file as data, editable field by field: a field is written `name`, `name:30` or `amount:8.2`."""

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from erp.connectors.sage300.text import Unwritable

UNTRIED = (
    "Never tried on a real Sage. Print the import layout there, compare it field by field, and import a file of one line first."
)


class Form(StrEnum):
    """How a field is written: a letter, a code or a text in quotation marks, a date or a number bare, or nothing."""

    LETTER = "letter"
    CODE = "code"
    TEXT = "text"
    DATE = "date"
    NUMBER = "number"
    BLANK = "blank"


FORMS = {
    "record": Form.LETTER, "job": Form.CODE, "job_description": Form.TEXT, "extra": Form.CODE, "extra_description": Form.TEXT,
    "cost_code": Form.CODE, "cost_code_description": Form.TEXT, "category": Form.CODE, "date": Form.DATE,
    "quantity": Form.NUMBER, "unit": Form.TEXT, "amount": Form.NUMBER, "blank": Form.BLANK,
}  # fmt: skip
LONGEST = {Form.CODE: 15, Form.TEXT: 60}
SIZE = re.compile(r"[1-9][0-9]?")
DECIMAL = re.compile(r"(1[0-2]|[1-9])\.2")


@dataclass(frozen=True)
class Slot:
    """One field of a record, with the most signs (texts, codes) or digits before the point (numbers) it takes."""

    name: str
    most: int = 0

    @property
    def form(self) -> Form:
        """How it is written."""
        return FORMS[self.name]

    def __str__(self) -> str:
        if self.form is Form.NUMBER:
            return f"{self.name}:{self.most}.2"
        return f"{self.name}:{self.most}" if self.most else self.name


@dataclass(frozen=True)
class Layout:
    """The fields of one record in order, and how well they are known; the accountant is shown both."""

    record: str
    slots: tuple[Slot, ...]
    evidence: str

    def data(self) -> list[str]:
        """As the settings keep it and people edit it, a field a line."""
        return [str(slot) for slot in self.slots]

    def most(self, name: str) -> int:
        """How many signs of a field stay; 0 if the record does not have it."""
        return next((slot.most for slot in self.slots if slot.name == name), 0)


NEEDED = {"*": ("record", "job"), "E": ("record", "extra"),
          "C": ("record", "cost_code", "category", "date", "amount", "extra")}  # fmt: skip
ALLOWED = {
    "*": ("record", "job", "job_description", "blank"),
    "E": ("record", "extra", "extra_description", "job", "blank"),
    "C": (
        "record",
        "cost_code",
        "cost_code_description",
        "category",
        "date",
        "quantity",
        "unit",
        "amount",
        "extra",
        "job",
        "blank",
    ),
}
DEFAULTS = {
    "*": ("record", "job:12", "job_description:30"),
    "E": ("record", "extra:10", "extra_description:30"),
    "C": ("record", "cost_code:12", "cost_code_description:30", "category:3", "date", "quantity:8.2", "unit:4", "amount:8.2",
          "blank", "blank", "blank", "blank", "extra:10"),
}  # fmt: skip
"""sage300.md 1.2, Estimate / budget: `.jce`."""
EVIDENCE = {
    "*": f"The record of a job was seen in what one home builder's program writes, nowhere else. {UNTRIED}",
    "E": f"The record of an extra (a sub job) was seen in what one home builder's program writes, nowhere else. {UNTRIED}",
    "C": "The first 8 of the 13 fields stand in the help of Sage Estimating, whose example has 12; all 13 were seen in what one "
         f"home builder's program writes. {UNTRIED}",
}  # fmt: skip
CHANGED = "Changed here by an administrator."


def read(record: str, data: Any = None) -> Layout:
    """The layout of a record from the settings; None is the one found in public material. Raises Unwritable."""
    fields = DEFAULTS[record] if data is None else data
    if not isinstance(fields, (list, tuple)) or not all(isinstance(one, str) for one in fields):
        raise Unwritable(f"The layout of record {record} is a list of fields in order. Enter it anew.")
    slots = tuple(_slot(record, one.strip()) for one in fields)
    if faults := _faults(record, [slot.name for slot in slots]):
        raise Unwritable(" ".join(faults))
    evidence = EVIDENCE[record] if tuple(map(str, slots)) == DEFAULTS[record] else f"{CHANGED} {EVIDENCE[record]}"
    return Layout(record, slots, evidence)


def _slot(record: str, written: str) -> Slot:
    name, _, size = written.partition(":")
    if name not in ALLOWED[record]:
        raise Unwritable(f"Record {record} has no field “{name}”. Its fields are {', '.join(ALLOWED[record])}.")
    if FORMS[name] is Form.NUMBER:
        return Slot(
            name, int(_sized(record, name, size, DECIMAL, "digits and two decimals, such as amount:8.2").partition(".")[0])
        )
    if (longest := LONGEST.get(FORMS[name])) is None:
        if size:
            raise Unwritable(f"Record {record}: the field {name} has no length. Write {name} alone.")
        return Slot(name)
    hint = f"a length from 1 to {longest}, such as {name}:{min(longest, 10)}"
    most = int(_sized(record, name, size, SIZE, hint))
    if most > longest:
        raise Unwritable(f"Record {record}: the field {name} needs {hint}, not “{size}”.")
    return Slot(name, most)


def _sized(record: str, name: str, size: str, wanted: re.Pattern[str], hint: str) -> str:
    if not wanted.fullmatch(size):
        raise Unwritable(f"Record {record}: the field {name} needs {hint}, not “{size}”.")
    return size


def _faults(record: str, names: list[str]) -> list[str]:
    missing = [name for name in NEEDED[record] if name not in names]
    doubled = [name for name, times in Counter(names).items() if times > 1 and name != "blank"]
    found = (
        [f"Record {record} lacks {', '.join(missing)}; Sage cannot place a line without. Put it into the layout."]
        if missing
        else []
    )
    if doubled:
        found.append(f"Record {record} has {', '.join(doubled)} twice. Take one out.")
    if "record" in names and names[0] != "record":
        found.append(f"Record {record} begins with the field record, the letter by which Sage knows it. Put it first.")
    return found
