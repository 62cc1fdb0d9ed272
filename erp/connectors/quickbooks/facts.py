"""What a company file says of itself at the first call of a session, and why we would not work with it."""

from typing import Any

from erp.connectors.quickbooks.qbxml import Unreadable, parse, value

OWNER_ID = "{8c1f4a52-6f7a-4a57-9c44-7d2c55e0b6e1}"
"""One for the whole product: the application's stamp in company files."""

OLDEST = 13


def read_facts(hcp: str, country: str, major: int) -> dict[str, Any]:
    """The facts in the Host, Company and Preferences answers. Raises Unreadable."""
    root = parse(hcp)
    company, preferences = root.find(".//CompanyRet"), root.find(".//PreferencesRet")
    if company is None:
        raise Unreadable("The first call of the session carried no company.")
    return {
        "file_id": _file_id(company),
        "company": value(company, "CompanyName"),
        "country": country,
        "qbxml": major,
        "product": value(root, ".//HostRet/ProductName"),
        **(_preferences(preferences) if preferences is not None else {}),
    }


def _file_id(company: Any) -> str:
    for stamp in company.findall("DataExtRet"):
        if value(stamp, "DataExtName") == "FileID" and value(stamp, "OwnerID").lower() in (OWNER_ID, ""):
            return value(stamp, "DataExtValue").lower()
    return ""


def _preferences(found: Any) -> dict[str, Any]:
    return {
        "estimates": _yes(found, "JobsAndEstimatesPreferences/IsUsingEstimates"),
        "classes": _yes(found, "AccountingPreferences/IsUsingClassTracking"),
        "currencies": _yes(found, "MultiCurrencyPreferences/IsMultiCurrencyOn"),
        "closing_date": value(found, "AccountingPreferences/ClosingDate"),
        "sales_tax": found.find("SalesTaxPreferences") is not None,
        "non_taxable": value(found, "SalesTaxPreferences/DefaultNonTaxableSalesTaxCodeRef/ListID"),
    }


def _yes(found: Any, path: str) -> bool:
    return value(found, path).lower() in ("true", "1")


def why_not_work(facts: dict[str, Any], file_id: str) -> str:
    """Why this file must not be written to; empty when it is the right one."""
    if facts["file_id"] != file_id.lower():
        return (f"The wrong company file is open in QuickBooks ({facts['company'] or 'unnamed'}): it does not carry the "
                "FileID of this connection. Open the right file, or make a connection of its own for this one.")  # fmt: skip
    if facts["qbxml"] < OLDEST:
        return f"This QuickBooks speaks qbXML {facts['qbxml']}; {OLDEST} or newer is needed (QuickBooks 2014 or later)."
    if facts.get("currencies"):
        return "The company file uses several currencies. Countersign works with single-currency files only."
    return ""
