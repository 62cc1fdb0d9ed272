"""Who is told about a rejection: exactly these, and never the person who did it."""

import pytest

from erp.cli.user import give
from erp.db import db
from erp.documents import project as projects
from erp.items.perform import reject
from erp.mail import Mail
from erp.people import Level
from erp.people.user import PUSH
from erp.states import State

JOB = "ERP Project Rejection Notification: 25-1361 Pier 9 Sewer Renewal"


def told(stage):
    return [to.partition("@")[0] for to, _ in stage.mails()]


def test_a_rejected_project_is_told_to_its_creator_and_the_other_approvers(stage):
    stage.reject(stage.job(), "Which customer?")
    assert stage.mails() == [("pam@x.test", JOB), ("bob@x.test", JOB)]


def test_a_rejected_project_with_named_approvers_is_told_to_those(stage):
    stage.pier.approver_ids = [stage.people.bob.id]
    stage.reject(stage.job(), by="bob")
    assert told(stage) == ["pam"]


def test_the_person_who_rejects_is_dropped_even_as_creator_and_nobody_left_is_no_mail(stage):
    mine = stage.project(by="ann")
    stage.people.bob.active = False
    stage.reject(stage.send("job", mine, by="ann"), by="ann")
    assert stage.mails() == []


def test_a_rejected_budget_is_told_to_creator_and_sender_and_not_to_approvers(stage):
    stage.job_in_erp()
    stage.codes_in_erp()
    made = stage.budget()
    projects.grant(stage.pier, stage.people.stan, "budget", Level.ADMIN)
    stage.reject(stage.send("budget", made, by="stan"), "Too high.")
    assert stage.mails() == [
        ("pam@x.test", "Budget rejected: Pier 9 Sewer Renewal (25-1361-B)"),
        ("stan@x.test", "Budget rejected: Pier 9 Sewer Renewal (25-1361-B)"),
    ]


def test_creator_and_sender_in_one_person_get_one_mail(stage):
    stage.reject(stage.ready_budget(), "Too high.")
    assert told(stage) == ["pam"]


def test_a_rejected_code_is_told_to_its_sender_by_the_general_mail(stage):
    stage.reject(stage.send("cost_code", stage.codes[0]), "Not in our chart.")
    assert stage.mails() == [("adam@x.test", "ERP Cost Code Rejection Notification: 32-1200 Asphalt paving")]


def test_people_who_left_get_no_mail(stage):
    item = stage.job()
    stage.people.pam.active = stage.people.bob.active = False
    stage.reject(item)
    assert stage.mails() == []


def test_an_approver_without_a_level_any_more_is_not_told(stage):
    give(stage.people.olga, PUSH)
    stage.reject(stage.job())
    assert told(stage) == ["pam", "bob"]


@pytest.mark.parametrize("action", ["send", "accept", "retrieve"])
def test_nothing_else_writes_a_mail_yet(stage, action):
    item = stage.job()
    if action == "accept":
        stage.accept(item, customer="80000001-1")
    if action == "retrieve":
        stage.retrieve(item)
    assert stage.mails() == []


def test_a_refused_rejection_writes_no_mail_and_a_rolled_back_one_neither(stage):
    item = stage.job()
    reject(item, stage.people.ann, "no")
    db.session.rollback()
    assert stage.mails() == []
    assert item.state == State.READY


def test_the_mail_says_who_what_why_and_where_in_text_and_html(stage):
    stage.reject(stage.ready_budget(), "Line 3 <b>is</b> wrong & late")
    mail = db.session.query(Mail).one()
    link = f"http://localhost:8000/projects/{stage.pier.id}/budget"
    assert mail.text.startswith("Hello Pam,\n\nAnn rejected the budget of Pier 9 Sewer Renewal (3 lines, 6,001.50).")
    assert "Explanation: Line 3 <b>is</b> wrong & late" in mail.text
    assert link in mail.text
    assert f'href="{link}"' in mail.html
    assert "Line 3 &lt;b&gt;is&lt;/b&gt; wrong &amp; late" in mail.html
    assert "still locked" in mail.text


def test_the_mail_about_a_project_says_that_nothing_is_in_accounting(stage):
    stage.reject(stage.job())
    mail = db.session.query(Mail).first()
    assert "Comment:" not in mail.text
    assert f"http://localhost:8000/projects/{stage.pier.id}" in mail.text
    assert "Nothing of it is in accounting." in mail.text
    assert mail.event_id == stage.events(stage.item(stage.pier.id))[-1].id
