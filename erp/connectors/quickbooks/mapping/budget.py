"""Budget -> Estimate on the job: one line per budget line, each with our marker."""

from collections import Counter
from typing import Any

from erp.amounts import money
from erp.connector import Failed, Work
from erp.connectors.quickbooks.mapping.mapping import FEW, WITH_LINES, Mapping, Query, filled, guid, ref
from erp.connectors.quickbooks.qbxml import Tree, amount, minor, value
from erp.connectors.quickbooks.text import plain

LABELS = {"RefNumber": "Number", "TxnDate": "Accounting date", "Memo": "Memo", "Desc": "Description", "Amount": "Amount",
          "Other2": "Marker", "ItemRef": "Cost code", "CustomerRef": "Job",
          "EstimateLineAdd": "A line with an amount"}  # fmt: skip


def add(work: Work) -> Tree:
    """The Estimate; zero lines are not sent."""
    head: Tree = [
        ref("CustomerRef", work.refs.get("job", "")), ("TxnDate", work.choices.get("date")),
        ("RefNumber", work.choices.get("number")), ("Memo", memo(work)), ("ExternalGUID", guid(work.marker)),
    ]  # fmt: skip
    return [("EstimateAdd", filled(head) + [("EstimateLineAdd", line(work, row)) for row in sent_lines(work)])]


def stands_for(work: Work, found: Any) -> bool:
    """Whether an Estimate is on the job, or says that it is the project's budget."""
    on_the_job = value(found, "CustomerRef/ListID") == work.refs.get("job")
    return on_the_job or value(found, "Memo").startswith(f"Budget of {plain(work.payload['project']['number'])} ")


def memo(work: Work) -> str:
    """Says that it is a budget, and carries the marker."""
    project = work.payload["project"]
    return f"Budget of {project['number']} {project['name']}. Not to be invoiced from. Countersign {work.marker}"


def sent_lines(work: Work) -> list[dict[str, Any]]:
    """The lines with something to send."""
    return [line for line in work.payload["lines"] if line["send"]]


def line(work: Work, row: dict[str, Any]) -> Tree:
    """One line of the Estimate, with our marker."""
    item = work.refs.get("codes", {}).get(str(row["code_id"]), "")
    tax = work.facts.get("non_taxable")
    return filled([
        ref("ItemRef", item), ("Desc", describe(row)), ("Amount", amount(row["send"])),
        *([ref("SalesTaxCodeRef", tax)] if tax else []), ("Other2", work.marker),
    ])  # fmt: skip


def describe(line: dict[str, Any]) -> str:
    """The description of a line, with its cost type."""
    return f"{line['description']} ({line['type_name']})"


def look(work: Work) -> Query:
    """The Estimates of the job, with their lines."""
    return Query("EstimateQueryRq", [("EntityFilter", [("ListID", work.refs.get("job", ""))]), WITH_LINES], FEW)


def look_wider(work: Work) -> Query:
    """Every Estimate that changed since it was sent, so that one moved to another job is found too."""
    since: Tree = [("FromModifiedDate", work.since)]
    return Query("EstimateQueryRq", [("ModifiedDateRangeFilter", since), WITH_LINES], FEW)


def same_name(work: Work, found: Any) -> bool:
    """Whether an Estimate on the job has our number."""
    same = value(found, "RefNumber").lower() == str(work.choices.get("number", "")).lower()
    return same and value(found, "CustomerRef/ListID") == work.refs.get("job")


def differs(work: Work, found: Any) -> str:
    """Compares the job, our lines one by one, and what they add up to."""
    if value(found, "CustomerRef/ListID") != work.refs.get("job"):
        return f"The Estimate is on {value(found, 'CustomerRef/FullName')}, not on the job it was accepted for."
    expected, there = _expected(work), _there(work, found)
    if expected == there:
        return ""
    missing, extra = expected - there, there - expected
    return (
        f"The Estimate {value(found, 'RefNumber')} does not hold what was accepted: {_sum(expected)} in "
        f"{expected.total()} lines were sent, {_sum(there)} in {there.total()} lines are there "
        f"({missing.total()} missing, {extra.total()} different)."
    )


def _expected(work: Work) -> Counter[tuple[str, int]]:
    codes = work.refs.get("codes", {})
    return Counter((codes.get(str(line["code_id"]), ""), line["send"]) for line in sent_lines(work))


def _there(work: Work, found: Any) -> Counter[tuple[str, int]]:
    lines = [line for line in found.iter("EstimateLineRet") if value(line, "Other2") == work.marker]
    return Counter((value(line, "ItemRef/ListID"), minor(value(line, "Amount") or "0")) for line in lines)


def _sum(lines: Counter[tuple[str, int]]) -> str:
    return amount(sum(cents * times for (_, cents), times in lines.items()))


def result(found: Any) -> dict[str, Any]:
    """What to keep and show of the Estimate."""
    total = minor(value(found, "Subtotal") or value(found, "TotalAmount") or "0")
    return {
        "erp_id": value(found, "TxnID"),
        "name": f"Estimate {value(found, 'RefNumber')} on {value(found, 'CustomerRef/FullName')}",
        "edit_sequence": value(found, "EditSequence"),
        "total": total,
        "shows": [
            ["Customer:Job", value(found, "CustomerRef/FullName")], ["Number", value(found, "RefNumber")],
            ["Date", value(found, "TxnDate")], ["Total", money(total)],
            ["ID", value(found, "TxnID")],
        ],
    }  # fmt: skip


def preview(work: Work) -> dict[str, Any]:
    """What accounting will receive: the head of the Estimate and its lines."""
    job = work.refs.get("job_name") or work.payload["project"]["name"]
    rows = [("Customer:Job", job, job), ("Number", work.payload["number"], work.choices.get("number") or "chosen at Accept"),
            ("Date", "", work.choices.get("date") or "chosen at Accept"), ("Memo", memo(work), plain(memo(work)))]  # fmt: skip
    return {"title": "One Estimate", "rows": rows, "lines": shown_lines(work)}


def shown_lines(work: Work) -> list[tuple[str, str, int]]:
    """Item, description and amount in minor units of each line that is sent."""
    names = work.refs.get("code_names", {})
    return [(names.get(str(line["code_id"]), line["code"]), plain(describe(line)), line["send"]) for line in sent_lines(work)]


def blocked(work: Work) -> Failed | None:
    """Estimates must be switched on, and the job and every item known."""
    if work.facts.get("estimates") is False:
        return Failed("estimates-off", "The feature Estimates is switched off in the company file.")
    if not work.refs.get("job"):
        return Failed("parent-missing", "The job is not in QuickBooks.")
    codes = work.refs.get("codes", {})
    unknown = sorted({line["code"] for line in sent_lines(work) if not codes.get(str(line["code_id"]))})
    if unknown:
        return Failed("parent-missing", f"These cost codes are not in QuickBooks: {', '.join(unknown[:10])}.")
    return None


MAPPING = Mapping("EstimateAddRq", add, look, look_wider, same_name, differs, result, LABELS, preview, blocked,
                  foreign_is_refused=False, stands_for=stands_for)  # fmt: skip
