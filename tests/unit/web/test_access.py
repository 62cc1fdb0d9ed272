"""Who is asking: sessions that end, the way to the login page and back, and rights that are looked up at every click."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from erp.db import db
from erp.people import Privilege
from erp.web.access import IDLE_SECONDS
from tests.unit.conftest import PASSWORD
from tests.unit.stage import CITY

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def clock(app):
    with time_machine.travel(START, tick=False) as travel:
        yield travel


def enter(browser, email="ann@x.test", password=PASSWORD, **form):
    return browser.post("/login", data={"email": email, "password": password, **form})


def seen_by(browser):
    """200 for who is logged in, 302 for who is sent to the login page."""
    return browser.get("/projects/").status_code


def test_a_page_asked_for_without_a_session_leads_to_the_login_page_and_back(as_):
    answer = as_("nobody").get("/erp/1/job/synced?q=Pier+9")
    assert answer.location == "/login?next=/erp/1/job/synced?q%3DPier%2B9"


def test_a_post_without_a_session_is_not_repeated_after_the_login(as_):
    assert as_("nobody").post("/erp/1/job/export").location == "/login"


def test_a_session_ends_after_four_idle_hours_and_not_before(clock, as_):
    ann = as_("ann")
    for _ in range(5):
        clock.shift(IDLE_SECONDS - 1)
        assert seen_by(ann) == 200
    clock.shift(IDLE_SECONDS + 61)
    assert seen_by(ann) == 302
    assert seen_by(ann) == 302


def test_a_poll_every_second_and_a_half_does_not_rewrite_the_cookie(clock, as_):
    ann = as_("ann")
    seen_by(ann)
    clock.shift(30)
    with ann.session_transaction() as session:
        before = session["seen"]
    seen_by(ann)
    with ann.session_transaction() as session:
        assert session["seen"] == before


def test_a_new_password_ends_every_session_of_that_person_and_of_nobody_else(people, as_):
    ann, other, bob = as_("ann"), as_("ann"), as_("bob")
    people.ann.set_password("another one")
    db.session.commit()
    assert [seen_by(one) for one in (ann, other, bob)] == [302, 302, 200]


def test_who_is_switched_off_is_out_at_the_next_click(people, as_):
    ann = as_("ann")
    assert seen_by(ann) == 200
    people.ann.active = False
    db.session.commit()
    assert seen_by(ann) == 302


def test_a_privilege_taken_away_counts_at_the_next_click(stage, as_):
    ann, item = as_("ann"), stage.job(customer=CITY)
    assert ann.get(f"/erp/{stage.connection.id}/job/").status_code == 200
    db.session.query(Privilege).filter_by(user_id=stage.people.ann.id).delete()
    db.session.commit()
    assert ann.post(f"/erp/{stage.connection.id}/job/export").status_code == 403
    assert item.state == "Accepted"


@pytest.mark.parametrize("identity", ["", "1", "1:", ":", "x:y", "²:x", "1:" + "0" * 24, "999:abc", "-1:x", str(10**30) + ":x"])
def test_an_identity_that_was_not_given_out_is_nobody(people, as_, identity):
    browser = as_("nobody")
    with browser.session_transaction() as session:
        session["_user_id"], session["_fresh"] = identity, True
    assert seen_by(browser) == 302


def test_a_cookie_signed_with_another_key_is_nobody(app, people, as_):
    ann = as_("ann")
    app.config["SECRET_KEY"] = "another"
    assert seen_by(ann) == 302


def test_a_refused_page_is_logged_with_who_asked(as_, caplog):
    as_("pam").get("/settings/connections")
    assert "refused: GET /settings/connections for pam@x.test" in caplog.text


def test_the_login_starts_a_session_of_its_own_and_keeps_nothing_of_the_one_before(people, as_):
    browser = as_("nobody")
    with browser.session_transaction() as session:
        session["planted"], session["csrf_token"] = "by an attacker", "fixed"
    assert enter(browser).status_code == 303
    with browser.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != "fixed"
        assert session.permanent
    assert seen_by(browser) == 200


def test_logging_out_ends_the_session(people, as_):
    ann = as_("ann")
    assert ann.post("/logout").location == "/login"
    assert seen_by(ann) == 302


def test_logging_out_is_no_link(as_):
    assert as_("ann").get("/logout").status_code == 405


def test_the_session_cookie_is_out_of_reach_for_scripts_and_other_sites(people, as_):
    cookie = enter(as_("nobody")).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_behind_https_the_cookie_stays_there(app, people, as_):
    app.config["SESSION_COOKIE_SECURE"] = True
    assert "Secure" in enter(as_("nobody")).headers["Set-Cookie"]


def test_a_session_ends_twelve_hours_after_the_login_however_busy_it_was(clock, people, as_):
    browser = as_("nobody")
    enter(browser)
    for _ in range(11):
        clock.shift(timedelta(hours=1))
        assert seen_by(browser) == 200
    clock.shift(timedelta(hours=1, seconds=1))
    assert seen_by(browser) == 302
