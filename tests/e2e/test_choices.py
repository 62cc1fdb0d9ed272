"""What is typed into an accepted row: one decision when the field is left, and never a row wider than its frame."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.budgets import code_in_quickbooks, small_budget
from tests.e2e.desk import accept, open_list, row, send

NAME = "Pump House"
pytestmark = pytest.mark.long


def test_a_date_and_a_number_that_are_typed_are_one_decision_each(pam: Page, ann: Page, adam: Page) -> None:
    code_in_quickbooks(adam, ann, "77-1000")
    small_budget(pam, ann, "77-0001", NAME, "77-1000")
    send(pam)
    open_list(ann, "Budget")
    accept(ann, NAME)
    day = datetime.now(UTC).date() + timedelta(days=7)

    type_date(ann, f"{day:%m%d%Y}")
    expect(ann.locator(".flashes .notice")).to_have_count(0)
    number = row(ann, NAME).get_by_label("Number")
    number.click()
    expect(row(ann, NAME).locator("[name=version]").first).to_have_value("3")
    expect(row(ann, NAME).get_by_label("Accounting date")).to_have_value(day.isoformat())

    type_date(ann, f"{day:%m%d}0026")
    number.click()
    expect(ann.get_by_text("Write the year with four digits")).to_be_visible()
    expect(row(ann, NAME).get_by_label("Accounting date")).to_have_value(day.isoformat())

    number.fill("A number that is too long")
    number.press("Enter")
    expect(ann.get_by_text("at most 11 fit")).to_be_visible()
    for width in (1280, 1100):
        ann.set_viewport_size({"width": width, "height": 800})
        assert ann.evaluate("[...document.querySelectorAll('.table-wrap')].every(one => one.scrollWidth <= one.clientWidth)")

    ann.goto("/erp/decisions")
    mine = ann.get_by_role("row").filter(has_text=f"{NAME} budget")
    for decision in ("Choose", "Accept"):
        expect(mine.get_by_role("cell", name=decision, exact=True)).to_have_count(1)


def type_date(page: Page, digits: str) -> None:
    """Type a date key by key, as fast as the desk used to save it."""
    page.evaluate("() => document.activeElement.blur()")
    row(page, NAME).get_by_label("Accounting date").click(position={"x": 12, "y": 10})
    for digit in digits:
        page.keyboard.press(digit)
        page.wait_for_timeout(300)
