"""The outbox: one row per person, one line per subject, text and HTML, written with its event and not without it."""

import pytest
from markupsafe import escape
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from erp import mail
from erp.audit import System, record
from erp.db import db
from erp.items import find
from erp.mail import TOLD, Mail

NASTY = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}",
    "{% for x in y %}",
    "' onmouseover='x",
    "&lt;b&gt;",
]


def told(stage, *recipients, actor=None):
    item = find(stage.connection.id, stage.pier.id) or stage.job()
    event = record(item.subject, "reject", actor or stage.people.ann)
    return mail.write(event, "project_rejected", recipients, item=item)


def test_each_recipient_gets_one_row_whoever_is_named_twice(stage):
    rows = told(stage, stage.people.pam, stage.people.bob, stage.people.pam)
    assert [row.to for row in rows] == ["pam@x.test", "bob@x.test"]
    assert {row.state for row in rows} == {"queued"}
    assert {row.tries for row in rows} == {0}


def test_the_person_who_acted_and_people_who_left_are_dropped(stage):
    stage.people.bob.active = False
    assert told(stage, stage.people.ann, stage.people.bob) == []
    assert db.session.scalars(select(Mail)).all() == []


def test_what_the_system_did_is_told_to_everybody_named(stage):
    assert len(told(stage, stage.people.ann, stage.people.pam, actor=System("worker"))) == 2


def test_the_key_names_event_template_and_person_and_is_there_once(stage):
    row = told(stage, stage.people.pam)[0]
    assert row.key == f"event:{row.event_id}:project_rejected:{stage.people.pam.id}"
    values = {column.name: getattr(row, column.name) for column in Mail.__table__.columns if column.name != "id"}
    db.session.add(Mail(**values))
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_the_message_id_is_a_function_of_the_key():
    assert mail.message_id("event:1:x:2") == mail.message_id("event:1:x:2") != mail.message_id("event:1:x:3")
    assert mail.message_id("event:1:x:2").endswith("@countersign>")


def test_a_mail_is_gone_with_its_rolled_back_event(stage):
    told(stage, stage.people.pam)
    db.session.rollback()
    assert db.session.scalars(select(Mail)).all() == []


@pytest.mark.parametrize("title", ["Pier\r\nBcc: all@x.test", "a\nb", "a\u2028b", "a\x0bb", " wide   gaps "])
def test_a_subject_is_one_line_whatever_the_title_holds(stage, title):
    stage.pier.title = "Pier 9"
    item = stage.job()
    item.title = title
    subject = mail.write(record(item.subject, "reject", stage.people.ann), "project_rejected", [stage.people.pam], item=item)[
        0
    ].subject
    assert subject == "ERP Project Rejection Notification: 25-1361 " + " ".join(title.split())
    assert not set(subject) & set("\r\n\u2028\x0b")


def test_a_subject_is_at_most_200_characters_long():
    assert len(mail.one_line("x" * 300)) == 200


@pytest.mark.parametrize("words", NASTY)
def test_the_html_part_escapes_comment_name_and_title_and_the_text_part_keeps_them(stage, words):
    stage.people.ann.name = f"Ann {words}"
    stage.people.pam.name = f"Pam {words}"
    item = stage.job()
    item.title = f"Pier {words}"
    row = mail.write(
        record(item.subject, "reject", stage.people.ann, comment=words), "project_rejected", [stage.people.pam], item=item
    )[0]
    assert "<script" not in row.html
    assert "<img" not in row.html
    assert row.html.count(str(escape(words))) == row.text.count(words) == 4


def test_every_mail_that_is_told_has_its_three_templates(app):
    for told in TOLD.values():
        for part in ("subject.txt", "body.txt", "body.html"):
            assert app.jinja_env.get_template(f"mail/{told.template}/{part}")


def test_the_table_of_mails_has_a_row_for_each_kind_and_nothing_for_a_quiet_action():
    assert [mail.told("reject", kind).template for kind in ("job", "budget", "cost_code", "commitment")] == [
        "project_rejected", "budget_rejected", "rejected", "rejected"]  # fmt: skip
    assert mail.told("accept", "job") is None


def test_the_inbox_shows_the_newest_first(stage):
    rows = told(stage, stage.people.pam, stage.people.bob)
    assert [row.id for row in mail.inbox()] == [rows[1].id, rows[0].id]
    assert [row.id for row in mail.inbox(limit=1)] == [rows[1].id]
