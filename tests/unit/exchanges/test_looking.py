"""Look before anything is sent again, for every kind, whatever a bookkeeper did between the lost answer and the look."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from erp import links
from erp.books import verification
from erp.books.records import Record
from erp.db import db, transaction
from erp.exchanges.export import look_again
from erp.exchanges.refresh import refresh
from erp.items import Item
from erp.people import Level
from erp.simulator import bookkeeper, views
from tests.house import Caller, House

Bring = Callable[[House], Item]


def job(house: House) -> Item:
    return house.exported_job()


def vendor(house: House) -> Item:
    return house.exported("company", house.supplier())


def division(house: House) -> Item:
    house.exported("cost_code", house.code("32-1200"))
    return house.item(house.code("32"))


def code(house: House) -> Item:
    return house.exported_code("32-1200")


def budget(house: House) -> Item:
    return house.exported_budget()


LIST = {"job": "job", "company": "vendor"}
KINDS = pytest.mark.parametrize("bring", [job, vendor, division, code, budget])
LISTS = pytest.mark.parametrize("bring", [job, vendor, division, code])


def lost(house: House, bring: Bring) -> tuple[Item, str]:
    """QuickBooks carried it out, the answer was lost; the item and what the company file calls it."""
    item = bring(house)
    caller = house.caller()
    caller.lose_answer()
    caller.close()
    assert item.state == "Unknown"
    return item, name_of(house, item)


def name_of(house: House, item: Item) -> str:
    (found,) = [row for row in rows(house, item.kind) if row["external_guid"] in house.writes(item)[0].body]
    return str(found["full_name"])


def rows(house: House, kind: str) -> list[dict[str, str]]:
    if kind == "budget":
        return [row | {"full_name": row["ref_number"]} for row in views.estimates(house.company)]
    found = {"job": views.customers, "company": views.vendors}.get(kind, views.items)(house.company)
    return [row | {"external_guid": row["ExternalGUID"]} for row in found if row["ExternalGUID"]]


def once(house: House, item: Item) -> None:
    """Synced with one write, handed out once."""
    assert (item.state, [write.handed for write in house.writes(item)]) == ("Synced", [1])
    assert len([row for row in rows(house, item.kind) if row["id"] == item.erp_id]) == 1


# nothing happened in between


@KINDS
def test_what_was_carried_out_is_found_and_not_sent_again(house: House, bring: Bring) -> None:
    item, _ = lost(house, bring)
    house.caller().drain()
    once(house, item)


@KINDS
def test_what_was_not_carried_out_is_sent_again_with_the_same_bytes(house: House, bring: Bring) -> None:
    item = bring(house)
    caller = house.caller()
    first = caller.ask()
    caller.close()
    caller = house.caller()
    caller.turn()
    caller.turn()
    assert caller.ask() == first
    caller.answer(*caller.carry(first))
    assert item.state == "Synced"
    assert [write.handed for write in house.writes(item)] == [2]


@KINDS
def test_what_quickbooks_did_not_remember_is_found(house: House, bring: Bring) -> None:
    item = bring(house)
    bookkeeper.keep_message_sets(house.company, 0)
    caller = house.caller()
    caller.lose_answer()
    caller.close()
    house.caller().drain()
    once(house, item)


@KINDS
def test_a_slow_web_connector_that_comes_after_the_look_is_answered_by_quickbooks_itself(house: House, bring: Bring) -> None:
    item = bring(house)
    slow = house.caller()
    zombie = slow.ask()
    slow.close()
    caller = house.caller()
    caller.turn()
    caller.turn()
    slow.carry(zombie)
    caller.turn()
    assert item.state == "Synced"
    assert len(rows(house, item.kind)) == len({row["external_guid"] for row in rows(house, item.kind)})


# the bookkeeper was there first


@LISTS
def test_what_was_renamed_meanwhile_is_found(house: House, bring: Bring) -> None:
    item, name = lost(house, bring)
    house.touch(item)
    bookkeeper.rename(house.company, LIST.get(item.kind, "item"), name, "Renamed By Rita")
    house.caller().drain()
    once(house, item)
    assert item.erp_name.endswith("Renamed By Rita")


@LISTS
def test_what_was_made_inactive_meanwhile_is_found(house: House, bring: Bring) -> None:
    item, name = lost(house, bring)
    bookkeeper.deactivate(house.company, LIST.get(item.kind, "item"), name)
    house.caller().drain()
    once(house, item)


def test_an_estimate_made_inactive_meanwhile_is_found(house: House) -> None:
    item, number = lost(house, budget)
    bookkeeper.deactivate_estimate(house.company, number)
    house.caller().drain()
    once(house, item)


def test_a_job_whose_customer_was_renamed_is_found(house: House) -> None:
    item, _ = lost(house, job)
    bookkeeper.rename(house.company, "customer", "City of Bayview", "Bayview City")
    house.caller().drain()
    once(house, item)
    assert item.erp_name == "Bayview City:Pier 9 Sewer Renewal"


def test_a_code_whose_division_was_renamed_is_found(house: House) -> None:
    item, _ = lost(house, code)
    house.touch(house.item(house.code("32")))
    bookkeeper.rename(house.company, "item", "32", "32 Exterior")
    house.caller().drain()
    once(house, item)


def test_a_job_moved_to_another_customer_goes_to_a_person(house: House) -> None:
    item, name = lost(house, job)
    move_job(house, name, "Lakeside Medical Group")
    house.caller().drain()
    assert (item.state, house.exchange(item).state) == ("Unknown", "person")
    assert item.error["message"] == (
        "The job Lakeside Medical Group:Pier 9 Sewer Renewal was made, but not under City of Bayview."
    )
    assert len(house.writes(item)) == 1
    move_job(house, "Lakeside Medical Group:Pier 9 Sewer Renewal", "City of Bayview")
    with transaction():
        look_again(item, house.ann)
    house.caller().drain()
    once(house, item)


def test_a_code_moved_below_another_division_is_found(house: House) -> None:
    item, name = lost(house, code)
    house.touch(item)
    row = next(row for row in views.items(house.company) if row["full_name"] == name)
    house.qbxml(f"<ItemServiceModRq><ItemServiceMod><ListID>{row['id']}</ListID><EditSequence>{row['edit_sequence']}"
                "</EditSequence><ParentRef><FullName>98</FullName></ParentRef></ItemServiceMod></ItemServiceModRq>")  # fmt: skip
    house.caller().drain()
    once(house, item)
    assert item.erp_name == "98:32-1200"


def test_a_code_with_other_accounts_goes_to_a_person(house: House) -> None:
    item, name = lost(house, code)
    row = next(row for row in views.items(house.company) if row["full_name"] == name)
    house.qbxml(f"<ItemServiceModRq><ItemServiceMod><ListID>{row['id']}</ListID><EditSequence>{row['edit_sequence']}"
                "</EditSequence><SalesAndPurchaseMod><IncomeAccountRef><FullName>Change Order Income</FullName>"
                "</IncomeAccountRef></SalesAndPurchaseMod></ItemServiceMod></ItemServiceModRq>")  # fmt: skip
    house.caller().drain()
    assert (item.state, item.error["message"]) == ("Unknown", "The item 32:32-1200 was made with another income account.")


def test_an_estimate_whose_job_was_merged_away_is_found_by_the_wider_look(house: House) -> None:
    item, _ = lost(house, budget)
    house.touch(item)
    house.touch(house.item(house.pier))
    bookkeeper.merge(house.company, "job", "City of Bayview:Pier 9 Sewer Renewal", "City of Bayview:Fire Station 4")
    house.caller().drain()
    assert (item.state, len(house.writes(item))) == ("Unknown", 1)
    assert item.error["message"].startswith("The Estimate is on City of Bayview:Fire Station 4")


def test_a_budget_whose_job_is_gone_and_that_never_arrived_fails_instead_of_being_looked_up_for_ever(house: House) -> None:
    item = budget(house)
    caller = house.caller()
    caller.ask()
    caller.close()
    house.touch(house.item(house.pier))
    bookkeeper.delete(house.company, "job", "City of Bayview:Pier 9 Sewer Renewal")
    house.caller().drain()
    assert (item.state, item.error["code"]) == ("Failed", "3140")


def test_an_estimate_moved_to_another_job_goes_to_a_person(house: House) -> None:
    item, number = lost(house, budget)
    move_estimate(house, number, "City of Bayview:Fire Station 4")
    house.caller().drain()
    assert (item.state, len(house.writes(item))) == ("Unknown", 1)
    assert item.error["message"] == ("The Estimate is on City of Bayview:Fire Station 4, not on the job it was accepted for.")


@pytest.mark.parametrize(
    "deed",
    [
        lambda company, number: bookkeeper.edit_estimate(company, number, memo="Rita was here"),
        lambda company, number: bookkeeper.edit_estimate(company, number, RefNumber="R-1"),
        lambda company, number: bookkeeper.add_estimate_line(company, number, "Consulting", "99.00", "Rita's own"),
        lambda company, number: bookkeeper.duplicate_estimate(company, number),
    ],
    ids=["memo", "number", "own line", "copy"],
)
def test_what_a_bookkeeper_adds_neither_hides_nor_breaks_ours(house: House, deed: Callable[..., None]) -> None:
    item, number = lost(house, budget)
    house.touch(item)
    made = views.estimates(house.company)[0]["id"]
    deed(house.company, number)
    house.caller().drain()
    assert (item.state, item.erp_id, len(house.writes(item))) == ("Synced", made, 1)


def test_the_copy_that_a_bookkeeper_made_is_never_taken_for_ours(house: House) -> None:
    item, number = lost(house, budget)
    house.touch(item)
    made = views.estimates(house.company)[0]["id"]
    bookkeeper.duplicate_estimate(house.company, number)
    bookkeeper.edit_estimate(house.company, made, TxnDate="2027-01-31")
    house.caller().drain()
    assert (item.state, item.erp_id) == ("Synced", made)


@pytest.mark.parametrize(
    "deed",
    [
        lambda company, number: bookkeeper.edit_estimate_line(company, number, 1, "1.00"),
        lambda company, number: bookkeeper.delete_estimate_line(company, number, 1),
    ],
    ids=["amount", "line gone"],
)
def test_an_estimate_that_no_longer_holds_what_was_accepted_goes_to_a_person(house: House, deed: Callable[..., None]) -> None:
    item, number = lost(house, budget)
    house.touch(item)
    deed(house.company, number)
    house.caller().drain()
    assert (item.state, len(house.writes(item))) == ("Unknown", 1)
    assert "does not hold what was accepted" in item.error["message"]


@KINDS
def test_what_was_deleted_meanwhile_is_answered_by_quickbooks_from_memory(house: House, bring: Bring) -> None:
    item, name = lost(house, bring)
    house.touch(item)
    delete(house, item, name)
    house.caller().drain()
    assert (item.state, [write.handed for write in house.writes(item)]) == ("Synced", [2])


@KINDS
def test_what_was_deleted_and_forgotten_is_made_once_more(house: House, bring: Bring) -> None:
    item = bring(house)
    bookkeeper.keep_message_sets(house.company, 0)
    caller = house.caller()
    caller.lose_answer()
    caller.close()
    delete(house, item, name_of(house, item))
    house.caller().drain()
    assert (item.state, [write.handed for write in house.writes(item)]) == ("Synced", [2])
    assert len([row for row in rows(house, item.kind) if row["id"] == item.erp_id]) == 1


# somebody else's object


@LISTS
def test_a_foreign_entry_with_the_name_is_refused_as_on_the_first_try(house: House, bring: Bring) -> None:
    item = bring(house)
    caller = house.caller()
    caller.ask()
    caller.close()
    if item.kind == "job":
        bookkeeper.add_job(house.company, "City of Bayview", item.title)
    elif item.kind == "company":
        bookkeeper.add_vendor(house.company, item.title)
    else:
        parent = item.payload["division"]
        bookkeeper.add_item(house.company, item.number, "Construction Income", "Subcontracts", parent)
    caller = house.caller()
    caller.turn()
    caller.turn()
    assert (item.state, item.error["code"]) == ("Failed", "3100")
    assert [write.handed for write in house.writes(item)] == [1]


def test_a_foreign_estimate_with_the_number_goes_to_a_person(house: House) -> None:
    item = budget(house)
    caller = house.caller()
    caller.ask()
    caller.close()
    made = foreign_estimate(house, "25-1361-B")
    house.caller().drain()
    assert (item.state, item.error["message"]) == (
        "Unknown", "An entry with this number is there that does not carry our marker.")  # fmt: skip
    bookkeeper.delete_estimate(house.company, made)
    with transaction():
        look_again(item, house.ann)
    house.caller().drain()
    assert (item.state, len(house.writes(item))) == ("Synced", 2)


def test_a_foreign_estimate_with_the_number_on_another_job_is_none_of_ours(house: House) -> None:
    item = budget(house)
    caller = house.caller()
    caller.ask()
    caller.close()
    foreign_estimate(house, "25-1361-B", "City of Bayview:Fire Station 4")
    house.caller().drain()
    assert item.state == "Synced"


def test_the_first_try_does_not_mind_a_foreign_number(house: House) -> None:
    item = budget(house)
    foreign_estimate(house, "25-1361-B")
    house.caller().drain()
    assert item.state == "Synced"


def test_a_job_whose_name_a_vendor_has_is_told_by_quickbooks(house: House) -> None:
    with transaction():
        house.pier.title = "Delgado Electric"
    item, caller = job(house), house.caller()
    caller.ask()
    caller.close()
    house.caller().drain()
    assert item.state == "Synced", "below its customer the name is free"


# the look itself


def test_a_look_asks_for_the_name_first_and_for_everything_that_changed_next(house: House) -> None:
    item = job(house)
    caller = house.caller()
    caller.ask()
    caller.close()
    caller = house.caller()
    assert "<FullName>City of Bayview:Pier 9 Sewer Renewal</FullName>" in asked(caller)
    wider = asked(caller)
    assert "<FromModifiedDate>2026-11-21T17:00:00</FromModifiedDate>" in wider
    assert "<ActiveStatus>All</ActiveStatus>" in wider
    assert item.state == "Unknown"


def test_a_look_for_an_estimate_asks_for_the_job_and_brings_the_lines(house: House) -> None:
    item = budget(house)
    caller = house.caller()
    caller.ask()
    caller.close()
    caller = house.caller()
    by_job, wider = asked(caller), asked(caller)
    assert re.search(r"<EntityFilter><ListID>[^<]+</ListID></EntityFilter><IncludeLineItems>true", by_job)
    assert "<ModifiedDateRangeFilter><FromModifiedDate>2026-11-21T17:00:00" in wider
    assert item.state == "Unknown"


def test_a_look_never_carries_a_message_set(house: House) -> None:
    item, _ = lost(house, job)
    house.caller().drain()
    assert [("newMessageSetID" in m.body) for m in house.messages(item)] == [True, False]


def asked(caller: Caller) -> str:
    request = caller.ask()
    caller.answer(*caller.carry(request))
    return request


def delete(house: House, item: Item, name: str) -> None:
    if item.kind == "budget":
        bookkeeper.delete_estimate(house.company, name)
    else:
        bookkeeper.delete(house.company, LIST.get(item.kind, "item"), name)


def move_job(house: House, name: str, customer: str) -> None:
    row = next(row for row in views.customers(house.company) if row["full_name"] == name)
    house.qbxml(f"<CustomerModRq><CustomerMod><ListID>{row['id']}</ListID><EditSequence>{row['edit_sequence']}</EditSequence>"
                f"<ParentRef><FullName>{customer}</FullName></ParentRef></CustomerMod></CustomerModRq>")  # fmt: skip


def move_estimate(house: House, number: str, customer: str) -> None:
    row = next(row for row in views.estimates(house.company) if row["ref_number"] == number)
    house.qbxml(f"<EstimateModRq><EstimateMod><TxnID>{row['id']}</TxnID><EditSequence>{row['edit_sequence']}</EditSequence>"
                f"<CustomerRef><FullName>{customer}</FullName></CustomerRef></EstimateMod></EstimateModRq>")  # fmt: skip


def foreign_estimate(house: House, number: str, customer: str = "City of Bayview:Pier 9 Sewer Renewal") -> str:
    answer = house.qbxml(
        f"<EstimateAddRq><EstimateAdd><CustomerRef><FullName>{customer}</FullName></CustomerRef><RefNumber>{number}</RefNumber>"
        "<EstimateLineAdd><ItemRef><FullName>Consulting</FullName></ItemRef><Amount>5.00</Amount></EstimateLineAdd>"
        "</EstimateAdd></EstimateAddRq>"
    )
    return answer.partition("<TxnID>")[2].partition("<")[0]


# what is not as it was answered


def test_what_quickbooks_answers_from_its_memory_is_read_as_it_is_now(house: House) -> None:
    """Deleted before the look, it is sent again under the same key, and QuickBooks tells what it did the first time."""
    item, _ = lost(house, budget)
    house.touch(item)
    bookkeeper.delete_estimate(house.company, views.estimates(house.company)[0]["id"])
    house.caller().drain()
    assert [write.handed for write in house.writes(item)] == [2]
    assert (item.state, verification.of(item.id).state) == ("Synced", "missing")


def test_what_another_project_holds_by_now_is_for_a_person(house: House) -> None:
    item, name = lost(house, job)
    with transaction():
        house.exchange(item).next_at = house.now + timedelta(seconds=60)
        refresh(house.connection, ("customer",))
    assert house.update().ok
    record = db.session.scalars(select(Record).filter_by(full_name=name)).one()
    with transaction():
        next(grant for grant in house.ann.grants if grant.tool == "erp").level = Level.ADMIN
    with transaction():
        other = links.link(record, house.project("25-0001").id, house.ann)
    house.wait(90)
    assert house.update().ok
    assert (item.state, house.exchange(item).state, house.exchange(item).poison) == ("Unknown", "person", 1)
    assert item.error["message"].startswith(f"{name} belongs to {other.label} already.")
    assert (other.state, item.erp_id) == ("Synced", "")
