"""The queue of a connection in numbers: what waits, how far the newest export is, which lists are being read; one query."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, select, union_all

from erp.exchanges.exchange import OPEN, Exchange, ExchangeState
from erp.exchanges.export import Progress, clicks
from erp.exchanges.reading import LIST

MOVING = (ExchangeState.QUEUED, ExchangeState.HANDED, ExchangeState.DOUBT)


@dataclass(frozen=True)
class Queue:
    """How many exchanges are under way, since when the oldest, the progress of the newest click, the lists being read."""

    queued: int
    oldest: datetime | None
    progress: Progress
    reading: set[str]


def asked(connection_id: int, kind: str) -> Select[Any]:
    """Rows of state, list that is read, whether of the newest click in this tab (1 or 0), number, the oldest moment."""
    rows = union_all(_some(connection_id, kind, Exchange.state.in_(OPEN)),
                     _some(connection_id, kind, Exchange.state.not_in(OPEN), of_newest=True)).subquery()  # fmt: skip
    groups = (rows.c.state, rows.c.list, rows.c.newest)
    return select(*groups, func.count().label("n"), func.min(rows.c.created_at).label("at")).group_by(*groups)


def _some(connection_id: int, kind: str, state: ColumnElement[bool], *, of_newest: bool = False) -> Select[Any]:
    newest = clicks(connection_id, kind).scalar_subquery()
    reads = case((Exchange.subject.startswith(LIST), Exchange.subject), else_=literal(""))
    mine = case((Exchange.batch == newest, 1), else_=0)
    chosen = select(Exchange.state, reads.label("list"), mine.label("newest"), Exchange.created_at).where(state)
    return chosen.where(Exchange.batch == newest if of_newest else Exchange.connection_id == connection_id)


def read(rows: list[tuple[str, str, int, int, datetime]]) -> Queue:
    """What the rows of `asked` mean."""
    moving = [(n, at) for state, _, _, n, at in rows if state in MOVING]
    click: Counter[str] = Counter()
    for state, _, newest, n, _ in rows:
        click[state] += n * newest
    reading = {name.removeprefix(LIST) for state, name, *_ in rows if name and state in OPEN}
    return Queue(sum(n for n, _ in moving), min((at for _, at in moving), default=None), Progress.of(click), reading)
