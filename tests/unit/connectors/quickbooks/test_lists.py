"""Reading the lists as a pure conversation."""

from dataclasses import replace

import pytest

from erp.connector import Ask, Later, Next, Page, Work
from erp.connectors.quickbooks.lists import LISTS
from erp.connectors.quickbooks.step import step
from tests.unit.connectors.quickbooks.messages import KEY, refresh


def answer(inside: str = "", **attributes: str) -> str:
    given = {"requestID": KEY, "statusCode": "0", "statusSeverity": "Info", "statusMessage": "OK", **attributes}
    text = " ".join(f'{name}="{value}"' for name, value in given.items())
    return f"<QBXML><QBXMLMsgsRs><XQueryRs {text}>{inside}</XQueryRs></QBXMLMsgsRs></QBXML>"


def customer(number: int, parent: str = "") -> str:
    above = f"<ParentRef><ListID>{parent}</ListID></ParentRef>" if parent else ""
    return (f"<CustomerRet><ListID>{number}-1</ListID><EditSequence>5</EditSequence><Name>C{number}</Name><FullName>X:C{number}"
            f"</FullName><IsActive>true</IsActive>{above}<AccountNumber>N{number}</AccountNumber></CustomerRet>")  # fmt: skip


def test_a_page_with_more_to_come_remembers_the_iterator() -> None:
    out = step(refresh("customer"), answer(customer(1), iteratorRemainingCount="3", iteratorID="{e8}"))
    assert isinstance(out, Page)
    assert (out.memo, out.whole, [row["erp_id"] for row in out.rows]) == ({"iterator": "{e8}"}, False, ["1-1"])


def test_the_last_page_ends_the_list_and_with_it_all_was_told() -> None:
    out = step(refresh("customer", {"iterator": "{e8}"}), answer(customer(2), iteratorRemainingCount="0", iteratorID="{e8}"))
    assert isinstance(out, Page)
    assert (out.memo, out.whole) == (None, True)


def test_a_list_in_one_page_is_the_whole_list() -> None:
    out = step(refresh("customer"), answer(customer(1) + customer(2, "1-1"), iteratorRemainingCount="0", iteratorID="{e8}"))
    assert isinstance(out, Page) and out.whole
    assert [(row["list"], row["name"], row["parent_id"], row["data"]) for row in out.rows] == [
        ("customer", "C1", "", {"number": "N1"}), ("job", "C2", "1-1", {"number": "N2"})]  # fmt: skip


@pytest.mark.parametrize("code", ["1", "500", "3120"])
def test_an_empty_list_is_a_whole_list(code: str) -> None:
    assert step(refresh("class"), answer(statusCode=code, statusSeverity="Info")) == Page([], None, whole=True)


@pytest.mark.parametrize("code", ["3390", "3391"])
def test_a_dead_iterator_begins_anew_once_and_then_waits(code: str) -> None:
    dead = answer(statusCode=code, statusSeverity="Error", statusMessage="no iterator")
    assert step(refresh("customer", {"iterator": "{e8}"}), dead) == Next({})
    assert step(refresh("customer"), dead) == Later(30, "no iterator")


def test_a_refused_list_comes_later() -> None:
    out = step(refresh("account"), answer(statusCode="3260", statusSeverity="Error", statusMessage="Not allowed."))
    assert out == Later(30, "Not allowed.")


@pytest.mark.parametrize("name", LISTS)
def test_only_paged_lists_ask_with_an_iterator(name: str) -> None:
    out = step(refresh(name), None)
    assert isinstance(out, Ask) and not out.writes
    assert ('iterator="Start"' in out.body) == LISTS[name].paged
    assert ("<MaxReturned>500</MaxReturned>" in out.body) == LISTS[name].paged
    assert "<ActiveStatus>All</ActiveStatus>" in out.body


def test_entries_without_an_id_are_passed_over() -> None:
    out = step(refresh("class"), answer("<ClassRet><Name>x</Name></ClassRet>"))
    assert isinstance(out, Page) and out.rows == []


@pytest.mark.parametrize(
    ("inside", "row"),
    [
        ("<ItemServiceRet><ListID>1</ListID><Name>a</Name><SalesAndPurchase><SalesDesc>both</SalesDesc></SalesAndPurchase>"
         "</ItemServiceRet>", {"type": "ItemService", "desc": "both"}),
        ("<ItemServiceRet><ListID>1</ListID><Name>a</Name><SalesOrPurchase><Desc>one</Desc></SalesOrPurchase></ItemServiceRet>",
         {"type": "ItemService", "desc": "one"}),
        ("<ItemInventoryRet><ListID>1</ListID><Name>a</Name><SalesDesc>stock</SalesDesc></ItemInventoryRet>",
         {"type": "ItemInventory", "desc": "stock"}),
        ("<ItemSubtotalRet><ListID>1</ListID><Name>a</Name><ItemDesc>sum</ItemDesc></ItemSubtotalRet>",
         {"type": "ItemSubtotal", "desc": "sum"}),
    ],
)  # fmt: skip
def test_items_of_every_type_are_read(inside: str, row: dict[str, str]) -> None:
    out = step(refresh("item"), answer(inside))
    assert isinstance(out, Page)
    assert out.rows[0]["data"] == row
    assert out.rows[0]["full_name"] == "a"


def test_an_inactive_account_is_read_as_inactive() -> None:
    inside = ("<AccountRet><ListID>1</ListID><Name>a</Name><IsActive>false</IsActive><AccountType>Income</AccountType>"
              "<AccountNumber>4000</AccountNumber></AccountRet>")  # fmt: skip
    out = step(refresh("account"), answer(inside))
    assert isinstance(out, Page)
    assert (out.rows[0]["active"], out.rows[0]["data"]) == (False, {"type": "Income", "number": "4000"})


# changes


def changes(memo: dict[str, str] | None = None) -> Work:
    return replace(refresh("customer", memo or {}), refs={"since": "2026-11-23T08:00:00"})


def test_changes_are_asked_since_a_moment_and_then_what_was_deleted() -> None:
    out = step(changes(), None)
    assert isinstance(out, Ask) and "<FromModifiedDate>2026-11-23T08:00:00</FromModifiedDate>" in out.body
    page = step(changes(), answer(customer(1), iteratorRemainingCount="0", iteratorID="{e8}"))
    assert isinstance(page, Page)
    assert (page.memo, page.whole, len(page.rows)) == ({"ask": "deleted"}, False, 1)
    out = step(changes({"ask": "deleted"}), None)
    assert isinstance(out, Ask) and not out.writes
    assert "<ListDelType>Customer</ListDelType>" in out.body
    assert "<FromDeletedDate>2026-11-23T08:00:00</FromDeletedDate>" in out.body


def test_no_change_is_no_end_before_the_deletions_were_asked() -> None:
    assert step(changes(), answer(statusCode="1")) == Page([], {"ask": "deleted"})


def test_what_was_deleted_is_told_by_its_ids() -> None:
    inside = "<ListDeletedRet><ListDelType>Customer</ListDelType><ListID>7-1</ListID></ListDeletedRet>"
    assert step(changes({"ask": "deleted"}), answer(inside)) == Page([], None, gone=("7-1",))
    assert step(changes({"ask": "deleted"}), answer(statusCode="1")) == Page([], None)
    refused = answer(statusCode="3260", statusSeverity="Error", statusMessage="Not allowed.")
    assert step(changes({"ask": "deleted"}), refused) == Later(30, "Not allowed.", {"ask": "deleted"})


def test_the_newest_change_of_a_page_is_its_mark_and_what_is_left_is_counted() -> None:
    stamped = [
        customer(n).replace("<Name>", f"<TimeModified>2026-11-2{n}T10:00:00-08:00</TimeModified><Name>") for n in (1, 3, 2)
    ]
    out = step(refresh("customer"), answer("".join(stamped), iteratorRemainingCount="40", iteratorID="{e8}"))
    assert isinstance(out, Page)
    assert (out.mark, out.left) == ("2026-11-23T10:00:00-08:00", 40)


def test_the_address_of_a_job_is_read_as_far_as_there_is_one() -> None:
    address = "<BillAddress><Addr1>9 Pier Road</Addr1><City>Bayview</City></BillAddress>"
    out = step(refresh("customer"), answer(customer(1, "2-1").replace("<AccountNumber>", f"{address}<AccountNumber>")))
    assert isinstance(out, Page)
    assert out.rows[0]["data"] == {"number": "N1", "street": "9 Pier Road", "city": "Bayview"}
