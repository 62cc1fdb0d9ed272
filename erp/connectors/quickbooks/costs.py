"""The costs of a job: its Estimate with lines, the other Estimates on the job, then the job report. Pure."""

from collections import defaultdict
from typing import Any

from erp.connector import Ask, Later, Outcome, Page, Work
from erp.connectors.quickbooks import job_report
from erp.connectors.quickbooks.errors import EMPTY, human, is_later
from erp.connectors.quickbooks.qbxml import Response, Tree, message, read, value

REPORT = "JobEstimatesVsActualsDetail"
AGAIN = "press Sync Job Costs again."
CURES = {
    "3250": "In QuickBooks: Edit, Preferences, Jobs & Estimates, Company Preferences, “Do you create estimates?” Yes; then ",
    "3260": "In QuickBooks: Edit, Preferences, Integrated Applications: allow Countersign to read sensitive data; then ",
    "3261": "In QuickBooks: Edit, Preferences, Integrated Applications: allow Countersign to read sensitive data; then ",
    "3140": "See in QuickBooks whether the job was deleted or merged; then ",
}
GONE = ("The Estimate is not in QuickBooks any more: somebody deleted it, so it counts as 0. Ask accounting why; "
        "if it was a mistake, Unlink the budget and send it again.")  # fmt: skip
INACTIVE = "The Estimate is inactive in QuickBooks. Make it active there, then " + AGAIN
NOT_SYNCED = "The budget or its job is not in QuickBooks (unlinked?). Send it again, then " + AGAIN


def step(work: Work, answer: str | None) -> Outcome:
    """Ask for the Estimate, the others on the job, the job report; each answer is a page, what is wrong becomes a sentence."""
    asks = work.memo.get("ask", "estimate")
    if answer is None:
        return _question(work, asks)
    reply = read(answer)
    response = reply.to(work.key)
    if reply.set_code not in ("", "0") or response is None:
        words = reply.set_message or "The answer was empty."
        return _refused(work, asks, reply.set_code, words)
    if is_later(response.code, response.message):
        return Later(30, human(response.message))
    if response.severity == "Error" and not (asks == "estimate" and response.code in EMPTY):
        return _refused(work, asks, response.code, human(response.message))
    return {"estimate": _estimate, "others": _others, "report": _report}[asks](work, response)


def _question(work: Work, asks: str) -> Outcome:
    if not (work.refs.get("estimate") and work.refs.get("job")):
        return _end(work, [], NOT_SYNCED)
    job: Tree = [("ListID", work.refs["job"])]
    trees: dict[str, tuple[str, Tree]] = {
        "estimate": ("EstimateQueryRq", [("TxnID", work.refs["estimate"]), ("IncludeLineItems", "true")]),
        "others": ("EstimateQueryRq", [("EntityFilter", job), ("IncludeLineItems", "false")]),
        "report": ("JobReportQueryRq", [("JobReportType", REPORT), ("DisplayReport", "false"), ("ReportDateMacro", "All"),
                                        ("ReportEntityFilter", job)]),
    }  # fmt: skip
    name, tree = trees[asks]
    return Ask(message(name, tree, work.key), writes=False)


def _refused(work: Work, asks: str, code: str, words: str) -> Page:
    """What cannot be asked is told and left as it was; the others only serve a warning, so their refusal says nothing new."""
    if asks == "others":
        return _next(work, "report", [])
    what = "the Estimate" if asks == "estimate" else "the job report"
    cure = CURES.get(code, "Put it right in QuickBooks, then ") + AGAIN
    sentence = f"QuickBooks did not show {what}: {words} (status {code or '-'}). What was read before stays. {cure}"
    return _next(work, "report", [], sentence) if asks == "estimate" else _end(work, [], sentence)


def _next(work: Work, asks: str, rows: list[dict[str, Any]], *problems: str) -> Page:
    return Page(rows, {"ask": asks, "problems": [*work.memo.get("problems", []), *problems]})


def _end(work: Work, rows: list[dict[str, Any]], *problems: str) -> Page:
    told = " ".join([*work.memo.get("problems", []), *problems])
    return Page([*rows, _row(work, "end", problem=told)], None)


def _row(work: Work, kind: str, **told: Any) -> dict[str, Any]:
    return {"list": work.payload["list"], "read": kind, **told}


def _estimate(work: Work, response: Response) -> Page:
    ours = next((found for found in response.objects() if value(found, "TxnID") == work.refs["estimate"]), None)
    if ours is None:
        return _next(work, "others", [_row(work, "estimate", items=[])], GONE)
    items, unreadable = _lines(work, ours)
    return _next(work, "others", [_row(work, "estimate", items=items)], *_oddities(work, ours), *unreadable)


def _lines(work: Work, found: Any) -> tuple[list[dict[str, Any]], list[str]]:
    """The sums per item, and a sentence about lines whose amount is no number."""
    sums: defaultdict[str, dict[str, Any]] = defaultdict(lambda: {"estimate_read": 0, "ours": 0})
    wrong = []
    for line in found.iter("EstimateLineRet"):
        item, text = value(line, "ItemRef/ListID"), value(line, "Amount")
        amount = job_report.cents(text)
        wrong += [text] if amount is None else []
        if item and amount is not None:
            sums[item] |= {"erp_id": item, "name": value(line, "ItemRef/FullName")}
            sums[item]["estimate_read"] += amount
            sums[item]["ours"] += amount if value(line, "Other2") in work.refs["markers"] else 0
    return list(sums.values()), job_report.unreadable("The Estimate", wrong)


def _oddities(work: Work, found: Any) -> list[str]:
    told = [INACTIVE] if value(found, "IsActive") == "false" else []
    if value(found, "CustomerRef/ListID") != work.refs["job"]:
        there = value(found, "CustomerRef/FullName")
        told.append(f"The Estimate stands on {there}, not on the job of this project. Move it back in QuickBooks, then {AGAIN}")
    return told


def _others(work: Work, response: Response) -> Page:
    """A copy of the Estimate on the job counts in QuickBooks' own reports; say so."""
    others = [value(found, "RefNumber") or "without number" for found in response.objects()
              if value(found, "TxnID") != work.refs["estimate"] and value(found, "IsActive") != "false"]  # fmt: skip
    if not others:
        return _next(work, "report", [])
    count = "another Estimate" if len(others) == 1 else f"{len(others)} more Estimates"
    told = (f"QuickBooks has {count} on this job ({', '.join(others[:5])}); only the one Countersign made is read here. If it is "
            f"a copy, delete it or make it inactive in QuickBooks, then {AGAIN}")  # fmt: skip
    return _next(work, "report", [], told)


def _report(work: Work, response: Response) -> Page:
    told = job_report.read(next(response.objects(), None), work.refs["names"], work.refs["codes"])
    if told.total is None:
        return _end(work, [], *told.problems)
    row = _row(work, "report", items=told.items, total=told.total, basis=told.basis)
    return _end(work, [row], *told.problems)
