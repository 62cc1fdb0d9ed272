"""What Ann and Pam do, in their words."""

import re

from playwright.sync_api import Locator, Page, expect

HANDED = re.compile(r"handed to QuickBooks|[0-9]+ of [0-9]+ exported")
"""What an Export says: at once, or when it was done before the page was drawn."""


def new_project(page: Page, number: str, name: str, customer: str = "") -> None:
    """Pam makes a project and looks at it."""
    page.goto("/projects/new")
    page.get_by_label("Number", exact=True).fill(number)
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Customer wished").fill(customer)
    page.get_by_role("button", name="Create project").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def send(page: Page) -> None:
    """Pam presses Send to ERP (or Re-send) and sees that it can be retrieved."""
    _wait_while_grey(page)
    page.get_by_role("button", name="end to ERP").click()
    expect(page.get_by_role("button", name="Retrieve from ERP")).to_be_visible()


def open_list(page: Page, tab: str, filter_name: str = "Ready To Export") -> None:
    """Ann opens a tab and a filter."""
    page.get_by_role("link", name="ERP Integrations").click()
    page.get_by_label("Kinds of items").get_by_role("link", name=tab).click()
    choose(page, filter_name)


def choose(page: Page, filter_name: str) -> None:
    """Ann opens a filter of the tab she is in."""
    page.get_by_role("link", name=filter_name).click()
    expect(page.get_by_role("link", name=filter_name)).to_have_attribute("aria-current", "page")


def row(page: Page, name: str) -> Locator:
    """The row of an item."""
    return page.get_by_role("row").filter(has_text=name)


def accept(page: Page, name: str, **choices: str) -> None:
    """Ann accepts a row and fills what it asks for."""
    row(page, name).get_by_role("button", name="Accept").click()
    for label, option in choices.items():
        row(page, name).get_by_label(label).select_option(label=option)
    expect(row(page, name).get_by_text("by Ann Archer")).to_be_visible()


def export(page: Page) -> None:
    """Ann exports everything accepted."""
    page.get_by_role("button", name="Export to QuickBooks").click()
    expect(page.get_by_text(HANDED).first).to_be_visible()


def _wait_while_grey(page: Page) -> None:
    """What accounting is about to say may still turn the button live; who waits longer is told why it is grey."""
    for _ in range(10):
        if page.get_by_role("button", name="end to ERP").get_attribute("aria-disabled") != "true":
            return
        page.wait_for_timeout(1500)
        page.reload()
    raise AssertionError(f"Send is grey: {page.locator('.why-text').all_text_contents()}")
