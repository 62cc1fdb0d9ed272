"""Mails for administrators: what did not arrive and why, Try again, and who is told what."""

import pytest

from erp import mail
from erp.audit import Event
from erp.db import db, transaction
from erp.mail import Mail
from erp.postman import deliver
from tests.smtp import Server
from tests.unit.web.pages import all_words, page, told, words

URL = "/settings/mails/"
FORM = {"rejected_cost_code": ["creator"], "resent": "y", "silence_hours": "48"}


@pytest.fixture
def refused(app, stage):
    """Pam's mail was refused for good, Bob's is still being tried."""
    stage.reject(stage.job())
    with Server() as server:
        app.config["MAIL_URL"] = server.url
        server.orders["pam@x.test"] = ["550"]
        server.orders["bob@x.test"] = ["451"]
        deliver()
        yield server


def shown(answer):
    return [words(row) for row in page(answer).xpath("//main//tbody/tr")]


def test_adam_sees_what_did_not_arrive_with_the_reason(refused, as_):
    bob, pam = shown(as_("adam").get(URL))
    assert pam.startswith("pam@x.testERP Project Rejection Notification: 25-1361 Pier 9 Sewer Renewal")
    assert "Failed" in pam
    assert "The mail server refused the recipient: 550 no" in pam
    assert pam.endswith("Try again")
    assert "Tried 1×" in bob
    assert "451" in bob
    assert not bob.endswith("Try again")


@pytest.mark.parametrize("name", ["pam", "ann", "stan", "olga"])
def test_nobody_else_sees_or_changes_it(refused, as_, name):
    browser = as_(name)
    assert browser.get(URL).status_code == 403
    for url in (URL, f"{URL}try", f"{URL}1/try"):
        assert browser.post(url, data=FORM).status_code == 403
    assert mail.chosen("silence_hours") == 24


def test_try_again_lets_it_go_out_under_the_same_message_id(refused, as_):
    row = db.session.query(Mail).filter_by(to="pam@x.test").one()
    answer = as_("adam").post(f"{URL}{row.id}/try", follow_redirects=True)
    assert told(answer) == ["1 mail is tried again now."]
    assert deliver() == 1
    assert refused.kept("pam@x.test") == {row.message_id}
    assert "pam@x.test" not in "".join(shown(as_("adam").get(URL)))


def test_try_all_again_takes_everything_that_failed_and_nothing_that_was_sent(refused, as_):
    with transaction():
        db.session.query(Mail).filter_by(to="bob@x.test").update({"state": "sent", "error": ""})
    assert told(as_("adam").post(f"{URL}try", follow_redirects=True)) == ["1 mail is tried again now."]
    assert [row.state for row in db.session.query(Mail).order_by(Mail.to)] == ["sent", "queued"]


def test_try_again_on_what_is_not_there_or_was_sent_says_so(stage, as_):
    assert told(as_("adam").post(f"{URL}999/try", follow_redirects=True)) == [
        "Nothing to try: it was sent, or is being tried already."
    ]


def test_when_everything_arrived_the_page_says_so(people, as_):
    assert "Every mail arrived." in words(page(as_("adam").get(URL)))
    assert "No mail server is configured" in words(page(as_("adam").get(URL)))


def test_adam_chooses_who_is_told(people, as_):
    adam = as_("adam")
    assert all_words(adam.get(URL), "//fieldset/legend") == [
        "Sub Jobs, rejected: tell",
        "Companies, rejected: tell",
        "Standard Cost Codes, rejected: tell",
    ]
    assert told(adam.post(URL, data=FORM, follow_redirects=True)) == ["Saved. It holds from the next event on."]
    assert (mail.roles("reject", "cost_code"), mail.chosen("resent"), mail.chosen("silence_hours")) == (("creator",), True, 48)
    ticked = page(adam.get(URL)).xpath("//fieldset//input[@checked]/@value")
    assert ticked == ["creator"]
    assert db.session.query(Event).filter_by(subject="mails", action="configure").one().actor == "Adam"


def test_nobody_may_be_told_too(people, as_):
    as_("adam").post(URL, data={"silence_hours": "0"})
    assert (mail.roles("reject", "cost_code"), mail.chosen("resent"), mail.chosen("silence_hours")) == ((), False, 0)


@pytest.mark.parametrize("wrong", [{"silence_hours": ""}, {"silence_hours": "-1"}, {"silence_hours": "x"}, {"silence_hours": "99999"},
                                   {"rejected_cost_code": ["everybody"]}])  # fmt: skip
def test_what_makes_no_sense_is_not_kept(people, as_, wrong):
    assert as_("adam").post(URL, data=FORM | wrong).status_code == 422
    assert mail.chosen("silence_hours") == 24
