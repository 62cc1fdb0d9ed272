"""A vendor of accounting becomes a company here, or is linked with ours; from then on a change travels as a change of it."""

import pytest

from erp import links
from erp.books.records import Record
from erp.db import db, transaction
from erp.documents import company as directory
from erp.documents.company import Company
from erp.exchanges.refresh import refresh
from erp.items import Item
from erp.items.perform import Refused, accept, send
from erp.people import Level
from erp.simulator import bookkeeper, views
from tests.house import House
from tests.invariants import check_all

NAME = "Delgado Electric"


@pytest.fixture
def vendor(house: House) -> Record:
    """A vendor that a bookkeeper made, read by the last refresh; Ann may do what an ERP administrator may."""
    with transaction():
        house.ann.grants[0].level = Level.ADMIN
    return db.session.query(Record).filter_by(list="vendor", full_name=NAME).one()


def changed(house: House, item: Item, company: Company, **values: str) -> None:
    """Pam changes it and sends it again, Ann accepts and exports."""
    with transaction():
        directory.edit(company, house.pam, None, **values)
    with transaction():
        send("company", house.connection, company, house.olga)
    with transaction():
        accept(item, house.ann, {})
    house.export("company")
    house.update()


def vendors(house: House) -> dict[str, str]:
    return {row["full_name"]: row["id"] for row in views.vendors(house.company)}


def test_a_vendor_becomes_a_company_that_is_synced_and_is_changed_there_by_its_id(house: House, vendor: Record) -> None:
    before = vendors(house)
    with transaction():
        item = links.add(vendor, house.ann)
    company = db.session.get_one(Company, item.document_id)
    assert (company.name, item.state, item.erp_id) == (NAME, "Synced", before[NAME])
    changed(house, item, company, phone="555-0199", title="Delgado Electric Co.")
    assert (item.state, item.erp_name) == ("Synced", "Delgado Electric Co.")
    assert vendors(house) == {"Delgado Electric Co." if name == NAME else name: key for name, key in before.items()}
    check_all(house.company, house.connection, drained=True)


def test_a_company_of_ours_is_linked_with_the_vendor_instead_of_being_made_twice(house: House, vendor: Record) -> None:
    ours = house.supplier(NAME.upper())
    with pytest.raises(Refused, match="is here already"):
        links.add(vendor, house.ann)
    db.session.rollback()
    with transaction():
        item = links.link(vendor, ours.id, house.ann)
    before = vendors(house)
    changed(house, item, ours, title=NAME, city="Bayview")
    assert (item.state, vendors(house)) == ("Synced", before)
    check_all(house.company, house.connection, drained=True)


def test_renamed_merged_inactive_and_deleted_there_it_stays_ours_and_says_so(house: House, vendor: Record) -> None:
    with transaction():
        item = links.add(vendor, house.ann)
    bookkeeper.rename(house.company, "vendor", NAME, "Delgado Power")
    bookkeeper.deactivate(house.company, "vendor", "Delgado Power")
    house.wait(2 * 3600)
    with transaction():
        refresh(house.connection, ("vendor",))
    house.update()
    db.session.expire_all()
    assert (vendor.full_name, vendor.active, vendor.item_id, item.state) == ("Delgado Power", False, item.id, "Synced")
    bookkeeper.activate(house.company, "vendor", "Delgado Power")
    bookkeeper.delete(house.company, "vendor", "Delgado Power")
    house.wait(2 * 3600)
    with transaction():
        refresh(house.connection, ("vendor",))
    house.update()
    db.session.expire_all()
    assert (vendor.state, item.state) == ("Gone", "Synced")
    check_all(house.company, house.connection, drained=True)
