"""Reading the lists of a connection: by the schedule, and by the Refresh button."""

from sqlalchemy import select

from erp.connections import Connection, Schedule
from erp.db import db, now
from erp.exchanges.exchange import OPEN, Exchange, queue


def refresh(connection: Connection, lists: tuple[str, ...] = ()) -> int:
    """Queue the reading of these lists (all by default) unless it is queued already; the number queued."""
    wanted = lists or connection.connector.lists
    waiting = running(connection)
    fresh = [name for name in wanted if name not in waiting]
    for name in fresh:
        queue(connection, "refresh", f"list:{name}", rank=900)
    return len(fresh)


def running(connection: Connection) -> set[str]:
    """The lists that are being read or wait for it."""
    asked = select(Exchange.subject).where(Exchange.connection_id == connection.id, Exchange.purpose == "refresh",
                                           Exchange.state.in_(OPEN))  # fmt: skip
    return {subject.partition(":")[2] for subject in db.session.scalars(asked)}


def due() -> int:
    """Queue what the schedules ask for; the number queued."""
    rows = db.session.scalars(select(Schedule).where(Schedule.next_at <= now())).all()
    return sum(refresh(db.session.get_one(Connection, row.connection_id), (row.list,)) for row in rows)
