"""After any history the counts of the menu are what a GROUP BY finds, and the trail has one row per version."""

import random

import pytest
from sqlalchemy import func, select

from erp import moves
from erp.audit import Event
from erp.books import records
from erp.books.records import Record
from erp.db import db, transaction
from erp.items import Item
from erp.items.perform import Refused, accept, advance, reject, retrieve, send, unaccept
from erp.moves import Stale
from erp.states import State
from tests.unit.stage import ACCOUNTS, CITY, QUICKBOOKS, row

STEPS = 250


def counted(connection_id):
    there = {}
    for cls in (Item, Record):
        asked = select(cls.kind, cls.filter, func.count()).where(cls.connection_id == connection_id, cls.filter.is_not(None))
        there |= {(kind, name): n for kind, name, n in db.session.execute(asked.group_by(cls.kind, cls.filter))}
    return there


def step(stage, dice, documents):
    """One thing that somebody tries, possible or not."""
    kind, document = dice.choice(documents)
    people, item = stage.people, db.session.scalar(select(Item).filter_by(document_id=document.id))
    if item is None or dice.random() < 0.2:
        return lambda: send(kind, stage.connection, document, people.adam if kind == "cost_code" else people.pam)
    return dice.choice([
        lambda: accept(item, people.ann, {"customer": CITY, **ACCOUNTS}),
        lambda: retrieve(item, people.adam if kind == "cost_code" else people.pam),
        lambda: reject(item, dice.choice([people.ann, people.stan]), dice.choice(["", "why"])),
        lambda: unaccept(item, people.bob),
        lambda: advance(item, "export", people.ann),
        lambda: advance(item, "fail", QUICKBOOKS),
        lambda: advance(item, "lose", QUICKBOOKS),
        lambda: advance(item, "look_again", people.ann),
        lambda: advance(item, "succeed", QUICKBOOKS, in_erp=True, erp_id=f"E-{item.id}", erp_name="x"),
        lambda: records.apply(stage.connection.id, [row("job", f"J{dice.randrange(9)}", f"Job {dice.random()}")],
                              whole=dice.choice([(), ("job",)])),
    ])  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_counts_equal_group_by_after_a_random_run(stage, seed):
    dice = random.Random(seed)
    documents = [("job", stage.pier), ("job", stage.project()), *(("cost_code", code) for code in stage.codes)]
    done = 0
    for _ in range(STEPS):
        try:
            with transaction():
                step(stage, dice, documents)()
            done += 1
        except (Refused, Stale, KeyError, ValueError):
            pass
    assert done > STEPS // 10
    assert {key: n for key, n in moves.counts(stage.connection.id).items() if n} == counted(stage.connection.id)
    for item in db.session.scalars(select(Item)):
        versions = db.session.scalars(select(Event.version).where(Event.subject == item.subject).order_by(Event.id)).all()
        assert versions == list(range(1, item.version + 1))
        assert (item.filter is None) == (item.state == State.WITH_PM)
