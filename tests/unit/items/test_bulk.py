"""Accepting and rejecting many at once: what may be decided is, the rest stays with its reasons, and nothing unseen is decided."""

import pytest

from erp.db import db, transaction
from erp.items.bulk import accept_all, reject_all
from erp.items.perform import Refused, accept
from erp.kinds.cost_code import COST_CODE
from erp.mail import Mail
from erp.people import Level
from erp.people.access import set_grid
from erp.people.user import Grant
from erp.states import State
from tests.unit.stage import ACCOUNTS, CITY


def accept_many(stage, items, by="ann", **form):
    with transaction():
        done, refused = accept_all(items, getattr(stage.people, by), form)
    return done, [(item.title, [reason.text for reason in reasons]) for item, reasons in refused]


def jobs(stage, *wished):
    made = [stage.project(f"25-10{n}", f"Job {n}", wished_customer=wish) for n, wish in enumerate(wished)]
    return [stage.send("job", one) for one in made]


def test_everything_that_can_be_accepted_is_and_the_rest_is_named(stage):
    items = jobs(stage, "City of Bayview", "", "City of Bayview")
    assert accept_many(stage, items) == (2, [("Job 1", ["Choose Customer."])])
    assert [item.state for item in items] == [State.ACCEPTED, State.READY, State.ACCEPTED]


def test_one_choice_for_all_wins_over_what_each_row_proposes(stage):
    items = jobs(stage, "Harbor Unified School District", "")
    assert accept_many(stage, items, customer=CITY) == (2, [])
    assert {item.choices["customer"]["id"] for item in items} == {CITY}


def test_what_is_not_ready_any_more_is_left_alone_in_silence(stage):
    items = jobs(stage, "City of Bayview", "City of Bayview")
    stage.retrieve(items[0])
    assert accept_many(stage, items) == (1, [])
    assert [item.state for item in items] == [State.WITH_PM, State.ACCEPTED]


def test_a_division_that_came_along_with_its_first_code_is_not_counted_again(stage):
    items = [stage.send("cost_code", code) for code in stage.codes[:2]]
    above = stage.item(stage.codes[0].division_id)
    assert accept_many(stage, [*items, above], **ACCOUNTS) == (2, [])
    assert above.state == State.ACCEPTED


def test_stan_accepts_nothing_and_the_reasons_name_the_privilege(stage):
    done, refused = accept_many(stage, jobs(stage, "City of Bayview"), by="stan")
    assert (done, [title for title, _ in refused]) == (0, ["Job 0"])


def test_the_grid_counts_for_each_row(stage):
    set_grid(stage.people.ann, "cost_code", can_import=True, can_export=False)
    done, refused = accept_many(stage, [*jobs(stage, "City of Bayview"), stage.send("cost_code", stage.codes[0])], **ACCOUNTS)
    assert (done, len(refused)) == (1, 1)


def test_a_refusal_undoes_only_its_own_row(stage):
    items = jobs(stage, "", "City of Bayview")
    accept_many(stage, items)
    db.session.expire_all()
    assert [event.action for event in stage.events(items[0])] == ["send"]
    assert [event.action for event in stage.events(items[1])] == ["send", "accept"]


def test_a_row_that_was_sent_anew_since_the_page_was_drawn_is_not_accepted(stage):
    items = jobs(stage, "City of Bayview", "City of Bayview")
    seen = {item.id: item.version for item in items}
    stage.retrieve(items[0])
    stage.send("job", items[0].declaration.load(items[0].document_id))
    with transaction():
        done, refused = accept_all(items, stage.people.ann, {}, seen)
    assert done == 1
    assert [reason.text for _, reasons in refused for reason in reasons] == [
        "Pam sent it first. It is now Ready; nothing was changed by you."]  # fmt: skip
    assert [item.state for item in items] == [State.READY, State.ACCEPTED]


# Reject All


@pytest.fixture
def sent(stage):
    """Adam sent three codes, Olga a fourth; with their divisions six items wait for Ann."""
    stage.people.olga.grants.append(Grant(tool="company_admin", level=Level.ADMIN))
    from erp.documents import cost_code

    with transaction():
        hers = cost_code.create(stage.people.olga, "26-0500", "Electrical", "")
    items = [stage.send("cost_code", code) for code in stage.codes]
    above = [stage.item(key) for key in sorted({code.division_id for code in stage.codes})]
    return [*above, *items, stage.send("cost_code", hers, by="olga")]


def reject_every(stage, items, comment="", by="ann", seen=None):
    with transaction():
        done, refused = reject_all(COST_CODE, items, getattr(stage.people, by), comment, seen)
    return done, [(item.label, [reason.text for reason in reasons]) for item, reasons in refused]


def test_everything_goes_back_and_each_sender_gets_one_mail_with_the_count(stage, sent):
    assert reject_every(stage, sent, "Not in our chart.") == (6, [])
    assert {item.state for item in sent} == {State.WITH_PM}
    assert stage.mails() == [
        ("adam@x.test", "ERP Cost Code Rejection Notification: 5 cost codes"),
        ("olga@x.test", "ERP Cost Code Rejection Notification: 1 cost code"),
    ]
    his, hers = db.session.query(Mail).order_by(Mail.id)
    assert "Ann rejected 5 cost codes for Harbor & Hill, which you had sent." in his.text
    assert "Comment: Not in our chart." in his.text
    assert all(number in his.text for number in ("32-1200", "32-1600", "33-3100"))
    assert "26-0500" not in his.text
    assert "- 26-0500 Electrical" in hers.text
    assert his.text.endswith("http://localhost:8000/cost-codes")
    assert all("Not in our chart." in event.comment for item in sent for event in stage.events(item)[-1:])


def test_a_mail_about_many_names_the_first_twenty_and_counts_the_others(stage):
    from erp.documents import cost_code

    with transaction():
        made = [cost_code.create(stage.people.adam, f"99{n:02}", f"Code <{n}>", "") for n in range(23)]
    reject_every(stage, [stage.send("cost_code", code) for code in made])
    mail = db.session.query(Mail).one()
    assert (mail.text.count("\n- "), "and 3 more." in mail.text, "Comment" in mail.text) == (20, True, False)
    assert (mail.html.count("<li>"), "Code &lt;0&gt;" in mail.html, "and 3 more." in mail.html) == (20, True, True)


def test_who_rejects_what_he_sent_himself_gets_no_mail(stage):
    stage.people.ann.grants.append(Grant(tool="company_admin", level=Level.ADMIN))
    reject_every(stage, [stage.send("cost_code", stage.codes[0], by="ann")])
    assert stage.mails() == []


def test_what_is_accepted_or_was_retrieved_stays_as_it_is(stage, sent):
    with transaction():
        accept(sent[2], stage.people.ann, ACCOUNTS)
    stage.retrieve(sent[5], by="olga")
    assert reject_every(stage, sent) == (3, [])
    assert [item.state for item in sent[:3]] == [State.ACCEPTED, State.WITH_PM, State.ACCEPTED]
    assert [to for to, _ in stage.mails()] == ["adam@x.test"]


def test_a_code_that_was_sent_anew_since_the_page_was_drawn_is_not_rejected(stage, sent):
    seen = {item.id: item.version for item in sent}
    stage.retrieve(sent[5], by="olga")
    stage.send("cost_code", sent[5].declaration.load(sent[5].document_id), by="olga")
    done, refused = reject_every(stage, sent, seen=seen)
    assert (done, refused) == (5, [("26-0500 Electrical", ["Olga sent it first. It is now Ready; nothing was changed by you."])])
    assert (sent[5].state, [to for to, _ in stage.mails()]) == (State.READY, ["ann@x.test", "bob@x.test", "adam@x.test"])


def test_of_two_who_reject_everything_at_once_one_does_and_the_other_finds_nothing(stage, sent):
    seen = {item.id: item.version for item in sent}
    assert reject_every(stage, sent, by="bob", seen=seen) == (6, [])
    assert reject_every(stage, sent, seen=seen) == (0, [])
    assert len(stage.mails()) == 2


@pytest.mark.parametrize(("comment", "words"), [("x" * 2001, "has 2,001 characters"), ("a\x01b", "control character")])
def test_a_comment_that_cannot_be_kept_is_refused_once_and_nothing_is_rejected(stage, sent, comment, words):
    with pytest.raises(Refused, match=words):
        reject_every(stage, sent, comment)
    db.session.rollback()
    assert {item.state for item in sent} == {State.READY}
    assert stage.mails() == []


@pytest.mark.parametrize("name", ["stan", "adam", "pam", "olga"])
def test_nobody_without_the_privilege_rejects_everything(stage, sent, name):
    done, refused = reject_every(stage, sent, by=name)
    assert (done, len(refused), stage.mails()) == (0, 6, [])
