"""What a picture shows better than a list: what waits and how long, what was exported each day, a budget by division."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import String, and_, case, func, select

from erp.connections import Connection
from erp.db import db, now
from erp.documents.budget_figures import Group
from erp.documents.cost_code import CostCode
from erp.exchanges.exchange import Exchange, ExchangeState
from erp.items import Item
from erp.states import State

AGES = (("today", 0), ("1 day", 1), ("2 days", 2), ("3 to 6 days", 3), ("1 week", 7), ("2 weeks or more", 14))
"""Words for an age, and the days from which on they hold."""
DAYS = 14
WRITES = ("add", "mod")


def waiting_by_age(connection: Connection) -> list[dict[str, object]]:
    """How many items wait for a decision or an export, by the time since they were sent."""
    starts = [now() - timedelta(days=days) for _, days in AGES]
    ends = [*starts[1:], None]
    buckets = [Item.sent_at <= start if end is None else and_(Item.sent_at <= start, Item.sent_at > end)
               for start, end in zip(starts, ends, strict=True)]  # fmt: skip
    asked = select(*(func.count(case((bucket, 1))) for bucket in buckets))
    waits = Item.state.in_((State.READY, State.ACCEPTED))
    counted = db.session.execute(asked.where(Item.connection_id == connection.id, waits)).one()
    return [{"label": words, "n": n} for (words, _), n in zip(AGES, counted, strict=True)]


def exports_per_day(connection: Connection) -> list[dict[str, object]]:
    """Exports of the last days (of UTC) with their failures, the newest day last."""
    day = func.date(Exchange.settled_at, type_=String)
    first = now().date() - timedelta(days=DAYS - 1)
    asked = select(day, Exchange.state, func.count()).where(Exchange.connection_id == connection.id, Exchange.purpose.in_(WRITES))
    since = Exchange.settled_at >= datetime.combine(first, time.min, UTC)
    rows = db.session.execute(asked.where(since).group_by(day, Exchange.state))
    counted = {(str(when), state): n for when, state, n in rows}
    days = [first + timedelta(days=n) for n in range(DAYS)]
    return [{"label": one.isoformat(), "synced": counted.get((one.isoformat(), ExchangeState.SYNCED), 0),
             "failed": _failures(counted, one)} for one in days]  # fmt: skip


def _failures(counted: dict[tuple[str, str], int], day: date) -> int:
    return sum(counted.get((day.isoformat(), state), 0) for state in (ExchangeState.FAILED, ExchangeState.PERSON))


def by_division(groups: Iterable[Group]) -> list[dict[str, object]]:
    """Revised budget, committed and job to date of each division, in minor units, by the division's number."""
    groups = list(groups)
    asked = select(CostCode).where(CostCode.id.in_([group.code_id for group in groups]))
    names = {code.id: _division(code) for code in db.session.scalars(asked)}
    found: dict[str, dict[str, int]] = {}
    for group in groups:
        sums = found.setdefault(names.get(group.code_id, ""), {"revised": 0, "committed": 0, "job_to_date": 0})
        for key in sums:
            sums[key] += getattr(group, key)
    return [{"label": words, **sums} for words, sums in sorted(found.items())]


def _division(code: CostCode) -> str:
    above = code.division
    return f"{above.code} {above.title}" if above else code.code
