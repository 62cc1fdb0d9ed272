"""List queries, iterators, counts, deletions and what QuickBooks tells about itself."""

from __future__ import annotations

from typing import Any

import pytest

from erp.simulator import bookkeeper, views
from erp.simulator.company import Company
from erp.simulator.refusals import Refusal
from tests.unit.simulator.talk import Clock, Talk, code, line, texts

OWNER = "{57F3B9B1-86F1-4fcc-B1EE-566DE1813D20}"


@pytest.fixture(autouse=True)
def more(company: Company, clock: Clock) -> None:
    """Three more customers an hour later, one of them inactive."""
    clock.tick(3600)
    for name in ("Harbor District", "Lakeside Medical", "Old Harbor Co"):
        bookkeeper.add_customer(company, name)
    bookkeeper.deactivate(company, "customer", "Old Harbor Co")


def names(answer: Any) -> list[str]:
    return [ret.findtext("FullName") for ret in answer]


def asked(ask: Talk, filters: str, attributes: str = "") -> Any:
    return ask(f"<CustomerQueryRq {attributes}>{filters}</CustomerQueryRq>")


def name_filter(how: str, text: str) -> str:
    return f"<NameFilter><MatchCriterion>{how}</MatchCriterion><Name>{text}</Name></NameFilter>"


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ("", ["City of Bayview", "City of Bayview:Library", "Harbor District", "Lakeside Medical"]),
        ("<ActiveStatus>InactiveOnly</ActiveStatus>", ["Old Harbor Co"]),
        ("<ActiveStatus>All</ActiveStatus>" + name_filter("Contains", "harbor"), ["Harbor District", "Old Harbor Co"]),
        (name_filter("StartsWith", "lib"), ["City of Bayview:Library"]),
        (name_filter("EndsWith", "medical"), ["Lakeside Medical"]),
        ("<NameRangeFilter><FromName>H</FromName><ToName>K</ToName></NameRangeFilter>", ["Harbor District"]),
        ("<FromModifiedDate>2026-11-23T13:00:00</FromModifiedDate>", ["Harbor District", "Lakeside Medical"]),
        ("<FromModifiedDate>2026-11-23T13:00:00-05:00</FromModifiedDate>", ["Harbor District", "Lakeside Medical"]),
        ("<FromModifiedDate>2026-11-23T13:00:01</FromModifiedDate>", []),
        ("<ToModifiedDate>2026-11-23T12:59:59</ToModifiedDate>", ["City of Bayview", "City of Bayview:Library"]),
        ("<MaxReturned>1</MaxReturned>", ["City of Bayview"]),
        ("<FullName>lakeside medical</FullName>", ["Lakeside Medical"]),
        ("<TotalBalanceFilter><Operator>GreaterThan</Operator><Amount>0.00</Amount></TotalBalanceFilter>", []),
    ],
)
def test_customer_queries_find_what_their_filters_say(ask: Talk, filters: str, found: list[str]) -> None:
    answer = asked(ask, filters)
    assert names(answer) == found
    assert code(answer) == (0 if found else 1)


def test_inactive_ones_are_found_by_id_and_name(ask: Talk) -> None:
    assert names(asked(ask, "<FullName>Old Harbor Co</FullName>")) == ["Old Harbor Co"]


def test_unknown_ids_are_errors_and_partly_unknown_ones_warnings(company: Company, ask: Talk) -> None:
    known = views.customers(company)[0]["id"]
    assert code(asked(ask, "<ListID>80000099-1</ListID>")) == 3120
    partly = asked(ask, f"<ListID>80000099-1</ListID><ListID>{known}</ListID>")
    assert (code(partly), names(partly)) == (500, ["City of Bayview"])
    assert '"80000099-1"' in partly.get("statusMessage")


def test_a_vendor_id_finds_no_customer(company: Company, ask: Talk) -> None:
    assert code(asked(ask, f"<ListID>{views.vendors(company)[0]['id']}</ListID>")) == 3120


def test_unknown_names_are_a_warning(ask: Talk) -> None:
    answer = asked(ask, "<FullName>bleech</FullName>")
    assert (code(answer), answer.get("statusSeverity")) == (500, "Warn")
    assert 'element ("bleech")' in answer.get("statusMessage")


def test_items_of_all_depths_are_found(ask: Talk) -> None:
    answer = ask("<ItemQueryRq/>")
    assert [child.tag for child in answer] == ["ItemServiceRet", "ItemServiceRet"]
    assert names(answer) == ["03", "03:03-300"]
    assert names(ask("<ItemServiceQueryRq/>")) == ["03", "03:03-300"]


def test_accounts_are_found_by_type(ask: Talk) -> None:
    assert names(ask("<AccountQueryRq><AccountType>Income</AccountType></AccountQueryRq>")) == ["Construction Income"]


def test_vendors_and_classes_are_found(company: Company, ask: Talk) -> None:
    assert texts(ask("<VendorQueryRq/>"), "Name") == ["Delgado Electric"]
    assert ask.code("<ClassQueryRq/>") == 1
    bookkeeper.prefer(company, "class_tracking", True)
    bookkeeper.add_class(company, "Labor")
    assert names(ask("<ClassQueryRq/>")) == ["Labor"]


def test_counts_come_instead_of_or_beside_the_data(ask: Talk) -> None:
    only = asked(ask, "", 'metaData="MetaDataOnly"')
    assert (only.get("retCount"), len(only)) == ("4", 0)
    both = asked(ask, "", 'metaData="MetaDataAndResponseData"')
    assert (both.get("retCount"), len(both)) == ("4", 4)


def test_an_iterator_gives_page_after_page(ask: Talk) -> None:
    first = asked(ask, "<MaxReturned>3</MaxReturned>", 'iterator="Start"')
    identity = first.get("iteratorID")
    assert (len(first), first.get("iteratorRemainingCount")) == (3, "1")
    second = asked(ask, "<MaxReturned>3</MaxReturned>", f'iterator="Continue" iteratorID="{identity}"')
    assert (names(second), second.get("iteratorRemainingCount")) == (["Lakeside Medical"], "0")
    assert code(asked(ask, "<MaxReturned>3</MaxReturned>", f'iterator="Continue" iteratorID="{identity}"')) == 3391


def test_iterators_die_with_the_session(company: Company, ask: Talk) -> None:
    identity = asked(ask, "<MaxReturned>1</MaxReturned>", 'iterator="Start"').get("iteratorID")
    company.end_session()
    assert code(asked(ask, "<MaxReturned>1</MaxReturned>", f'iterator="Continue" iteratorID="{identity}"')) == 3391


def test_a_stopped_iterator_is_gone(ask: Talk) -> None:
    identity = asked(ask, "<MaxReturned>1</MaxReturned>", 'iterator="Start"').get("iteratorID")
    asked(ask, "<MaxReturned>1</MaxReturned>", f'iterator="Stop" iteratorID="{identity}"')
    assert code(asked(ask, "<MaxReturned>1</MaxReturned>", f'iterator="Continue" iteratorID="{identity}"')) == 3391


def test_only_so_many_iterators_may_be_open(company: Company, ask: Talk) -> None:
    bookkeeper.limit_iterators(company, 1)
    assert code(asked(ask, "<MaxReturned>1</MaxReturned>", 'iterator="Start"')) == 0
    assert code(asked(ask, "<MaxReturned>1</MaxReturned>", 'iterator="Start"')) == 3390


def test_an_iterator_needs_a_page_size(ask: Talk) -> None:
    assert code(asked(ask, "", 'iterator="Start"')) == 3150


def test_an_iterator_over_nothing_says_no_match(ask: Talk) -> None:
    answer = asked(ask, "<MaxReturned>5</MaxReturned>" + name_filter("StartsWith", "zzz"), 'iterator="Start"')
    assert (code(answer), answer.get("iteratorRemainingCount")) == (1, "0")


def delete(ask: Talk, kind: str, identity: str) -> int:
    return ask.code(f"<ListDelRq><ListDelType>{kind}</ListDelType><ListID>{identity}</ListID></ListDelRq>")


def test_unused_elements_can_be_deleted_and_are_remembered(company: Company, ask: Talk, clock: Clock) -> None:
    identity = next(row["id"] for row in views.customers(company) if row["name"] == "Lakeside Medical")
    clock.tick(60)
    assert delete(ask, "Vendor", identity) == 3120
    assert delete(ask, "Customer", identity) == 0
    assert delete(ask, "Customer", identity) == 3120
    answer = ask("<ListDeletedQueryRq><ListDelType>Customer</ListDelType></ListDeletedQueryRq>")
    assert (texts(answer, "ListID"), texts(answer, "FullName")) == ([identity], ["Lakeside Medical"])
    assert ask.code("<ListDeletedQueryRq><ListDelType>Vendor</ListDelType></ListDeletedQueryRq>") == 1
    assert vendor_named(ask, "Lakeside Medical") == 0


def vendor_named(ask: Talk, name: str) -> int:
    return ask.code(f"<VendorAddRq><VendorAdd><Name>{name}</Name></VendorAdd></VendorAddRq>")


def test_used_elements_cannot_be_deleted(company: Company, ask: Talk) -> None:
    ask.estimate(line("<Amount>1.00</Amount>"))
    rows = {row["full_name"]: row["id"] for row in [*views.customers(company), *views.items(company)]}
    assert delete(ask, "Customer", rows["City of Bayview:Library"]) == 3160
    assert delete(ask, "Customer", rows["City of Bayview"]) == 3160
    assert delete(ask, "ItemService", rows["03:03-300"]) == 3160


def test_deleted_estimates_are_remembered(ask: Talk, clock: Clock) -> None:
    identity = texts(ask.estimate(line("<Amount>1.00</Amount>"), "<RefNumber>77</RefNumber>"), "TxnID")[0]
    clock.tick(60)
    assert ask.code(f"<TxnDelRq><TxnDelType>Invoice</TxnDelType><TxnID>{identity}</TxnID></TxnDelRq>") == 3120
    assert ask.code(f"<TxnDelRq><TxnDelType>Estimate</TxnDelType><TxnID>{identity}</TxnID></TxnDelRq>") == 0
    since = "<DeletedDateRangeFilter><FromDeletedDate>{}</FromDeletedDate></DeletedDateRangeFilter>"
    kind = "<TxnDelType>Estimate</TxnDelType>"
    query = f"<TxnDeletedQueryRq>{kind}{since.format('2026-11-23T13:01:00')}</TxnDeletedQueryRq>"
    assert texts(ask(query), "RefNumber") == ["77"]
    assert ask.code(f"<TxnDeletedQueryRq>{kind}{since.format('2026-11-23T13:01:01')}</TxnDeletedQueryRq>") == 1
    assert ask.code(f"<EstimateQueryRq><TxnID>{identity}</TxnID></EstimateQueryRq>") == 3120


def test_quickbooks_tells_its_name_and_versions(ask: Talk) -> None:
    capacity = "<IncludeListMetaData><IncludeMaxCapacity>true</IncludeMaxCapacity></IncludeListMetaData>"
    answer = ask(f"<HostQueryRq>{capacity}</HostQueryRq>")
    assert "13.0" in texts(answer, "SupportedQBXMLVersion")
    assert texts(answer, "Country") == ["US"]
    assert answer.find(".//EntityMetaData") is not None


def test_the_company_shows_the_file_id_to_its_owner_only(company: Company, ask: Talk) -> None:
    with company.home.transaction() as books:
        books.set_extension(OWNER, "FileID", "{F}")
    answer = ask(f"<CompanyQueryRq><OwnerID>{OWNER.lower()}</OwnerID></CompanyQueryRq>")
    assert texts(answer, "CompanyName") == ["Test Builders"]
    assert (texts(answer, "DataExtName"), texts(answer, "DataExtValue")) == (["FileID"], ["{F}"])
    other = "{00000000-0000-0000-0000-000000000000}"
    assert texts(ask(f"<CompanyQueryRq><OwnerID>{other}</OwnerID></CompanyQueryRq>"), "DataExtName") == []
    assert texts(ask("<CompanyQueryRq/>"), "DataExtName") == []


@pytest.mark.parametrize(
    ("name", "value", "tag", "before", "after"),
    [
        ("estimates", False, "IsUsingEstimates", ["true"], ["false"]),
        ("class_tracking", True, "IsUsingClassTracking", ["false"], ["true"]),
        ("multi_currency", True, "IsMultiCurrencyOn", ["false"], ["true"]),
        ("closing_date", "2026-09-30", "ClosingDate", [], ["2026-09-30"]),
        ("sales_tax", True, "PaySalesTax", [], ["Monthly"]),
    ],
)
def test_preferences_show_what_the_bookkeeper_switched(
    company: Company, ask: Talk, name: str, value: bool | str, tag: str, before: list[str], after: list[str]
) -> None:
    assert texts(ask("<PreferencesQueryRq/>"), tag) == before
    bookkeeper.prefer(company, name, value)
    assert texts(ask("<PreferencesQueryRq/>"), tag) == after


def test_there_are_no_other_preferences(company: Company) -> None:
    with pytest.raises(Refusal):
        bookkeeper.prefer(company, "inventory", True)
