"""What QuickBooks tells about itself: host, company and preferences."""

from __future__ import annotations

from typing import Any

from erp.simulator.books import Books
from erp.simulator.calls import Answer, Call
from erp.simulator.list_queries import extension_fields
from erp.simulator.preferences import preferences
from erp.simulator.reading import Fields

VERSIONS = (
    "1.0 1.1 2.0 2.1 3.0 4.0 4.1 5.0 6.0 7.0 8.0 9.0 10.0 11.0 12.0 13.0 14.0 15.0 16.0"
).split()  # fmt: skip
LISTS = (
    "Account BillingRate Class CustomerMsg CustomerType Entity Item JobType PaymentMethod PayrollItem PriceLevel"
    " SalesRep SalesTaxCode ShipMethod Template Terms ToDo Vehicle VendorType"
).split()


def host(call: Call) -> Answer:
    """The program: name, version and the qbXML versions it reads."""
    fields: Fields = {
        "ProductName": "QuickBooks Enterprise Solutions: Contractor 24.0 (simulated)",
        "MajorVersion": "34",
        "MinorVersion": "0",
        "Country": "US",
        "SupportedQBXMLVersion": VERSIONS,
        "IsAutomaticLogin": "false",
        "QBFileMode": call.books.fact("file_mode", "MultiUser"),
    }
    if "IncludeListMetaData" in call.fields:
        fields["ListMetaData"] = {f"{name}MetaData": {"MaxCapacity": "14500"} for name in LISTS}
    return Answer([("HostRet", fields)])


def company(call: Call) -> Answer:
    """The company, with what the asking applications have stamped into its file."""
    name = call.books.fact("company_name", "Simulated Company")
    address = call.books.fact("company_address", {})
    fields: Fields = {
        "IsSampleCompany": "false",
        "CompanyName": name,
        "LegalCompanyName": name,
        "Address": address,
        "LegalAddress": address,
        "FirstMonthFiscalYear": "January",
        "FirstMonthIncomeTaxYear": "January",
        "TaxForm": "OtherOrNone",
        **extension_fields(call.books, call.fields.get("OwnerID", []), ""),
    }
    return Answer([("CompanyRet", fields)])


def switches(call: Call) -> Answer:
    """The preferences as they stand."""
    books, now = call.books, preferences(call.books)
    return Answer([("PreferencesRet", _preferences(books, now))])


def _preferences(books: Books, now: dict[str, Any]) -> Fields:
    return {
        "AccountingPreferences": {
            **_flags(IsUsingAccountNumbers=True, IsRequiringAccounts=True, IsUsingClassTracking=now["class_tracking"]),
            **_flags(IsUsingAuditTrail=True, IsAssigningJournalEntryNumbers=True),
            **({"ClosingDate": now["closing_date"]} if now["closing_date"] else {}),
        },
        "FinanceChargePreferences": {
            "GracePeriod": "0",
            "CalculateChargesFrom": "DueDate",
            **_flags(IsAssessingForOverdueCharges=False, IsMarkedToBePrinted=False),
        },
        "JobsAndEstimatesPreferences": _flags(
            IsUsingEstimates=now["estimates"], IsUsingProgressInvoicing=False, IsPrintingItemsWithZeroAmounts=False
        ),
        "MultiCurrencyPreferences": {**_flags(IsMultiCurrencyOn=now["multi_currency"]), **_home_currency(books, now)},
        "MultiLocationInventoryPreferences": _flags(
            IsMultiLocationInventoryAvailable=False, IsMultiLocationInventoryEnabled=False
        ),
        "PurchasesAndVendorsPreferences": {
            "DaysBillsAreDue": "30",
            **_flags(IsUsingInventory=True, IsAutomaticallyUsingDiscounts=False),
        },
        "ReportsPreferences": {"AgingReportBasis": "AgeFromDueDate", "SummaryReportBasis": "Accrual"},
        "SalesAndCustomersPreferences": {
            **_flags(IsTrackingReimbursedExpensesAsIncome=False, IsAutoApplyingPayments=True),
            "PriceLevels": _flags(IsUsingPriceLevels=False),
        },
        **_sales_tax(books, now),
        "TimeTrackingPreferences": {"FirstDayOfWeek": "Monday"},
        "CurrentAppAccessRights": _flags(IsAutomaticLoginAllowed=False, IsPersonalDataAccessAllowed=False),
    }


def _flags(**switched: bool) -> Fields:
    return {tag: str(on).lower() for tag, on in switched.items()}


def _home_currency(books: Books, now: dict[str, Any]) -> Fields:
    return {"HomeCurrencyRef": _reference(books, "US Dollar", "Currency")} if now["multi_currency"] else {}


def _sales_tax(books: Books, now: dict[str, Any]) -> Fields:
    if not now["sales_tax"]:
        return {}
    return {
        "SalesTaxPreferences": {
            "DefaultItemSalesTaxRef": _reference(books, "County Tax", "SalesTaxItem"),
            "PaySalesTax": "Monthly",
            "DefaultTaxableSalesTaxCodeRef": _reference(books, "Tax", "SalesTaxCode"),
            "DefaultNonTaxableSalesTaxCodeRef": _reference(books, "Non", "SalesTaxCode"),
        }
    }


def _reference(books: Books, name: str, kind: str) -> Fields:
    entry = books.named(name, kind)
    return {"ListID": entry.id, "FullName": entry.full_name} if entry else {}
