"""A new company file: either bare, or with the demo content of a mid-sized contractor."""

from __future__ import annotations

from erp.simulator import bookkeeper
from erp.simulator.books import Books
from erp.simulator.company import Company

NAME = "Harbor & Hill Builders"
CODES = ("Tax", "Non")
TERMS = ("Due on receipt", "Net 15", "Net 30", "Net 45")
ACCOUNTS = (
    ("1000", "Checking", "Bank"),
    ("1010", "Payroll Checking", "Bank"),
    ("1200", "Accounts Receivable", "AccountsReceivable"),
    ("1250", "Retainage Receivable", "OtherCurrentAsset"),
    ("1500", "Machinery and Equipment", "FixedAsset"),
    ("2000", "Accounts Payable", "AccountsPayable"),
    ("2050", "Retainage Payable", "OtherCurrentLiability"),
    ("2200", "Sales Tax Payable", "OtherCurrentLiability"),
    ("2700", "Equipment Loan", "LongTermLiability"),
    ("3000", "Opening Balance Equity", "Equity"),
    ("3900", "Retained Earnings", "Equity"),
    ("4000", "Construction Income", "Income"),
    ("4100", "Change Order Income", "Income"),
    ("5000", "Job Materials", "CostOfGoodsSold"),
    ("5100", "Job Labor", "CostOfGoodsSold"),
    ("5200", "Subcontracts", "CostOfGoodsSold"),
    ("5300", "Equipment Rental", "CostOfGoodsSold"),
    ("5900", "Other Job Costs", "CostOfGoodsSold"),
    ("6100", "Insurance Expense", "Expense"),
    ("6300", "Office Supplies", "Expense"),
    ("6500", "Professional Fees", "Expense"),
    ("7000", "Interest Income", "OtherIncome"),
    ("9000", "Estimates", "NonPosting"),
    ("9100", "Purchase Orders", "NonPosting"),
)
CUSTOMERS = (
    ("City of Bayview", "Dana Whitcomb", "555-0110", "14 Civic Plaza", "Bayview"),
    ("Bayview Port Authority", "Luis Arroyo", "555-0122", "1 Pier Road", "Bayview"),
    ("Harbor Unified School District", "Priya Natarajan", "555-0135", "600 Schoolhouse Lane", "Bayview"),
    ("Lakeside Medical Group", "Dr. Omar Haddad", "555-0147", "2200 Lakeside Drive", "Lakeside"),
    ("St. Brendan Housing Trust", "Moira Fallon", "555-0159", "88 Abbey Street", "Old Harbor"),
)
JOBS = (
    ("City of Bayview", "Fire Station 4", "InProgress"),
    ("Bayview Port Authority", "Ferry Terminal Canopy", "InProgress"),
    ("Lakeside Medical Group", "Clinic Parking Deck", "Closed"),
)
VENDORS = (
    ("Granite State Concrete", "555-0201"),
    ("Delgado Electric", "555-0212"),
    ("Northshore Steel Erectors", "555-0223"),
    ("Bluewater Plumbing & Heating", "555-0234"),
    ("Pacific Equipment Rentals", "555-0245"),
)
DIVISIONS = (("Fees", "Fees and permits"), ("Office", "Office overhead"), ("Yard", "Yard and shop"))
ITEMS = (
    ("Fees", "Permit fees", "Building and street permits", "Other Job Costs"),
    ("Office", "Estimating", "Estimating hours", "Job Labor"),
    ("Yard", "Yard labor", "Yard and shop hours", "Job Labor"),
)


def is_new(company: Company) -> bool:
    """Whether the file has no company in it yet."""
    with company.home.reading() as books:
        return books.fact("company_name") is None


def create(company: Company, name: str = "Simulated Company") -> Company:
    """A bare company: its name, the fixed lists, Estimates on, everything else off."""
    with company.home.transaction() as books:
        books.set_fact("company_name", name)
        _fixed_lists(books)
    return company


def _fixed_lists(books: Books) -> None:
    for code in CODES:
        books.add_entry("SalesTaxCode", code, None, {"IsTaxable": str(code == "Tax").lower()})
    for terms in TERMS:
        books.add_entry("Terms", terms, None, {})
    books.add_entry("SalesTaxItem", "County Tax", None, {})
    books.add_entry("Currency", "US Dollar", None, {})
    books.add_entry("Template", "Custom Estimate", None, {})


def create_demo(company: Company, name: str = NAME) -> Company:
    """A contractor's company with accounts, customers, jobs, vendors and a few items."""
    create(company, name)
    with company.home.transaction() as books:
        books.set_fact("company_address", {"Addr1": "410 Harbor Street", "City": "Bayview", "State": "ME", "PostalCode": "04101"})
    for number, account, account_type in ACCOUNTS:
        bookkeeper.add_account(company, account, account_type, number)
    for vendor, phone in VENDORS:
        bookkeeper.add_vendor(company, vendor, CompanyName=vendor, Phone=phone)
    _customers(company)
    _items(company)
    return company


def _customers(company: Company) -> None:
    for customer, contact, phone, street, city in CUSTOMERS:
        address = {"Addr1": customer, "Addr2": street, "City": city, "State": "ME", "PostalCode": "04101"}
        bookkeeper.add_customer(company, customer, CompanyName=customer[:41], BillAddress=address, Phone=phone, Contact=contact)
    for customer, job, status in JOBS:
        bookkeeper.add_job(company, customer, job, JobStatus=status)


def _items(company: Company) -> None:
    for division, description in DIVISIONS:
        bookkeeper.add_item(company, division, "Construction Income", "Other Job Costs", description=description)
    for division, code, description, expense in ITEMS:
        bookkeeper.add_item(company, code, "Construction Income", expense, division, description)
    bookkeeper.add_item(company, "Consulting", "Construction Income", description="Consulting by the hour")
    bookkeeper.add_item(company, "Retainage", "Retainage Receivable", "Retainage Payable", description="Retainage")
