"""A company becomes a vendor, and its new address reaches the vendor; a name that a customer has is refused with the cure."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from erp.simulator import views
from erp.simulator.company import Company
from tests.e2e.desk import accept, choose, export, open_list, row, send


@pytest.fixture
def pam(person: Callable[..., Page]) -> Iterator[Page]:
    """Pam, whom Olga makes Admin on Directory for this story: who sends companies must be."""
    olga = person("olga")
    level(olga, "Admin")
    yield person("pam")
    level(olga, "Standard")


def level(olga: Page, name: str) -> None:
    olga.goto("/people/")
    olga.get_by_role("link", name="Pam Ortiz").click()
    olga.get_by_label("Directory", exact=True).select_option(label=name)
    olga.get_by_role("button", name="Save levels").click()
    expect(olga.get_by_label("Directory", exact=True).locator("option[selected]")).to_have_text(name)


def new_company(page: Page, name: str, **fields: str) -> None:
    page.get_by_role("link", name="Directory").click()
    page.get_by_role("link", name="New company").click()
    page.get_by_label("Name", exact=True).fill(name)
    for label, text in fields.items():
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("Subcontractor").check()
    page.get_by_role("button", name="Add company").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def vendors(company: Company, name: str) -> list[dict[str, Any]]:
    return [vendor for vendor in views.vendors(company) if vendor["name"] == name]


def synced(ann: Page, name: str) -> None:
    expect(row(ann, name)).to_have_count(0)
    choose(ann, "Synced")
    expect(row(ann, name)).to_contain_text("Synced")


def test_a_company_becomes_one_vendor_and_its_new_address_reaches_it(pam: Page, ann: Page, company: Company) -> None:
    new_company(pam, "Harbor Welding", Street="4 Forge Lane", City="Bayview", Phone="555-0301")
    send(pam)
    open_list(ann, "Companies")
    expect(ann.get_by_role("heading", name="Companies Only Here")).to_be_visible()
    accept(ann, "Harbor Welding")
    export(ann)
    synced(ann, "Harbor Welding")
    (vendor,) = vendors(company, "Harbor Welding")
    assert (vendor["address"], vendor["Phone"]) == ("4 Forge Lane, Bayview", "555-0301")

    pam.reload()
    pam.get_by_role("link", name="Edit company").click()
    pam.get_by_label("Street", exact=True).fill("17 Anvil Street")
    pam.get_by_role("button", name="Save").click()
    expect(pam.get_by_text("Accounting has the old data until it is sent again: Street.")).to_be_visible()
    pam.get_by_role("button", name="Re-send to ERP").click()
    expect(pam.get_by_role("button", name="Retrieve from ERP")).to_be_visible()

    choose(ann, "Ready To Update")
    expect(ann.get_by_role("heading", name="Companies Ready to Be Updated")).to_be_visible()
    row(ann, "Harbor Welding").get_by_role("button", name="Details").click()
    ann.get_by_role("dialog").get_by_role("link", name="Changed since").click()
    changed = ann.get_by_role("dialog").get_by_role("row").filter(has_text="Street")
    expect(changed).to_contain_text("4 Forge Lane")
    expect(changed).to_contain_text("17 Anvil Street")
    ann.get_by_role("button", name="Close").click()
    accept(ann, "Harbor Welding")
    export(ann)
    synced(ann, "Harbor Welding")
    (vendor,) = vendors(company, "Harbor Welding")
    assert (vendor["address"], vendor["Phone"]) == ("17 Anvil Street, Bayview", "555-0301")


def test_the_name_of_a_customer_is_warned_of_and_refused_with_its_cure(pam: Page, ann: Page, company: Company) -> None:
    pam.get_by_role("link", name="Directory").click()
    pam.get_by_role("link", name="Bayview Port Authority").click()
    warning = "The customer Bayview Port Authority has this name in accounting"
    expect(pam.get_by_text(warning)).to_be_visible()
    send(pam)
    open_list(ann, "Companies")
    accept(ann, "Bayview Port Authority")
    expect(ann.get_by_text(warning)).to_be_visible()
    export(ann)
    expect(row(ann, "Bayview Port Authority")).to_have_count(0)
    choose(ann, "Failed To Export")
    failed = row(ann, "Bayview Port Authority")
    expect(failed).to_contain_text("customers, vendors and employees share one list of names")
    expect(failed).to_contain_text("Rename the other entry in QuickBooks and press Retry")
    assert vendors(company, "Bayview Port Authority") == []
    failed.get_by_role("button", name="Reject").click()
    row(ann, "Enter a Comment").get_by_role("button", name="Reject").click()
    expect(row(ann, "Bayview Port Authority")).to_have_count(0)
    pam.reload()
    expect(pam.get_by_role("button", name="Re-send to ERP")).to_be_visible()
