"""Lists that come back from accounting: what the bookkeeper made there is linked, added, put aside and taken back here."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from erp.simulator import bookkeeper
from erp.simulator.company import Company
from tests.e2e.desk import choose, new_project, open_list, row

CITY = "City of Bayview"


def refresh(page: Page) -> None:
    """Adam refreshes the list of the tab and waits until it was read."""
    button = page.get_by_role("button", name="Refresh Job List")
    button.click()
    expect(page.get_by_text("It is read at the next visit of the Web Connector.")).to_be_visible()
    expect(page.get_by_text(re.compile("^Read "))).to_be_visible()
    expect(button).to_be_enabled()


def test_a_job_of_the_bookkeepers_is_linked_another_added_a_third_put_aside(pam: Page, adam: Page, company: Company) -> None:
    new_project(pam, "26-0301", "Lighthouse Stair Repair", CITY)
    for name, number in (("Lighthouse stair", "26-0301"), ("Ferry Slip", "26-0302"), ("Old Warehouse", "")):
        bookkeeper.add_job(company, CITY, name, AccountNumber=number)

    open_list(adam, "Jobs", "Ready To Import")
    refresh(adam)
    expect(row(adam, "Lighthouse stair")).to_be_visible()

    row(adam, "Lighthouse stair").get_by_role("button", name="Link to project").click()
    expect(adam.get_by_role("heading", name=f"Link to project: {CITY}:Lighthouse stair")).to_be_visible()
    likeliest = adam.get_by_role("row").nth(1)
    expect(likeliest).to_contain_text("same name or number")
    likeliest.get_by_role("link", name="Compare").click()
    name = adam.get_by_role("row").filter(has=adam.get_by_role("rowheader", name="Name"))
    expect(name).to_contain_text("Lighthouse stairLighthouse Stair Repair")
    expect(name).to_contain_text("differs")
    assert [found["id"] for found in Axe().run(adam).response["violations"]] == []
    adam.get_by_role("button", name="Link to project").click()
    expect(
        adam.get_by_text(f"26-0301 Lighthouse Stair Repair is linked to {CITY}:Lighthouse stair; it is Synced.")
    ).to_be_visible()
    expect(row(adam, "Lighthouse stair")).to_have_count(0)

    row(adam, "Ferry Slip").get_by_role("button", name="Add to Projects").click()
    expect(adam.get_by_text("26-0302 Ferry Slip was added; it is Synced.")).to_be_visible()

    row(adam, "Old Warehouse").get_by_role("button", name="Archive").click()
    expect(adam.get_by_text("Old Warehouse was archived.")).to_be_visible()
    expect(row(adam, "Old Warehouse")).to_have_count(0)
    choose(adam, "Archived")
    row(adam, "Old Warehouse").get_by_role("button", name="Unarchive").click()
    expect(adam.get_by_text("is under Ready To Import again.")).to_be_visible()
    choose(adam, "Ready To Import")
    expect(row(adam, "Old Warehouse")).to_be_visible()

    choose(adam, "Synced")
    expect(row(adam, "26-0302")).to_contain_text(f"{CITY}:Ferry Slip")
    bookkeeper.rename(company, "job", f"{CITY}:Lighthouse stair", "Lighthouse stairs and rail")
    refresh(adam)
    expect(row(adam, "26-0301")).to_contain_text(f"Renamed in QuickBooks to {CITY}:Lighthouse stairs and rail.")

    pam.reload()
    expect(pam.get_by_text("Synced").first).to_be_visible()


def test_ann_sees_why_adding_is_not_hers(ann: Page, adam: Page, company: Company) -> None:
    bookkeeper.add_job(company, CITY, "Tool Shed")
    open_list(adam, "Jobs", "Ready To Import")
    refresh(adam)
    open_list(ann, "Jobs", "Ready To Import")
    shed = row(ann, "Tool Shed")
    expect(shed.get_by_role("button", name="Add to Projects")).to_have_attribute("aria-disabled", "true")
    shed.get_by_role("button", name="Why?").first.click()
    expect(shed.get_by_text("You need Admin on ERP Integrations.").first).to_be_visible()
    expect(ann.get_by_role("button", name="Refresh Job List")).to_have_count(0)
