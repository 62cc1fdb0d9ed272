"""Project -> job: CustomerAdd below the customer that the approver picked."""

from typing import Any

from erp.connector import Failed, Work
from erp.connectors.quickbooks.lists import customer_row
from erp.connectors.quickbooks.mapping.mapping import MANY, Mapping, Query, filled, guid, ref
from erp.connectors.quickbooks.qbxml import Tree, value
from erp.connectors.quickbooks.text import plain

ADDRESS = (("street", "Addr1"), ("street2", "Addr2"), ("city", "City"), ("region", "State"), ("postal_code", "PostalCode"))
LABELS = {
    "Name": "Project name", "AccountNumber": "Project number", "Addr1": "Street", "Addr2": "Street, second line",
    "City": "City", "State": "State", "PostalCode": "ZIP", "ParentRef": "Customer",
}  # fmt: skip


def add(work: Work) -> Tree:
    """The job with its address; the marker stands in the notes."""
    project = work.payload
    address = filled([(field, project[name]) for name, field in ADDRESS])
    return [("CustomerAdd", filled([
        ("Name", project["name"]), ref("ParentRef", _customer(work)["id"]), ("BillAddress", address),
        ("AccountNumber", project["number"]), ("JobStatus", "InProgress"),
        ("Notes", f"From Countersign {work.marker}"), ("ExternalGUID", guid(work.marker)),
    ]))]  # fmt: skip


def _customer(work: Work) -> dict[str, str]:
    return work.choices.get("customer") or {"id": "", "name": ""}


def look(work: Work) -> Query:
    """By its full name, Customer:Job."""
    return Query("CustomerQueryRq", [("FullName", f"{_customer(work)['name']}:{plain(work.payload['name'])}")])


def look_wider(work: Work) -> Query:
    """Everything that changed since it was sent, so that a renamed job is found too."""
    return Query("CustomerQueryRq", [("ActiveStatus", "All"), ("FromModifiedDate", work.since)], MANY)


def same_name(work: Work, found: Any) -> bool:
    """Whether an object takes the name below the customer."""
    wanted = (plain(work.payload["name"]).lower(), _customer(work)["id"])
    return (value(found, "Name").lower(), value(found, "ParentRef/ListID")) == wanted


def stands_for(work: Work, found: Any) -> bool:
    """Whether an object has the name or the number of the project."""
    number = plain(work.payload["number"])
    return same_name(work, found) or bool(number and value(found, "AccountNumber") == number)


def differs(work: Work, found: Any) -> str:
    """A job under another customer is not what the approver accepted."""
    if _customer(work)["id"] not in ("", value(found, "ParentRef/ListID")):
        return f"The job {value(found, 'FullName')} was made, but not under {_customer(work)['name']}."
    return ""


def result(found: Any) -> dict[str, Any]:
    """What to keep and show of the job."""
    return {
        "erp_id": value(found, "ListID"),
        "name": value(found, "FullName"),
        "edit_sequence": value(found, "EditSequence"),
        "shows": [["Customer:Job", value(found, "FullName")], ["ID", value(found, "ListID")]],
        "record": customer_row(found),
    }


def preview(work: Work) -> dict[str, Any]:
    """What accounting will receive, as rows of project value and sent value."""
    fields = dict(add(work)[0][1])
    address = dict(fields.get("BillAddress", []))
    rows = [("Name", work.payload["name"], plain(work.payload["name"])),
            ("AccountNumber", work.payload["number"], plain(work.payload["number"]))]  # fmt: skip
    rows += [(field, work.payload[name], plain(address.get(field, ""))) for name, field in ADDRESS if work.payload[name]]
    customer = _customer(work)["name"] or "the customer that you pick"
    return {"title": f"A job under {customer}", "rows": [(LABELS[f], ours, sent) for f, ours, sent in rows], "lines": []}


def blocked(work: Work) -> Failed | None:
    """Without a customer there is nothing to hang it on."""
    return None if work.purpose == "mod" or _customer(work)["id"] else Failed("parent-missing", "No customer was chosen.")


MAPPING = Mapping("CustomerAddRq", add, look, look_wider, same_name, differs, result, LABELS, preview, blocked,
                  stands_for=stands_for)  # fmt: skip
