"""Many at once, each with an application context and a connection of its own on one SQLite file: one wins, nothing is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from erp.db import db, transaction
from erp.items import Item
from erp.items.perform import Refused, accept, reject, retrieve, send
from erp.moves import Stale
from erp.people import User
from erp.states import State
from tests.unit.stage import CITY

ROUNDS = 100


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
            except (Refused, Stale) as refused:
                return type(refused).__name__
            finally:
                db.session.remove()
            return "won"

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(one, actions))


def item_of(key: int) -> Item:
    return db.session.get_one(Item, key)


def user_of(key: int) -> User:
    return db.session.get_one(User, key)


def test_fifty_approvers_accept_the_same_item_and_one_of_them_did_it(stage):
    item = stage.job()
    key, seen, ids = item.id, item.version, [stage.people.ann.id, stage.people.bob.id]
    ended = at_once(stage, *(lambda n=n: accept(item_of(key), user_of(ids[n % 2]), {"customer": CITY}, seen) for n in range(50)))
    db.session.expire_all()
    assert ended.count("won") == 1
    assert (item.state, item.version) == (State.ACCEPTED, 2)
    assert [event.action for event in stage.events(item)] == ["send", "accept"]


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


@pytest.mark.parametrize("times", [10])
def test_two_rejections_write_the_mails_once(stage, times):
    item = stage.job()
    key, ids = item.id, [stage.people.ann.id, stage.people.bob.id]
    ended = at_once(stage, *(lambda n=n: reject(item_of(key), user_of(ids[n % 2]), "no") for n in range(times)))
    assert ended.count("won") == 1
    assert len(stage.mails()) == 2
