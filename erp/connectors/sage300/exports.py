"""What a person exports from Sage to be read back: the lists and the job cost report, with the columns of each. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from erp.connector import within

CLOSED = ("closed", "inactive", "no", "n")
"""What a Status says of an entry that is not used any more, in small letters."""
Cells = dict[str, str]


@dataclass(frozen=True)
class Column:
    """A column of an export: its name here, and its label on screen."""

    name: str
    label: str
    required: bool = False
    money: bool = False


@dataclass(frozen=True)
class Export:
    """A file that Sage exports: what people call it, the `list` of records that it fills (none: the job cost report), where in
    Sage it comes from, its columns, which of them tell its rows apart, and how a row becomes a record."""

    slug: str
    title: str
    list: str
    where: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    record: Callable[[Cells], dict[str, Any]]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its columns, in their order."""
        return tuple(column.name for column in self.columns)

    @property
    def optional(self) -> tuple[str, ...]:
        """The names of the columns that a file may lack."""
        return tuple(column.name for column in self.columns if not column.required)


STATUS = Column("status", "Status")
ADDRESS = (Column("street", "Street"), Column("street2", "Street (second line)"), Column("city", "City"),
           Column("region", "State"), Column("postal_code", "ZIP"))  # fmt: skip


def _row(list_name: str, erp_id: str, name: str, cells: Cells, *, full_name: str = "", parent: str = "",
         **data: str) -> dict[str, Any]:  # fmt: skip
    """A row as records take it; `active` by its status."""
    return {"list": list_name, "erp_id": erp_id, "parent_id": parent, "name": name, "full_name": full_name or name,
            "edit_sequence": "", "active": cells.get("status", "").casefold() not in CLOSED, "data": data}  # fmt: skip


def _told(cells: Cells, *names: str) -> dict[str, str]:
    return {name: cells[name] for name in names if cells.get(name)}


def _job(cells: Cells) -> dict[str, Any]:
    return _row("job", cells["job"], cells["description"], cells, number=cells["job"],
                **_told(cells, *(column.name for column in ADDRESS)))  # fmt: skip


def _extra(cells: Cells) -> dict[str, Any]:
    job, extra, name = cells["job"], cells["extra"], cells["description"]
    return _row("extra", within(job, extra), name, cells, full_name=f"{job} / {extra} {name}", parent=job, number=extra, job=job)


def _code(cells: Cells) -> dict[str, Any]:
    return _row("item", cells["code"], cells["code"], cells, desc=cells["description"])


def _category(cells: Cells) -> dict[str, Any]:
    return _row("category", cells["category"], cells["category"], cells, desc=cells["description"])


def _vendor(cells: Cells) -> dict[str, Any]:
    return _row("vendor", cells["vendor"], cells["name"], cells, number=cells["vendor"],
                **_told(cells, *(column.name for column in ADDRESS), "phone", "tax_id"))  # fmt: skip


def _no_record(cells: Cells) -> dict[str, Any]:
    raise LookupError("the job cost report fills no list of records")


JOB, EXTRA = Column("job", "Job", required=True), Column("extra", "Extra", required=True)
CODE, CATEGORY = Column("code", "Cost Code", required=True), Column("category", "Category", required=True)
DESCRIPTION = Column("description", "Description", required=True)
LISTS = (
    Export("jobs", "Jobs", "job", "Job Cost: a list of the jobs", (JOB, DESCRIPTION, STATUS, *ADDRESS), ("job",), _job),
    Export("extras", "Extras", "extra", "Job Cost: a list of the extras", (JOB, EXTRA, DESCRIPTION, STATUS), ("job", "extra"),
           _extra),
    Export("codes", "Cost codes", "item", "Job Cost: the standard cost codes", (CODE, DESCRIPTION, STATUS), ("code",), _code),
    Export("categories", "Categories", "category", "Job Cost: the standard categories", (CATEGORY, DESCRIPTION), ("category",),
           _category),
    Export("vendors", "Vendors", "vendor", "Accounts Payable: a list of the vendors",
           (Column("vendor", "Vendor", required=True), Column("name", "Name", required=True), STATUS, *ADDRESS,
            Column("phone", "Phone"), Column("tax_id", "Tax ID")), ("vendor",), _vendor),
)  # fmt: skip
REPORT = Export(
    "report", "Job cost report", "", "Job Cost: a report or inquiry with a row per job, extra, cost code and category",
    (JOB, Column("extra", "Extra"), CODE, CATEGORY, Column("description", "Description"),
     Column("original", "Original Estimate", required=True, money=True),
     Column("changes", "Approved Estimate Changes", money=True), Column("estimate", "Total Estimate", money=True),
     Column("job_to_date", "JTD Cost", money=True), Column("month_to_date", "MTD Cost", money=True),
     Column("committed", "Committed Cost", money=True)),
    ("job", "extra", "code", "category"), _no_record,
)  # fmt: skip
EXPORTS = {export.slug: export for export in (*LISTS, REPORT)}
