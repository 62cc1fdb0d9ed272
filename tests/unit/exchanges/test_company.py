"""A company becomes one vendor, whatever is lost on the way; a name that is taken fails with its cause and its cure."""

from collections.abc import Callable
from typing import Any

import pytest

from erp.books import records
from erp.db import db, transaction
from erp.exchanges.export import retry
from erp.items.perform import reject, send
from erp.simulator import bookkeeper, views
from erp.simulator.faults import ConnectorDied
from tests.house import House


def vendors(house: House, name: str = "Harbor Welding") -> list[dict[str, Any]]:
    return [row for row in views.vendors(house.company) if row["full_name"] == name]


def test_a_company_becomes_a_vendor_with_all_its_fields_and_our_marker(house: House) -> None:
    values = {"street2": "Yard 2", "region": "CA", "postal_code": "94111", "fax": "555-0302", "email": "office@weld.test",
              "legal_name": "Harbor Welding, Inc.", "first_name": "Noor", "last_name": "Haddad"}  # fmt: skip
    item = house.exported("company", house.supplier(**values))
    house.update()
    assert (item.state, item.erp_name) == ("Synced", "Harbor Welding")
    (made,) = vendors(house)
    assert made["id"] == item.erp_id
    with house.company.store.reading() as books:
        there = next(entry for entry in books.entries("Vendor") if entry.id == item.erp_id).fields
    assert there.pop("ExternalGUID")
    assert item.snapshot
    assert there == {
        "CompanyName": "Harbor Welding, Inc.", "FirstName": "Noor", "LastName": "Haddad", "Phone": "555-0301", "Fax": "555-0302",
        "VendorAddress": {"Addr1": "4 Forge Lane", "Addr2": "Yard 2", "City": "Bayview", "State": "CA", "PostalCode": "94111"},
        "Email": "office@weld.test", "Notes": f"From Countersign {item.snapshot.marker}", "VendorTaxIdent": "12-3456789",
    }  # fmt: skip


def test_our_own_vendor_never_shows_up_as_new(house: House) -> None:
    item = house.exported("company", house.supplier())
    house.update()
    record = records.find(house.connection.id, "vendor", item.erp_id)
    assert record
    assert (record.state, record.item_id, record.filter) == ("Linked", item.id, None)
    assert record.data == {
        "street": "4 Forge Lane", "city": "Bayview", "phone": "555-0301", "tax_id": "12-3456789"}  # fmt: skip


def test_vendors_are_read_with_what_tells_them_apart(house: House) -> None:
    known = db.session.query(records.Record).filter_by(list="vendor").one()
    assert (known.full_name, known.state, known.kind, known.filter) == (
        "Delgado Electric",
        "Staged",
        "company",
        "ready-to-import",
    )


@pytest.mark.parametrize("at", range(1, 9))
@pytest.mark.parametrize("how", ["died", "hresult:0x8004041C", "truncate", "duplicate", "late"])
def test_a_company_is_one_vendor_whatever_is_lost(house: House, at: int, how: str) -> None:
    item = house.exported("company", house.supplier())
    calls = iter(range(1, 1000))

    def fault(stage: str) -> str | None:
        if next(calls) != at:
            return None
        if how == "died" or stage != "executed":
            raise ConnectorDied
        return how

    connector = house.web_connector(fault=fault)
    connector.update()
    for _ in range(3):
        house.wait(90)
        house.update()
    connector.deliver_late()
    house.update()
    assert item.state == "Synced"
    assert len(vendors(house)) == 1


@pytest.mark.parametrize("add", [bookkeeper.add_employee, bookkeeper.add_other_name])
def test_a_name_that_an_employee_or_another_has_is_taken_too(house: House, add: Callable[..., str]) -> None:
    add(house.company, "Lee Whitcomb")
    item = house.exported("company", house.supplier("Lee Whitcomb"))
    house.update()
    assert (item.state, item.error["code"]) == ("Failed", "3100")


@pytest.mark.parametrize(("taken", "name"), [("customer", "Lakeside Medical Group"), ("vendor", "Delgado Electric")])
def test_a_name_that_is_taken_fails_with_its_cause_and_a_retry_after_the_cure_succeeds(
    house: House, taken: str, name: str
) -> None:
    item = house.exported("company", house.supplier(name))
    house.update()
    assert (item.state, item.error["code"]) == ("Failed", "3100")
    assert "customers, vendors and employees share one list of names" in item.error["cause"]
    assert "Rename the other entry in QuickBooks and press Retry" in item.error["cure"]
    bookkeeper.rename(house.company, taken, name, f"{name} (old)")
    with transaction():
        retry(item, house.ann, {})
    house.update()
    assert item.state == "Synced"
    assert len(vendors(house, name)) == 1


def test_a_name_that_is_taken_is_rejected_renamed_here_and_sent_again(house: House) -> None:
    made = house.supplier("Delgado Electric")
    item = house.exported("company", made)
    house.update()
    with transaction():
        reject(item, house.ann, "They are in QuickBooks already")
        made.title = "Delgado Electric Two"
        send("company", house.connection, made, house.olga)
    assert (item.state, item.in_erp, item.filter) == ("Ready", False, "ready-to-export")
