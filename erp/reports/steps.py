"""How it works: the nine steps from cost codes to payments, and which of them this connection has taken, read from the data."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from erp import moves
from erp.books.job_costs import JobCostReading
from erp.connections import Connection
from erp.db import db
from erp.items import Item
from erp.kind import KINDS
from erp.states import Filter

DONE, MISSING, ABSENT = "Done", "Missing", "Not available in this version"
JOB_COSTS, PAYMENTS = "job_costs", "payments"


@dataclass(frozen=True)
class Plan:
    """A step as it is meant: the kind that travels in it (or what comes back), and who does what where.

    {erp} stands for the accounting system; `there` is what the kind becomes in it.
    """

    title: str
    kind: str
    there: str
    words: str


PLAN = (
    Plan("Standard cost codes", "cost_code", "items",
         "Whoever is Admin on Company Admin sends them on the page Cost codes, or an accountant brings in those of {erp}. "
         "The approver accepts and exports each."),
    Plan("Companies", "company", "vendors",
         "Vendors of {erp} are added to the Directory or linked to companies there; a new company is sent by an Admin of the "
         "Directory."),
    Plan("Projects", "job", "jobs",
         "The project manager sends the project; the approver accepts and exports it. A job of {erp} can be added as a project, "
         "or linked to one."),
    Plan("Budgets", "budget", "Estimates",
         "The project manager imports or enters the budget on synced cost codes, locks it and sends it. Later only what changed "
         "travels."),
    Plan("Commitments", "commitment", "Purchase Orders", "Subcontracts and purchase orders, to companies that are linked."),
    Plan("Commitment change orders", "cco", "lines of their Purchase Orders", "Lines are appended to the Purchase Order."),
    Plan("Subcontractor invoices", "subcontractor_invoice", "Bills", "Each with its retainage as a line of its own."),
    Plan("Job costs", JOB_COSTS, "",
         "An ERP administrator presses Sync Job Costs. What {erp} has on each job comes back, and an exported budget can be "
         "unlocked again."),
    Plan("Payments", PAYMENTS, "", "What was paid comes back to the invoices, and the project manager gets a mail."),
)  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One of the nine: where it stands, the facts behind that, and where it goes on (the slug of a tab, or job-costs)."""

    title: str
    state: str
    words: str
    facts: str
    place: str = ""


def steps(connection: Connection) -> list[Step]:
    """The nine steps in their order."""
    there, waiting = _in_accounting(connection), moves.counts(connection.id)
    return [_costs(plan, connection) if plan.kind == JOB_COSTS else _step(plan, connection, there, waiting) for plan in PLAN]


def _in_accounting(connection: Connection) -> dict[str, int]:
    asked = select(Item.kind, func.count()).where(Item.connection_id == connection.id, Item.in_erp).group_by(Item.kind)
    return dict(db.session.execute(asked).all())


def _step(plan: Plan, connection: Connection, there: Mapping[str, int], waiting: Mapping[tuple[str, str], int]) -> Step:
    short, words = connection.connector.short, plan.words.format(erp=connection.connector.short)
    if plan.kind not in KINDS:
        return Step(plan.title, ABSENT, words, "")
    if unsupported := connection.connector.why_unsupported(plan.kind):
        return Step(plan.title, ABSENT, words, unsupported)
    n = there.get(plan.kind, 0)
    facts = [f"{n:,} in {short} as {plan.there}." if n else f"None is in {short} yet.", *_waiting(plan.kind, waiting)]
    return Step(plan.title, DONE if n else MISSING, words, " ".join(facts), plan.kind)


def _waiting(kind: str, counts: Mapping[tuple[str, str], int]) -> list[str]:
    waits = {
        "waiting on the desk": (Filter.EXPORT, Filter.UPDATE),
        "failed": (Filter.FAILED,),
        "to be brought in": (Filter.IMPORT,),
    }
    found = {words: sum(counts.get((kind, name), 0) for name in names) for words, names in waits.items()}
    return [f"{n:,} {words}." for words, n in found.items() if n]


def _costs(plan: Plan, connection: Connection) -> Step:
    short = connection.connector.short
    read = select(func.count(), func.max(JobCostReading.read_at)).where(JobCostReading.connection_id == connection.id)
    jobs, newest = db.session.execute(read).one()
    if jobs:
        facts = f"Read for {jobs:,} job{'' if jobs == 1 else 's'}, the last time on {newest:%Y-%m-%d}."
    else:
        facts = f"Nothing was read from {short} yet; it needs a synced budget."
    return Step(plan.title, DONE if jobs else MISSING, plan.words.format(erp=short), facts, "job-costs")
