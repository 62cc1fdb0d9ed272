"""What must be true between Countersign and the simulated Sage after every step, beside the product's own invariants."""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import select

from erp import invariants
from erp.db import db
from erp.items import Item, Snapshot
from erp.states import State
from tests.prove.ledger import Ledger, Sums

RESTING = {State.SYNCED, State.WITH_PM}


def check(connection_id: int, ledger: Ledger) -> None:
    """Every invariant of the product, and the money of every job. Raises AssertionError."""
    db.session.expire_all()
    for broken in invariants.broken(thorough=True):
        raise AssertionError(f"{broken.name}: {broken.sentence}: {', '.join(broken.ids)}")
    items = items_of(connection_id)
    jobs, places = jobs_of(items), Places(items)
    budgets = {jobs[item.project_id or 0]: item for item in items if item.kind == "budget" and item.project_id in jobs}
    for job in sorted(ledger.jobs):
        _money(job, budgets.get(job), places, ledger)
    _there(items, ledger)
    db.session.rollback()


def items_of(connection_id: int) -> list[Item]:
    """Every item of the connection."""
    return list(db.session.scalars(select(Item).filter_by(connection_id=connection_id).order_by(Item.id)))


def jobs_of(items: Iterable[Item]) -> dict[int, str]:
    """project -> its job in Sage."""
    return {item.document_id: item.erp_id for item in items if item.kind == "job" and item.in_erp}


class Places:
    """Where a line of a snapshot stands in Sage, told from nothing but the ids of the items."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.known = {item.document_id: item.erp_id.rpartition("|")[2] for item in items if item.in_erp}

    def sums(self, snapshot: Snapshot) -> Sums:
        """What a snapshot puts there, in cents by side and place."""
        found: Sums = Counter()
        for line in snapshot.data["lines"]:
            place = (self.known.get(line["sub_job_id"], ""), self.known.get(line["code_id"], "?"), line["type"])
            found["original", place] += line["send_original"]
            found["changes", place] += line["send"] - line["send_original"]
        return found


def _money(job: str, item: Item | None, places: Places, ledger: Ledger) -> None:
    """I5: Sage has what Countersign calls synced; of what waits, each line once or not at all; of anything else nothing."""
    synced: Sums = synced_of(item, places) if item else Counter()
    open_ = places.sums(item.snapshot) if item and item.snapshot and item.as_state is State.WAITING else Counter()
    rights, posted = ledger.rights(job), ledger.posted(job)
    for key in sorted(rights.keys() | synced.keys() | open_.keys()):
        there = rights[key] - synced[key]
        state = item.state if item else "not here"
        allowed = {0, open_[key]}
        assert there in allowed, f"I5: job {job}, {key}: Sage has {there} beyond the synced {synced[key]}; the budget is {state}"
        if not open_[key] and not ledger.spoiled(job):
            assert posted[key] == synced[key], f"I5: job {job}, {key}: synced {synced[key]}, posted {posted[key]}, {state}"


def synced_of(item: Item, places: Places) -> Sums:
    """What Countersign calls synced of a budget."""
    synced: Sums = Counter()
    asked = select(Snapshot).where(Snapshot.item_id == item.id, Snapshot.synced_at.is_not(None))
    for snapshot in db.session.scalars(asked):
        synced.update(places.sums(snapshot))
    return synced


def _there(items: Iterable[Item], ledger: Ledger) -> None:
    """I4: what is Synced is there."""
    for item in items:
        if item.as_state is not State.SYNCED:
            continue
        if item.kind == "sub_job":
            job, _, extra = item.erp_id.partition("|")
            assert extra in ledger.jobs[job].extras, f"I4: sub job {item.erp_id} is Synced and not in Sage"


def at_rest(connection_id: int) -> None:
    """I2: faults have stopped, people have done what the pages say: everything is Synced, with the PM, or Failed with its cause."""
    stuck = []
    for item in items_of(connection_id):
        explained = item.as_state is State.FAILED and item.error.get("cause") and item.error.get("message")
        if item.as_state not in RESTING and not explained:
            stuck.append(f"{item.subject} {item.kind} {item.state} {item.summary.get('waits', {}).get('badge', '')}")
    assert not stuck, f"stuck: {', '.join(stuck[:5])}"
