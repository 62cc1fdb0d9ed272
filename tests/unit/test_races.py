"""Many at once, each with an application context and a connection of its own to one database: one wins, nothing is lost.

`RACE_ROUNDS=200 pytest tests/unit/test_races.py` runs that many rounds (5 by default); `make prove` does.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from erp import invariants, links
from erp.audit import Event
from erp.books.records import Record
from erp.db import db, transaction
from erp.documents import budget, project
from erp.documents.budget import Budget
from erp.documents.budget_tables import BudgetEntry
from erp.documents.document import DocumentRefused, StaleDocument
from erp.documents.project import Project
from erp.exchanges.exchange import Exchange
from erp.exchanges.export import export, withdraw
from erp.items import Item
from erp.items.perform import Refused, accept, reject, retrieve, send, unaccept
from erp.moves import Stale
from erp.people import Level, User
from erp.states import State
from tests.prove.figures import note
from tests.unit.stage import ACCOUNTS, CITY

ROUNDS = int(os.environ.get("RACE_ROUNDS") or 5)
CROWD = 50


def at_once(stage, *actions: Callable[[], object]) -> list[str]:
    """Carry out all actions at the same moment; how each ended."""
    db.session.rollback()
    start = Barrier(len(actions))

    def one(action: Callable[[], object]) -> str:
        with stage.app.app_context():
            start.wait(20)
            try:
                with transaction():
                    action()
            except (Refused, Stale, StaleDocument, DocumentRefused) as refused:
                return type(refused).__name__
            finally:
                db.session.remove()
            return "won"

    with ThreadPoolExecutor(len(actions)) as pool:
        ended = list(pool.map(one, actions))
    note("races", os.environ["PYTEST_CURRENT_TEST"].partition(" ")[0], crowd=len(actions))
    return ended


def item_of(key: int) -> Item:
    return db.session.get_one(Item, key)


def user_of(key: int) -> User:
    return db.session.get_one(User, key)


def test_fifty_approvers_accept_the_same_item_and_one_of_them_did_it(stage):
    item = stage.job()
    key, seen, ids = item.id, item.version, [stage.people.ann.id, stage.people.bob.id]
    ended = at_once(
        stage, *(lambda n=n: accept(item_of(key), user_of(ids[n % 2]), {"customer": CITY}, seen) for n in range(CROWD))
    )
    db.session.expire_all()
    assert ended.count("won") == 1
    assert (item.state, item.version) == (State.ACCEPTED, 2)
    assert [event.action for event in stage.events(item)] == ["send", "accept"]


def test_many_add_and_link_the_same_record_and_it_is_joined_once(stage):
    stage.people.ann.grants[0].level = Level.ADMIN
    for n in range(ROUNDS):
        record, ids = stage.record("job", f"J{n}", f"City of Bayview:Old {n}"), [stage.people.ann.id, stage.people.adam.id]
        key, document = record.id, stage.project(f"27-{n}", f"Pier {n}").id
        deeds = [lambda key=key, i=i: links.add(db.session.get_one(Record, key), user_of(i)) for i in ids * 3]
        deeds += [lambda key=key, i=i, d=document: links.link(db.session.get_one(Record, key), d, user_of(i)) for i in ids * 3]
        ended = at_once(stage, *deeds)
        db.session.expire_all()
        assert ended.count("won") == 1
        assert len(db.session.scalars(select(Item).filter_by(erp_id=f"J{n}")).all()) == 1
        assert (record.state, record.version) == ("Linked", 1)
    assert [one for one in invariants.broken() if one.name != "I8 JOURNAL_FIRST"] == []


def test_many_link_two_records_to_one_project_and_one_of_them_is(stage):
    keys = [stage.record("job", f"J{n}", f"City of Bayview:Old {n}").id for n in range(2)]
    document, adam = stage.pier.id, stage.people.adam.id
    deeds = [lambda key=key: links.link(db.session.get_one(Record, key), document, user_of(adam)) for key in keys * 4]
    assert at_once(stage, *deeds).count("won") == 1
    db.session.expire_all()
    assert sorted(one.state for one in db.session.scalars(select(Record).filter_by(kind="job"))) == ["Linked", "Staged"]


def test_ann_accepts_while_pam_retrieves_and_exactly_one_of_them_wins_each_time(stage):
    item = stage.job()
    key, document, ann, pam = item.id, stage.pier.id, stage.people.ann.id, stage.people.pam.id
    connection_id = stage.connection.id
    won = {"accept": 0, "retrieve": 0}
    for _ in range(ROUNDS):
        seen = item.version
        accepting = lambda seen=seen: accept(item_of(key), user_of(ann), {"customer": CITY}, seen)  # noqa: E731
        retrieving = lambda seen=seen: retrieve(item_of(key), user_of(pam), seen)  # noqa: E731
        ended = dict(zip(("accept", "retrieve"), at_once(stage, accepting, retrieving), strict=True))
        db.session.expire_all()
        winners = [name for name, how in ended.items() if how == "won"]
        assert len(winners) == 1, ended
        assert item.state == {"accept": State.ACCEPTED, "retrieve": State.WITH_PM}[winners[0]]
        won[winners[0]] += 1
        if item.state == State.ACCEPTED:
            stage.retrieve(item)
        stage.send("job", stage.pier)
    assert [event.version for event in stage.events(item)] == list(range(1, item.version + 1))
    assert sum(won.values()) == ROUNDS
    assert (document, connection_id) == (item.document_id, item.connection_id)


def test_one_of_two_sends_makes_the_item(stage):
    document, connection_id, pam = stage.pier.id, stage.connection.id, stage.people.pam.id

    def sending():
        kind = Item(kind="job").declaration
        connection = db.session.get_one(type(stage.connection), connection_id)
        return send("job", connection, kind.load(document), user_of(pam))

    ended = at_once(stage, *([sending] * 8))
    assert ended.count("won") == 1
    assert db.session.query(Item).count() == 1


def test_ann_and_bob_export_and_every_item_is_handed_over_once(stage):
    ids, connection_id = [stage.people.ann.id, stage.people.bob.id], stage.connection.id
    stage.accept(stage.job(), customer=CITY)
    for code in stage.codes:
        stage.accepted("cost_code", code)
    items = list(db.session.scalars(select(Item).filter_by(state=State.ACCEPTED)))

    def exporting(n):
        return export(db.session.get_one(type(stage.connection), connection_id), "", user_of(ids[n % 2]))

    at_once(stage, *(lambda n=n: exporting(n) for n in range(CROWD)))
    db.session.expire_all()
    assert {item.state for item in items} == {State.EXPORTING}
    queued = db.session.scalars(select(Exchange.item_id).where(Exchange.purpose == "add")).all()
    assert sorted(queued) == sorted(item.id for item in items)


def test_ann_exports_while_bob_takes_back_and_the_queue_agrees_with_the_item_each_time(stage):
    item = stage.accept(stage.job(), customer=CITY)
    key, ann, bob, connection_id = item.id, stage.people.ann.id, stage.people.bob.id, stage.connection.id
    for _ in range(ROUNDS):
        exporting = lambda: export(db.session.get_one(type(stage.connection), connection_id), "job", user_of(ann))  # noqa: E731
        ended = at_once(stage, exporting, lambda: unaccept(item_of(key), user_of(bob)))
        db.session.expire_all()
        open_ones = select(Exchange.id).where(Exchange.item_id == key, Exchange.state == "queued")
        assert (item.state, len(db.session.scalars(open_ones).all())) in ((State.EXPORTING, 1), (State.READY, 0)), ended
        if item.state == State.EXPORTING:
            with transaction():
                withdraw(item, stage.people.ann)
        else:
            stage.accept(item, customer=CITY)


def test_what_is_sent_is_what_was_saved_before_or_after_and_never_half_of_it(stage):
    """Pam sends a project while somebody saves other words into two of its fields."""
    document, connection_id, pam = stage.pier.id, stage.connection.id, stage.people.pam.id

    def saving(n, seen):
        project.edit(db.session.get_one(Project, document), user_of(pam), seen, title=f"Title {n}", street=f"Street {n}")

    def sending():
        connection = db.session.get_one(type(stage.connection), connection_id)
        return send("job", connection, Item(kind="job").declaration.load(document), user_of(pam))

    for n in range(ROUNDS):
        seen, before = stage.pier.version, (stage.pier.title, stage.pier.street)
        at_once(stage, lambda n=n, seen=seen: saving(n, seen), sending)
        db.session.expire_all()
        item = stage.item(document)
        assert (item.payload["name"], item.payload["street"]) in (before, (f"Title {n}", f"Street {n}"))
        stage.retrieve(item)


def test_of_fifty_who_lock_a_budget_one_does_and_its_entries_are_written_once(stage):
    with transaction():
        made = budget.open_for(stage.pier, stage.people.pam)
        budget.add_line(made, stage.codes[0], "S", 100_00)
    key, pam, seen = made.id, stage.people.pam.id, made.version
    locking = lambda: budget.lock(db.session.get_one(Budget, key), user_of(pam), seen)  # noqa: E731
    assert at_once(stage, *[locking] * CROWD).count("won") == 1
    db.session.expire_all()
    assert db.session.scalars(select(BudgetEntry.amount).where(BudgetEntry.budget_id == key)).all() == [100_00]


def test_counts_and_versions_come_out_right_after_a_crowd(stage):
    items = [stage.send("cost_code", code) for code in stage.codes]
    ids, keys = [stage.people.ann.id, stage.people.bob.id], [item.id for item in items]
    for n in range(ROUNDS):
        doing = (lambda item, user: accept(item, user, ACCOUNTS)) if n % 2 == 0 else unaccept
        acts = [lambda k=k, doing=doing: doing(item_of(keys[k % 3]), user_of(ids[k % 2])) for k in range(CROWD)]
        assert at_once(stage, *acts).count("won") == 3
    db.session.expire_all()
    for item in items:
        versions = db.session.scalars(select(Event.version).where(Event.subject == item.subject).order_by(Event.version)).all()
        assert versions == list(range(1, item.version + 1))


@pytest.mark.parametrize("times", [10])
def test_two_rejections_write_the_mails_once(stage, times):
    item = stage.job()
    key, ids = item.id, [stage.people.ann.id, stage.people.bob.id]
    ended = at_once(stage, *(lambda n=n: reject(item_of(key), user_of(ids[n % 2]), "no") for n in range(times)))
    assert ended.count("won") == 1
    assert len(stage.mails()) == 2
