"""Logging in: the same answer for a wrong password and an unknown person, and patience with neither."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from erp.db import db
from erp.people.login import LoginAttempt, LoginRefused, TooManyTries, find, log_in
from tests.unit.conftest import PASSWORD

HERE, THERE = "203.0.113.5", "203.0.113.9"
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(people, monkeypatch):
    monkeypatch.setattr("erp.people.login._NOBODY", people.ann.password_hash)
    with time_machine.travel(START, tick=False) as travel:
        yield travel


def wrong(times, email="ann@x.test", address=HERE):
    for _ in range(times):
        with pytest.raises(LoginRefused):
            log_in(email, "wrong", address)


def sentence(email="ann@x.test", address=HERE, password=PASSWORD):
    with pytest.raises(TooManyTries) as refused:
        log_in(email, password, address)
    return refused.value.sentence


def test_the_right_password_lets_in_whatever_the_capitals_and_blanks_of_the_e_mail(people):
    assert log_in("  Ann@X.Test ", PASSWORD, HERE).id == people.ann.id


def test_a_wrong_password_an_unknown_person_and_an_inactive_one_get_the_same_sentence(people):
    people.stan.active = False
    said = set()
    for email, password in (("ann@x.test", "wrong"), ("who@x.test", PASSWORD), ("stan@x.test", PASSWORD), ("ann@x.test", "")):
        with pytest.raises(LoginRefused) as refused:
            log_in(email, password, HERE)
        said.add(refused.value.sentence)
    assert said == {"That e-mail and password do not match. Check both and try again."}


def test_four_wrong_passwords_are_forgiven(people):
    wrong(4)
    assert log_in("ann@x.test", PASSWORD, HERE).id == people.ann.id


def test_after_five_the_account_waits_a_minute_even_for_the_right_password_and_says_so(people, clock):
    wrong(5)
    assert sentence() == "Too many wrong passwords. Wait 2 min and try again; nothing was changed."
    clock.shift(timedelta(seconds=59))
    assert "Wait 1 min" in sentence()
    clock.shift(timedelta(seconds=2))
    assert log_in("ann@x.test", PASSWORD, HERE).id == people.ann.id


@pytest.mark.parametrize(("times", "minutes"), [(5, 1), (10, 5), (20, 15)])
def test_the_wait_grows_and_never_passes_a_quarter_of_an_hour(people, clock, times, minutes):
    db.session.add_all(LoginAttempt(email="ann@x.test", address=HERE, at=START) for _ in range(times))
    db.session.commit()
    clock.shift(timedelta(minutes=minutes) - timedelta(seconds=1))
    assert "Wait 1 min" in sentence()
    clock.shift(timedelta(seconds=2))
    assert log_in("ann@x.test", PASSWORD, HERE).id == people.ann.id


def test_waiting_is_not_prolonged_by_trying(people, clock):
    wrong(5)
    for _ in range(10):
        sentence()
    clock.shift(timedelta(seconds=61))
    assert log_in("ann@x.test", PASSWORD, HERE).id == people.ann.id


def test_wrong_passwords_for_ann_do_not_hold_up_bob(people):
    wrong(5)
    assert log_in("bob@x.test", PASSWORD, HERE).id == people.bob.id


def test_an_unknown_account_is_throttled_like_a_known_one():
    wrong(5, "who@x.test")
    assert "Too many" in sentence("who@x.test")


def test_an_address_that_tries_many_accounts_waits_too_and_others_do_not(people):
    db.session.add_all(LoginAttempt(email=f"{n}@x.test", address=HERE, at=START) for n in range(50))
    db.session.commit()
    assert "Too many" in sentence("bob@x.test", HERE)
    assert log_in("bob@x.test", PASSWORD, THERE).id == people.bob.id


def test_old_attempts_are_forgotten(people, clock):
    db.session.add_all(LoginAttempt(email="ann@x.test", address=HERE, at=START) for _ in range(60))
    db.session.commit()
    clock.shift(timedelta(minutes=31))
    assert log_in("ann@x.test", PASSWORD, HERE).id == people.ann.id


def test_an_unknown_person_costs_a_hash_too_so_that_time_tells_nothing(monkeypatch):
    checked = []
    monkeypatch.setattr("erp.people.login.check_password_hash", lambda kept, password: checked.append(kept) or False)
    for email in ("ann@x.test", "who@x.test"):
        with pytest.raises(LoginRefused):
            log_in(email, "x", HERE)
    assert len(checked) == 2


def test_the_attempt_keeps_no_password():
    wrong(1)
    kept = db.session.query(LoginAttempt).one()
    assert (kept.email, kept.address) == ("ann@x.test", HERE)
    assert "wrong" not in str({column.name: getattr(kept, column.name) for column in LoginAttempt.__table__.columns})


def test_nobody_is_found_by_half_an_e_mail():
    assert find("ann@x") is None
    assert find("%") is None


def test_attempts_that_count_no_more_are_not_kept(clock):
    wrong(3)
    clock.shift(timedelta(minutes=31))
    wrong(1, "bob@x.test")
    assert [row.email for row in db.session.query(LoginAttempt)] == ["bob@x.test"]
