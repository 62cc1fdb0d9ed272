"""What failed, what could not be decided and what was sent again: who is told, and what an administrator may choose."""

import pytest

from erp import mail
from erp.audit import record
from erp.db import db, transaction
from erp.items.perform import RECIPIENTS, advance, tell, unaccept
from erp.mail import Mail
from tests.unit.stage import CITY, QUICKBOOKS


def told(stage):
    return [(to.partition("@")[0], subject) for to, subject in stage.mails()]


@pytest.fixture
def choose(stage):
    """An administrator's choice."""

    def chosen(name, value):
        with transaction():
            mail.choose(name, value)

    return chosen


# failed, undecided


def fail(stage, item, **error):
    """As exchanges.settle.fail_item does it."""
    stage.failed(item, **error)
    with transaction():
        tell(item, stage.events(item)[-1])


def test_a_refusal_is_told_to_the_approver_who_exported_and_to_nobody_else(stage):
    item = stage.exporting(stage.job(customer=CITY), by="bob")
    fail(stage, item, cause="The name is in use.", cure="Rename one.")
    assert told(stage) == [("bob", "ERP Project Export Failed: 25-1361 Pier 9 Sewer Renewal")]
    words = db.session.query(Mail).one()
    for part in ("The name is taken.", "Cause: The name is in use.", "Cure: Rename one.", f"/erp/1/items/{item.id}"):
        assert part in words.text
        assert part in words.html


def test_after_a_retry_it_is_told_to_whoever_retried(stage):
    item = stage.exporting(stage.job(customer=CITY), by="bob")
    stage.failed(item)
    with transaction():
        advance(item, "retry", stage.people.ann)
    fail(stage, item)
    assert [name for name, _ in told(stage)] == ["ann"]


def test_an_approver_who_left_is_not_told_and_then_nobody_is(stage):
    item = stage.exporting(stage.job(customer=CITY), by="bob")
    stage.people.bob.active = False
    fail(stage, item)
    assert told(stage) == []


def test_what_could_not_be_decided_is_told_to_the_approver_who_exported(stage):
    item = stage.exporting(stage.job(customer=CITY))
    with transaction():
        tell(item, record("exchange:1", "undecided", QUICKBOOKS, comment="Two of them are <there>."))
    assert told(stage) == [("ann", "ERP Project Needs You: 25-1361 Pier 9 Sewer Renewal")]
    words = db.session.query(Mail).one()
    assert "Two of them are <there>." in words.text
    assert "Two of them are &lt;there&gt;." in words.html


# sent again


@pytest.fixture
def rejected(stage):
    """Pam's project, rejected; that mail is out of the way."""
    item = stage.job()
    stage.reject(item)
    db.session.query(Mail).delete()
    db.session.commit()
    return item


def test_a_re_send_is_told_to_the_approvers(stage, rejected):
    stage.send("job", stage.pier)
    assert told(stage) == [(name, "ERP Project Re-sent: 25-1361 Pier 9 Sewer Renewal") for name in ("ann", "bob")]
    assert f"http://localhost:8000/erp/1/items/{rejected.id}" in db.session.query(Mail).first().text


def test_the_sender_is_dropped_from_it_even_as_an_approver(stage):
    mine = stage.project(by="ann")
    stage.retrieve(stage.send("job", mine, by="ann"), by="ann")
    stage.send("job", mine, by="ann")
    assert [name for name, _ in told(stage)] == ["bob"]


def test_a_re_send_is_told_to_nobody_if_an_administrator_says_so(stage, rejected, choose):
    choose("resent", False)
    stage.send("job", stage.pier)
    assert told(stage) == []


def test_taking_back_an_acceptance_is_no_re_send(stage):
    item = stage.job(customer=CITY)
    with transaction():
        unaccept(item, stage.people.ann)
    assert told(stage) == []


# the table per kind


@pytest.mark.parametrize(("roles", "names"), [([], []), (["creator"], ["adam"]), (["approvers"], ["bob"]),
                                              (["creator", "sender", "approvers"], ["adam", "bob"])])  # fmt: skip
def test_a_rejected_code_is_told_to_whom_an_administrator_chose(stage, choose, roles, names):
    choose("rejected:cost_code", roles)
    stage.reject(stage.send("cost_code", stage.codes[0]), "No.")
    assert [name for name, _ in told(stage)] == names


def test_who_is_told_of_a_rejected_project_or_budget_cannot_be_chosen(stage, choose):
    choose("rejected:job", [])
    stage.reject(stage.job())
    assert [name for name, _ in told(stage)] == ["pam", "bob"]
    assert [mail.exact(kind) for kind in ("job", "budget", "cost_code")] == [True, True, False]


def test_every_role_of_the_table_has_people_behind_it(stage):
    assert {role for row in mail.TOLD.values() for role in row.roles} | set(mail.ROLES) == set(RECIPIENTS)
