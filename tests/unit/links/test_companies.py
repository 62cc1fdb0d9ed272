"""Vendors that accounting has: added to the Directory, or linked to a company that is there; a change of it travels afterwards."""

import pytest

from erp import connections, links
from erp.books import records
from erp.db import db, now, transaction
from erp.documents.company import Company
from erp.exchanges.unlink import unlink
from erp.items import find
from erp.items.perform import Refused
from erp.items.why_not import why_not
from erp.kind import KINDS
from erp.links.matching import TAXED
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


def test_a_vendor_with_the_tax_id_of_a_company_is_linked_not_added_beside_it(stage):
    stage.company("Anvil Brothers")
    made, record = stage.company("Harbor Welding", tax_id="12-3456789"), vendor(stage, tax_id="12-3456789")
    assert [(one.id, one.like) for one in links.likely(record)][0] == (made.id, TAXED)
    with pytest.raises(Refused) as refused:
        links.add(record, stage.people.stan)
    assert [reason.text for reason in refused.value.reasons] == [
        "Harbor Welding is here already under the tax ID of Old Welders. Press Link; or change the tax ID here first, if they are "
        "two."
    ]
    assert records.find(stage.connection.id, "vendor", "V1").state == "Staged"


def test_no_tax_id_is_not_the_same_tax_id(stage):
    stage.company("Harbor Welding")
    assert [one.like for one in links.likely(vendor(stage))] == [""]


def linked(stage, name="Old Welders"):
    """A company of the Directory, linked to the vendor of its name."""
    made, record = stage.company(name), vendor(stage, name)
    with transaction():
        item = links.link(record, made.id, stage.people.adam)
    return made, item


def read_again(stage, moment):
    with transaction():
        connections.schedule(stage.connection.id, "vendor").read_at = moment


def test_the_old_vendor_of_an_unlinked_company_does_not_warn_until_the_vendors_were_read_again(stage):
    made, item = linked(stage)
    with transaction():
        unlink(item, stage.people.stan)
    assert KINDS["company"].warns(item, made) == []
    stage.accepted("company", made)
    assert KINDS["company"].cautions(db.select(Company.id)) == []
    read_again(stage, now())
    (said,) = KINDS["company"].warns(item, made)
    assert "the vendor Old Welders has this name in accounting" in said
    assert KINDS["company"].cautions(db.select(Company.id)) == [said]


def test_an_unlinked_company_is_warned_of_its_old_vendor_when_that_has_another_name(stage):
    """Accounting refuses a second vendor of the same name, but would make one of another."""
    made, record = stage.company("Harbor Welding"), vendor(stage, "Old Welders")
    with transaction():
        item = links.link(record, made.id, stage.people.adam)
        unlink(item, stage.people.stan)
    (said,) = KINDS["company"].warns(item, made)
    assert said.startswith("Harbor Welding was the vendor Old Welders until it was unlinked")
    stage.accepted("company", made)
    assert KINDS["company"].cautions(db.select(Company.id)) == [said]
    records.deleted(stage.connection.id, ["vendor"], ["V1"])
    assert KINDS["company"].warns(item, made) == KINDS["company"].cautions(db.select(Company.id)) == []


def test_another_vendor_or_company_of_that_name_is_still_warned_of(stage):
    made, item = linked(stage)
    with transaction():
        unlink(item, stage.people.stan)
    stage.apply(row("vendor", "V2", "Old Welders West", tax_id="12"), row("customer", "C9", "Old Welders"))
    made.tax_id = "12"
    assert [("West" in said, "customer" in said) for said in KINDS["company"].warns(item, made)] == [(True, False), (False, True)]
    other = stage.company("OLD WELDERS II", tax_id="12")
    assert len(KINDS["company"].warns(_first(stage, other), other)) == 1


def test_another_company_is_warned_of_the_vendor_that_was_unlinked_from_this_one(stage):
    made, item = linked(stage)
    with transaction():
        unlink(item, stage.people.stan)
        made.title = "Renamed Welders"
    other = stage.company("Old Welders")
    assert len(KINDS["company"].warns(_first(stage, other), other)) == 1


def _first(stage, made):
    from erp.items.perform import item_for

    return item_for("company", stage.connection, made)
