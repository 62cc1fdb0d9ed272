"""Story 2: a real schedule of values becomes an Estimate, to the cent, and opens again when its amounts are back."""

from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from erp.simulator import bookkeeper
from erp.simulator.company import Company
from tests.e2e.budgets import (
    code_in_quickbooks,
    countersign_codes,
    estimates,
    send_codes,
    small_budget,
    sync_job_costs,
    unlock,
    why_grey,
)
from tests.e2e.desk import accept, choose, export, new_project, open_list, row, send

SCHEDULE = Path(__file__).resolve().parents[1] / "fixtures" / "sf_2977J_sov.csv"


def import_schedule(page: Page, file: Path = SCHEDULE) -> None:
    """Pam takes a file through its columns and preview into the budget."""
    page.get_by_role("link", name="Import").click()
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("51 lines").first).to_be_visible()
    expect(page.get_by_text("3,941,885.60").first).to_be_visible()
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("heading", name="Cost Code Detail")).to_be_visible()


def test_a_schedule_of_values_becomes_an_estimate_to_the_cent(
    pam: Page, ann: Page, adam: Page, company: Company
) -> None:  # fmt: skip
    new_project(pam, "26-2977", "Grove Street Paving", "City of Bayview")
    project = pam.url
    pam.goto(f"{project}/budget")
    import_schedule(pam)
    pam.get_by_role("button", name="Lock Budget").click()
    expect(pam.get_by_text("Locked", exact=False).first).to_be_visible()
    assert "not synced with ERP yet" in why_grey(pam)

    pam.goto(project)
    send(pam)
    open_list(ann, "Jobs")
    accept(ann, "Grove Street Paving")
    export(ann)
    choose(ann, "Synced")
    expect(row(ann, "Grove Street Paving")).to_contain_text("City of Bayview:Grove Street Paving")

    pam.goto(f"{project}/budget")
    assert "51 cost codes are not synced" in why_grey(pam)
    send_codes(adam)
    countersign_codes(ann, more_than_a_page=True)

    pam.reload()
    send(pam)
    open_list(ann, "Budget")
    expect(ann.get_by_text("Filter Estimates By")).to_be_visible()
    waiting = row(ann, "Grove Street Paving")
    waiting.get_by_role("button", name="Details").click()
    details = ann.get_by_role("dialog")
    expect(details.get_by_role("heading", name="Budget Updates")).to_be_visible()
    for words in ("Cost Code", "Category", "Original Budget", "Budget Changes", "Revised Estimate", "51 lines", "3,941,885.60"):
        expect(details.get_by_text(words).first).to_be_visible()
    details.get_by_role("button", name="Close").click()
    expect(details).to_have_count(0)
    accept(ann, "Grove Street Paving")
    export(ann)
    choose(ann, "Synced")
    expect(row(ann, "Grove Street Paving")).to_contain_text("3,941,885.60")

    there = estimates(company, "City of Bayview:Grove Street Paving")
    assert len(there) == 1
    assert len(there[0]["lines"]) == 51  # type: ignore[arg-type]
    assert sum(Decimal(line["amount"]) for line in there[0]["lines"]) == Decimal("3941885.60")  # type: ignore[attr-defined]

    pam.reload()
    assert "Accounting has everything in this budget." in why_grey(pam, button="Re-send to ERP")
    assert "Missing: " in why_grey(pam, "#budget-head", "Unlock")
    expect(unlock(pam)).to_have_attribute("aria-disabled", "true")
    sync_job_costs(adam, "Grove Street Paving")
    pam.reload()
    unlock(pam).click()
    expect(pam.get_by_text("The budget is unlocked.")).to_be_visible()
    expect(pam.get_by_role("button", name="Lock Budget")).to_be_visible()


@pytest.mark.long
def test_estimates_switched_off_in_quickbooks_fail_the_budget_until_they_are_on(
    pam: Page, ann: Page, adam: Page, company: Company
) -> None:  # fmt: skip
    code_in_quickbooks(adam, ann, "72-1000")
    small_budget(pam, ann, "26-2002", "Seawall Lighting", code="72-1000")
    send(pam)
    open_list(ann, "Budget")
    accept(ann, "Seawall Lighting")
    bookkeeper.prefer(company, "estimates", False)
    export(ann)
    choose(ann, "Failed To Export")
    failed = row(ann, "Seawall Lighting")
    expect(failed).to_contain_text("Estimates are switched off")
    expect(failed).to_contain_text("press Retry")
    bookkeeper.prefer(company, "estimates", True)
    expect(failed.get_by_role("button", name="Retry")).to_be_visible()
    retry_until_on(ann, "Seawall Lighting")
    choose(ann, "Synced")
    expect(row(ann, "Seawall Lighting")).to_contain_text("1,250.00")
    assert len(estimates(company, "City of Bayview:Seawall Lighting")) == 1


def retry_until_on(ann: Page, name: str) -> None:
    """The switch is seen at the next visit of the Web Connector; the lists' Refresh is one."""
    row(ann, name).get_by_role("button", name="Retry").click()
    expect(row(ann, name)).to_have_count(0)
