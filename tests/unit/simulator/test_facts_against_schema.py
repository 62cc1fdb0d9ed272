"""The simulator's own table says what Intuit's schema says, where that schema is at hand."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from erp.simulator.facts.enumerations import ENUMERATIONS
from erp.simulator.facts.known import KNOWN
from erp.simulator.facts.messages import REQUESTS
from erp.simulator.facts.returned import RETURNED
from erp.simulator.grammar import Choice, Content, Element
from tests.unit.simulator.xsd import FOLDER, PRESENT, Schema

pytestmark = pytest.mark.skipif(not PRESENT, reason=f"Intuit's schema is not in {FOLDER}: the fact table stays unchecked")

ELSEWHERE = {  # elements of other editions: Canada, UK, Australia, Online
    "Suffix", "PrintAs", "Mobile", "Pager", "SalesTaxCountry", "IsStatementWithParent", "DeliveryMethod", "IsTaxIncluded",
    "TaxRegistrationNumber", "TaxAmount", "PurchaseTaxCodeRef", "DetailAccountType", "TaxOnSalesAccountRef",
    "TaxOnPurchasesAccountRef", "SalesTaxReturnRef", "ReportingPeriod", "IsTaxTrackedOnPurchases", "IsTaxTrackedOnSales",
    "IsSalesTaxAgency", "IsTaxOnTax", "VendorAdd/SalesTaxCodeRef", "VendorMod/SalesTaxCodeRef", "AccountAdd/SalesTaxCodeRef",
    "EstimateLineGroupAdd/Desc",
}  # fmt: skip
KINDS = {
    "text": {"STRTYPE", "xsd:string"}, "id": {"IDTYPE"}, "flag": {"BOOLTYPE"}, "date": {"DATETYPE"},
    "moment": {"DATETIMETYPE"}, "amount": {"AMTTYPE"}, "price": {"PRICETYPE"}, "percent": {"PERCENTTYPE"},
    "quantity": {"QUANTYPE"}, "guid": {"GUIDTYPE"}, "integer": {"INTTYPE"}, "float": {"FLOATTYPE"},
}  # fmt: skip


@cache
def schema() -> Schema:
    return Schema()


Row = tuple[str, Element, int, int | None]


def rows(content: Content, path: str = "", low: int = 1, high: int | None = 1) -> Iterator[Row]:
    """Every element with its path; inside a choice nothing is required by itself."""
    for particle in content:
        if isinstance(particle, Choice):
            for branch in particle.branches:
                yield from rows(branch, path, 0, particle.high)
        else:
            here = f"{path}/{particle.name}"
            yield here, particle, min(low, particle.low), particle.high if high == 1 else high
            yield from rows(particle.content or (), here)


def is_elsewhere(path: str) -> bool:
    return any(f"/{name}/" in f"{path}/" for name in ELSEWHERE)


def described(content: Content) -> dict[str, tuple[int, int | None]]:
    return {path: (low, high) for path, _, low, high in rows(content)}


@pytest.mark.parametrize("name", sorted(REQUESTS))
def test_requests_have_the_elements_of_the_schema_in_its_order(name: str) -> None:
    ours = [path for path, *_ in rows(REQUESTS[name])]
    theirs = [path for path, *_ in rows(schema().request(name))]
    assert ours == [path for path in theirs if not is_elsewhere(path)], name


@pytest.mark.parametrize("name", sorted(REQUESTS))
def test_requests_require_and_repeat_what_the_schema_requires_and_repeats(name: str) -> None:
    theirs = described(schema().request(name))
    assert {path: theirs[path] for path in described(REQUESTS[name])} == described(REQUESTS[name])


@pytest.mark.parametrize("name", sorted(REQUESTS))
def test_requests_have_the_lengths_and_types_of_the_schema(name: str) -> None:
    theirs = {path: element for path, element, *_ in rows(schema().request(name))}
    for path, element, *_ in rows(REQUESTS[name]):
        if element.content is None:
            assert element.most in (theirs[path].most, 36 if element.kind == "id" else theirs[path].most), path
            assert theirs[path].kind in KINDS.get(element.kind, {"ENUMTYPE", "STRTYPE"}), path


@pytest.mark.parametrize("name", sorted(set(RETURNED)))
def test_returned_elements_stand_in_the_order_of_the_schema(name: str) -> None:
    ours = [path for path, *_ in rows(RETURNED[name])]
    theirs = [path for path, *_ in rows(schema().ret(name)) if path in set(ours)]
    assert ours == list(dict.fromkeys(theirs)), name


@pytest.mark.parametrize(("ours", "theirs"), [
    ("AccountType", "AccountType"), ("ActiveStatus", "ActiveStatus"), ("JobStatus", "JobStatus"),
    ("MatchCriterion", "MatchCriterion"), ("Operator", "Operator"), ("ListDelType", "ListDelType"),
    ("TxnDelType", "TxnDelType"), ("DateMacro", "DateMacro"), ("JobReportType", "JobReportType"),
    ("ReportDateMacro", "ReportDateMacro"), ("PreferredDeliveryMethod", "PreferredDeliveryMethod"),
    ("ReportColumns", "SummarizeColumnsBy"), ("ReportAccountType", "AccountTypeFilter"),
    ("ReportItemType", "ItemTypeFilter"), ("ReportTxnType", "TxnTypeFilter"), ("EntityType", "EntityTypeFilter"),
])  # fmt: skip
def test_closed_lists_hold_the_values_of_the_schema(ours: str, theirs: str) -> None:
    assert ENUMERATIONS[ours] == schema().values(theirs) - {""}


def test_every_request_of_the_schema_is_known_by_name() -> None:
    assert schema().names() == KNOWN
