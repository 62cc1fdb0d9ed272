"""Who is asking: sessions that end, the way to the login page and back, and rights that are looked up at every click."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from sqlalchemy import select

from erp.db import db
from erp.people import Privilege
from erp.people.sessions import IDLE, WebSession
from tests.unit.conftest import PASSWORD
from tests.unit.stage import CITY, statements

HTMX = {"HX-Request": "true"}
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


def test_a_session_ends_after_thirty_idle_minutes_and_not_before(clock, as_):
    ann = as_("ann")
    for _ in range(5):
        clock.shift(IDLE - timedelta(seconds=1))
        assert seen_by(ann) == 200
    clock.shift(IDLE)
    assert seen_by(ann) == 302
    assert seen_by(ann) == 302


def noted():
    db.session.expire_all()
    return db.session.scalars(select(WebSession.seen_at)).one()


def test_a_click_is_noted_once_a_minute_and_not_every_time(clock, as_):
    ann = as_("ann")
    clock.shift(59)
    seen_by(ann)
    assert noted() == START
    clock.shift(1)
    seen_by(ann)
    assert noted() == START + timedelta(minutes=1)


def test_a_page_that_asks_for_itself_keeps_nobody_logged_in(stage, clock, as_):
    ann = as_("ann")
    for _ in range(10):
        clock.shift(timedelta(minutes=2, seconds=59))
        assert ann.get(f"/erp/{stage.connection.id}/job/?poll=1", headers=HTMX).status_code == 200
    clock.shift(timedelta(seconds=10))
    assert ann.get(f"/erp/{stage.connection.id}/job/?poll=1", headers=HTMX).status_code == 204


def test_session_and_person_are_looked_up_in_one_query(people, as_):
    ann = as_("ann")
    db.session.expunge_all()
    with statements() as asked:
        assert ann.get("/projects/").status_code == 200
    assert len([query for query in asked if "web_sessions" in query]) == 1
    assert "users" in next(query for query in asked if "web_sessions" in query)
    assert not [query for query in asked if "FROM users" in query]


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


def cookie_of(browser):
    return browser.get_cookie("session").value


def test_logging_out_ends_the_session_and_every_copy_of_its_cookie(people, as_):
    ann, thief = as_("ann"), as_("nobody")
    assert seen_by(ann) == 200
    thief.set_cookie("session", cookie_of(ann))
    assert seen_by(thief) == 200
    assert ann.post("/logout").location == "/login"
    thief.set_cookie("session", thief.get_cookie("session").value)
    assert [seen_by(ann), seen_by(thief)] == [302, 302]


def test_a_login_renews_the_session_and_the_one_before_is_dead(people, as_):
    ann, copy = as_("ann"), as_("nobody")
    assert seen_by(ann) == 200
    copy.set_cookie("session", cookie_of(ann))
    assert enter(ann).status_code == 303
    assert [seen_by(ann), seen_by(copy)] == [200, 302]


def test_the_database_knows_no_key_of_a_session(people, as_):
    browser = as_("nobody")
    enter(browser)
    with browser.session_transaction() as session:
        key = session["_user_id"]
    assert len(key) >= 43
    assert key not in str(list(db.session.execute(db.metadata.tables["web_sessions"].select())))


@pytest.mark.parametrize("at", ["/erp/1/job/synced?q=Pier+9", "/projects/7/budget"])
def test_htmx_is_led_to_the_login_page_and_back_to_the_page_that_was_open(as_, at):
    headers = HTMX | {"HX-Current-URL": f"http://localhost{at}"}
    for answer in (
        as_("nobody").get("/erp/1/items/3", headers=headers),
        as_("nobody").post("/erp/1/job/export", headers=headers),
    ):
        assert (answer.status_code, answer.data) == (204, b"")
        assert parse_qs(urlsplit(answer.headers["HX-Redirect"]).query) == {"next": [at]}


@pytest.mark.parametrize("at", ["http://evil.test/erp/", "//evil.test", "", "javascript:alert(1)"])
def test_htmx_is_not_led_to_a_page_of_another_site(as_, at):
    answer = as_("nobody").post("/erp/1/job/export", headers=HTMX | {"HX-Current-URL": at})
    assert answer.headers["HX-Redirect"] == "/login"


def test_a_decision_of_an_ended_session_is_not_executed(stage, as_):
    ann, item = as_("ann"), stage.job()
    stage.people.ann.sessions = []
    db.session.commit()
    answer = ann.post(
        f"/erp/{stage.connection.id}/items/{item.id}/acceptance", data={"version": 1, "customer": CITY}, headers=HTMX
    )
    assert answer.status_code == 204
    assert (item.state, item.version) == ("Ready", 1)


def test_after_a_logout_in_another_tab_htmx_goes_to_the_login_page_although_its_token_is_gone(app, stage, as_):
    app.config["WTF_CSRF_ENABLED"] = True
    answer = as_("nobody").post(f"/erp/{stage.connection.id}/job/export", headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/login")


def test_with_a_one_time_password_nothing_opens_but_the_own_account(stage, as_):
    stage.people.ann.set_password(PASSWORD, once=True)
    db.session.commit()
    ann, item = as_("ann"), stage.job()
    assert ann.get("/erp/").location == "/account/"
    assert ann.post(f"/erp/{stage.connection.id}/items/{item.id}/acceptance", headers=HTMX).headers["HX-Redirect"] == "/account/"
    assert item.state == "Ready"
    assert ann.get("/account/").status_code == 200
    assert ann.post("/logout").location == "/login"


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
    for _ in range(28):
        clock.shift(timedelta(minutes=25))
        assert seen_by(browser) == 200
    clock.shift(timedelta(minutes=20))
    assert seen_by(browser) == 302
