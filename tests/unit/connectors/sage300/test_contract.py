"""A real contract with sub jobs, from the budget to Confirmed, through a Sage that refuses what Sage would."""

import csv
import json
from pathlib import Path

import pytest

from erp.books.batches import Batch
from erp.connectors.sage300.batches import settled
from erp.connectors.sage300.names import shorten
from erp.db import db, transaction
from erp.documents import budget, budget_modification, cost_code, sub_job
from erp.documents.budget_moves import Move
from erp.exchanges.export import open_exchange
from erp.exchanges.handover import answered, hand_over
from erp.invariants import broken
from erp.items import Item
from tests.sage_reader import Sage as Reader
from tests.unit.sage import READ_BACK, Sage, body_of, texts

SCHEDULE = Path(__file__).resolve().parents[3] / "fixtures" / "sf_1164I_sov.csv"
TOTAL = 5_761_977_21
JOB = "261164"


@pytest.fixture
def rows() -> list[dict[str, str]]:
    """The 76 lines of contract 1164I: bid items of sewer, roads and general work, and change orders."""
    return list(csv.DictReader(SCHEDULE.read_text().splitlines()))


@pytest.fixture
def batch(sage: Sage, rows: list[dict[str, str]]) -> Batch:
    """Its budget in a batch: a sub job for each part of the work, and one modification after the lock."""
    project = sage.project(job=JOB)
    short = shorten([(row["bid_item"].strip(), row["description"]) for row in rows])
    with transaction():
        parts = {
            name: sub_job.create(project, sage.people.pam, number=name, title=f"Part {name}") for name in ("SW", "R", "G", "CO")
        }
        made = budget.open_for(project, sage.people.pam)
        for row in rows:
            item = row["bid_item"].strip()
            code = cost_code.create(sage.people.adam, f"77-{item}", row["description"], "", short.get(item, ""))
            cents = round(float(row["amount"]) * 100)
            budget.add_line(made, code, "S", cents, sub_job=parts[item.partition("-")[0]])
        budget.lock(made, sage.people.pam, None)
        first, second = made.lines[4:6]
        budget_modification.modify(made, [Move(first, -500_00), Move(second, 500_00)], "Moved.", sage.people.pam)
    for line in made.lines:
        sage.there("cost_code", line.code, f"77-{line.id:04d}")
    for name, part in parts.items():
        sage.there("sub_job", part, f"{JOB}|{name}")
    sage.exported(sage.accepted("budget", made))
    hand_over()
    return sage.find(1)


@pytest.fixture
def reader(batch: Batch) -> Reader:
    """A Sage that knows the codes; the parts come with the file."""
    codes = {text.split('"')[1] for text in texts(batch) if text.startswith("C")}
    return Reader(JOB, codes, {"S"})


def read_back(sage: Sage, item: Item, reader: Reader) -> str:
    with transaction():
        exchange = open_exchange(item)
        assert exchange is not None
        out = answered(exchange, READ_BACK, json.dumps(reader.read_back()))
        settled(exchange, READ_BACK) if type(out).__name__ == "Synced" else None
    return str(getattr(out, "reason", "Synced"))


def test_the_control_totals_are_those_of_the_contract_to_the_cent(batch: Batch) -> None:
    estimate, changes = batch.files
    assert (estimate.name, estimate.amount, estimate.count) == ("000001_estimate.jce", TOTAL, 80)
    assert (changes.name, changes.amount, changes.count) == ("000001_estimate_changes.jce", 0, 2)
    assert [text[0] for text in texts(batch)[:5]] == ["E", "E", "E", "E", "C"]


def test_imported_posted_and_read_back_it_is_confirmed(sage: Sage, batch: Batch, reader: Reader) -> None:
    item = sage.item(batch)
    taken = reader.take(sage.download(batch))
    reader.take(sage.download(batch, file=batch.files[1]), approved_change=True)
    sage.go(batch, "hand_import")
    assert (sum(taken.values()), "Synced" not in read_back(sage, item, reader)) == (TOTAL, True)
    reader.post()
    sage.go(batch, "hand_post")
    assert (read_back(sage, item, reader), item.state, sage.find(1).state) == ("Synced", "Synced", "Confirmed")
    assert broken(thorough=True) == []


def test_what_sage_rejected_goes_on_and_only_both_batches_together_are_the_contract(
    sage: Sage, batch: Batch, reader: Reader
) -> None:
    item, lines = sage.item(batch), texts(batch)
    bad = [line for line in lines if line.startswith("C")][10:13]
    reader.take(body_of(*(line for line in sage.download(batch).decode("cp1252").split("\r\n") if line and line not in bad)))
    reader.take(sage.download(batch, file=batch.files[1]), approved_change=True)
    sage.go(batch, "hand_import")
    sage.rejects(sage.find(1), body_of(*bad))
    reader.post()
    assert "Synced" not in read_back(sage, item, reader)
    follow = sage.find(2)
    reader.take(sage.download(follow))
    reader.post()
    assert (read_back(sage, item, reader), [one.state for one in sage.all()]) == ("Synced", ["Confirmed", "Confirmed"])
    assert sum(reader.original.values()) == TOTAL
    db.session.rollback()
