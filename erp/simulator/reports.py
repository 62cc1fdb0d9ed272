"""Job reports: estimated against actual, per item, as QuickBooks lays them out in rows and columns."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from lxml import etree

from erp.simulator.books import Books, Entry
from erp.simulator.calls import Answer, Call
from erp.simulator.job_figures import Figures, Sums, figures
from erp.simulator.list_kind import refuse_fields
from erp.simulator.money import amount
from erp.simulator.reading import Fields
from erp.simulator.refusals import Unsupported

TITLES = {
    "JobEstimatesVsActualsDetail": "Job Estimates vs. Actuals Detail",
    "ItemEstimatesVsActuals": "Item Estimates vs. Actuals",
}
COLUMNS = (
    ("STRTYPE", "", "Blank"),
    ("AMTTYPE", "Est. Cost", "Amount"),
    ("AMTTYPE", "Act. Cost", "Amount"),
    ("AMTTYPE", "($) Diff.", "AmountDifference"),
    ("AMTTYPE", "Est. Revenue", "Amount"),
    ("AMTTYPE", "Act. Revenue", "Amount"),
    ("AMTTYPE", "($) Diff.", "AmountDifference"),
)
NOT_KEPT = (
    "ReportAccountFilter", "ReportClassFilter", "ReportTxnTypeFilter", "ReportModifiedDateRangeFilter",
    "ReportModifiedDateRangeMacro", "ReportPostingStatusFilter", "SummarizeColumnsBy", "IncludeSubcolumns",
)  # fmt: skip
NO_ITEM = "No item"


def job_report(call: Call) -> Answer:
    """One of the two reports that compare estimates with what was spent."""
    fields = call.fields
    kind = fields["JobReportType"]
    refuse_fields(fields, *NOT_KEPT)
    if kind not in TITLES or fields.get("ReportDateMacro", "All") != "All":
        raise Unsupported(f"report {kind} {fields.get('ReportDateMacro', '')}".strip())
    rows = list(_rows(call.books, figures(call.books, fields)))
    return Answer(node=_report(TITLES[kind], _subtitle(fields), rows))


def _subtitle(fields: Fields) -> str:
    period = fields.get("ReportPeriod", {})
    begin, end = period.get("FromReportDate", ""), period.get("ToReportDate", "")
    return f"{begin} through {end}".strip() if begin or end else "All Transactions"


Row = tuple[str, str, str, Sums | None]
"""Kind of row, label, item it is about, and its sums."""


def _rows(books: Books, found: Figures) -> Iterator[Row]:
    tops = [entry for entry in books.entries("Item") if not entry.parent]
    yield "TextRow", "Service", "", None
    for entry in tops:
        yield from _item_rows(books, found, entry)
    yield "SubtotalRow", "Total Service", "", found.total(lambda item: item != "")
    if "" in found.by_item:
        yield "DataRow", NO_ITEM, "", found.by_item[""]
    yield "TotalRow", "TOTAL", "", found.total(lambda item: True)


def _item_rows(books: Books, found: Figures, entry: Entry) -> Iterator[Row]:
    below = [child for child in books.descendants(entry) if child.id in found.by_item]
    own = found.by_item.get(entry.id)
    if not below:
        if own is not None:
            yield "DataRow", _label(entry), entry.full_name, own
        return
    yield "TextRow", _label(entry), "", None
    for child in below:
        yield "DataRow", _label(child), child.full_name, found.by_item[child.id]
    if own is not None:
        yield "DataRow", f"{_label(entry)} - Other", entry.full_name, own
    ids = {entry.id, *(child.id for child in below)}
    yield "SubtotalRow", f"Total {_label(entry)}", "", found.total(lambda item: item in ids)


def _label(entry: Entry) -> str:
    side = entry.fields.get("SalesAndPurchase") or entry.fields.get("SalesOrPurchase") or {}
    description = side.get("SalesDesc") or side.get("Desc") or ""
    return f"{entry.name} ({description})" if description else entry.name


def _report(title: str, subtitle: str, rows: list[Row]) -> etree._Element:
    report = etree.Element("ReportRet")
    head = {"ReportTitle": title, "ReportSubtitle": subtitle, "ReportBasis": "Accrual", "NumRows": str(len(rows))}
    for tag, text in (head | {"NumColumns": str(len(COLUMNS)), "NumColTitleRows": "1"}).items():
        etree.SubElement(report, tag).text = text
    for number, (data_type, column, column_type) in enumerate(COLUMNS, 1):
        described = etree.SubElement(report, "ColDesc", {"colID": str(number), "dataType": data_type})
        etree.SubElement(described, "ColTitle", {"titleRow": "1", **({"value": column} if column else {})})
        etree.SubElement(described, "ColType").text = column_type
    data = etree.SubElement(report, "ReportData")
    for number, row in enumerate(rows, 1):
        _write_row(data, number, row)
    return report


def _write_row(data: etree._Element, number: int, row: Row) -> None:
    kind, label, item, sums = row
    node = etree.SubElement(data, kind, {"rowNumber": str(number), **({"value": label} if sums is None else {})})
    if sums is None:
        return
    if item:
        etree.SubElement(node, "RowData", {"rowType": "item", "value": item})
    for column, value in enumerate((label, *map(amount, _columns(sums))), 1):
        etree.SubElement(node, "ColData", {"colID": str(column), "value": value})


def _columns(sums: Sums) -> tuple[Decimal, ...]:
    return (
        sums.estimated_cost,
        sums.actual_cost,
        sums.actual_cost - sums.estimated_cost,
        sums.estimated_revenue,
        sums.actual_revenue,
        sums.actual_revenue - sums.estimated_revenue,
    )
