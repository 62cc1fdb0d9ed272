"""Reading the lists as a pure conversation."""

import pytest

from erp.connector import Ask, Later, Next, Page
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


def test_the_last_page_ends_the_list_and_is_not_the_whole_of_it() -> None:
    out = step(refresh("customer", {"iterator": "{e8}"}), answer(customer(2), iteratorRemainingCount="0", iteratorID="{e8}"))
    assert isinstance(out, Page)
    assert (out.memo, out.whole) == (None, False)


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
