"""Reading from accounting: lists by the schedule and by the Refresh button, job costs by Sync Job Costs."""

import secrets
from collections.abc import Iterable

from sqlalchemy import select

from erp import connections
from erp.connections import Connection, Schedule
from erp.db import db, now
from erp.exchanges.exchange import OPEN, Exchange, queue
from erp.exchanges.reading import COSTS, LIST
from erp.items import Item

JOB_COSTS = "job_costs"
"""The kind of exchange that reads job costs, for its progress."""


def refresh(connection: Connection, lists: tuple[str, ...] = ()) -> int:
    """Queue the reading of these lists (all by default) unless it is queued already; the number queued.

    None where accounting cannot be asked: there a person uploads them.
    """
    if not connection.connector.calls:
        return 0
    wanted = lists or connection.connector.lists
    waiting = running(connection)
    fresh = [name for name in wanted if name not in waiting]
    for name in fresh:
        since = connections.changed_since(connections.schedule(connection.id, name))
        queue(connection, "refresh", f"{LIST}{name}", rank=900, result={"since": since})
    return len(fresh)


def running(connection: Connection) -> set[str]:
    """The lists that are being read or wait for it."""
    return _open(connection, LIST)


def _open(connection: Connection, prefix: str) -> set[str]:
    asked = select(Exchange.subject).where(Exchange.connection_id == connection.id, Exchange.purpose == "refresh",
                                           Exchange.state.in_(OPEN), Exchange.subject.startswith(prefix))  # fmt: skip
    return {subject.removeprefix(prefix) for subject in db.session.scalars(asked)}


def due() -> int:
    """Queue what the schedules ask for; the number queued."""
    rows = db.session.scalars(select(Schedule).where(Schedule.every > 0, Schedule.next_at <= now())).all()
    return sum(refresh(db.session.get_one(Connection, row.connection_id), (row.list,)) for row in rows)


def refresh_costs(connection: Connection, project_ids: Iterable[int] | None = None) -> int:
    """Queue the reading of the job costs of these projects, or of all, one exchange per synced budget; the number queued."""
    if not connection.connector.calls:
        return 0
    batch, waiting = secrets.token_hex(8), costs_running(connection)
    fresh = [item for item in _synced_budgets(connection, project_ids) if item.project_id not in waiting]
    for item in fresh:
        queue(connection, "refresh", f"{COSTS}{item.id}", rank=950, kind=JOB_COSTS, batch=batch)
    return len(fresh)


def _synced_budgets(connection: Connection, project_ids: Iterable[int] | None) -> Iterable[Item]:
    asked = select(Item).where(Item.connection_id == connection.id, Item.kind == "budget", Item.in_erp).order_by(Item.id)
    return db.session.scalars(asked if project_ids is None else asked.where(Item.project_id.in_(list(project_ids)))).all()


def costs_running(connection: Connection) -> set[int]:
    """The projects whose job costs are being read or wait for it."""
    keys = [int(key) for key in _open(connection, COSTS)]
    found = db.session.scalars(select(Item.project_id).where(Item.id.in_(keys))) if keys else ()
    return {project_id for project_id in found if project_id is not None}
