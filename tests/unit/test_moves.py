"""One conditional UPDATE, one event, the counts; a row that somebody else moved first is left alone."""

from collections import Counter

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from erp import moves
from erp.audit import Event
from erp.db import db
from erp.items.perform import advance
from erp.moves import Stale
from erp.states import Filter, State


def move(item, actor, **how):
    how = {"frm": [State.READY], "filter": Filter.EXPORT, **how}
    return moves.move(item, "accept", State.ACCEPTED, actor, **how)


def test_a_move_writes_state_version_moment_and_one_event(stage):
    item = stage.job()
    before = item.version
    event = move(item, stage.people.ann, comment="fine", details={"n": 1}, accepted_by=stage.people.ann.id)
    assert (item.state, item.version, item.accepted_by) == (State.ACCEPTED, before + 1, stage.people.ann.id)
    assert (event.subject, event.version, event.action, event.frm, event.to) == (
        f"item:{item.id}", before + 1, "accept", State.READY, State.ACCEPTED)  # fmt: skip
    assert (event.actor_id, event.actor, event.rights) == (stage.people.ann.id, "Ann", {"erp": "Standard", "push": True})
    assert (event.comment, event.details) == ("fine", {"n": 1})


@pytest.mark.parametrize("how", [{"frm": [State.ACCEPTED]}, {"version": 0}, {"version": 7}], ids=["state", "older", "newer"])
def test_a_row_in_another_state_or_version_is_left_as_it_is(stage, how):
    item = stage.job()
    was = (item.state, item.version, item.filter, item.changed_at)
    counted, events = moves.counts(stage.connection.id), len(stage.events(item))
    with pytest.raises(Stale):
        move(item, stage.people.ann, **how)
    assert (item.state, item.version, item.filter, item.changed_at) == was
    assert (moves.counts(stage.connection.id), len(stage.events(item))) == (counted, events)


def test_who_was_first_is_named(stage):
    item = stage.job()
    seen = item.version
    stage.accept(item, by="bob")
    with pytest.raises(Stale) as stale:
        move(item, stage.people.ann, frm=[State.READY], version=seen)
    assert stale.value.sentence == "Bob accepted it first. It is now Accepted; nothing was changed by you."
    assert stale.value.row is item


def test_a_row_that_never_moved_is_stale_without_a_name(stage):
    item = stage.job()
    assert Stale(item, None).sentence == "It changed meanwhile. It is now Ready; nothing was changed by you."


def test_an_action_of_two_words_is_written_as_two_words(stage):
    item = stage.exporting(stage.job(customer="80000001-1"))
    advance(item, "lose", stage.people.ann)
    event = advance(item, "look_again", stage.people.ann)
    assert "asked to look again first" in Stale(item, event).sentence


def test_a_row_keeps_its_place_while_it_stays_in_its_list_and_is_new_in_another(stage):
    item = stage.job()
    came = item.changed_at
    stage.exporting(stage.accept(item))
    assert item.changed_at == came
    stage.failed(item)
    assert item.changed_at > came


def test_counts_follow_a_row_from_list_to_list_and_home(stage):
    def job():
        return {name: n for (kind, name), n in moves.counts(stage.connection.id).items() if kind == "job" and n}

    item = stage.job()
    assert job() == {"ready-to-export": 1}
    stage.exporting(stage.accept(item))
    assert job() == {"ready-to-export": 1}
    stage.failed(item)
    assert job() == {"failed-to-export": 1}
    stage.reject(item)
    assert job() == {}


def test_counts_of_one_connection_are_not_those_of_another(stage):
    stage.job()
    assert moves.counts(stage.connection.id + 1) == {}


def test_many_steps_are_added_up_in_key_order_and_nothing_is_written_for_nothing(stage):
    moves.shift(9, Counter({("job", "synced"): 2, ("budget", "synced"): 1, ("job", None): 5, ("job", "archived"): 0}))
    moves.shift(9, {("job", "synced"): -1})
    assert moves.counts(9) == {("budget", "synced"): 1, ("job", "synced"): 1}


def test_the_newest_event_of_a_row_is_its_last_move(stage):
    item = stage.job()
    stage.accept(item)
    last = moves.last_event(item)
    assert last is not None
    assert last.action == "accept"


def test_a_failed_transaction_leaves_neither_state_nor_event_nor_count(stage):
    item = stage.job()
    counted = moves.counts(stage.connection.id)
    move(item, stage.people.ann, filter=Filter.FAILED)
    db.session.rollback()
    assert item.state == State.READY
    assert moves.counts(stage.connection.id) == counted
    assert [event.action for event in stage.events(item)] == ["send"]


def test_two_events_of_one_version_are_impossible(stage):
    item = stage.job()
    twin = db.session.scalars(select(Event).filter_by(subject=item.subject)).one()
    values = {column.name: getattr(twin, column.name) for column in Event.__table__.columns if column.name != "id"}
    db.session.add(Event(**values))
    with pytest.raises(IntegrityError):
        db.session.flush()
