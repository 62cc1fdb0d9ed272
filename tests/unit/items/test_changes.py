"""What accounting does not have yet: by field, against what it was last sent, and in Details against what was accepted."""

import pytest

from erp.db import db, transaction
from erp.documents import budget_change
from erp.documents.budget import Budget
from erp.documents.budget_moves import Move
from erp.exchanges.settle import take_over
from erp.items.changes import Changed, changed, in_accounting, without_badge
from erp.items.diff import diff
from erp.items.joining import join
from erp.kind import KINDS
from tests.unit.stage import QUICKBOOKS

PHONE = [Changed("Phone", "", "555-0302")]


def payload(made):
    db.session.commit()
    return KINDS["company"].snapshot(made)


def test_nothing_is_known_before_accounting_took_it(stage):
    made = stage.company()
    item = stage.send("company", made)
    assert (in_accounting(item), changed(item, payload(made))) == ({}, [])


def test_a_changed_field_is_named_until_accounting_has_it(stage):
    made = stage.company()
    item = stage.synced(stage.send("company", made))
    assert changed(item, payload(made)) == []
    made.phone = "555-0302"
    assert changed(item, payload(made)) == PHONE
    stage.send("company", made)
    assert changed(item, payload(made)) == PHONE, "it waits for Ann"
    stage.synced(item)
    assert changed(item, payload(made)) == []


def test_a_rejected_update_counts_as_never_sent(stage):
    made = stage.company()
    item = stage.synced(stage.send("company", made))
    made.phone = "555-0302"
    stage.send("company", made)
    stage.reject(item)
    assert changed(item, payload(made)) == PHONE


def test_a_wish_that_accounting_never_gets_is_no_change(stage):
    item = stage.job_in_erp()
    stage.pier.wished_customer = "Somebody else"
    assert changed(item, KINDS["job"].snapshot(stage.pier)) == []


def test_what_is_missing_in_an_older_snapshot_counts_as_empty(stage):
    made = stage.company()
    item = stage.synced(stage.send("company", made))
    item.snapshot.payload = '{"name": "Harbor Welding"}'
    assert changed(item, payload(made)) == []


def test_details_compare_with_the_version_that_was_accepted(stage):
    made = stage.company()
    item = stage.accepted("company", made)
    assert diff(item) is None
    stage.synced(item)
    made.phone = "555-0302"
    stage.send("company", made)
    found = diff(item)
    assert (found.fields, found.steps, found.size) == (PHONE, [], 1)


def test_what_was_linked_and_then_changed_by_us_is_remembered_as_linked(stage):
    """Nothing of ours made it: it carries no marker of an Add."""
    made = stage.company()
    item = stage.exporting(stage.accepted("company", made))
    with transaction():
        item.in_erp, item.filter = True, "ready-to-update"
        take_over(item, "succeed", QUICKBOOKS, {"erp_id": "V1", "name": "Harbor Welding"})
    assert item.result["imported"]
    made.phone = "555-0302"
    stage.exporting(stage.accepted("company", made))
    with transaction():
        take_over(item, "succeed", QUICKBOOKS, {"erp_id": "V1", "name": "Harbor Welding"})
    assert item.result["imported"]


def test_what_we_made_is_not_called_linked(stage):
    item = stage.exporting(stage.accepted("company", stage.company()))
    with transaction():
        take_over(item, "succeed", QUICKBOOKS, {"erp_id": "V1", "name": "Harbor Welding"})
    assert "imported" not in item.result


def shown(item):
    return (item.number, item.title, item.amount, item.summary.get("badge", ""), item.summary.get("sends"))


@pytest.mark.parametrize("how", ["reject", "retrieve"])
def test_a_budget_whose_update_went_back_shows_the_money_that_accounting_has(stage, how):
    item = stage.synced(stage.ready_budget(100_00, 200_00))
    before, summary = shown(item), item.summary
    with transaction():
        made = db.session.get_one(Budget, item.document_id)
        lines = sorted(made.lines, key=lambda line: line.id)
        change = budget_change.create(made, stage.people.pam, "BC-1", "More rock", "", [Move(lines[0], 12_00)])
        budget_change.submit(change, stage.people.pam)
        budget_change.approve(change, stage.people.pam)
    stage.send("budget", made)
    assert shown(item) == (item.number, item.title, 312_00, "Changes only", 12_00)
    getattr(stage, how)(item, *(["Not yet."] if how == "reject" else []))
    assert shown(item) == (*before[:3], "Changes with PM", None)
    assert item.summary == summary | {"badge": "Changes with PM"}


def test_a_job_whose_new_name_was_rejected_keeps_the_name_that_accounting_has(stage):
    item = stage.job_in_erp()
    was = shown(item)
    stage.pier.title = stage.pier.number = "25-0099"
    stage.send("job", stage.pier)
    stage.reject(item)
    assert shown(item) == (*was[:3], "Changes with PM", None)


def test_a_code_is_known_by_its_code_and_a_division_stays_one(stage):
    stage.codes_in_erp()
    code, item = stage.codes[0], stage.item(stage.codes[0].id)
    was = shown(item)
    code.title = "Another name"
    stage.send("cost_code", code)
    stage.retrieve(item, by="adam")
    assert shown(item) == (*was[:3], "Changes with PM", None)
    assert without_badge({"badge": "Division", "sends": 1}) == {"badge": "Division"}


def test_what_was_joined_shows_what_it_was_when_it_was_joined(stage):
    with transaction():
        item = join(
            "link", "job", stage.connection, stage.pier, stage.people.adam, {"erp_id": "8-1", "name": "City:Pier", "shows": []}
        )
    was = shown(item)
    stage.pier.title = "Pier Ten"
    stage.send("job", stage.pier)
    stage.retrieve(item)
    assert shown(item) == (*was[:3], "Changes with PM", None)


def test_what_was_joined_before_that_was_kept_shows_the_badge_all_the_same(stage):
    with transaction():
        item = join(
            "link", "job", stage.connection, stage.pier, stage.people.adam, {"erp_id": "8-1", "name": "City:Pier", "shows": []}
        )
        item.result = {"shows": []}
    stage.send("job", stage.pier)
    stage.retrieve(item)
    assert shown(item) == (item.number, item.title, 0, "Changes with PM", None)
