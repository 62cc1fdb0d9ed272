"""A person's own page: whether the daily summary comes, and when."""

import pytest

from erp.db import db
from erp.mail import Wish, wish_of
from tests.unit.web.pages import page, told, words

URL = "/me/mail"


def wish(user):
    db.session.expire_all()
    return (wish_of(user).daily_summary, wish_of(user).at)


@pytest.mark.parametrize("name", ["pam", "ann", "stan", "adam", "olga"])
def test_everybody_has_it_on_at_seven_and_changes_his_own_only(people, as_, name):
    answer = as_(name).get(URL)
    assert page(answer).xpath("//input[@name='daily_summary'][@checked]")
    assert page(answer).xpath("//input[@name='time']/@value") == ["07:00"]
    as_(name).post(URL, data={"daily_summary": "y", "time": "16:30"})
    assert wish(getattr(people, name)) == (True, "16:30")
    assert db.session.query(Wish).count() == 1


def test_nobody_is_sent_to_the_login(people, as_):
    assert as_("nobody").get(URL).location.startswith("/login")


def test_switched_off_and_on_again(people, as_):
    ann = as_("ann")
    assert "No summary comes any more" in told(ann.post(URL, data={"time": "07:00"}, follow_redirects=True))[0]
    assert wish(people.ann) == (False, "07:00")
    again = ann.post(URL, data={"daily_summary": "y", "time": "06:15:00"}, follow_redirects=True)
    assert told(again) == ["Saved. The summary comes at 06:15 while something waits for you."]
    assert wish(people.ann) == (True, "06:15")


@pytest.mark.parametrize("wrong", ["", "25:00", "7", "07:60", "now", "07:00; DROP TABLE mails"])
def test_a_time_that_is_none_is_not_kept(people, as_, wrong):
    assert as_("ann").post(URL, data={"daily_summary": "y", "time": wrong}).status_code == 422
    assert wish(people.ann) == (True, "07:00")


def test_it_names_the_zone_and_tells_who_does_not_decide(people, as_):
    people.ann.zone = "America/Los_Angeles"
    db.session.commit()
    assert "America/Los_Angeles" in words(page(as_("ann").get(URL)))
    assert "You do not decide about items" not in words(page(as_("ann").get(URL)))
    assert "You do not decide about items" in words(page(as_("stan").get(URL)))
