"""Vendors that accounting has: added to the Directory, or linked to a company that is there; a change of it travels afterwards."""

from erp import links
from erp.books import records
from erp.db import db, transaction
from erp.items import find
from erp.items.why_not import why_not
from erp.kind import KINDS
from tests.unit.stage import row


def vendor(stage, name="Old Welders", **data):
    stage.apply(row("vendor", "V1", name, **data))
    return records.find(stage.connection.id, "vendor", "V1")


def test_a_vendor_is_added_with_all_that_accounting_has(stage):
    record = vendor(stage, street="4 Forge Lane", tax_id="12", email="a@x.test, b@x.test")
    with transaction():
        item = links.add(record, stage.people.stan)
    made = KINDS["company"].load(item.document_id)
    assert (made.title, made.street, made.tax_id, made.active) == ("Old Welders", "4 Forge Lane", "12", True)
    assert (item.state, item.erp_id, record.state) == ("Synced", "V1", "Linked")


def test_a_vendor_is_linked_and_the_warning_goes_away(stage):
    made, record = stage.company("Old Welders", street="9 New Street"), vendor(stage)
    assert KINDS["company"].warns(find(stage.connection.id, made.id) or _first(stage, made), made)
    assert [one.id for one in links.likely(record)] == [made.id]
    with transaction():
        item = links.link(record, made.id, stage.people.adam)
    assert KINDS["company"].warns(item, made) == []
    assert why_not("send", item, stage.people.olga) == [], "accounting has nothing of ours yet"
    stage.send("company", made)
    assert (item.filter, item.in_erp) == ("ready-to-update", True)
    db.session.commit()


def _first(stage, made):
    from erp.items.perform import item_for

    return item_for("company", stage.connection, made)
