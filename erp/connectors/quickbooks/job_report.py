"""Reading a job report of QuickBooks: columns by type and title, rows by the item they name, the total from its own row."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

ACTUAL = {"act cost", "actual cost"}
AMOUNTS = {"Amount", "CalculatedAmount", "Total"}
LABELS = {"Blank", "Label", "Item", "Name"}
NUMBER = re.compile(r"(\()?(-)?\$?((?:\d{1,3}(?:,\d{3})+|\d+)?)(?:\.(\d{1,2}))?(\))?(-)?")
NO_ITEM = "No item"
AGAIN = "press Sync Job Costs again."


@dataclass(frozen=True)
class Told:
    """What a report says: items with erp_id, name or label, and job_to_date; no total when it could not be read at all."""

    items: list[dict[str, Any]]
    total: int | None
    basis: str
    problems: list[str]


@dataclass(frozen=True)
class Cell:
    """A data row: the item it names (perhaps nothing), its label, the labels above it, and its amount as it stands there."""

    item: str
    label: str
    above: tuple[str, ...]
    text: str


def cents(text: str) -> int | None:
    """An amount as people write it, in minor units: 1,234.50, (1,234.50), -1234.5, nothing; None when it is no amount."""
    found = NUMBER.fullmatch(text.replace(" ", ""))
    if found is None or bool(found[1]) != bool(found[5]):
        return None
    amount = int((found[3] or "0").replace(",", "")) * 100 + int((found[4] or "0").ljust(2, "0"))
    return -amount if found[1] or found[2] or found[6] else amount


def unreadable(where: str, texts: list[str]) -> list[str]:
    """The sentence about amounts that are none."""
    if not texts:
        return []
    shown = ", ".join(f"“{text[:30]}”" for text in texts[:3])
    return [f"{where} has amounts that are no numbers ({shown}); they count as 0. Put them right in QuickBooks, then {AGAIN}"]


def read(report: Any, names: Mapping[str, str], codes: Collection[str]) -> Told:
    """The costs per item. `names` says full name in small letters -> item, `codes` which items are cost codes of ours."""
    titles = {} if report is None else {column.get("colID", ""): _title(column) for column in report.iter("ColDesc")}
    actual = None if report is None else _column(report)
    if actual is None:
        there = ", ".join(title for title in titles.values() if title) or "none"
        return Told([], None, "", [f"The job report came without the column Act. Cost (its columns: {there}). What was read "
                                   "before stays. Tell the administrator the version and language of QuickBooks."])  # fmt: skip
    return _read(report, actual, names, codes)


def _title(column: Any) -> str:
    return " ".join(str(title.get("value") or "") for title in column.iter("ColTitle")).strip()


def _column(report: Any) -> str | None:
    """The column of actual costs: by title and type, wherever it stands."""
    for column in report.iter("ColDesc"):
        money = column.findtext("ColType") in AMOUNTS or column.get("dataType") == "AMTTYPE"
        if money and re.sub(r"[^a-z]+", " ", _title(column).lower()).strip() in ACTUAL:
            return str(column.get("colID"))
    return None


def _read(report: Any, actual: str, names: Mapping[str, str], codes: Collection[str]) -> Told:
    sums: dict[str, dict[str, Any]] = {}
    cells, wrong = list(_cells(report, actual)), []
    for cell in cells:
        placed, amount = _place(cell, names), cents(cell.text)
        wrong += [cell.text] if amount is None else []
        row = sums.setdefault(placed["erp_id"], {**placed, "job_to_date": 0})
        row["job_to_date"] += amount or 0
    total, problems = _total(report, actual, sum(row["job_to_date"] for row in sums.values()), bool(cells))
    items = list(sums.values())
    told = [*unreadable("The job report", wrong), *problems, *_foreign(items, codes)]
    return Told(items, total, str(report.findtext("ReportBasis") or ""), told)


def _cells(report: Any, actual: str) -> Iterator[Cell]:
    """The data rows with the headings they stand under; subtotals only close a heading."""
    labels = {column.get("colID") for column in report.iter("ColDesc") if column.findtext("ColType") in LABELS}
    above: list[str] = []
    for row in report.iterfind("ReportData/*"):
        if row.tag == "TextRow":
            above.append(row.get("value") or "")
        elif row.tag == "SubtotalRow":
            del above[-1:]
        elif row.tag == "DataRow":
            named = row.find("RowData")
            item = named.get("value", "") if named is not None and named.get("rowType", "item") == "item" else ""
            label = next((c.get("value", "") for c in row.iter("ColData") if c.get("colID") in labels), "")
            yield Cell(item.strip(), label.strip(), tuple(above), _value(row, actual))


def _value(row: Any, column: str) -> str:
    return next((str(cell.get("value") or "") for cell in row.iter("ColData") if cell.get("colID") == column), "")


def _total(report: Any, actual: str, of_rows: int, any_rows: bool) -> tuple[int, list[str]]:
    """The total row is the truth; without one, the sum of the rows with a word about it."""
    last = report.find("ReportData/TotalRow[last()]")
    total = cents(_value(last, actual)) if last is not None else None
    if total is not None:
        return total, []
    words = f"The job report came without its total; the sum of its rows is shown instead. Later {AGAIN}"
    return of_rows, [words] if any_rows else []


def _place(cell: Cell, names: Mapping[str, str]) -> dict[str, Any]:
    """The item a row is about; an item or label that nobody knows keeps its name as its id."""
    if cell.item:
        return {"erp_id": names.get(cell.item.lower(), f"name:{cell.item}"), "name": cell.item}
    found, label = _by_label(cell, names), cell.label or NO_ITEM
    return {"erp_id": names[found] if found else f"name:{label}", "label": label}


def _by_label(cell: Cell, names: Mapping[str, str]) -> str:
    """The full name a label stands for: below the headings above it, then alone, then as the only item with that name."""
    leaves = [leaf.lower() for leaf in _bare(cell.label)]
    above = [_bare(heading)[-1].lower() for heading in cell.above]
    paths = [":".join([*above[start:], leaf]) for leaf in leaves for start in range(len(above) + 1)]
    alike = [name for name in names if name.rpartition(":")[2] in leaves]
    return next((path for path in paths if path in names), alike[0] if len(alike) == 1 else "")


def _bare(label: str) -> list[str]:
    """The label, and what stands before its description: 03-300 (Cast-in-place) is item 03-300."""
    plain = label.removesuffix(" - Other")
    cuts = [plain[: at.start()] for at in re.finditer(r" \(", plain)] if plain.endswith(")") else []
    return [plain, *reversed(cuts)]


def _foreign(items: list[dict[str, Any]], codes: Collection[str]) -> list[str]:
    """The sentence about costs on items that are no cost codes of ours; costs without any item are nobody's mistake."""
    real = [item for item in items if "name" in item or not item["erp_id"].startswith("name:")]
    names = [item.get("name") or item["label"] for item in real if item["erp_id"] not in codes and item["job_to_date"]]
    if not names:
        return []
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    return [f"Costs stand on items that are no synced cost codes ({shown}); they are under Not explained. Send the cost code, "
            f"refresh the lists after a renaming, or change the item in QuickBooks; then {AGAIN}"]  # fmt: skip
