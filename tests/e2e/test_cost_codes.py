"""Cost codes: their default types in quick presses, and a whole list that Ann rejects."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.desk import open_list, row

GRID = "/cost-codes/default-types"


@pytest.fixture
def grid(adam: Page) -> Iterator[Page]:
    """The grid; afterwards no code has a default type, as the other stories expect."""
    adam.goto(GRID)
    yield adam
    for name in ("Labor", "Material", "Equipment", "Subcontract", "Other"):
        for said in ("now with", "no longer with"):
            adam.locator("#types-heads").get_by_role("button", name=name).click()
            expect(adam.locator("#flashes")).to_contain_text(f"{said} {name}")
    adam.goto(GRID)
    expect(adam.locator("td [aria-pressed=true]")).to_have_count(0)


def test_quick_presses_are_all_kept_and_a_new_line_gets_the_types(grid: Page, pam: Page) -> None:
    grid.evaluate(
        """() => [...document.querySelectorAll('td button[aria-label^="22-1000 "]')].forEach((cell, n) => setTimeout(() => cell.click(), 40 * n))"""
    )
    expect(grid.locator("td [aria-pressed=true]")).to_have_count(5)
    grid.get_by_role("button", name="22-1000 Other").click()
    expect(grid.locator("td [aria-pressed=true]")).to_have_count(4)
    expect(grid.get_by_role("button", name="22-1000 Other")).to_be_focused()
    grid.reload()
    expect(grid.locator("td [aria-pressed=true]")).to_have_count(4)
    assert [v["id"] for v in Axe().run(grid).response["violations"]] == []

    pam.goto("/projects/")
    pam.get_by_role("link", name="Fire Station 12 Roof", exact=True).click()
    pam.get_by_role("link", name="Budget", exact=True).first.click()
    pam.get_by_label("Cost Code").last.fill("22-1000")
    pam.get_by_label("Amount").last.fill("0")
    pam.get_by_role("button", name="Add line").click()
    expect(pam.get_by_text("22-1000 was added with the types L, M, E, S.")).to_be_visible()


def test_ann_rejects_a_list_and_adam_gets_one_mail_with_the_count(adam: Page, ann: Page) -> None:
    for number in ("90-1001", "90-1002", "90-1003"):
        adam.goto("/cost-codes/new")
        adam.get_by_label("Code", exact=True).fill(number)
        adam.get_by_label("Name", exact=True).fill(f"Rejected {number}")
        adam.get_by_role("button", name="Add cost code").click()
    adam.goto("/cost-codes/?q=Rejected")
    adam.get_by_role("checkbox", name="Choose all on this page").check()
    adam.get_by_role("button", name="Send to ERP").click()
    expect(adam.get_by_text("3 sent to")).to_be_visible()

    open_list(ann, "Standard Cost Codes", "Ready To Export")
    ann.wait_for_load_state("networkidle")
    ann.get_by_label("Filter this list").fill("90")
    expect(ann).to_have_url(re.compile("q=90"))
    expect(row(ann, "90-1002")).to_be_visible()
    expect(ann.locator("tr[data-row]")).to_have_count(4)
    ann.get_by_role("button", name="Reject All").click()
    expect(ann.get_by_text("Reject 4 of this list with “90”")).to_be_visible()
    assert [v["id"] for v in Axe().run(ann).response["violations"]] == []
    ann.get_by_label("Enter a Comment (Optional)").fill("Not in our chart.")
    ann.get_by_role("button", name="Reject All").click()
    expect(ann.get_by_text("4 rejected.")).to_be_visible()
    expect(ann.locator("tr[data-row]")).to_have_count(0)

    adam.goto("/dev/inbox/")
    expect(adam.get_by_text("ERP Cost Code Rejection Notification: 4 cost codes")).to_have_count(1)
