"""What the simulation answers is qbXML by Intuit's schema, where that schema is at hand."""

from __future__ import annotations

from functools import cache

import pytest
from lxml import etree

from erp.simulator import bookkeeper, demo
from erp.simulator.company import Company
from tests.unit.simulator.talk import Talk, line, qbxml
from tests.unit.simulator.xsd import FILES, FOLDER, PRESENT

pytestmark = pytest.mark.skipif(not PRESENT, reason=f"Intuit's schema is not in {FOLDER}: answers stay unchecked")

QUERIES = [
    "HostQueryRq", "CompanyQueryRq", "PreferencesQueryRq", "CustomerQueryRq", "VendorQueryRq", "AccountQueryRq",
    "ClassQueryRq", "ItemQueryRq", "ItemServiceQueryRq",
]  # fmt: skip


@cache
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(FOLDER / FILES[0]))


@pytest.fixture
def rich(company: Company) -> Company:
    """Everything switched on, with demo content and an estimate."""
    for name in ("class_tracking", "sales_tax", "multi_currency"):
        bookkeeper.prefer(company, name, True)
    bookkeeper.prefer(company, "closing_date", "2025-12-31")
    bookkeeper.add_class(company, "Labor")
    for name, phone in demo.VENDORS[2:]:
        bookkeeper.add_vendor(company, name, Phone=phone)
    place = {"Addr1": "1 Plaza", "City": "Bayview"}
    bookkeeper.add_customer(company, "Lakeside", BillAddress=place, ClassRef={"FullName": "Labor"})
    Talk(company).estimate(
        line("<Amount>1.00</Amount><Other2>m</Other2>") + "<EstimateLineAdd><Desc>words</Desc></EstimateLineAdd>",
        "<ClassRef><FullName>Labor</FullName></ClassRef><Memo>memo</Memo>",
    )
    return company


def check(company: Company, requests: str) -> str:
    answer = company.process(qbxml(requests, 'onError="continueOnError"'))
    schema().assertValid(etree.fromstring(answer.encode()))
    return answer


@pytest.mark.parametrize("name", QUERIES)
def test_answers_to_queries_are_valid(rich: Company, name: str) -> None:
    assert 'statusCode="0"' in check(rich, f"<{name}/>")


def test_estimates_with_lines_are_valid(rich: Company) -> None:
    answer = check(rich, "<EstimateQueryRq><IncludeLineItems>true</IncludeLineItems></EstimateQueryRq>")
    assert "SalesTaxTotal" in answer


def test_answers_to_deletions_are_valid(rich: Company) -> None:
    with rich.store.reading() as books:
        (estimate,) = books.transactions("Estimate")
        vendor = next(books.entries("Vendor"))
    check(rich, f"<TxnDelRq><TxnDelType>Estimate</TxnDelType><TxnID>{estimate.id}</TxnID></TxnDelRq>")
    check(rich, f"<ListDelRq><ListDelType>Vendor</ListDelType><ListID>{vendor.id}</ListID></ListDelRq>")
    check(rich, "<TxnDeletedQueryRq><TxnDelType>Estimate</TxnDelType></TxnDeletedQueryRq>")
    check(rich, "<ListDeletedQueryRq><ListDelType>Vendor</ListDelType></ListDeletedQueryRq>")


def test_pages_counts_and_refusals_are_valid(rich: Company) -> None:
    check(rich, '<CustomerQueryRq iterator="Start"><MaxReturned>1</MaxReturned></CustomerQueryRq>')
    check(rich, '<CustomerQueryRq metaData="MetaDataOnly"/><VendorQueryRq><ListID>1-1</ListID></VendorQueryRq>')
