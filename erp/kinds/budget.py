"""Budgets on their way to accounting: every send carries all transactions that accounting does not have."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select, union_all
from sqlalchemy.orm import aliased

from erp.connector import Connector, code_within
from erp.db import db, now
from erp.documents import budget as budgets
from erp.documents.budget import Budget, BudgetLine
from erp.documents.budget_entries import Sums, any_synced, unsynced_ids
from erp.documents.budget_reasons import moved
from erp.documents.cost_code import COST_TYPES, CostCode
from erp.documents.project import Project, why_not_linked, why_not_synced
from erp.documents.sub_job import SubJob
from erp.items import Item
from erp.items.changes import CHANGES_ONLY
from erp.items.why_not import Case
from erp.kind import Column, Comment, Kind, Reason, Rule, Stage, declare
from erp.states import Filter

MOST_LINES = 2000


def snapshot(budget: Budget) -> dict[str, Any]:
    """The lines with their original amounts, changes and what this send carries, in minor units.

    While it is not locked: what it would carry if it were locked as it stands, so that every obstacle is told at once.
    """
    project, booked = budget.project, budgets.sums(budget)
    stands = _booked if budget.locked_at else _as_if_locked
    lines = [_line(row, stands(row, booked.get(row.id, Sums()))) for row in _lines(budget)]
    return {
        "number": budget.number,
        "project": {"id": project.id, "number": project.number, "name": project.name},
        "lines": [line for line in lines if line.pop("stands") or moves(line)],
        "entries": unsynced_ids(budget),
        "date": now().date().isoformat(),
        "changes_only": any_synced(budget),
    }


def _lines(budget: Budget) -> Iterable[Any]:
    below = aliased(SubJob, flat=True)
    asked = select(BudgetLine.id, BudgetLine.code_id, CostCode.code, CostCode.title, CostCode.short, BudgetLine.cost_type,
                   BudgetLine.description, BudgetLine.original, BudgetLine.deleted, BudgetLine.sub_job_id,
                   func.coalesce(below.number, "").label("sub_job"),
                   func.coalesce(below.title, "").label("sub_job_name"))  # fmt: skip
    asked = asked.join(CostCode, CostCode.id == BudgetLine.code_id).outerjoin(below, below.id == BudgetLine.sub_job_id)
    return db.session.execute(asked.where(BudgetLine.budget_id == budget.id).order_by(BudgetLine.position, BudgetLine.id))


def _booked(row: Any, booked: Sums) -> Sums:
    return booked


def _as_if_locked(row: Any, booked: Sums) -> Sums:
    """Locking enters the difference between the original amount and what is booked of it."""
    step = row.original - booked.original
    return replace(booked, original=booked.original + step, unsynced=booked.unsynced + step,
                   unsynced_original=booked.unsynced_original + step)  # fmt: skip


def _line(row: Any, booked: Sums) -> dict[str, Any]:
    return {
        "line": row.id, "code_id": row.code_id, "code": row.code, "code_name": row.title, "code_short": row.short,
        "sub_job_id": row.sub_job_id, "sub_job": row.sub_job, "sub_job_name": row.sub_job_name,
        "type": row.cost_type, "type_name": COST_TYPES.get(row.cost_type, row.cost_type), "description": row.description,
        "original": booked.original, "changes": booked.moved, "revised": booked.revised, "send": booked.unsynced,
        "send_original": booked.unsynced_original,
        "stands": not row.deleted,
    }  # fmt: skip


def summary(payload: dict[str, Any]) -> dict[str, Any]:
    """What the list shows of it."""
    total = {name: sum(line[name] for line in payload["lines"]) for name in ("original", "changes", "revised", "send")}
    sends = total.pop("send")
    badge = {"badge": CHANGES_ONLY, "sends": sends} if payload.get("changes_only") else {}
    return {"amount": total["revised"], "lines": len(payload["lines"]), "project": payload["project"]["name"],
            "number": payload["number"], "date": payload["date"], **total, **badge}  # fmt: skip


def page(budget: Budget) -> str:
    """Where the budget is edited."""
    return f"/projects/{budget.project_id}/budget"


def refs(item: Item) -> dict[str, Any]:
    """The job's and every cost code's id in accounting, and the codes there of the project's sub jobs."""
    rows = db.session.execute(_JOB_AND_CODES, {"connection_id": item.connection_id, "project_id": item.project_id}).all()
    job = next((row for row in rows if row.document_id == item.project_id), None)
    codes = [(str(row.document_id), row) for row in rows if row.kind == "cost_code"]
    return {
        "job": job.erp_id if job and job.in_erp else "",
        "job_name": job.erp_name if job else "",
        "codes": {key: code.erp_id for key, code in codes},
        "code_names": {key: code.erp_name for key, code in codes},
        "extras": {str(row.document_id): code_within(row.erp_id) for row in rows if row.kind == "sub_job"},
    }


_OURS = select(Item.document_id, Item.kind, Item.erp_id, Item.erp_name, Item.in_erp).where(
    Item.connection_id == bindparam("connection_id"))  # fmt: skip
_OF_THE_PROJECT = Item.project_id == bindparam("project_id")
_JOB_AND_CODES = union_all(
    _OURS.where(Item.document_id == bindparam("project_id")),
    _OURS.where(Item.kind == "cost_code", Item.in_erp),
    _OURS.where(Item.kind == "sub_job", Item.in_erp, _OF_THE_PROJECT),
)


def sent(item: Item, budget: Budget, actor: Any) -> None:
    """The snapshot claims every transaction it carries."""
    carried = set(item.payload["entries"])
    for entry in budgets.unsynced(budget):
        if entry.id in carried:
            entry.snapshot_id = item.snapshot_id


def settled(item: Item) -> None:
    """Accounting has it: from now on it is never imported from there."""
    budgets.exported(item.document_id)


def is_linked(case: Case) -> list[Reason]:
    """The budget goes to the connection of its project."""
    return why_not_linked(case.document.project, case.connection)


def job_is_synced(case: Case) -> list[Reason]:
    """The job comes first."""
    return why_not_synced(case.document.project, case.item.connection_id)


def tool_is_active(case: Case) -> Iterator[Reason]:
    """The Budget tool must be switched on."""
    project: Project = case.document.project
    if "budget" not in project.tools:
        yield Reason("The Budget tool is not active on this project.", f"/projects/{project.id}/edit", "Switch it on")


def is_locked(case: Case) -> Iterator[Reason]:
    """Only a locked budget travels."""
    if not case.document.locked_at:
        yield Reason("The budget is not locked. Press Lock Budget first.", page(case.document), "Go to the budget")


def carries(payload: dict[str, Any]) -> bool:
    """Whether a line has something to send."""
    return any(moves(line) for line in payload["lines"])


def moves(line: dict[str, Any]) -> bool:
    """Whether something of the line is new: an original and a change may cancel each other out."""
    return bool(line["send"] or line.get("send_original"))


def travels(line: dict[str, Any], connector: Connector) -> bool:
    """Whether accounting gets something of the line; where originals go apart from changes, what cancels out travels, too."""
    return moves(line) if connector.originals_apart else bool(line["send"])


def has_something(case: Case) -> Iterator[Reason]:
    """Zero lines do not travel, and nothing travels twice."""
    goes = any(travels(line, case.connection.connector) for line in case.payload["lines"])
    if case.document.locked_at and not goes:
        words = "Accounting has everything in this budget." if case.item.in_erp else "Every line of the budget is zero."
        yield Reason(f"There is nothing to send. {words}")


def codes_are_synced(case: Case) -> Iterator[Reason]:
    """Every line stands on a code that accounting knows."""
    known = refs(case.item)["codes"]
    missing = {line["code"] for line in case.payload["lines"] if moves(line) and str(line["code_id"]) not in known}
    if missing:
        yield Reason(f"{_not_synced(missing, 'cost code')}.", "/cost-codes", "See the cost codes")


def takes_its_sub_jobs(case: Case) -> Iterator[Reason]:
    """Not every system keeps parts of a job apart."""
    connector = case.connection.connector
    below = [line for line in case.payload["lines"] if line["sub_job_id"]]
    if below and not connector.sub_jobs:
        count = "line stands" if len(below) == 1 else "lines stand"
        shown = ", ".join(sorted({line["sub_job"] for line in below})[:5])
        yield Reason(f"{connector.title} takes no sub jobs in budgets: {len(below):,} {count} on one ({shown}). Put the money on "
                     "lines without a sub job.", page(case.document), "Go to the budget")  # fmt: skip


def sub_jobs_are_synced(case: Case) -> Iterator[Reason]:
    """Every line that names a sub job names one that accounting has."""
    if not case.connection.connector.sub_jobs:
        return
    known = refs(case.item)["extras"]
    missing = {line["sub_job"] for line in case.payload["lines"] if moves(line) and line.get("sub_job_id")
               and str(line["sub_job_id"]) not in known}  # fmt: skip
    if missing:
        yield Reason(f"{_not_synced(missing, 'sub job')}.", f"/projects/{case.item.project_id}", "See the sub jobs")


def _not_synced(missing: set[str], what: str) -> str:
    named = sorted(missing)
    shown = ", ".join(named[:5]) + (f" and {len(named) - 5} more" if len(named) > 5 else "")
    return f"{len(named)} {what}{'s are' if len(named) > 1 else ' is'} not synced with ERP yet: {shown}"


def is_back(case: Case) -> list[Reason]:
    """Where accounting posts what was exported, the next send waits until the last came back."""
    return budgets.why_not_back(case.document)


def estimates_are_on(case: Case) -> Iterator[Reason]:
    """QuickBooks must have the estimate feature enabled; after Send the company file itself is asked, at hand-out."""
    if case.connection.facts.get("estimates") is False:
        yield Reason("Estimates are switched off in QuickBooks. Accounting switches them on there under Edit, Preferences, "
                     "Jobs & Estimates; the Web Connector tells us at its next visit.")  # fmt: skip


def fits_one_estimate(case: Case) -> Iterator[Reason]:
    """One Estimate holds a limited number of lines."""
    lines = sum(1 for line in case.payload["lines"] if line["send"])
    most = int(case.connection.settings.get("most_lines", MOST_LINES))
    if lines > most:
        yield Reason(f"The budget has {lines:,} lines; one Estimate takes {most:,}. Combine lines on the same cost code and "
                     "type.", page(case.document), "Go to the budget")  # fmt: skip


def period_is_open(case: Case) -> Iterator[Reason]:
    """No posting into a closed period."""
    closed, chosen = case.connection.facts.get("closing_date"), case.choices.get("date")
    if closed and chosen and chosen <= closed:
        yield Reason(f"The accounting date {chosen} lies in the period closed on {closed}. Choose a later date.")


def defaults(item: Item) -> dict[str, str]:
    """The day of Send where the sender lives, and the budget's number."""
    zone = ZoneInfo((item.sender and item.sender.zone) or "UTC")
    day = item.sent_at.astimezone(zone).date().isoformat() if item.sent_at else ""
    return {"date": day, "number": item.summary.get("number", "")}


SEND = frozenset({Stage.SEND})

BUDGET = declare(Kind(
    slug="budget",
    tab="Budget",
    singular="budget",
    filter_title="Filter Estimates By",
    rank=4,
    tools=("budget",),
    headings={
        Filter.IMPORT: "Estimates Only in {system}",
        Filter.EXPORT: "Budgets Ready to Be Exported",
        Filter.UPDATE: "Budgets Ready to Be Updated",
        Filter.FAILED: "Budgets Failed To Export",
        Filter.SYNCED: "Budgets Synced",
        Filter.ARCHIVED: "Archived Budgets",
    },
    comment=Comment("Enter a short explanation", required=True),
    why_no_import="Budgets are made here and sent there; Estimates that were made in accounting stay there.",
    columns=(Column("Original Budget", "original", money=True), Column("Budget Changes", "changes", money=True),
             Column("Revised Estimate", "revised", money=True)),
    snapshot=snapshot,
    summary=summary,
    carries=carries,
    refs=refs,
    rules=(
        Rule(is_linked), Rule(tool_is_active), Rule(job_is_synced), Rule(is_locked, SEND), Rule(has_something, SEND),
        Rule(codes_are_synced), Rule(takes_its_sub_jobs, SEND), Rule(sub_jobs_are_synced), Rule(is_back, SEND),
        Rule(estimates_are_on, SEND), Rule(fits_one_estimate, SEND), Rule(period_is_open),
    ),
    load=lambda key: db.session.get_one(Budget, key),
    page=page,
    named=lambda item: db.session.get_one(Project, item.project_id).approver_ids,
    defaults=defaults,
    moved=lambda item: moved(item.document_id, item.payload.get("entries", ())),
    sent=sent,
    exported=lambda item, actor: budgets.exported(item.document_id, actor),
    cautions=budgets.caution,
    settled=settled,
))  # fmt: skip
