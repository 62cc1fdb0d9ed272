"""Accept, change of choices, taking back, Reject: one winner, the comment where it is asked, and everything in the trail."""

from datetime import timedelta

import pytest

from erp.audit import past
from erp.cli.user import give
from erp.db import db, now, transaction
from erp.documents import budget as budgets
from erp.items.perform import Refused, accept, advance, change_choices, reject, unaccept
from erp.items.why_not import why_not
from erp.moves import Stale
from erp.people import Privilege
from erp.people.access import set_grid
from erp.people.user import PUSH
from erp.reports import decisions
from erp.states import Filter, State
from tests.unit.stage import ACCOUNTS, CITY, SCHOOLS

ACTIONS = ("accept", "choose", "reject", "export", "unaccept", "retry", "look_again")


def said(refused):
    return [reason.text for reason in refused.value.reasons]


@pytest.mark.parametrize("name", ["pam", "stan", "adam", "olga"])
def test_without_the_privilege_nobody_decides(stage, name):
    item, person = stage.job(), getattr(stage.people, name)
    for decide in (lambda: accept(item, person, {"customer": CITY}), lambda: reject(item, person, "no")):
        with pytest.raises(Refused, match=PUSH), transaction():
            decide()
    assert (item.state, item.version) == (State.READY, 1)


@pytest.mark.parametrize("name", ["ann", "bob"])
def test_an_approver_accepts_and_the_row_shows_whose_acceptance_it_is(stage, name):
    item = stage.accept(stage.job(), by=name, customer=SCHOOLS)
    assert (item.state, item.filter, item.acceptor.name) == (State.ACCEPTED, Filter.EXPORT, name.title())
    assert item.choices == {"customer": {"id": SCHOOLS, "name": "Harbor Unified School District"}}
    assert item.snapshot.accepted_at is not None


def test_each_decision_stands_in_the_trail_with_the_rights_held(stage):
    item = stage.job(customer=CITY)
    event = stage.events(item)[-1]
    assert (event.action, event.actor, event.rights) == ("accept", "Ann", {"erp": "Standard", "push": True})
    assert event.details == {
        "choices": {"customer": {"id": CITY, "name": "City of Bayview"}},
        "self_approval": False,
        "amount": 0,
    }


def test_the_sender_who_accepts_his_own_item_is_flagged(stage):
    give(stage.people.adam, PUSH)
    item = stage.send("cost_code", stage.codes[0], by="adam")
    stage.accept(item, by="adam", **ACCOUNTS)
    assert stage.events(item)[-1].details["self_approval"] is True


def test_the_grid_narrows_the_decision_of_one_kind(stage):
    set_grid(stage.people.ann, "job", can_import=True, can_export=False)
    item = stage.job()
    with pytest.raises(Refused, match="approver grid"):
        stage.accept(item, customer=CITY)
    assert stage.accept(item, by="bob", customer=CITY).acceptor is stage.people.bob


def test_if_the_project_names_approvers_only_they_decide(stage):
    stage.pier.approver_ids = [stage.people.bob.id]
    item = stage.job()
    for action in ("accept", "reject"):
        assert [r.text for r in why_not(action, item, stage.people.ann)] == [
            "The project names its approvers, and you are not one of them."]  # fmt: skip
    assert stage.accept(item, by="bob", customer=CITY).state == State.ACCEPTED


def test_being_named_is_no_privilege(stage):
    stage.pier.approver_ids = [stage.people.stan.id]
    with pytest.raises(Refused, match=PUSH):
        stage.accept(stage.job(), by="stan", customer=CITY)


def test_a_privilege_lost_between_page_and_click_decides_nothing(stage):
    item = stage.job()
    db.session.query(Privilege).filter_by(user_id=stage.people.ann.id).delete()
    db.session.commit()
    with pytest.raises(Refused, match=PUSH):
        stage.accept(item, customer=CITY)
    assert item.state == State.READY


def test_nobody_decides_about_what_is_not_there_to_decide(stage):
    item = stage.exporting(stage.job(customer=CITY))
    assert [r.text for r in why_not("accept", item, stage.people.ann)] == ["It is Exporting now."]
    with pytest.raises(Refused):
        stage.reject(item)


def test_changed_choices_replace_the_old_ones_and_the_acceptor(stage):
    item = stage.job(customer=CITY)
    with transaction():
        change_choices(item, stage.people.bob, {"customer": SCHOOLS}, version=item.version)
    assert (item.state, item.choices["customer"]["id"], item.acceptor.name) == (State.ACCEPTED, SCHOOLS, "Bob")
    assert [event.action for event in stage.events(item)] == ["send", "accept", "choose"]


def test_the_same_choices_again_are_no_decision(stage):
    item = stage.job(customer=CITY)
    with transaction():
        assert change_choices(item, stage.people.bob, {"customer": CITY}, version=item.version) is None
    assert ([event.action for event in stage.events(item)], item.acceptor.name) == (["send", "accept"], "Ann")


def test_an_acceptance_with_other_choices_counts_once_in_the_reports(stage):
    item = stage.job(customer=CITY)
    with transaction():
        change_choices(item, stage.people.ann, {"customer": SCHOOLS})
    since = now() - timedelta(days=1)
    assert [(one.person, one.n) for one in decisions.approved(stage.connection, since)] == [("Ann", 1)]
    assert [one.event.action for one in decisions.of_person(stage.people.ann)] == ["choose", "accept"]
    assert past("choose") == "changed the choices"


@pytest.mark.parametrize("name", ["pam", "stan", "adam", "olga"])
def test_without_the_privilege_nobody_changes_choices(stage, name):
    item = stage.job(customer=CITY)
    with pytest.raises(Refused, match=PUSH), transaction():
        change_choices(item, getattr(stage.people, name), {"customer": SCHOOLS})
    assert (item.choices["customer"]["id"], item.acceptor.name) == (CITY, "Ann")


def test_choices_that_are_refused_leave_the_acceptance_as_it_was(stage):
    item = stage.job(customer=CITY)
    with pytest.raises(Refused), transaction():
        change_choices(item, stage.people.ann, {"customer": "no such id"})
    assert (item.state, item.choices["customer"]["id"], item.version) == (State.ACCEPTED, CITY, 2)


def test_an_old_page_changes_no_choices(stage):
    item = stage.job(customer=CITY)
    with pytest.raises(Stale), transaction():
        change_choices(item, stage.people.bob, {"customer": SCHOOLS}, version=1)
    assert (item.choices["customer"]["id"], item.acceptor.name) == (CITY, "Ann")


def test_an_acceptance_is_taken_back_and_the_choices_are_proposed_again(stage):
    item = stage.job(customer=SCHOOLS)
    with transaction():
        unaccept(item, stage.people.bob)
    assert (item.state, item.accepted_by, item.choices["customer"]["id"]) == (State.READY, None, SCHOOLS)
    assert stage.accept(item).choices["customer"]["id"] == SCHOOLS


def test_an_export_is_not_taken_back_by_taking_an_acceptance_back(stage):
    item = stage.exporting(stage.job(customer=CITY))
    with pytest.raises(Refused, match="being exported"), transaction():
        unaccept(item, stage.people.ann)
    assert item.state == State.EXPORTING


def test_a_stale_version_accepts_nothing(stage):
    item = stage.job()
    stage.retrieve(item)
    stage.send("job", stage.pier)
    with pytest.raises(Stale) as stale:
        stage.accept(item, version=1, customer=CITY)
    assert stale.value.sentence == "Pam sent it first. It is now Ready; nothing was changed by you."
    assert item.state == State.READY


@pytest.mark.parametrize("reach", ["ready", "accepted", "failed"])
def test_reject_leads_home_from_ready_accepted_and_failed(stage, reach):
    item = stage.job()
    if reach != "ready":
        stage.accept(item, customer=CITY)
    if reach == "failed":
        stage.failed(stage.exporting(item))
    event = stage.reject(item, " Wrong customer. ")
    assert (item.state, item.filter, item.accepted_by, item.choices, item.error) == (State.WITH_PM, None, None, {}, {})
    assert (event.comment, event.to) == ("Wrong customer.", State.WITH_PM)


@pytest.mark.parametrize("action", ["reject", "retrieve"])
def test_an_update_that_goes_home_goes_home_to_synced(stage, action):
    item = stage.job_in_erp()
    with transaction():
        advance(item, "send", stage.people.pam)
    assert (item.state, item.filter) == (State.READY, Filter.UPDATE)
    getattr(stage, action)(item)
    assert (item.state, item.filter, item.in_erp) == (State.SYNCED, Filter.SYNCED, True)


@pytest.mark.parametrize("comment", ["", "   ", "\n\t"])
def test_a_budget_is_not_rejected_without_an_explanation(stage, comment):
    item = stage.ready_budget()
    with pytest.raises(Refused) as refused:
        stage.reject(item, comment)
    assert said(refused) == ["Enter a short explanation: the explanation is missing. The sender reads it."]
    assert item.state == State.READY
    assert stage.mails() == []


def test_a_job_and_a_code_are_rejected_without_a_comment(stage):
    for item in (stage.job(), stage.send("cost_code", stage.codes[0])):
        stage.reject(item, "")
        assert item.state == State.WITH_PM


def test_a_rejected_budget_stays_locked_and_unlock_is_live(stage):
    item = stage.ready_budget()
    made = db.session.get_one(budgets.Budget, item.document_id)
    assert budgets.why_not_unlock(made) != []
    stage.reject(item, "Line 3 is on the wrong code.")
    assert made.locked_at is not None
    assert budgets.why_not_unlock(made) == []


@pytest.mark.parametrize("comment", ["nul\0", "bell\a", "\x1b[31mred", "x" * 2001])
def test_a_comment_that_no_mail_can_carry_is_refused_with_a_sentence(stage, comment):
    item = stage.job()
    with pytest.raises(Refused, match="comment"):
        stage.reject(item, comment)
    assert item.state == State.READY


def test_a_comment_of_many_lines_and_scripts_is_kept_to_the_letter(stage):
    words = "Zeile 1 – „größer“\nسطر ٢\t🙂"
    assert stage.reject(stage.job(), words).comment == words


def test_versions_and_events_agree_after_a_long_way(stage):
    item = stage.job(customer=CITY)
    stage.failed(stage.exporting(item))
    stage.reject(item)
    stage.synced(stage.accept(stage.send("job", stage.pier), customer=CITY))
    events = stage.events(item)
    assert [event.version for event in events] == list(range(1, item.version + 1))
    assert [event.frm for event in events[1:]] == [event.to for event in events[:-1]]
    assert events[-1].to == item.state == State.SYNCED
