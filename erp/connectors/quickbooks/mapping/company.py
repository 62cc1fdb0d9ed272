"""Company -> vendor; customers, vendors and employees share one list of names."""

from typing import Any

from erp.connector import Work
from erp.connectors.quickbooks.lists import vendor_row
from erp.connectors.quickbooks.mapping.mapping import MANY, Mapping, Query, filled, guid
from erp.connectors.quickbooks.qbxml import Tree, value
from erp.connectors.quickbooks.text import plain

ADDRESS = (("street", "Addr1"), ("street2", "Addr2"), ("city", "City"), ("region", "State"), ("postal_code", "PostalCode"))
PERSON = (("first_name", "FirstName"), ("last_name", "LastName"))
REACH = (("phone", "Phone"), ("fax", "Fax"), ("email", "Email"))
LABELS = {
    "Name": "Name", "CompanyName": "Company name", "FirstName": "First name", "LastName": "Last name", "Addr1": "Street",
    "Addr2": "Street, second line", "City": "City", "State": "State", "PostalCode": "ZIP", "Phone": "Phone", "Fax": "Fax",
    "Email": "E-mail", "VendorTaxIdent": "Tax ID",
}  # fmt: skip
SHOWN = (("name", "Name"), ("legal_name", "CompanyName"), *PERSON, *ADDRESS, *REACH, ("tax_id", "VendorTaxIdent"))


def add(work: Work) -> Tree:
    """The vendor; the marker stands in the notes."""
    company = work.payload
    return [("VendorAdd", filled([
        ("Name", company["name"]), ("CompanyName", company["legal_name"]), *((tag, company[name]) for name, tag in PERSON),
        ("VendorAddress", filled([(tag, company[name]) for name, tag in ADDRESS])),
        *((tag, company[name]) for name, tag in REACH), ("Notes", f"From Countersign {work.marker}"),
        ("VendorTaxIdent", company["tax_id"]), ("ExternalGUID", guid(work.marker)),
    ]))]  # fmt: skip


def look(work: Work) -> Query:
    """By its name."""
    return Query("VendorQueryRq", [("FullName", plain(work.payload["name"]))])


def look_wider(work: Work) -> Query:
    """Everything that changed since it was sent, so that a renamed vendor is found too."""
    return Query("VendorQueryRq", [("ActiveStatus", "All"), ("FromModifiedDate", work.since)], MANY)


def same_name(work: Work, found: Any) -> bool:
    """Whether a vendor has the name."""
    return value(found, "Name").lower() == plain(work.payload["name"]).lower()


def stands_for(work: Work, found: Any) -> bool:
    """Whether a vendor has the name or the tax id of the company."""
    tax_id = plain(work.payload["tax_id"])
    return same_name(work, found) or bool(tax_id and value(found, "VendorTaxIdent") == tax_id)


def result(found: Any) -> dict[str, Any]:
    """What to keep and show of the vendor."""
    return {
        "erp_id": value(found, "ListID"),
        "name": value(found, "Name"),
        "edit_sequence": value(found, "EditSequence"),
        "shows": [["Vendor", value(found, "Name")], ["ID", value(found, "ListID")]],
        "record": vendor_row(found),
    }


def preview(work: Work) -> dict[str, Any]:
    """What accounting will receive, as rows of our value and sent value."""
    rows = [(LABELS[tag], work.payload[name], plain(work.payload[name])) for name, tag in SHOWN if work.payload[name]]
    return {"title": "A vendor", "rows": rows, "lines": []}


MAPPING = Mapping("VendorAddRq", add, look, look_wider, same_name, lambda work, found: "", result, LABELS, preview,
                  stands_for=stands_for)  # fmt: skip
