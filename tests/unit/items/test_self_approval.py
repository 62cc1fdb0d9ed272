"""Self-approval: allow, flag or block; and nobody is locked out by a block."""

import pytest

from erp import audit
from erp.cli.user import give
from erp.db import db, transaction
from erp.documents import project as projects
from erp.items import self_approval
from erp.items.perform import Refused, accept, change_choices
from erp.items.self_approval import SelfApprovalRefused
from erp.items.why_not import cheap
from erp.people import Grant, Level
from erp.people.access import set_grid
from erp.people.user import PUSH
from tests.unit.stage import ACCOUNTS, CITY, SCHOOLS

OWN = "You sent it yourself, and here nobody approves what he sent. Another approver decides."


def choose(stage, wanted):
    with transaction():
        self_approval.choose(stage.connection, stage.people.adam, wanted)


@pytest.fixture
def own(stage):
    """An item that Ann sent and may decide about."""
    projects.grant(stage.pier, stage.people.ann, "project_admin", Level.ADMIN)
    return stage.send("job", stage.pier, by="ann")


def test_flag_is_the_default_and_an_unknown_setting_counts_as_it(stage):
    assert self_approval.setting(stage.connection) == "flag"
    stage.connection.settings = {"self_approval": "whatever"}
    assert self_approval.setting(stage.connection) == "flag"


@pytest.mark.parametrize(("wanted", "flagged"), [("allow", False), ("flag", True)])
def test_allow_and_flag_let_the_sender_accept_and_only_flag_marks_it(stage, own, wanted, flagged):
    choose(stage, wanted)
    stage.accept(own, customer=CITY)
    assert stage.events(own)[-1].details["self_approval"] is flagged


def test_block_refuses_the_sender_and_lets_every_other_approver(stage, own):
    choose(stage, "block")
    with pytest.raises(Refused, match=OWN):
        stage.accept(own, customer=CITY)
    db.session.rollback()
    assert own.state == "Ready"
    assert stage.accept(own, by="bob", customer=CITY).state == "Accepted"


def test_block_refuses_the_sender_other_choices_too_and_flag_marks_them_when_they_take_the_acceptance_over(stage, own):
    stage.accept(own, by="bob", customer=CITY)
    choose(stage, "block")
    with pytest.raises(Refused, match=OWN), transaction():
        change_choices(own, stage.people.ann, {"customer": SCHOOLS})
    choose(stage, "flag")
    for customer, flagged in ((SCHOOLS, True), (CITY, False)):
        with transaction():
            change_choices(own, stage.people.ann, {"customer": customer})
        assert stage.events(own)[-1].details["self_approval"] is flagged


def test_block_refuses_the_retry_of_the_sender_too_for_its_choices_are_open_again(stage, own):
    choose(stage, "block")
    stage.failed(stage.exporting(stage.accept(own, by="bob", customer=CITY), by="bob"))
    assert [reason.text for reason in cheap("retry", own, stage.people.ann)] == [OWN]
    assert not cheap("retry", own, stage.people.bob)


def test_block_refuses_the_sender_to_say_what_in_accounting_is_his_item(stage, own):
    stage.accept(own, by="bob", customer=CITY)
    choose(stage, "block")
    for action in ("adopt", "send_again"):
        assert [reason.text for reason in self_approval.why_not(action, own, stage.people.ann)] == [OWN]
        assert not self_approval.why_not(action, own, stage.people.bob)


def test_block_lets_the_sender_reject_and_export_what_another_accepted(stage, own):
    choose(stage, "block")
    assert not cheap("reject", own, stage.people.ann)
    stage.accept(own, by="bob", customer=CITY)
    assert not cheap("export", own, stage.people.ann)


def test_block_counts_for_what_is_accepted_along_with_it(stage):
    people = stage.people
    people.ann.grants.append(Grant(tool="company_admin", project_id=None, level=int(Level.ADMIN)))
    stage.send("cost_code", stage.codes[0], by="ann")
    other = stage.send("cost_code", stage.codes[1])
    choose(stage, "block")
    with pytest.raises(Refused, match=OWN), transaction():
        accept(other, people.ann, ACCOUNTS)
    assert other.state == "Ready"
    assert stage.accept(other, by="bob", **ACCOUNTS).state == "Accepted"


def test_the_change_is_in_the_trail_once(stage):
    choose(stage, "allow")
    choose(stage, "allow")
    events = [e for e in audit.history(f"connection:{stage.connection.id}") if e.action == "self_approval"]
    assert [(event.actor, event.frm, event.to) for event in events] == [("Adam", "flag", "allow")]


def test_block_needs_two_people_for_each_kind(stage):
    set_grid(stage.people.bob, "budget", can_import=True, can_export=False)
    with pytest.raises(SelfApprovalRefused, match="Fewer than two people may decide about Budget."):
        choose(stage, "block")
    assert self_approval.setting(stage.connection) == "flag"
    give(stage.people.stan, PUSH)
    choose(stage, "block")
    assert self_approval.setting(stage.connection) == "block"


def test_with_one_approver_every_kind_is_named(stage):
    stage.people.bob.active = False
    with pytest.raises(SelfApprovalRefused, match="Jobs, Companies, Standard Cost Codes, Budget"):
        choose(stage, "block")


def test_the_other_settings_of_the_connection_stay(stage):
    stage.connection.settings = {"close_date": "2026-01-31"}
    choose(stage, "allow")
    assert stage.connection.settings == {"close_date": "2026-01-31", "self_approval": "allow"}


def test_what_is_no_setting_is_refused(stage):
    with pytest.raises(SelfApprovalRefused, match="allow, flag or block"):
        choose(stage, "never")
