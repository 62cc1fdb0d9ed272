"""Lines of a budget in the browser: two people on one line, a deletion that is asked about, and a page that is never stale."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.budgets import code_in_quickbooks, small_budget, unlock
from tests.e2e.desk import send

pytestmark = pytest.mark.long


def test_who_was_second_sees_what_is_saved_now_within_the_page(
    pam: Page, ann: Page, adam: Page, person: Callable[..., Page]
) -> None:
    code_in_quickbooks(adam, ann, "71-1000")
    project = small_budget(pam, ann, "26-4001", "Breakwater", code="71-1000")
    unlock(pam).click()
    second = person("pam")
    for page in (pam, second):
        page.goto(f"{project}/budget")
        page.get_by_role("link", name="Edit 71-1000").click()
    for page, amount in ((pam, "1,000.00"), (second, "2,000.00")):
        line = page.get_by_role("row").filter(has_text="71-1000")
        line.get_by_label("Amount").fill(amount)
        line.get_by_role("button", name="Save").click()
        expect(line.get_by_role("button", name="Save").or_(line.get_by_role("link", name="Edit"))).to_be_visible()
    said = second.get_by_text("Saved now: Amount 1000.00.")
    expect(said).to_be_visible()
    expect(second.get_by_label("Amount").first).to_have_value("2,000.00")
    box, wide = said.bounding_box(), second.viewport_size
    assert box and wide
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= wide["width"]

    second.get_by_role("row").filter(has_text="71-1000").get_by_role("button", name="Delete").click()
    question = second.get_by_role("dialog")
    expect(question).to_contain_text("Delete 71-1000 S")
    question.get_by_role("button", name="Cancel").click()
    expect(second.get_by_role("link", name="Cancel")).to_be_visible()
    second.get_by_role("row").filter(has_text="71-1000").get_by_role("button", name="Delete").click()
    question.get_by_role("button", name="Delete").click()
    expect(second.get_by_text("was deleted.")).to_be_visible()
    expect(second.get_by_role("link", name="Edit 71-1000")).to_have_count(0)


def test_after_send_nothing_on_the_page_is_stale(pam: Page, ann: Page, adam: Page) -> None:
    code_in_quickbooks(adam, ann, "71-1000")
    small_budget(pam, ann, "26-4002", "Slipway", code="71-1000")
    expect(unlock(pam)).not_to_have_attribute("aria-disabled", "true")
    send(pam)
    expect(unlock(pam)).to_have_attribute("aria-disabled", "true")
    pam.get_by_role("button", name="Retrieve from ERP").click()
    expect(unlock(pam)).not_to_have_attribute("aria-disabled", "true")
