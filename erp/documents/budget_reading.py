"""Importing a budget from the estimate that accounting told of its job: amounts only, and what it replaces is shown before.

Accounting has these amounts, so the budget is Synced at once; they never travel there a second time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from erp import audit
from erp.amounts import accounted
from erp.books import job_costs
from erp.books.job_costs import JobCost
from erp.connections import Connection
from erp.db import db, now
from erp.documents import budget as budgets
from erp.documents import budget_importing, sub_job
from erp.documents.budget_entries import enter_originals
from erp.documents.budget_import import Plan as Lines
from erp.documents.budget_import import Planned
from erp.documents.budget_tables import Budget, BudgetLine
from erp.documents.cost_code import COST_TYPES, CostCode
from erp.documents.document import StaleDocument, touch
from erp.documents.imports import ImportRefused
from erp.documents.project import Project
from erp.items import Item, Snapshot, find
from erp.items.item import freeze
from erp.items.perform import advance, first, item_for
from erp.kind import KINDS, Reason
from erp.people import User

Key = tuple[str, str, str]
"""Sub job, cost code and cost type of a line, as they are called here."""


@dataclass(frozen=True)
class Line:
    """One line: what the budget has here now, and what accounting told of it, in minor units."""

    key: Key
    description: str
    here: int
    original: int
    changes: int

    @property
    def there(self) -> int:
        """The whole estimate."""
        return self.original + self.changes


@dataclass(frozen=True)
class Plan:
    """What an import would do: every line here or there, what fits on no line of ours, and when it was read back."""

    lines: list[Line]
    left_out: list[str]
    read_at: datetime | None

    @property
    def taken(self) -> list[Line]:
        """The lines that the budget has afterwards."""
        return [line for line in self.lines if line.there or line.original]

    def total(self, name: str) -> int:
        """The sum of a column, in minor units."""
        return sum(getattr(line, name) for line in self.lines)


def candidates(connection: Connection) -> list[tuple[Project, list[Reason]]]:
    """The projects of whose jobs accounting told an estimate, each with why it cannot be imported now."""
    told = {cost.project_id for cost in job_costs.of(connection.id) if _has_estimate(cost)}
    found = db.session.scalars(select(Project).where(Project.id.in_(told)).order_by(func.lower(Project.number), Project.id))
    return [(project, why_not(project)) for project in found]


def _has_estimate(cost: JobCost) -> bool:
    return bool(cost.told.get("original") or cost.told.get("changes"))


def why_not(project: Project) -> list[Reason]:
    """The reasons against (product.md section 7): project synced, our budget unlocked, nothing of it ever exported."""
    connection, page = project.connection, f"/projects/{project.id}/budget"
    job, budget = find(project.connection_id, project.id), budgets.of(project)
    if connection is None or job is None or not job.in_erp:
        return [Reason(f"The project {project.name} is not synced with ERP yet.", f"/projects/{project.id}", "See the project")]
    if budget is None:
        return []
    item = budgets.item_of(budget)
    if budget.exported_at or (item and item.in_erp):
        why = "went to accounting already" if budget.exported_at else "was imported already"
        return [Reason(f"The budget {why}, so the estimate of the job is not imported any more.", page, "See the budget")]
    return budgets.why_not_edit(budget) or _why_moved(budget, page)


def _why_moved(budget: Budget, page: str) -> list[Reason]:
    if not budget_importing.has_moves(budget):
        return []
    return [Reason("The budget has modifications or budget changes, so its lines stay.", page, "See the budget")]


def plan(project: Project) -> Plan:
    """What importing the estimate would do; nothing is changed."""
    connection = project.connection
    assert connection is not None
    here = _here(budgets.of(project))
    there, left_out = _there(project, connection)
    keys = sorted(here.keys() | there.keys())
    lines = [Line(key, *(here.get(key) or (there[key][2], 0)), *there.get(key, (0, 0, ""))[:2]) for key in keys]
    reading = job_costs.readings(connection.id, [project.id]).get(project.id)
    return Plan(lines, left_out, reading.estimate_at if reading else None)


def _here(budget: Budget | None) -> dict[Key, tuple[str, int]]:
    lines = [line for line in budget.lines if not line.deleted] if budget else []
    return {_key(line): (line.description, line.original) for line in lines}


def _key(line: BudgetLine) -> Key:
    return line.sub_job.number if line.sub_job else "", line.code.code, line.cost_type


def _there(project: Project, connection: Connection) -> tuple[dict[Key, tuple[int, int, str]], list[str]]:
    """key -> original, changes and name of what accounting told; and what stands on nothing of ours."""
    below, types = _sub_jobs(project, connection), _types(connection)
    found: dict[Key, tuple[int, int, str]] = {}
    left_out = []
    for cost in job_costs.of(connection.id, [project.id]):
        if not _has_estimate(cost):
            continue
        if reason := _why_left_out(cost, below, types):
            left_out.append(reason)
            continue
        code = db.session.get_one(CostCode, cost.code_id)
        key = (below[cost.sub_job], code.code, types[cost.category][0])
        name = code.name if cost.erp_item_name == code.code else cost.erp_item_name
        found[key] = (cost.told.get("original", 0), cost.told.get("changes", 0), name)
    return found, left_out


def _sub_jobs(project: Project, connection: Connection) -> dict[str, str]:
    """The code of a sub job in accounting -> its number here; none stands for itself."""
    there = sub_job.there(connection)
    return {"": ""} | {there[one.id]: one.number for one in sub_job.of(project) if one.id in there}


def _types(connection: Connection) -> dict[str, list[str]]:
    """The category in accounting -> the cost types that have it."""
    found: dict[str, list[str]] = {}
    for letter in COST_TYPES:
        found.setdefault(connection.connector.category_of(letter, connection.settings), []).append(letter)
    return found


def _why_left_out(cost: JobCost, below: dict[str, str], types: Mapping[str, Sequence[str]]) -> str:
    named = f"{cost.erp_item_id.replace('|', ' ').strip()} ({accounted(cost.estimate_read)})"
    if cost.sub_job not in below:
        return f"{named}: its sub job is not synced with one of this project."
    if cost.code_id is None:
        return f"{named}: its cost code is not synced with one here."
    letters = types.get(cost.category, ())
    if len(letters) != 1:
        words = " and ".join(COST_TYPES[letter] for letter in letters)
        return f"{named}: {f'{words} both have' if letters else 'no cost type has'} the category {cost.category} in the settings."
    return ""


def carry_out(project: Project, actor: User, *, seen: str, leave_out: bool) -> Item:
    """Import it in the caller's transaction; `seen` is when what the page showed was read back, as ISO.

    Raises ImportRefused, and StaleDocument when it was read back anew since; then nothing was changed.
    """
    for reason in why_not(project):
        raise ImportRefused(reason.text)
    agreed = plan(project)
    if agreed.read_at is None or agreed.read_at.isoformat() != seen:
        raise StaleDocument
    if agreed.left_out and not leave_out:
        raise ImportRefused("Not all of the estimate fits here. Nothing was imported. Put that right, or tick “Leave it out”.")
    if not agreed.taken:
        raise ImportRefused("There is nothing to import: no amount of the estimate fits on a line here. Nothing was imported.")
    budget = budgets.open_for(project, actor)
    touch(budget, None)
    _replace(budget, agreed, actor)
    item = _joined(budget, project, agreed, actor)
    details = {"lines": len(agreed.taken), "total": agreed.total("there"), "left_out": len(agreed.left_out)}
    audit.record(budget.subject, "import", actor, details={"file": "the estimate in accounting", **details})
    return item


def _replace(budget: Budget, agreed: Plan, actor: User) -> None:
    lines = [Planned(n, code, letter, line.description, line.there, below)
             for n, line in enumerate(agreed.taken) for below, code, letter in [line.key]]  # fmt: skip
    budget_importing.put(budget, Lines(lines, [], [], [], True), actor)
    enter_originals(budget, actor)


def _joined(budget: Budget, project: Project, agreed: Plan, actor: User) -> Item:
    """Synced with a snapshot of what accounting has: what is sent afterwards carries only what is new."""
    connection, kind = project.connection, KINDS["budget"]
    assert connection is not None
    item = item_for("budget", connection, budget)
    item = first(item) if item.id is None else item
    job = find(connection.id, project.id)
    assert job is not None
    snapshot, summary = _snapshot(item, budget, agreed, actor)
    name = f"Estimate of job {job.erp_id}"
    result = {"erp_id": job.erp_id, "name": name, "edit_sequence": "", "imported": True,
              "shows": [["Job", job.erp_id], ["Total", accounted(agreed.total("there"))]]}  # fmt: skip
    advance(item, "import", actor, in_erp=True, erp_id=job.erp_id, erp_name=name, result=result, error={}, choices={},
            summary=summary, amount=summary["amount"], number=budget.number, title=budget.title, snapshot_id=snapshot.id,
            created_by=budget.created_by, accepted_by=None, details={"erp_id": job.erp_id, "name": name})  # fmt: skip
    kind.sent(item, budget, actor)
    return item


def _snapshot(item: Item, budget: Budget, agreed: Plan, actor: User) -> tuple[Snapshot, dict[str, object]]:
    """What accounting has, originals apart from changes as it keeps them, and its summary."""
    db.session.flush()
    there = {line.key: line.original for line in agreed.taken}
    payload = KINDS["budget"].snapshot(budget)
    for line in payload["lines"]:
        line["send_original"] = there.get((line["sub_job"], line["code"], line["type"]), 0)
    snapshot = freeze(item, payload, actor)
    snapshot.synced_at = now()
    summary = KINDS["budget"].summary(payload)
    return snapshot, {name: value for name, value in summary.items() if name not in ("badge", "sends")}
