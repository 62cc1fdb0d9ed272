"""What is in QuickBooks, read by its id and laid beside what was sent: for a person who judges, and for verifying."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from erp.amounts import money
from erp.connector import MARKER, Work
from erp.connectors.quickbooks.mapping import MAPPINGS, company
from erp.connectors.quickbooks.mapping.mapping import WITH_LINES, Query, guid
from erp.connectors.quickbooks.qbxml import minor, value
from erp.connectors.quickbooks.text import plain

Difference = list[str]
"""What differs, as it was sent, as it is there."""


@dataclass(frozen=True)
class There:
    """How one kind is read by its ids, what differs from what was sent, and the sentence that it is of another kind or place.

    `marked` is the search for our markers that sees it.
    """

    by_id: Callable[[Sequence[str]], Query]
    compare: Callable[[Work, Any], list[Difference]]
    elsewhere: Callable[[Work, Any], str]
    marked: str


def identity(found: Any) -> str:
    """The id of an object: TxnID or ListID."""
    return value(found, "TxnID") or value(found, "ListID")


def markers_on(found: Any, known: Collection[str]) -> set[str]:
    """The markers, of those known, that an object carries in its memo, its notes, its ExternalGUID or on a line."""
    return (_written(f"{value(found, 'Memo')} {value(found, 'Notes')}") | _guids(found, known) | set(lines_by_marker(found))) & {
        *known
    }


def _written(words: str) -> set[str]:
    return set(MARKER.findall(words))


def _guids(found: Any, known: Collection[str]) -> set[str]:
    has = value(found, "ExternalGUID").lower()
    return {marker for marker in known if guid(marker) == has} if has else set()


def lines_by_marker(found: Any) -> Counter[str]:
    """marker -> number of lines that carry it."""
    return Counter(str(mark.text or "").strip() for mark in found.iter("Other2"))


def candidate(work: Work, found: Any) -> dict[str, Any]:
    """An object as a person sees it before he takes it for ours: what it is, what differs, and what he must tick."""
    there = THERE[work.kind]
    return {
        "result": MAPPINGS[work.kind].result(found),
        "differences": there.compare(work, found),
        "tick": there.elsewhere(work, found),
        "marked": bool(markers_on(found, (work.marker, *work.old))),
        "markers": sorted(marker for marker in lines_by_marker(found) if MARKER.fullmatch(marker)),
    }


def candidates(work: Work, found: Sequence[Any]) -> list[dict[str, Any]]:
    """Each object as a person sees it; of a kind that cannot be laid side by side, none."""
    return [candidate(work, one) for one in found] if work.kind in THERE else []


def _different(*rows: tuple[str, str, str]) -> list[Difference]:
    """The rows whose two sides differ; what is not known of ours is not compared."""
    return [[what, ours, there] for what, ours, there in rows if ours and ours != there]


# lists


def _list_query(name: str) -> Callable[[Sequence[str]], Query]:
    return lambda ids: Query(name, [("ListID", key) for key in ids])


def _reference(found: Any, path: str, wanted: Mapping[str, str]) -> tuple[str, str]:
    """The names of both sides of a reference, the same where the ids are the same."""
    there = value(found, f"{path}/FullName") or "none"
    if value(found, f"{path}/ListID") == wanted.get("id", ""):
        return there, there
    ours = wanted.get("name") or wanted.get("id", "")
    return (f"{ours} ({wanted['id']})" if ours == there else ours), there


def compare_job(work: Work, found: Any) -> list[Difference]:
    """Name, customer and project number."""
    customer = work.choices.get("customer") or {}
    return _different(
        ("Name", plain(work.payload["name"]), value(found, "Name")),
        ("Customer", *_reference(found, "ParentRef", customer)),
        ("Project number", plain(work.payload["number"]), value(found, "AccountNumber")),
    )


def job_elsewhere(work: Work, found: Any) -> str:
    """A customer is no job, and another customer's job is not the one that was accepted."""
    customer, name = work.choices.get("customer") or {}, value(found, "FullName")
    if not value(found, "ParentRef/ListID"):
        return f"{name} is a customer, not a job."
    return "" if value(found, "ParentRef/ListID") == customer.get("id") else f"{name} is not below {customer.get('name')}."


def compare_company(work: Work, found: Any) -> list[Difference]:
    """Name, address and tax id."""
    ours = ", ".join(filter(None, (plain(work.payload[name]) for name, _ in company.ADDRESS)))
    there = ", ".join(filter(None, (value(found, f"VendorAddress/{tag}") for _, tag in company.ADDRESS)))
    return _different(
        ("Name", plain(work.payload["name"]), value(found, "Name")),
        ("Address", ours, there),
        ("Tax ID", plain(work.payload["tax_id"]), value(found, "VendorTaxIdent")),
    )


ACCOUNTS = (
    ("Income account", "IncomeAccountRef", "income_account"),
    ("Expense account", "ExpenseAccountRef", "expense_account"),
)


def compare_code(work: Work, found: Any) -> list[Difference]:
    """Name, division and both accounts."""
    sides = [
        (label, *_reference(found, f"SalesAndPurchase/{path}", work.choices.get(name) or {})) for label, path, name in ACCOUNTS
    ]
    above = [("Division", *_reference(found, "ParentRef", _division(work)))] if work.payload["division"] else []
    return _different(("Name", plain(work.payload["code"]), value(found, "Name")), *above, *sides)


def _division(work: Work) -> dict[str, str]:
    """The division that was sent; the project manager may have chosen another one since, which is still with him."""
    now = {"id": work.refs.get("division", ""), "name": work.refs.get("division_name") or work.payload["division"]}
    stood = work.refs.get("stood_below", now["id"])
    return now if stood == now["id"] else {"id": stood, "name": work.payload["division"]}


def code_elsewhere(work: Work, found: Any) -> str:
    """Only a service item can be a cost code."""
    kind = str(found.tag).removesuffix("Ret")
    return "" if kind == "ItemService" else f"{value(found, 'FullName')} is no service item, but {kind}."


# Estimates


def estimates_by_id(ids: Sequence[str]) -> Query:
    """These Estimates with their lines."""
    return Query("EstimateQueryRq", [*[("TxnID", key) for key in ids], WITH_LINES])


def compare_estimate(work: Work, found: Any) -> list[Difference]:
    """Job, number and date, each cost code whose amount differs, the number of lines, and the totals."""
    job = {"id": work.refs.get("job", ""), "name": work.refs.get("job_name", "")}
    head = _different(
        ("Customer:Job", *_reference(found, "CustomerRef", job)),
        ("Number", str(work.choices.get("number") or ""), value(found, "RefNumber")),
        ("Date", str(work.choices.get("date") or ""), value(found, "TxnDate")),
    )
    return [*head, *_amounts(work, found)]


def _amounts(work: Work, found: Any) -> list[Difference]:
    payloads = [(work.marker, work.payload), *work.before]
    sent = _sums((work.refs.get("codes", {}).get(str(line["code_id"]), ""), line["send"])
                 for _, payload in payloads for line in payload["lines"] if line["send"])  # fmt: skip
    lines = _lines_of_ours(found, {marker for marker, _ in payloads} | set(work.old))
    there = _sums((value(line, "ItemRef/ListID"), minor(value(line, "Amount") or "0")) for line in lines)
    names = _names(work, payloads, lines)
    different = [item for item in sorted({*sent, *there}, key=lambda key: names.get(key, key)) if sent[item] != there[item]]
    rows = [[names.get(item, item), money(sent[item]), money(there[item])] for item in different]
    counted = sum(1 for _, payload in payloads for line in payload["lines"] if line["send"])
    rows += _different(("Lines", str(counted), str(len(lines))))
    return [*rows, ["Total", money(sum(sent.values())), money(sum(there.values()))]] if rows else []


def _sums(pairs: Iterator[tuple[str, int]] | Any) -> Counter[str]:
    sums: Counter[str] = Counter()
    for item, cents in pairs:
        sums[item] += cents
    return sums


def _lines_of_ours(found: Any, markers: Collection[str]) -> list[Any]:
    """The lines with a marker of ours; of an Estimate that has none, all."""
    lines = [line for line in found.iter("EstimateLineRet") if value(line, "ItemRef/ListID") or value(line, "Amount")]
    mine = [line for line in lines if value(line, "Other2") in markers]
    return mine or lines


def _names(work: Work, payloads: Sequence[tuple[str, dict[str, Any]]], lines: Sequence[Any]) -> dict[str, str]:
    codes = work.refs.get("codes", {})
    there = {value(line, "ItemRef/ListID"): value(line, "ItemRef/FullName") or "Without item" for line in lines}
    return there | {codes.get(str(line["code_id"]), ""): line["code"] for _, payload in payloads for line in payload["lines"]}


def estimate_elsewhere(work: Work, found: Any) -> str:
    """An Estimate on another job."""
    job = work.refs.get("job", "")
    if value(found, "CustomerRef/ListID") == job:
        return ""
    return f"It is on {value(found, 'CustomerRef/FullName')}, not on {work.refs.get('job_name') or 'the job of this project'}."


THERE = {
    "company": There(_list_query("VendorQueryRq"), compare_company, lambda work, found: "", "vendor"),
    "job": There(_list_query("CustomerQueryRq"), compare_job, job_elsewhere, "customer"),
    "cost_code": There(_list_query("ItemQueryRq"), compare_code, code_elsewhere, "item"),
    "budget": There(estimates_by_id, compare_estimate, estimate_elsewhere, "estimate"),
}
