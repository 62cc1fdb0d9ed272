"""What a company file says of itself, and the files and addresses that lead to it."""

import pytest
from lxml import etree

from erp.connectors.quickbooks.facts import OWNER_ID, read_facts, why_not_work
from erp.connectors.quickbooks.qbxml import Unreadable
from erp.connectors.quickbooks.qwc import qwc
from erp.connectors.quickbooks.setup import why_not_url
from erp.simulator.qwc import application

FILE = "{90A44FB5-33D9-4815-AC85-BC87A7E7D1EB}"


def hcp(*, stamp: str = FILE, owner: str = OWNER_ID, preferences: str = "", company: str = "Harbor &amp; Hill") -> str:
    ext = f"<DataExtRet><OwnerID>{owner}</OwnerID><DataExtName>FileID</DataExtName>"
    ext += f"<DataExtValue>{stamp}</DataExtValue></DataExtRet>"
    return (
        "<QBXML><QBXMLMsgsRs><HostQueryRs><HostRet><ProductName>QuickBooks Enterprise</ProductName></HostRet></HostQueryRs>"
        f"<CompanyQueryRs><CompanyRet><CompanyName>{company}</CompanyName>{ext}</CompanyRet></CompanyQueryRs>"
        f"<PreferencesQueryRs><PreferencesRet>{preferences}</PreferencesRet></PreferencesQueryRs></QBXMLMsgsRs></QBXML>"
    )


def test_the_facts_are_read() -> None:
    on = ("<AccountingPreferences><IsUsingClassTracking>true</IsUsingClassTracking><ClosingDate>2026-09-30</ClosingDate>"
          "</AccountingPreferences><JobsAndEstimatesPreferences><IsUsingEstimates>1</IsUsingEstimates></JobsAndEstimatesPreferences>"
          "<SalesTaxPreferences><DefaultNonTaxableSalesTaxCodeRef><ListID>2-1</ListID></DefaultNonTaxableSalesTaxCodeRef>"
          "</SalesTaxPreferences>")  # fmt: skip
    assert read_facts(hcp(preferences=on), "US", 16) == {
        "file_id": FILE.lower(), "company": "Harbor & Hill", "country": "US", "qbxml": 16, "product": "QuickBooks Enterprise",
        "estimates": True, "classes": True, "currencies": False, "closing_date": "2026-09-30", "sales_tax": True,
        "non_taxable": "2-1",
    }  # fmt: skip


def test_the_stamp_of_another_application_is_not_ours() -> None:
    facts = read_facts(hcp(owner="{00000000-0000-0000-0000-000000000000}"), "US", 16)
    assert "wrong company file is open in QuickBooks (Harbor & Hill)" in why_not_work(facts, FILE)


def test_the_stamp_is_compared_without_regard_to_case() -> None:
    assert why_not_work(read_facts(hcp(stamp=FILE.lower(), owner=OWNER_ID.upper()), "US", 16), FILE) == ""


@pytest.mark.parametrize("stamp", ["", "{other}", FILE[:-2]])
def test_another_stamp_is_the_wrong_file(stamp: str) -> None:
    assert "wrong company file" in why_not_work(read_facts(hcp(stamp=stamp), "US", 16), FILE)


def test_old_versions_and_several_currencies_are_refused() -> None:
    assert "qbXML 12" in why_not_work(read_facts(hcp(), "US", 12), FILE)
    many = "<MultiCurrencyPreferences><IsMultiCurrencyOn>true</IsMultiCurrencyOn></MultiCurrencyPreferences>"
    assert "several currencies" in why_not_work(read_facts(hcp(preferences=many), "US", 13), FILE)


@pytest.mark.parametrize("text", ["", "<", "<QBXML/>", "<QBXML><QBXMLMsgsRs/></QBXML>"])
def test_an_answer_without_a_company_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable):
        read_facts(text, "US", 16)


# the .qwc file


def test_the_file_is_taken_by_a_strict_web_connector_and_holds_no_password() -> None:
    text = qwc(base_url="https://erp.example.com", username="countersign-ab12", file_id=FILE, name="Harbor & <Hill>" * 10)
    app = application(text)
    assert (app.url, app.support) == ("https://erp.example.com/qbwc", "https://erp.example.com/qbwc/support")
    assert (app.user, app.owner, app.file, app.style) == ("countersign-ab12", OWNER_ID, FILE, "Document")
    root = etree.fromstring(text.encode())
    assert len(root.findtext("AppDescription")) == 80
    assert root.findtext("Scheduler/RunEveryNMinutes") == "5"
    assert root.findtext("IsReadOnly") == "false"
    assert "assword" not in text


@pytest.mark.parametrize(
    "url", ["https://erp.example.com", "http://localhost:8000", "http://server:8000", "https://erp.example.com:8443"]
)
def test_addresses_that_the_web_connector_takes(url: str) -> None:
    assert why_not_url(url) == ""


@pytest.mark.parametrize(
    ("url", "words"),
    [("http://erp.example.com", "Use https"), ("https://10.0.0.5", "not an IP"), ("http://10.0.0.5", "Use https"),
     ("https://[::1]:8000", "not an IP"), ("erp.example.com", "https://"), ("ftp://x", "https://"), ("", "https://"),
     ("https://", "https://")],
)  # fmt: skip
def test_addresses_that_it_refuses_come_with_the_reason(url: str, words: str) -> None:
    assert words in why_not_url(url)
