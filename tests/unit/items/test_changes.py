"""What accounting does not have yet: by field, against what it was last sent, and in Details against what was accepted."""

from erp.db import db, transaction
from erp.exchanges.settle import take_over
from erp.items.changes import Changed, changed, in_accounting
from erp.items.diff import diff
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
