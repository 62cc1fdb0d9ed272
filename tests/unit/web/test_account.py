"""The own account: the password, and the sessions in other browsers."""

import pytest
from sqlalchemy import select

from erp.db import db
from erp.people import WebSession, login
from tests.unit.conftest import PASSWORD
from tests.unit.web.pages import all_words, page, words

GOOD = "gravel lantern seven"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(autouse=True)
def quick(people, monkeypatch):
    monkeypatch.setattr(login, "_NOBODY", people.ann.password_hash)


def change(browser, **changed):
    return browser.post("/account/password", data={"old": PASSWORD, "new": GOOD, "again": GOOD} | changed)


def errors(answer):
    return all_words(answer, "//p[@class='error']")


def enter(browser, **headers):
    return browser.post("/login", data={"email": "ann@x.test", "password": PASSWORD}, headers=headers)


@pytest.mark.parametrize("name", ["pam", "ann", "stan", "adam", "olga"])
def test_everybody_has_an_account_page_and_nobody_is_sent_to_the_login(as_, name):
    assert as_(name).get("/account/").status_code == 200
    assert as_("nobody").get("/account/").location == "/login?next=/account/"


def test_a_new_password_ends_every_session_but_gives_this_browser_a_new_one(people, as_):
    ann, other, bob = as_("ann"), as_("ann"), as_("bob")
    before = ann.get_cookie("session").value
    assert change(ann).location == "/account/"
    assert people.ann.check_password(GOOD)
    assert [one.get("/projects/").status_code for one in (ann, other, bob)] == [200, 302, 200]
    copy = as_("nobody")
    copy.set_cookie("session", before)
    assert copy.get("/projects/").status_code == 302


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"old": "wrong"}, ["That is not your password. Nothing was changed."]),
        ({"old": ""}, ["Write the password that you have now."]),
        ({"again": "something else"}, ["The two new passwords differ. Type them again."]),
        ({"new": "short", "again": "short"}, ["The password has 5 characters; at least 12 are needed. Three or four words make a good one."]),
        ({"new": PASSWORD, "again": PASSWORD}, ["That is the old password. Choose another one."]),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_at_its_field_and_nothing_changes(people, as_, wrong, words):
    ann, other = as_("ann"), as_("ann")
    answer = change(ann, **wrong)
    assert (answer.status_code, errors(answer)) == (422, words)
    assert people.ann.check_password(PASSWORD)
    assert other.get("/projects/").status_code == 200
    assert GOOD not in answer.text


def test_guessing_the_old_password_is_slowed_down_like_a_login(as_):
    ann = as_("ann")
    for _ in range(5):
        change(ann, old="wrong")
    assert "Too many wrong passwords" in errors(change(ann))[0]


def test_after_a_one_time_password_everything_opens(people, as_):
    people.ann.must_change_password = True
    db.session.commit()
    ann = as_("ann")
    assert ann.get("/projects/").location == "/account/"
    assert "one-time password" in ann.get("/account/").text
    assert change(ann).location == "/"
    assert ann.get("/projects/").status_code == 200


def test_the_sessions_are_listed_with_their_browser_and_this_one_is_marked(people, as_):
    here, there = as_("nobody"), as_("nobody")
    enter(there, **{"User-Agent": FIREFOX})
    enter(here)
    rows = [[words(cell) for cell in row.xpath("./td")] for row in page(here.get("/account/")).xpath("//main//tbody/tr")]
    assert {(row[0], row[1], row[-1]) for row in rows} == {
        ("Firefox on Windows", "127.0.0.1", "End"),
        (rows[0][0], "127.0.0.1", "This browser"),
    }


def test_ending_another_session_ends_that_one_alone(people, as_):
    here, there, third = as_("nobody"), as_("nobody"), as_("nobody")
    for browser in (here, there, third):
        enter(browser)
    first, second, _ = db.session.scalars(select(WebSession.id).order_by(WebSession.id))
    assert here.post(f"/account/sessions/{second}/end").location == "/account/"
    assert [one.get("/projects/").status_code for one in (here, there, third)] == [200, 302, 200]
    assert here.post("/account/sessions/end").location == "/account/"
    assert [one.get("/projects/").status_code for one in (here, there, third)] == [200, 302, 302]


def test_the_session_of_somebody_else_is_404_and_stays(people, as_):
    ann, bob = as_("ann"), as_("bob")
    his = db.session.scalars(select(WebSession.id).where(WebSession.user_id == people.bob.id)).one()
    assert [ann.post(f"/account/sessions/{key}/end").status_code for key in (his, 0, 999)] == [404] * 3
    assert bob.get("/projects/").status_code == 200


def test_a_browser_name_with_markup_is_text(people, as_):
    browser = as_("nobody")
    enter(browser, **{"User-Agent": "<script>alert(1)</script>"})
    assert "<script>alert" not in browser.get("/account/").text
