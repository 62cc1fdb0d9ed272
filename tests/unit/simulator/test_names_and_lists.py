"""Customers, jobs, vendors, accounts, classes: names, parents, references, changes."""

from __future__ import annotations

import pytest

from erp.simulator import bookkeeper, views
from erp.simulator.company import Company
from erp.simulator.refusals import Refusal
from tests.unit.simulator.talk import Clock, Talk, code, texts

GUID = "{90A44FB5-33D9-4815-AC85-BC87A7E7D1EB}"


def job(customer: str, name: str) -> str:
    return f"<Name>{name}</Name><ParentRef><FullName>{customer}</FullName></ParentRef>"


def vendor(ask: Talk, name: str) -> int:
    return ask.code(f"<VendorAddRq><VendorAdd><Name>{name}</Name></VendorAdd></VendorAddRq>")


def account(ask: Talk, inner: str) -> int:
    return ask.code(f"<AccountAddRq><AccountAdd>{inner}</AccountAdd></AccountAddRq>")


def customer_id(ask: Talk, name: str = "City of Bayview") -> tuple[str, str]:
    answer = ask(f"<CustomerQueryRq><FullName>{name}</FullName></CustomerQueryRq>")
    return texts(answer, "ListID")[0], texts(answer, "EditSequence")[0]


def mod(ask: Talk, inner: str, name: str = "City of Bayview") -> int:
    identity, sequence = customer_id(ask, name)
    head = f"<ListID>{identity}</ListID><EditSequence>{sequence}</EditSequence>"
    return ask.code(f"<CustomerModRq><CustomerMod>{head}{inner}</CustomerMod></CustomerModRq>")


def test_a_customer_comes_back_with_id_times_and_version(ask: Talk, clock: Clock) -> None:
    answer = ask.customer(f"<Name>Town of Millbrook</Name><ExternalGUID>{GUID}</ExternalGUID>")
    (ret,) = answer
    found = {child.tag: child.text for child in ret}
    assert answer.get("statusMessage") == "Status OK"
    assert found["ListID"].startswith("8000")
    assert found["ListID"].endswith(f"-{int(clock.now)}")
    assert found["EditSequence"] == str(int(clock.now))
    assert found["TimeCreated"] == found["TimeModified"] == "2026-11-23T12:00:00-05:00"
    assert (found["FullName"], found["Sublevel"], found["IsActive"]) == ("Town of Millbrook", "0", "true")
    assert found["ExternalGUID"] == GUID


def test_in_summer_times_are_local_but_carry_the_offset_of_winter(ask: Talk, clock: Clock) -> None:
    clock.now = 1784822400  # 2026-07-23 16:00:00 UTC, noon in Maine
    answer = ask.customer("<Name>Summer Camp</Name>")
    assert texts(answer, "TimeModified") == ["2026-07-23T12:00:00-05:00"]
    assert texts(answer, "EditSequence") == ["1784822400"]


@pytest.mark.parametrize("name", ["City of Bayview", "CITY OF BAYVIEW", " city of bayview ", "Delgado Electric"])
def test_a_name_is_taken_by_any_customer_or_vendor_in_any_case(ask: Talk, name: str) -> None:
    assert code(ask.customer(f"<Name>{name}</Name>")) == 3100
    assert vendor(ask, name) == 3100


def test_inactive_customers_keep_their_names(company: Company, ask: Talk) -> None:
    bookkeeper.deactivate(company, "customer", "City of Bayview")
    assert vendor(ask, "City of Bayview") == 3100


def test_a_job_has_its_name_only_under_its_customer(ask: Talk) -> None:
    assert code(ask.customer(job("City of Bayview", "library"))) == 3100
    assert code(ask.customer("<Name>Library</Name>")) == 0
    assert vendor(ask, "Library") == 3100
    assert texts(ask.customer(job("Library", "Library")), "FullName")[0] == "Library:Library"


@pytest.mark.parametrize("name", ["Phase 1: Site", ":", "a:b"])
def test_names_with_a_colon_are_refused(ask: Talk, name: str) -> None:
    assert code(ask.customer(f"<Name>{name}</Name>")) == 3090


@pytest.mark.parametrize("name", ["", "   "])
def test_empty_names_are_refused(ask: Talk, name: str) -> None:
    assert code(ask.customer(f"<Name>{name}</Name>")) == 3090


def test_a_job_needs_a_parent_that_is_there_and_active(company: Company, ask: Talk) -> None:
    assert code(ask.customer(job("Nobody", "x"))) == 3130
    assert code(ask.customer("<Name>x</Name><ParentRef><ListID>80000099-1</ListID></ParentRef>")) == 3130
    bookkeeper.deactivate(company, "customer", "City of Bayview")
    assert code(ask.customer(job("City of Bayview", "x"))) == 3130


def test_a_vendor_is_no_parent(ask: Talk) -> None:
    assert code(ask.customer(job("Delgado Electric", "x"))) == 3130


def test_five_levels_are_the_most(ask: Talk) -> None:
    parent = "City of Bayview"
    for level in range(4):
        assert code(ask.customer(job(parent, f"L{level}"))) == 0
        parent = f"{parent}:L{level}"
    assert code(ask.customer(job(parent, "too deep"))) == 3130


def test_unknown_references_are_refused(ask: Talk) -> None:
    answer = ask.customer("<Name>x</Name><TermsRef><FullName>Net 1000</FullName></TermsRef>")
    assert code(answer) == 3140
    assert 'Terms "Net 1000"' in answer.get("statusMessage")
    assert texts(ask.customer("<Name>x</Name><TermsRef><FullName>net 30</FullName></TermsRef>"), "TermsRef")


def test_references_show_the_present_name(company: Company, ask: Talk) -> None:
    bookkeeper.rename(company, "customer", "City of Bayview", "Bayview")
    answer = ask("<CustomerQueryRq><FullName>bayview:library</FullName></CustomerQueryRq>")
    assert texts(answer.find(".//ParentRef"), "FullName") == ["Bayview"]
    assert texts(answer, "FullName")[0] == "Bayview:Library"


def test_class_references_need_class_tracking(company: Company, ask: Talk) -> None:
    inner = "<Name>x</Name><ClassRef><FullName>Labor</FullName></ClassRef>"
    assert code(ask.customer(inner)) == 3250
    assert ask.code("<ClassAddRq><ClassAdd><Name>Labor</Name></ClassAdd></ClassAddRq>") == 3250
    bookkeeper.prefer(company, "class_tracking", True)
    assert code(ask.customer(inner)) == 3140
    assert ask.code("<ClassAddRq><ClassAdd><Name>Labor</Name></ClassAdd></ClassAddRq>") == 0
    assert code(ask.customer(inner)) == 0


def test_currency_needs_multi_currency(company: Company, ask: Talk) -> None:
    inner = "<Name>x</Name><CurrencyRef><FullName>US Dollar</FullName></CurrencyRef>"
    assert code(ask.customer(inner)) == 3250
    bookkeeper.prefer(company, "multi_currency", True)
    assert texts(ask.customer(inner), "CurrencyRef")


@pytest.mark.parametrize("inner", ["<OpenBalance>1.00</OpenBalance>"])
def test_opening_balances_are_refused_honestly(ask: Talk, inner: str) -> None:
    assert code(ask.customer(f"<Name>x</Name>{inner}")) == 1030


def test_a_change_keeps_what_is_omitted_and_clears_what_is_empty(company: Company, ask: Talk, clock: Clock) -> None:
    bookkeeper.change(company, "customer", "City of Bayview", Phone="1", Notes="keep")
    clock.tick()
    assert mod(ask, "<Phone></Phone><JobDesc>new</JobDesc>") == 0
    answer = ask("<CustomerQueryRq><FullName>City of Bayview</FullName></CustomerQueryRq>")
    assert (texts(answer, "Phone"), texts(answer, "Notes"), texts(answer, "JobDesc")) == ([], ["keep"], ["new"])
    assert texts(answer, "EditSequence") == [str(int(clock.now))]


def test_a_stale_edit_sequence_is_refused(company: Company, ask: Talk, clock: Clock) -> None:
    identity, sequence = customer_id(ask)
    clock.tick()
    bookkeeper.change(company, "customer", "City of Bayview", Phone="1")
    head = f"<ListID>{identity}</ListID><EditSequence>{sequence}</EditSequence>"
    assert ask.code(f"<CustomerModRq><CustomerMod>{head}</CustomerMod></CustomerModRq>") == 3200


def test_two_changes_within_one_second_have_the_same_edit_sequence(company: Company, ask: Talk) -> None:
    identity, sequence = customer_id(ask)
    bookkeeper.change(company, "customer", "City of Bayview", Phone="1")
    head = f"<ListID>{identity}</ListID><EditSequence>{sequence}</EditSequence>"
    assert ask.code(f"<CustomerModRq><CustomerMod>{head}</CustomerMod></CustomerModRq>") == 0


def test_an_unknown_object_cannot_be_changed(ask: Talk) -> None:
    inner = "<ListID>80000099-1</ListID><EditSequence>1</EditSequence>"
    assert ask.code(f"<CustomerModRq><CustomerMod>{inner}</CustomerMod></CustomerModRq>") == 3120
    assert ask.code(f"<VendorModRq><VendorMod>{inner}</VendorMod></VendorModRq>") == 3120


def test_renaming_a_customer_renames_its_jobs(company: Company, ask: Talk) -> None:
    assert mod(ask, "<Name>Bayview</Name>") == 0
    assert [row["full_name"] for row in views.customers(company)] == ["Bayview", "Bayview:Library"]
    assert mod(ask, "<Name>Delgado Electric</Name>", "Bayview") == 3100


def test_a_customer_cannot_become_its_own_job(ask: Talk) -> None:
    assert mod(ask, "<ParentRef><FullName>City of Bayview:Library</FullName></ParentRef>") == 3130


def test_making_a_customer_inactive_makes_its_jobs_inactive(company: Company, ask: Talk) -> None:
    assert mod(ask, "<IsActive>false</IsActive>") == 0
    assert [row["active"] for row in views.customers(company)] == [False, False]


def test_the_external_guid_cannot_be_sent_again(ask: Talk) -> None:
    ask.customer(f"<Name>x</Name><ExternalGUID>{GUID}</ExternalGUID>")
    assert mod(ask, "<Phone>1</Phone>", "x") == 0
    answer = ask("<CustomerQueryRq><FullName>x</FullName></CustomerQueryRq>")
    assert texts(answer, "ExternalGUID") == [GUID]


def test_accounts_are_unique_under_their_parent_and_share_its_type(ask: Talk) -> None:
    assert account(ask, "<Name>Subcontracts</Name><AccountType>Expense</AccountType>") == 3100
    below = "<ParentRef><FullName>Subcontracts</FullName></ParentRef>"
    assert account(ask, f"<Name>Subcontracts</Name>{below}<AccountType>CostOfGoodsSold</AccountType>") == 0
    assert account(ask, f"<Name>Other</Name>{below}<AccountType>Income</AccountType>") == 3130


def test_an_account_number_is_used_once(ask: Talk) -> None:
    inner = "<Name>New</Name><AccountType>Income</AccountType><AccountNumber>4000</AccountNumber>"
    answer = ask(f"<AccountAddRq><AccountAdd>{inner}</AccountAdd></AccountAddRq>")
    assert code(answer) == 3180
    assert "already in use" in answer.get("statusMessage")


def test_addresses_come_back_as_lines_too(ask: Talk) -> None:
    place = "<Addr1>14 Plaza</Addr1><City>Bayview</City><State>ME</State><PostalCode>04101</PostalCode>"
    block = ask.customer(f"<Name>x</Name><BillAddress>{place}</BillAddress>").find(".//BillAddressBlock")
    assert [line.text for line in block] == ["14 Plaza", "Bayview, ME 04101"]


def test_a_bookkeeper_is_refused_like_an_application(company: Company) -> None:
    with pytest.raises(Refusal) as caught:
        bookkeeper.rename(company, "vendor", "Delgado Electric", "City of Bayview")
    assert caught.value.code == 3100
    with pytest.raises(Refusal) as caught:
        bookkeeper.delete(company, "item", "03")
    assert caught.value.code == 3160
