"""The clock finds what the doorbell missed; a fault in one part keeps no other from its turn."""

import logging
from datetime import UTC, datetime

import pytest
import time_machine

from erp.db import db, now
from erp.exchanges.exchange import Exchange
from erp.exchanges.refresh import running
from jobs import clock

PARTS = ("sweep", "schedule", "hand_over", "lay_all", "verify_at_night", "tell_of_findings", "tell_of_silence", "write_summaries",
         "deliver")  # fmt: skip


@pytest.fixture
def turns(monkeypatch):
    """The parts of a round, replaced by ones that only count; name -> what it does."""
    done, deeds = [], {}

    def part(name):
        def turn():
            done.append(name)
            if name in deeds:
                raise deeds[name]
            return 0

        turn.__name__ = name
        return turn

    for name in PARTS:
        monkeypatch.setattr(clock, name, part(name))
    return done, deeds


def test_a_round_gives_each_part_its_turn(app, turns):
    clock.tick()
    assert turns[0] == list(PARTS)


@pytest.mark.parametrize("broken", PARTS)
def test_a_fault_in_one_part_keeps_no_other_from_its_turn_and_is_logged(app, turns, caplog, broken):
    done, deeds = turns
    deeds[broken] = RuntimeError("boom")
    with caplog.at_level(logging.ERROR):
        clock.tick()
        clock.tick()
    assert done == [*PARTS, *PARTS]
    assert [f"the clock could not finish {broken}" in record.message for record in caplog.records] == [True, True]


def test_all_parts_broken_is_still_a_round(app, turns):
    turns[1].update(dict.fromkeys(PARTS, OSError("disk")))
    clock.tick()
    assert turns[0] == list(PARTS)


def test_a_part_that_left_its_transaction_open_does_not_hold_the_database(app, stage, monkeypatch):
    def leaves_open():
        db.session.execute(db.text("UPDATE connections SET problem = 'half done'"))
        raise RuntimeError("boom")

    monkeypatch.setattr(clock, "sweep", leaves_open)
    clock.tick()
    db.session.rollback()
    assert db.session.execute(db.text("SELECT problem FROM connections")).scalar() == ""


def test_lists_that_are_due_are_queued_once_however_often_the_clock_ticks(app, stage, monkeypatch):
    monkeypatch.setattr(clock, "deliver", lambda: 0)
    connection_id = stage.connection.id
    db.session.query(Exchange).delete()
    for schedule in stage.connection.schedules:
        schedule.next_at = now()
    db.session.commit()
    clock.tick()
    clock.tick()
    queued = db.session.query(Exchange).filter_by(connection_id=connection_id, purpose="refresh").count()
    assert queued == len(running(db.session.get_one(type(stage.connection), connection_id))) > 0


def test_mails_go_out_with_the_clock_when_the_doorbell_was_deaf(app, stage, monkeypatch):
    sent = []
    monkeypatch.setattr("erp.postman._hand_over", lambda url, message: sent.append(message["To"]))
    app.config["MAIL_URL"] = "smtp://localhost"
    stage.reject(stage.job())
    clock.tick()
    assert sorted(sent) == ["bob@x.test", "pam@x.test"]


def test_the_clock_writes_the_daily_summaries_and_sends_them_in_the_same_round(app, stage, monkeypatch):
    sent = []
    monkeypatch.setattr("erp.postman._hand_over", lambda url, message: sent.append(message["To"]))
    app.config["MAIL_URL"] = "smtp://localhost"
    with time_machine.travel(datetime(2026, 11, 22, 18, 0, tzinfo=UTC), tick=False) as travel:
        stage.job()
        clock.tick()
        assert sent == []
        travel.move_to(datetime(2026, 11, 23, 7, 0, tzinfo=UTC))
        clock.tick()
        clock.tick()
    assert sorted(sent) == ["ann@x.test", "bob@x.test"]
