"""Spoiled messages at every door: no fault of ours, no answer slower than a second, no memory that grows.

`FUZZ_TRIES=100000 pytest tests/fuzz` (or `make fuzz`) spoils so many at each door; 300 by default. `FUZZ_FROM` begins elsewhere.
"""

import logging
import os
import random
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from erp import sheets
from erp.connector import Work
from erp.connectors.quickbooks.conversation import converse
from erp.connectors.quickbooks.qbxml import Unreadable
from erp.connectors.quickbooks.soap import METHODS
from erp.db import db
from erp.exchanges.exchange import Answer
from erp.exchanges.refresh import refresh_costs
from erp.sheets.refusals import SheetRefused
from tests.fuzz.mutate import spoil
from tests.house import House, move_in
from tests.prove.figures import note
from tests.unit.connectors.quickbooks.messages import BUDGET, CODE, JOB, MOD, READ, job_costs, refresh

TRIES = int(os.environ.get("FUZZ_TRIES") or 300)
FIRST = int(os.environ.get("FUZZ_FROM") or 0)
SLOWEST, MOST_MEMORY = 1.0, 200 * 1024
FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"


class Faults(logging.Handler):
    """Whatever the product logs as a fault of its own."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(logging.Formatter().format(record))


@pytest.fixture
def faults() -> Iterator[Faults]:
    handler = Faults()
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)


def spoiled(sound: list[bytes], use: Callable[[bytes], None]) -> None:
    """Use TRIES spoiled messages; the seed of one that fails is in the complaint."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for seed in range(FIRST, FIRST + TRIES):
        die = random.Random(seed)
        text = spoil(die.choice(sound), die)
        start = time.process_time()
        try:
            use(text)
        except Exception as fault:
            raise AssertionError(f"FUZZ_FROM={seed} FUZZ_TRIES=1: {fault!r}\n{text[:2000]!r}") from fault
        took = time.process_time() - start
        assert took < SLOWEST, f"FUZZ_FROM={seed} FUZZ_TRIES=1 took {took:.1f} s\n{text[:2000]!r}"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_MEMORY
    note("spoiled messages and files", os.environ["PYTEST_CURRENT_TEST"].partition(" ")[0], tries=TRIES)


def calls(house: House) -> list[bytes]:
    """A call of every method, and everything that a whole session says."""
    heard: list[bytes] = []

    def post(url: str, headers: dict[str, str], body: bytes) -> object:
        heard.append(body)
        return house.post(url, headers, body)

    house.exported_job()
    house.web_connector(post=post).update()
    empty = [f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><{name} '
             f'xmlns="http://developer.intuit.com/"/></s:Body></s:Envelope>'.encode() for name in METHODS]  # fmt: skip
    return heard + empty


def test_the_soap_door_always_answers_in_soap(faults: Faults) -> None:
    with move_in() as house:

        def knock(body: bytes) -> None:
            status, headers, said = house.post("http://localhost:8000/qbwc", {"Content-Type": "text/xml; charset=utf-8"}, body)
            assert status in (200, 413, 500)
            assert headers["Content-Type"].startswith("text/xml")
            root = etree.fromstring(said)
            assert root.tag.endswith("Envelope")
            assert (status == 200) == (not list(root.iter("{*}Fault")))

        spoiled(calls(house), knock)
        assert not faults.said, faults.said[0]
        assert house.update().ok, "after all that it must still work"


WORKS = (
    JOB,
    CODE,
    BUDGET,
    MOD,
    refresh("customer"),
    refresh("item"),
    *(job_costs(ask) for ask in ("estimate", "others", "report")),
)


def answers() -> list[bytes]:
    """What QuickBooks answers in a whole life of a budget."""
    with move_in() as house:
        item = house.exported_budget(100_000, -5, 300_000)
        house.update()
        assert item.state == "Synced"
        refresh_costs(house.connection)
        db.session.commit()
        house.update()
        return [row.body.encode() for row in db.session.query(Answer) if row.body]


def test_an_answer_of_quickbooks_is_understood_or_refused_and_never_a_fault(faults: Faults) -> None:
    die = random.Random(FIRST)

    def understand(body: bytes) -> None:
        work: Work = die.choice(WORKS)
        text = body.decode("utf-8", "replace")
        with suppress(Unreadable):
            converse(work, text)
            converse(replace(work, memo=READ), text)

    spoiled(answers(), understand)


def test_a_file_is_read_or_refused_with_a_sentence() -> None:
    schedule = (FIXTURES / "sf_2977J_sov.csv").read_bytes()
    small = b"\n".join(schedule.splitlines()[:8])
    semicolons, wide = small.replace(b",", b";"), small.decode().encode("utf-16")

    def read(data: bytes) -> None:
        with suppress(SheetRefused):
            sheets.read("budget.csv", data)

    spoiled([schedule, small, semicolons, wide], read)


def test_a_workbook_is_read_or_refused_with_a_sentence() -> None:
    book = sheets.xlsx_bytes([["Code", "Name", "Amount"], ["03-3000", "Concrete", "1,000.00"], ["32-1200", "Asphalt", "-5"]])

    def read(data: bytes) -> None:
        with suppress(SheetRefused):
            sheets.read("budget.xlsx", data)

    tries = min(TRIES, 60)
    for seed in range(FIRST, FIRST + tries):
        read(spoil(book, random.Random(seed)))
