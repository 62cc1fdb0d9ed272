"""Every page: no axe violation in light and dark, no complaint of the browser, nothing wider than a phone."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.looks import looked_at

PAGES = {
    "pam": ("/projects/", "/projects/new", "/projects/{p}", "/projects/{p}/edit", "/projects/{p}/team", "/projects/{p}/budget",
            "/projects/{p}/sub-jobs/new",
            "/projects/{p}/budget/import", "/projects/{p}/budget/modifications", "/projects/{p}/budget/changes",
            "/projects/{p}/budget/changes/new", "/projects/{p}/job-costs", "/cost-codes/", "/cost-codes/import", "/dev/inbox/",
            "/waiting", "/projects/99999", "/directory/", "/directory/new", "/directory/{c}", "/directory/{c}/edit"),
    "ann": ("/erp/1/job/ready-to-import", "/erp/1/job/ready-to-export", "/erp/1/cost_code/ready-to-export",
            "/erp/1/cost_code/ready-to-import", "/erp/1/budget/ready-to-export", "/erp/1/budget/failed-to-export",
            "/erp/1/job/synced", "/erp/1/sub_job/", "/erp/1/company/ready-to-export", "/erp/1/company/ready-to-import", "/erp/1/budget/archived", "/erp/1/verify", "/me/mail", "/erp/1/all-kinds", "/erp/decisions", "/erp/search?q=Annex",
            "/erp/1/how-it-works", "/cost-codes/default-types"),
    "stan": ("/erp/1/job/ready-to-export",),
    "adam": ("/erp/1/job/ready-to-import", "/erp/1/cost_code/archived", "/erp/1/job/records/matches", "/settings/connections", "/settings/connections/new", "/settings/connections/1", "/settings/mails/", "/cost-codes/",
             "/erp/1/job-costs", "/erp/1/accountant-report", "/erp/1/verify"),
    "olga": ("/people/", "/people/new", "/people/2", "/people/6", "/people/999", "/people/rights", "/people/rights?person=4", "/account/"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(PAGES))
def test_no_page_has_an_accessibility_violation_or_is_wider_than_a_phone(person: Callable[..., Page], name: str) -> None:
    page, found = person(name), []
    for path in PAGES[name]:
        page.goto(address(page, path))
        found += looked_at(page)
    assert not found, "\n".join(found)


def test_the_details_window_has_none_either(person: Callable[..., Page]) -> None:
    pam, ann = person("pam"), person("ann")
    pam.goto(f"/projects/{a_project(pam)}")
    if pam.get_by_role("button", name="Send to ERP").count():
        pam.get_by_role("button", name="Send to ERP").click()
        pam.get_by_role("button", name="Retrieve from ERP").wait_for()
    ann.goto("/erp/1/job/ready-to-export")
    ann.get_by_role("button", name="Details").first.click()
    ann.get_by_role("dialog").wait_for()
    assert [v["id"] for v in Axe().run(ann).response["violations"]] == []


def address(page: Page, path: str) -> str:
    """The path with a project of the demo in place of {p}, a company in place of {c}."""
    return path.format(p=a_project(page) if "{p}" in path else 0, c=a_company(page) if "{c}" in path else 0)


def a_company(page: Page) -> str:
    """The number of a demo company in the address."""
    page.goto("/directory/")
    href = page.get_by_role("link", name="Tidewater Ready Mix").get_attribute("href") or ""
    return href.rpartition("/")[2]


def a_project(page: Page) -> str:
    """The number of a demo project in the address."""
    page.goto("/projects/")
    href = page.get_by_role("link", name="Library Annex", exact=True).get_attribute("href") or ""
    return href.rstrip("/").rpartition("/")[2]
