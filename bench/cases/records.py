"""Workloads 11 and 12: a list of accounting read page by page into records, and read again unchanged; and its page of the desk."""

import json
import resource
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from time import process_time
from typing import Any

from lxml import etree
from sqlalchemy import func, select, text

from bench.measure import Figure, How, race, versus
from bench.pages import Pages, jobs, vendors
from bench.place import connection, cookie, page, place
from erp.books.records import Record
from erp.connector import Page, Work
from erp.connectors.quickbooks.lists import VENDOR, step
from erp.db import db, now, transaction
from erp.exchanges import reading
from erp.exchanges.exchange import Exchange, queue


@dataclass(frozen=True)
class Read:
    """A list as it is measured: its pages, and what the floor takes of an entry, in the order of INSERT."""

    list: str
    pages: Pages
    element: str
    values: Callable[[Any], tuple[str | None, ...]]

    @property
    def work(self) -> Work:
        """What the conversation is asked with."""
        return Work("refresh", "", {"list": self.list}, "", "KEY")


def _job(found: Any) -> tuple[str | None, ...]:
    parts = ("ListID", "ParentRef/ListID", "Name", "FullName", "EditSequence", "IsActive", "AccountNumber")
    return tuple(found.findtext(path) for path in parts)


def _vendor(found: Any) -> tuple[str | None, ...]:
    told = [found.findtext(path) for path in ("ListID", "Name", "EditSequence", "IsActive")]
    data = json.dumps({name: found.findtext(path) for name, path in VENDOR})
    return (told[0], "", told[1], told[1], told[2], told[3], data)


JOBS, VENDORS = Read("customer", jobs, "CustomerRet", _job), Read("vendor", vendors, "VendorRet", _vendor)


def measure(how: How) -> Iterator[Figure]:
    """Against parsing the same pages and writing the same rows with the driver alone, and against get-or-create with an ORM."""
    n, few = (2_000, How(3, how.seconds, True)) if how.quick else (20_000, How(max(5, how.rounds // 3), how.seconds))
    yield growth(how)  # First, while this process has not held anything large yet.
    for what, read in (("records", JOBS), ("vendors", VENDORS)):
        with place() as app, app.app_context():
            yield from against_the_floor(what, read, n, few)
            yield against_get_or_create(what, read, n, few)
    yield from lists(how)


def against_the_floor(what: str, read: Read, n: int, how: How) -> Iterator[Figure]:
    """The first import, and the same pages again."""
    pages = list(read.pages(n))
    runs = {"ours": lambda: first(read, pages), "floor": lambda: floor(read, pages)}
    times = race(runs, how)
    yield versus("11", f"import of {n:,} {what}, against parsing and executemany", times, "floor", least=0.4,
                 per_second=round(n / min(times["ours"])))  # fmt: skip
    first(read, pages)
    times = race({"again": lambda: again(read, pages), "first": runs["ours"]}, how)
    yield versus("12", f"import of {n:,} unchanged {what}, against the first import", times, "first", ours="again", most=1.0)


def against_get_or_create(what: str, read: Read, n: int, how: How) -> Figure:
    """What is usually written: each record is asked for, and made or changed; a commit per page, and the same parser."""
    pages = list(read.pages(n))
    times = race({"ours": lambda: first(read, pages), "peer": lambda: get_or_create(read, pages)}, How(3, 0, how.quick))
    return versus("11", f"import of {n:,} {what}, against get-or-create with the ORM", times, "peer", least=15,
                  per_second={name: round(n / min(seconds)) for name, seconds in times.items()})  # fmt: skip


def growth(how: How) -> Figure:
    """Ten times as many records take ten times as long, and no more memory."""
    few, many = (1_000, 10_000) if how.quick else (10_000, 100_000)
    seconds = {}
    for n in (few, many):
        with place() as app, app.app_context():
            for one in jobs(1_000):
                take(JOBS, begin(JOBS), one)
            before, start = peak(), process_time()
            first(JOBS, jobs(n))
            seconds[n], grown = process_time() - start, peak() - before
    ratio = seconds[many] / seconds[few]
    return Figure("11", f"import of {many:,} records, against {few:,}", round(ratio, 2), "x", "<= 10.5", ratio <= 10.5,
                  more={"memory_mb": round(grown, 1), "seconds": {str(key): round(value, 2) for key, value in seconds.items()}})  # fmt: skip


def peak() -> float:
    """The most memory this process ever held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def lists(how: How) -> Iterator[Figure]:
    """Ready To Import with few records against many, and its last page against its first."""
    few, many = (200, 2_000) if how.quick else (1_000, 100_000)
    with place() as small, place() as large:
        for app, n in ((small, few), (large, many)):
            with app.app_context():
                first(JOBS, jobs(n))
        calls = {name: page(app, "/erp/1/job/ready-to-import", login=cookie(app, "Ann")) for name, app in
                 (("few", small), ("many", large))}  # fmt: skip
        with large.app_context():
            deep = db.session.scalars(select(Record.full_name).order_by(Record.full_name).offset(many - 200).limit(1)).one()
        calls["deep"] = page(large, f"/erp/1/job/ready-to-import?after={deep}~1", login=cookie(large, "Ann"))
        times = race(calls, how)
        yield versus("2", f"Ready To Import of {many:,} records, against {few:,}", times, "few", ours="many", most=1.2)
        yield versus("3", f"its last page of {many:,}, against its first", times, "many", ours="deep", most=1.3)


def begin(read: Read) -> Exchange:
    """An exchange that reads the list."""
    with transaction():
        db.session.execute(text("DELETE FROM exchanges"))
        return queue(connection(), "refresh", f"list:{read.list}", result={"since": ""})


def empty() -> None:
    """No record is there."""
    with transaction():
        for table in ("records", "counts"):
            db.session.execute(text(f"DELETE FROM {table}"))


def first(read: Read, pages: Iterable[str]) -> None:
    """Into an empty table."""
    empty()
    again(read, pages, wrote=True)


def again(read: Read, pages: Iterable[str], *, wrote: bool = False) -> None:
    """As the session does it: each page is read and taken in a transaction of its own."""
    exchange = begin(read)
    written = sum(take(read, exchange, one) for one in pages)
    assert bool(written) == wrote, written
    assert not db.session.scalar(select(func.count()).select_from(Record).where(Record.state != "Staged"))
    db.session.rollback()


def take(read: Read, exchange: Exchange, answer: str) -> int:
    """One page."""
    with transaction():
        return reading.take(exchange, _page(read, answer), now())


def _page(read: Read, answer: str) -> Page:
    found = step(read.work, answer)
    assert isinstance(found, Page)
    return found


def get_or_create(read: Read, pages: Iterable[str]) -> None:
    """The peer."""
    empty()
    for one in pages:
        with transaction():
            for row in _page(read, one).rows:
                _get_or_create(row)
        db.session.expunge_all()


def _get_or_create(row: dict[str, Any]) -> None:
    asked = select(Record).filter_by(connection_id=1, list=row["list"], erp_id=row["erp_id"])
    found = db.session.scalar(asked)
    if found is None:
        found = Record(connection_id=1, kind="", state="Staged", filter="ready-to-import", version=0, hash="", changed_at=now())
        db.session.add(found)
    for name, value in row.items():
        setattr(found, name, value)


INSERT = """INSERT INTO records (connection_id, kind, state, filter, version, changed_at, list, erp_id, parent_id, name, full_name,
    edit_sequence, active, data, hash) VALUES (1, 'job', 'Staged', 'ready-to-import', 0, '2026-11-01 10:00:00', 'job', ?, ?, ?, ?, ?, ?, ?, '')"""


def floor(read: Read, pages: list[str]) -> None:
    """The parser and the driver, nothing else."""
    raw = db.engine.raw_connection()
    cursor = raw.cursor()
    cursor.execute("DELETE FROM records")
    for one in pages:
        rows = [read.values(found) for found in etree.fromstring(one.encode()).iter(read.element)]
        cursor.execute("BEGIN IMMEDIATE")
        cursor.executemany(INSERT, rows)
        cursor.execute("COMMIT")
    raw.close()
