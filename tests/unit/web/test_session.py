"""The login page: its sentences, the throttle, and where it leads afterwards."""

import pytest

from erp.people import login
from erp.web.session import local
from tests.unit.conftest import PASSWORD
from tests.unit.web.pages import page, words

AWAY = [
    "//evil.test", "///evil.test", "/\\evil.test", "\\\\evil.test", "/\\/evil.test", "http://evil.test", "https:evil.test", "//evil.test/erp/",
    "javascript:alert(1)", "data:text/html,x", " //evil.test", "\t//evil.test", "/\t/evil.test", "/\n/evil.test", "/\r//evil.test",
    "evil.test", "@evil.test", "?next=//evil.test", "", "/erp\\..\\..", "http:/erp/", "//%65vil.test", "/\r\nSet-Cookie: x=1", "mailto:x@x.test",
]  # fmt: skip


@pytest.fixture(autouse=True)
def quick(people, monkeypatch):
    monkeypatch.setattr(login, "_NOBODY", people.ann.password_hash)


def enter(browser, email="ann@x.test", password=PASSWORD, **form):
    return browser.post("/login", data={"email": email, "password": password, **form})


def said(answer):
    return [words(one) for one in page(answer).xpath("//p[@class='error']")]


@pytest.mark.parametrize("target", AWAY)
def test_no_login_leads_to_another_site(as_, target):
    assert local(target) == ""
    assert enter(as_("nobody"), next=target).location == "/"


@pytest.mark.parametrize("target", ["/erp/1/job/synced?q=Pier+9&after=x~1", "/projects/7", "/"])
def test_a_login_leads_back_to_the_page_that_was_asked_for(as_, target):
    assert enter(as_("nobody"), next=target).location == target


@pytest.mark.parametrize(
    ("name", "leads"), [("ann", "/erp/"), ("stan", "/erp/"), ("adam", "/erp/"), ("pam", "/projects/"), ("olga", "/projects/")]
)
def test_people_of_accounting_start_at_the_desk_and_the_others_at_their_projects(as_, name, leads):
    assert as_(name).get("/").location == leads


def test_nobody_starts_at_the_login_page(as_):
    assert as_("nobody").get("/").location == "/login"


def test_who_is_logged_in_is_not_asked_again(as_):
    assert as_("ann").get("/login").location == "/"


def test_a_wrong_password_and_an_unknown_person_read_the_same(as_):
    answers = [enter(as_("nobody"), password="wrong"), enter(as_("nobody"), email="who@x.test")]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert [said(answer) for answer in answers] == [["That e-mail and password do not match. Check both and try again."]] * 2


def test_after_five_wrong_passwords_the_page_says_how_long_to_wait(as_):
    browser = as_("nobody")
    for _ in range(5):
        enter(browser, password="wrong")
    answer = enter(browser)
    assert answer.status_code == 429
    assert (
        said(answer) == ["Too many wrong passwords. Wait 1 min and try again; nothing was changed."]
        or "Wait 2 min" in said(answer)[0]
    )


def test_what_is_missing_is_asked_for_by_name(as_):
    answer = enter(as_("nobody"), email="", password="")
    assert answer.status_code == 422
    assert said(answer) == ["Write your e-mail address.", "Write your password."]


@pytest.mark.parametrize("field", ["email", "password"])
def test_a_very_long_entry_is_refused_before_it_costs_anything(as_, monkeypatch, field):
    monkeypatch.setattr("erp.web.session.log_in", lambda *_: pytest.fail("it was hashed"))
    assert enter(as_("nobody"), **{field: "x" * 2000}).status_code == 422


def test_the_password_does_not_come_back_in_the_page(as_):
    answer = enter(as_("nobody"), password="my secret word")
    assert b"my secret word" not in answer.data


@pytest.mark.parametrize("evil", ['"><script>alert(1)</script>', "<img src=x onerror=alert(1)>"])
def test_what_was_typed_comes_back_as_text(as_, evil):
    answer = enter(as_("nobody"), email=evil, next=evil)
    assert b"<script>alert" not in answer.data
    assert b"<img src=x" not in answer.data
