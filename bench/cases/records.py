"""Workloads 11 and 12: a list of accounting read page by page into records, and read again unchanged; and its page of the desk."""

import resource
from collections.abc import Iterator
from time import process_time

from lxml import etree
from sqlalchemy import func, select, text

from bench.measure import Figure, How, race, versus
from bench.place import connection, cookie, page, place
from erp.books.records import Record
from erp.connector import Page, Work
from erp.connectors.quickbooks.lists import PAGE, step
from erp.db import db, now, transaction
from erp.exchanges import reading
from erp.exchanges.exchange import Exchange, queue

WORK = Work("refresh", "", {"list": "customer"}, "", "KEY")


def measure(how: How) -> Iterator[Figure]:
    """Against parsing the same pages and writing the same rows with the driver alone."""
    n, few = (2_000, How(3, how.seconds, True)) if how.quick else (20_000, How(max(5, how.rounds // 3), how.seconds))
    yield growth(how)  # First, while this process has not held anything large yet.
    with place() as app, app.app_context():
        pages = list(answers(n))
        runs = {"ours": lambda: first(pages), "floor": lambda: floor(pages), "again": lambda: again(pages)}
        times = race({name: runs[name] for name in ("ours", "floor")}, few)
        yield versus("11", f"import of {n:,} records, against parsing and executemany", times, "floor", least=0.4,
                     per_second=round(n / min(times["ours"])))  # fmt: skip
        first(pages)
        again_times = race({"again": runs["again"], "first": runs["ours"]}, How(few.rounds, few.seconds, few.quick))
        yield versus(
            "12", f"import of {n:,} unchanged records, against the first import", again_times, "first", ours="again", most=1.0
        )
    yield from lists(how)


def growth(how: How) -> Figure:
    """Ten times as many records take ten times as long, and no more memory."""
    few, many = (1_000, 10_000) if how.quick else (10_000, 100_000)
    seconds = {}
    for n in (few, many):
        with place() as app, app.app_context():
            for one in answers(1_000):
                take(begin(), one)
            before, start = peak(), process_time()
            first(answers(n))
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
                first(answers(n))
        calls = {name: page(app, "/erp/1/job/ready-to-import", login=cookie(app, "Ann")) for name, app in
                 (("few", small), ("many", large))}  # fmt: skip
        with large.app_context():
            deep = db.session.scalars(select(Record.full_name).order_by(Record.full_name).offset(many - 200).limit(1)).one()
        calls["deep"] = page(large, f"/erp/1/job/ready-to-import?after={deep}~1", login=cookie(large, "Ann"))
        times = race(calls, how)
        yield versus("2", f"Ready To Import of {many:,} records, against {few:,}", times, "few", ours="many", most=1.2)
        yield versus("3", f"its last page of {many:,}, against its first", times, "many", ours="deep", most=1.3)


def answers(n: int) -> Iterator[str]:
    """Pages of jobs as QuickBooks sends them: by name, about 600 bytes each."""
    for at in range(0, n, PAGE):
        keys = range(at, min(at + PAGE, n))
        left = n - keys.stop
        rows = "".join(
            f"<CustomerRet><ListID>8000{k:05}-1700000000</ListID><TimeModified>2026-11-01T10:{k % 60:02}:00-08:00</TimeModified>"
            f"<EditSequence>17000{k:05}</EditSequence><Name>Job {k}</Name><FullName>Customer {k // 200:03}:Job {k:06}</FullName>"
            f"<IsActive>true</IsActive><ParentRef><ListID>7000-{k // 200}</ListID></ParentRef><Sublevel>1</Sublevel><BillAddress>"
            f"<Addr1>{k} Pier Road</Addr1><City>Bayview</City><State>CA</State><PostalCode>94111</PostalCode></BillAddress>"
            f"<AccountNumber>26-{k}</AccountNumber></CustomerRet>" for k in keys)  # fmt: skip
        yield (f'<QBXML><QBXMLMsgsRs><CustomerQueryRs requestID="KEY" statusCode="0" statusSeverity="Info" iteratorID="{{i}}" '
               f'iteratorRemainingCount="{left}">{rows}</CustomerQueryRs></QBXMLMsgsRs></QBXML>')  # fmt: skip


def begin() -> Exchange:
    """An exchange that reads the list."""
    with transaction():
        db.session.execute(text("DELETE FROM exchanges"))
        return queue(connection(), "refresh", "list:customer", result={"since": ""})


def first(pages: Iterator[str] | list[str]) -> None:
    """Into an empty table."""
    with transaction():
        for table in ("records", "counts"):
            db.session.execute(text(f"DELETE FROM {table}"))
    again(pages, wrote=True)


def again(pages: Iterator[str] | list[str], *, wrote: bool = False) -> None:
    """As the session does it: each page is read and taken in a transaction of its own."""
    exchange = begin()
    written = sum(take(exchange, one) for one in pages)
    assert bool(written) == wrote, written
    assert not db.session.scalar(select(func.count()).select_from(Record).where(Record.state != "Staged"))
    db.session.rollback()


def take(exchange: Exchange, answer: str) -> int:
    """One page."""
    with transaction():
        found = step(WORK, answer)
        assert isinstance(found, Page)
        return reading.take(exchange, found, now())


INSERT = """INSERT INTO records (connection_id, kind, state, filter, version, changed_at, list, erp_id, parent_id, name, full_name,
    edit_sequence, active, data, hash) VALUES (1, 'job', 'Staged', 'ready-to-import', 0, '2026-11-01 10:00:00', 'job', ?, ?, ?, ?, ?, ?, ?, '')"""
PATHS = ("ListID", "ParentRef/ListID", "Name", "FullName", "EditSequence", "IsActive", "AccountNumber")


def floor(pages: list[str]) -> None:
    """The parser and the driver, nothing else."""
    raw = db.engine.raw_connection()
    cursor = raw.cursor()
    cursor.execute("DELETE FROM records")
    for one in pages:
        root = etree.fromstring(one.encode())
        rows = [tuple(found.findtext(path) for path in PATHS) for found in root.iter("CustomerRet")]
        cursor.execute("BEGIN IMMEDIATE")
        cursor.executemany(INSERT, rows)
        cursor.execute("COMMIT")
    raw.close()
