"""A job cost report exported from Sage: where its rows belong, and what they mean for the budgets that wait for it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from erp.books import job_costs
from erp.connections import Connection
from erp.connector import Synced, code_within, within
from erp.connectors.sage300.lists import RANK, confirm, waiting
from erp.connectors.sage300.sheet_rows import Line, Read
from erp.db import db, now
from erp.documents.imports import Fault, ImportRefused
from erp.exchanges import handover
from erp.exchanges.exchange import Exchange, ExchangeState, queue
from erp.exchanges.refresh import JOB_COSTS
from erp.items import Item
from erp.people import User
from erp.people.clock import day_of

SUBJECT = "report:job_costs"
NAMED, MOST_TOLD = 5, 200
COST = ("month_to_date", "committed")
"""What is only told beside estimate and job to date."""


@dataclass(frozen=True)
class JobRows:
    """The rows of one job of ours."""

    job: Item
    lines: list[Line]

    def total(self, name: str) -> int:
        """The sum of a column, in minor units."""
        return sum(_amount(line, name) for line in self.lines)


@dataclass(frozen=True)
class Plan:
    """The jobs of ours in a report; `misplaced` are rows that stand on nothing of ours, each with the reason."""

    jobs: list[JobRows]
    misplaced: list[Fault]
    codes: dict[str, int]
    extras: frozenset[str]

    def total(self, name: str) -> int:
        """The sum of a column over all jobs of ours, in minor units."""
        return sum(job.total(name) for job in self.jobs)


@dataclass(frozen=True)
class Taken:
    """What became of a report: its jobs, the budgets that it confirmed, and those that still wait, with the differences."""

    plan: Plan
    confirmed: list[Item]
    differing: list[tuple[Item, str]]


def plan(connection: Connection, read: Read) -> Plan:
    """Where the rows belong; nothing is changed."""
    ours = _in_sage(connection, "job", "cost_code", "sub_job")
    jobs, codes = ours["job"], {erp_id: item.document_id for erp_id, item in ours["cost_code"].items()}
    extras, misplaced = frozenset(ours["sub_job"]), []
    found: dict[str, list[Line]] = {}
    spelling = {kind: {erp_id.casefold(): erp_id for erp_id in items} for kind, items in ours.items()}
    for line in (_as_ours(line, spelling) for line in read.lines):
        if reason := _why_misplaced(line, jobs, codes, extras):
            misplaced.append(reason)
        if line.cells["job"] in jobs:
            found.setdefault(line.cells["job"], []).append(line)
    return Plan([JobRows(jobs[job], lines) for job, lines in found.items()], misplaced, codes, extras)


def _in_sage(connection: Connection, *kinds: str) -> dict[str, dict[str, Item]]:
    asked = select(Item).where(Item.connection_id == connection.id, Item.kind.in_(kinds), Item.in_erp)
    found: dict[str, dict[str, Item]] = {kind: {} for kind in kinds}
    for item in db.session.scalars(asked):
        found[item.kind][item.erp_id] = item
    return found


def _as_ours(line: Line, spelling: dict[str, dict[str, str]]) -> Line:
    """The row with its codes as we spell them, whatever the capitals."""
    job, code = (_spelled(line.cells[name], spelling[kind]) for name, kind in (("job", "job"), ("code", "cost_code")))
    extra = code_within(_spelled(within(job, line.cells.get("extra", "")), spelling["sub_job"]))
    return replace(line, cells=line.cells | {"job": job, "extra": extra, "code": code})


def _spelled(text: str, spelling: dict[str, str]) -> str:
    return spelling.get(text.casefold(), text)


def _why_misplaced(line: Line, jobs: Iterable[str], codes: Iterable[str], extras: Iterable[str]) -> Fault | None:
    job, extra, code = (line.cells.get(name, "") for name in ("job", "extra", "code"))
    if job not in jobs:
        return Fault(line.row, "Job", f"The job {job} is not synced with a project here.")
    if code not in codes:
        return Fault(
            line.row, "Cost Code", f"{code} is not synced with a cost code here. Add or link it under Standard Cost Codes."
        )
    if extra and within(job, extra) not in extras:
        return Fault(line.row, "Extra", f"The extra {extra} of the job {job} is not synced with a sub job here. Add or link it "
                     "under Sub Jobs.")  # fmt: skip
    return None


def _amount(line: Line, name: str) -> int:
    """An amount; what the file tells of the estimate in two columns gives the third."""
    told = line.amounts
    if name == "changes" and name not in told:
        return told["estimate"] - told["original"] if "estimate" in told else 0
    if name == "estimate":
        return told["original"] + _amount(line, "changes")
    return told.get(name, 0)


def why_not(connection: Connection, read: Read, agreed: Plan, made_on: date | None, actor: User) -> str:
    """The sentence against the whole report; empty when it can be taken."""
    if read.faults:
        return "The file has errors. Nothing was taken. Mend it in Sage or in the file, and choose it anew."
    if not agreed.jobs:
        jobs = list(dict.fromkeys(line.cells["job"] for line in read.lines))
        named = ", ".join(jobs[:NAMED]) + (f" and {len(jobs) - NAMED:,} more" if len(jobs) > NAMED else "")
        return (f"The report is of other jobs: {named or 'none'}. None of them is synced with a project here. Nothing was taken. "
                "Choose the report of a job of ours, or add the job first.")  # fmt: skip
    if made_on is None:
        return "Write the day on which the report was made in Sage, such as 2026-11-22."
    return _why_not_that_day(connection, agreed, made_on, actor)


def _why_not_that_day(connection: Connection, agreed: Plan, made_on: date, actor: User) -> str:
    """A report from before an export knows nothing of it, and an older one nothing of what was read since."""
    if made_on > day_of(actor, now()):
        return f"{made_on} has not come yet. Write the day on which the report was made."
    projects = [job.job.document_id for job in agreed.jobs]
    for exchange in _waiting_budgets(connection, projects):
        exported = day_of(actor, exchange.created_at)
        if made_on < exported:
            return (f"The report is of {made_on}, from before the export of {exported} that waits for it. Make a new one in Sage "
                    "after posting. Nothing was taken.")  # fmt: skip
    newest = max((row.made_on for row in job_costs.readings(connection.id, projects).values()), default="")
    if made_on.isoformat() < newest:
        return f"A report of {newest} was read back already, and this one is older, of {made_on}. Nothing was taken."
    return ""


def _waiting_budgets(connection: Connection, projects: Sequence[int]) -> list[Exchange]:
    return [row for row in waiting(connection, "budget") if row.item and row.item.project_id in projects]


def take(connection: Connection, read: Read, made_on: date | None, actor: User, *, file: str) -> Taken:
    """Take the report in the caller's transaction: job costs, then the budgets that wait for it. Raises ImportRefused."""
    agreed = plan(connection, read)
    if against := why_not(connection, read, agreed, made_on, actor):
        raise ImportRefused(against)
    assert made_on is not None
    for job in agreed.jobs:
        _apply(connection, job, agreed, made_on)
    told = [[fault.row, fault.column, fault.sentence] for fault in agreed.misplaced]
    result = {"rows": len(read.lines), "lost": len(told), "misplaced": told[:MOST_TOLD],
              "jobs": [job.job.erp_id for job in agreed.jobs], "made_on": made_on.isoformat(), "file": file,
              "by": actor.name}  # fmt: skip
    exchange = queue(connection, "refresh", SUBJECT, kind=JOB_COSTS, rank=RANK, result=result)
    exchange.state, exchange.settled_at = ExchangeState.SYNCED, now()
    db.session.flush()
    return _answered(connection, agreed, made_on, actor)


def _apply(connection: Connection, job: JobRows, agreed: Plan, made_on: date) -> None:
    at, items = now(), [_item(line, agreed) for line in job.lines]
    estimate = {"read": "estimate", "items": items, "made_on": made_on.isoformat()}
    report = {"read": "report", "items": items, "total": job.total("job_to_date"), "basis": ""}
    for row in (estimate, report, {"read": "end", "problem": ""}):
        job_costs.apply(connection.id, job.job.document_id, row, at, agreed.codes)


def _item(line: Line, agreed: Plan) -> dict[str, Any]:
    job, extra, code, category = (line.cells.get(name, "") for name in ("job", "extra", "code", "category"))
    known = not extra or within(job, extra) in agreed.extras
    told = {name: _amount(line, name) for name in ("original", "changes", *COST) if name in line.amounts or name not in COST}
    estimate = _amount(line, "estimate")
    return {"erp_id": f"{extra}|{code}|{category}", "name": line.cells.get("description") or code, "code": code if known else "",
            "sub_job": extra, "category": category, "estimate_read": estimate, "ours": estimate,
            "job_to_date": _amount(line, "job_to_date"), "told": told}  # fmt: skip


def last(connection: Connection) -> Exchange | None:
    """The newest report that was read back."""
    asked = select(Exchange).filter_by(connection_id=connection.id, subject=SUBJECT, state=ExchangeState.SYNCED)
    return db.session.scalar(asked.order_by(Exchange.id.desc()).limit(1))


def outcomes(connection: Connection, agreed: Plan, made_on: date | None, actor: User) -> list[tuple[Item, str]]:
    """The budgets that wait for these jobs, each with what keeps it from being Synced by this report: empty, nothing does."""
    jobs = {job.job.document_id: job for job in agreed.jobs}
    found = []
    for exchange in _waiting_budgets(connection, list(jobs)):
        assert exchange.item is not None
        out = handover.judged(exchange, json.dumps(_answer(jobs[exchange.item.project_id or 0], exchange, made_on, actor)))
        found.append((exchange.item, "" if isinstance(out, Synced) else str(getattr(out, "reason", ""))))
    return found


def _answered(connection: Connection, agreed: Plan, made_on: date, actor: User) -> Taken:
    taken, jobs = Taken(agreed, [], []), {job.job.document_id: job for job in agreed.jobs}
    for exchange in _waiting_budgets(connection, list(jobs)):
        item = exchange.item
        assert item is not None
        if confirm(exchange, actor, _answer(jobs[item.project_id or 0], exchange, made_on, actor)):
            taken.confirmed.append(item)
        else:
            taken.differing.append((item, exchange.reason))
    return taken


def _answer(job: JobRows, exchange: Exchange, made_on: date | None, actor: User) -> dict[str, Any]:
    rows = [{"extra": line.cells.get("extra", ""), "code": line.cells["code"], "category": line.cells["category"],
             "original": _amount(line, "original"), "changes": _amount(line, "changes")} for line in job.lines]  # fmt: skip
    return {"job": job.job.erp_id, "rows": rows, "same_day": made_on == day_of(actor, exchange.created_at)}
