"""A job, a company or a code that accounting has is changed: only what we changed is written, once, whatever is lost."""

from collections.abc import Callable
from typing import Any

import pytest

from erp.books import verification
from erp.db import transaction
from erp.exchanges import verify
from erp.exchanges.claim import unsent
from erp.exchanges.export import retry
from erp.exchanges.unlink import unlink
from erp.items import Item
from erp.kind import KINDS
from erp.simulator import bookkeeper, views
from erp.simulator.faults import ConnectorDied
from tests.house import House
from tests.unit.exchanges.losses import LOST_IN_EVERY_WAY

Bring = Callable[[House], Item]
LIST = {"job": "job", "company": "vendor", "cost_code": "item"}


def job(house: House) -> Item:
    return house.exported_job()


def vendor(house: House) -> Item:
    return house.exported("company", house.supplier())


def code(house: House) -> Item:
    return house.exported_code("32-1200")


KINDS_ = pytest.mark.parametrize("bring", [job, vendor, code])
NOTED = pytest.mark.parametrize("bring", [job, vendor])
NEW: dict[str, dict[str, str]] = {
    "job": {"title": "Pier 9 Sewer", "street": "10 Pier Road", "city": ""},
    "company": {"title": "Harbor Weld", "street": "5 Forge Lane", "city": ""},
    "cost_code": {"title": "Asphalt"},
}


def there(house: House, item: Item) -> Any:
    """What the company file has."""
    with house.company.store.reading() as books:
        entry = books.entry(item.erp_id)
        assert entry is not None
        return entry


def fields(house: House, item: Item) -> dict[str, str]:
    """What it has of the fields that we change, by our names."""
    entry = there(house, item)
    if item.kind == "cost_code":
        return {"title": entry.fields["SalesAndPurchase"]["SalesDesc"]}
    address = entry.fields.get("BillAddress" if item.kind == "job" else "VendorAddress", {})
    return {"title": entry.name, "street": address.get("Addr1", ""), "city": address.get("City", "")}


def synced(house: House, bring: Bring) -> Item:
    item = bring(house)
    assert house.update().ok
    assert item.state == "Synced"
    house.wait(60)
    return item


def resend(house: House, item: Item, **values: str) -> None:
    """Changed here, sent again, accepted without a choice, exported."""
    document = item.declaration.load(item.document_id)
    with transaction():
        for name, value in (values or NEW[item.kind]).items():
            setattr(document, name, value)
    house.exported(item.kind, document)


def visits(house: House, times: int = 6) -> None:
    for _ in range(times):
        house.wait(90)
        house.update()


def mods(house: House, item: Item) -> list[Any]:
    return [message for message in house.writes(item) if "Mod>" in message.body]


@KINDS_
def test_what_changed_is_written_once_and_the_item_is_synced_again(house: House, bring: Bring) -> None:
    item = synced(house, bring)
    resend(house, item)
    assert (item.state, item.filter) == ("Exporting", "ready-to-update")
    house.update()
    assert (item.state, item.filter, item.result["changed"]) == ("Synced", "synced", [])
    assert fields(house, item) == NEW[item.kind]
    assert [message.handed for message in mods(house, item)] == [1]


@NOTED
def test_every_change_leaves_its_marker_behind_the_notes_that_are_there(house: House, bring: Bring) -> None:
    item = synced(house, bring)
    bookkeeper.change(house.company, LIST[item.kind], item.erp_name, Notes=there(house, item).fields["Notes"] + " Ask for Lee.")
    resend(house, item)
    visits(house)
    assert item.snapshot
    notes = there(house, item).fields["Notes"]
    assert notes.startswith("From Countersign CS-")
    assert notes.endswith(f"Ask for Lee. {item.snapshot.marker}")


@KINDS_
@pytest.mark.parametrize("at", range(1, 11))
@LOST_IN_EVERY_WAY
def test_a_change_takes_effect_once_whatever_is_lost(house: House, bring: Bring, at: int, how: str) -> None:
    item = synced(house, bring)
    resend(house, item)
    before, calls = there(house, item).edit, iter(range(1, 1000))
    edits = set()

    def fault(stage: str) -> str | None:
        edits.add(there(house, item).edit)
        if next(calls) != at:
            return None
        if how == "died" or stage != "executed":
            raise ConnectorDied
        return how

    connector = house.web_connector(fault=fault)
    connector.update()
    for _ in range(3):
        house.wait(90)
        connector_again = house.web_connector(fault=lambda stage: edits.add(there(house, item).edit))
        connector_again.update()
    connector.deliver_late()
    visits(house, 2)
    edits.add(there(house, item).edit)
    assert item.state == "Synced"
    assert fields(house, item) == NEW[item.kind]
    assert len(edits - {before}) == 1, "it was saved more than once"


@KINDS_
def test_a_bookkeeper_saves_between_the_read_and_the_write(house: House, bring: Bring) -> None:
    item = synced(house, bring)
    resend(house, item)
    caller = house.caller()
    caller.turn()
    write = caller.ask()
    house.wait(5)
    touch(house, item)
    caller.answer(*caller.carry(write))
    caller.close()
    visits(house)
    assert item.state == "Synced"
    assert fields(house, item) == NEW[item.kind]
    assert_touched(house, item)


@KINDS_
def test_a_bookkeeper_saves_after_a_lost_answer_and_nothing_is_written_again(house: House, bring: Bring) -> None:
    item = synced(house, bring)
    resend(house, item)
    caller = house.caller()
    caller.turn()
    caller.lose_answer()
    caller.close()
    assert item.state == "Unknown"
    house.wait(5)
    touch(house, item)
    visits(house)
    assert item.state == "Synced"
    assert [message.handed for message in mods(house, item)] == [1]
    assert_touched(house, item)


def touch(house: House, item: Item) -> None:
    """A bookkeeper changes another field."""
    if item.kind == "cost_code":
        entry = there(house, item)
        house.qbxml(f"<ItemServiceModRq><ItemServiceMod><ListID>{entry.id}</ListID><EditSequence>{entry.edit}</EditSequence>"
                    "<SalesAndPurchaseMod><PurchaseCost>9.50</PurchaseCost></SalesAndPurchaseMod></ItemServiceMod>"
                    "</ItemServiceModRq>")  # fmt: skip
    else:
        bookkeeper.change(house.company, LIST[item.kind], there(house, item).full_name, Fax="555-9999")


def assert_touched(house: House, item: Item) -> None:
    found = there(house, item).fields
    assert found["SalesAndPurchase"]["PurchaseCost"] == "9.50" if item.kind == "cost_code" else found["Fax"] == "555-9999"


def test_what_a_bookkeeper_typed_in_other_fields_and_in_the_rest_of_the_address_stays(house: House) -> None:
    item = synced(house, vendor)
    entry = there(house, item)
    house.qbxml(f"<VendorModRq><VendorMod><ListID>{entry.id}</ListID><EditSequence>{entry.edit}</EditSequence>"
                "<VendorAddress><Addr3>Gate B</Addr3><City>Bay View</City></VendorAddress><Phone>555-7777</Phone>"
                "</VendorMod></VendorModRq>")  # fmt: skip
    house.touch(item)
    resend(house, item, street="5 Forge Lane")
    house.touch(item)
    visits(house)
    found = there(house, item).fields
    assert found["VendorAddress"] == {"Addr1": "5 Forge Lane", "Addr3": "Gate B", "City": "Bay View"}
    assert found["Phone"] == "555-7777"
    assert item.result["changed"] == [
        "City: Bayview was sent, Bay View is there now.",
        "Phone: 555-0301 was sent, 555-7777 is there now.",
    ]


def test_what_a_bookkeeper_had_typed_in_a_field_that_we_changed_is_replaced_and_told(house: House) -> None:
    item = synced(house, vendor)
    bookkeeper.change(house.company, "vendor", "Harbor Welding", Phone="555-7777")
    resend(house, item, phone="555-0309")
    visits(house)
    assert there(house, item).fields["Phone"] == "555-0309"
    assert item.result["changed"] == ["Phone: 555-0301 was sent, 555-7777 was there; it was replaced."]


def test_what_is_emptied_here_is_emptied_there(house: House) -> None:
    item = synced(house, vendor)
    resend(house, item, phone="", tax_id="", street="", city="")
    house.update()
    found = there(house, item).fields
    assert item.state == "Synced"
    assert not {"Phone", "VendorTaxIdent"} & set(found)
    assert not any(found.get("VendorAddress", {}).values())


def test_three_rounds_each_write_their_own_field(house: House) -> None:
    item = synced(house, vendor)
    for phone in ("555-1", "555-2", "555-3"):
        resend(house, item, phone=phone)
        house.update()
        assert (item.state, there(house, item).fields["Phone"]) == ("Synced", phone)
        house.wait(60)
    assert len(mods(house, item)) == 3


@KINDS_
def test_accepting_an_update_asks_for_nothing_and_keeps_what_was_chosen(house: House, bring: Bring) -> None:
    item = synced(house, bring)
    before = dict(item.choices)
    resend(house, item)
    assert item.choices == before
    visits(house)
    assert (item.state, item.choices) == ("Synced", before)


def test_the_customer_of_a_job_stays_whatever_is_wished(house: House) -> None:
    item = synced(house, job)
    resend(house, item, wished_customer="Lakeside Medical Group", street="11 Pier Road")
    house.update()
    assert there(house, item).full_name == "City of Bayview:Pier 9 Sewer Renewal"


def test_a_code_moves_below_another_division(house: House) -> None:
    item = synced(house, code)
    house.exported("cost_code", house.code("33-3100"))
    house.update()
    moved = house.code("32-1200")
    with transaction():
        moved.division = house.code("33")
    house.exported("cost_code", moved)
    visits(house)
    assert (item.state, item.erp_name) == ("Synced", "33:32-1200")


def test_a_code_is_renumbered_and_its_budget_lines_still_find_it(house: House) -> None:
    item = synced(house, code)
    resend(house, item, code="32-1250", number="32-1250")
    visits(house)
    assert (item.state, item.erp_name, item.number) == ("Synced", "32:32-1250", "32-1250")


def test_a_change_that_is_there_already_is_not_written(house: House) -> None:
    item = synced(house, code)
    entry = there(house, item)
    house.qbxml(f"<ItemServiceModRq><ItemServiceMod><ListID>{entry.id}</ListID><EditSequence>{entry.edit}</EditSequence>"
                "<SalesAndPurchaseMod><SalesDesc>Asphalt</SalesDesc><PurchaseDesc>Asphalt</PurchaseDesc></SalesAndPurchaseMod>"
                "</ItemServiceMod></ItemServiceModRq>")  # fmt: skip
    resend(house, item)
    visits(house)
    assert (item.state, mods(house, item)) == ("Synced", [])


@KINDS_
def test_what_was_deleted_or_made_inactive_there_fails_with_its_cure(house: House, bring: Bring) -> None:
    item = synced(house, bring)
    resend(house, item)
    bookkeeper.deactivate(house.company, LIST[item.kind], item.erp_name)
    visits(house, 2)
    assert (item.state, item.error["code"], item.in_erp) == ("Failed", "closed", True)
    bookkeeper.activate(house.company, LIST[item.kind], item.erp_name)
    with transaction():
        retry(item, house.ann, {})
    visits(house, 2)
    assert (item.state, fields(house, item)) == ("Synced", NEW[item.kind])
    assert item.snapshot
    house.touched |= {row.marker for row in [item.snapshot]}


def test_a_vendor_that_was_deleted_is_unlinked_and_sent_as_a_new_one(house: House) -> None:
    item = synced(house, vendor)
    resend(house, item)
    bookkeeper.delete(house.company, "vendor", "Harbor Welding")
    house.touch(item)
    visits(house, 2)
    assert (item.state, item.error["code"]) == ("Failed", "gone")
    with transaction():
        unlink(item, house.stan)
    assert (item.state, item.in_erp, item.erp_id) == ("With PM", False, "")
    house.exported("company", item.declaration.load(item.document_id))
    visits(house, 2)
    assert (item.state, fields(house, item)) == ("Synced", NEW["company"])


@NOTED
def test_a_new_name_that_is_taken_fails_and_the_old_one_stays(house: House, bring: Bring) -> None:
    item = synced(house, bring)
    name = "Fire Station 4" if item.kind == "job" else "Delgado Electric"
    old = there(house, item).full_name
    resend(house, item, title=name)
    visits(house, 2)
    assert (item.state, item.error["code"], there(house, item).full_name) == ("Failed", "3100", old)


@KINDS_
def test_a_rename_by_the_bookkeeper_disturbs_nothing(house: House, bring: Bring) -> None:
    item = synced(house, bring)
    house.touch(item)
    bookkeeper.rename(house.company, LIST[item.kind], item.erp_name, "Rita's Name")
    values = {name: value for name, value in NEW[item.kind].items() if name != "title" or item.kind == "cost_code"}
    resend(house, item, **values)
    house.touch(item)
    visits(house)
    assert (item.state, there(house, item).name) == ("Synced", "Rita's Name")


def test_the_preview_of_a_change_shows_the_changed_fields_alone(house: House) -> None:
    item = synced(house, vendor)
    resend(house, item, street="5 Forge Lane", phone="")
    shown = house.connection.connector.preview(unsent(item))
    assert shown["title"] == "A change of Harbor Welding; everything else on it stays as it is"
    assert shown["rows"] == [("Street", "5 Forge Lane", "5 Forge Lane"), ("Phone", "", "emptied")]
    house.update()
    assert house.connection.connector.preview(unsent(item)) == shown | {"title": shown["title"]}


def test_verifying_after_a_change_finds_nothing_different(house: House) -> None:
    for bring in (job, vendor, code):
        item = synced(house, bring)
        resend(house, item)
        visits(house, 3)
        with transaction():
            verify.everything(house.connection)
        visits(house, 3)
        found = verification.of(item.id)
        assert found is None or found.state == "ok", (item.kind, found and found.differences)


def test_every_kind_that_is_updated_whole_can_be_changed() -> None:
    from erp.connectors.quickbooks.mapping import MAPPINGS
    from erp.connectors.quickbooks.mapping.changes import CHANGES

    assert {slug for slug, kind in KINDS.items() if kind.updated_whole and slug in MAPPINGS} <= set(CHANGES)
    assert views.vendors
