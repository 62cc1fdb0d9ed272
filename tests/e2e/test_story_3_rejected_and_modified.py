"""Story 3: a budget rejected and re-sent; a budget modified after it was synced sends only its changes."""

from collections.abc import Callable
from decimal import Decimal

from playwright.sync_api import Page, expect

from erp.simulator.company import Company
from tests.e2e.budgets import code_in_quickbooks, estimates, move, small_budget, unlock
from tests.e2e.desk import accept, choose, export, open_list, row, send


def test_a_rejected_budget_is_unlocked_corrected_and_sent_again(
    pam: Page, ann: Page, adam: Page, person: Callable[..., Page], company: Company
) -> None:  # fmt: skip
    code_in_quickbooks(adam, ann, "71-1000")
    project = small_budget(pam, ann, "26-2001", "Tide Gate", code="71-1000")
    send(pam)
    open_list(ann, "Budget")
    row(ann, "Tide Gate").get_by_role("button", name="Reject").click()
    ann.get_by_label("Enter a short explanation").fill("Line 71-1000 belongs to the city")
    row(ann, "Enter a short explanation").get_by_role("button", name="Reject").click()
    expect(row(ann, "Tide Gate")).to_have_count(0)

    pam.goto(f"{project}/budget")
    expect(pam.get_by_text("Line 71-1000 belongs to the city").first).to_be_visible()
    unlock(pam).click()
    expect(pam.get_by_role("button", name="Lock Budget")).to_be_visible()
    inbox = person("bob")
    inbox.goto("/dev/inbox/")
    expect(inbox.get_by_role("row").filter(has_text="Budget rejected: Tide Gate")).to_have_count(1)
    expect(inbox.get_by_role("row").filter(has_text="Budget rejected: Tide Gate")).to_contain_text("pam@demo.test")

    pam.get_by_role("link", name="Edit 71-1000").click()
    pam.get_by_role("row").filter(has_text="71-1000").get_by_label("Amount").fill("1,000.00")
    pam.get_by_role("row").filter(has_text="71-1000").get_by_role("button", name="Save").click()
    expect(pam.get_by_text("1,000.00").first).to_be_visible()
    pam.get_by_role("button", name="Lock Budget").click()
    pam.get_by_role("button", name="Re-send to ERP").click()
    expect(pam.get_by_role("button", name="Retrieve from ERP")).to_be_visible()
    countersign(ann, "Tide Gate")
    assert amounts(company, "City of Bayview:Tide Gate") == [Decimal("1000.00")]


def test_a_budget_modified_after_the_sync_sends_only_its_changes(pam: Page, ann: Page, adam: Page, company: Company) -> None:
    code_in_quickbooks(adam, ann, "71-1000")
    code_in_quickbooks(adam, ann, "71-2000")
    project = small_budget(pam, ann, "26-2003", "Quay Wall", code="71-1000")
    send(pam)
    countersign(ann, "Quay Wall")

    pam.goto(f"{project}/budget")
    pam.get_by_label("Cost Code", exact=True).fill("71-2000")
    pam.get_by_role("button", name="Add line").click()
    expect(pam.get_by_text("71-2000 was added.")).to_be_visible()
    move(pam, "71-1000 S", "71-2000 S", "200.00", "Piles instead of fill")
    approve_a_change(pam, "71-2000 S", "75.50")
    pam.get_by_role("navigation", name="Budget").get_by_role("link", name="Budget", exact=True).click()
    expect(pam.get_by_role("row").filter(has_text="71-2000").first).to_contain_text("275.50")

    send(pam)
    open_list(ann, "Budget")
    waiting = row(ann, "Quay Wall")
    expect(waiting).to_contain_text("Changes only")
    waiting.get_by_role("button", name="Details").click()
    details = ann.get_by_role("dialog")
    expect(details.get_by_text("1,325.50").first).to_be_visible()
    details.get_by_role("link", name="Changed since").click()
    expect(details.get_by_role("row").filter(has_text="71-2000")).to_contain_text("275.50")
    ann.keyboard.press("Escape")
    countersign(ann, "Quay Wall")
    assert amounts(company, "City of Bayview:Quay Wall") == [
        Decimal("1250.00"), Decimal("-200.00"), Decimal("275.50"),
    ]  # fmt: skip
    pam.reload()
    expect(pam.get_by_role("button", name="Re-send to ERP")).to_have_attribute("aria-disabled", "true")


def approve_a_change(pam: Page, line: str, amount: str) -> None:
    """Pam writes a budget change, puts it into review and approves it."""
    pam.get_by_role("link", name="Budget Changes").click()
    pam.get_by_role("link", name="New budget change").click()
    pam.get_by_label("Number").fill("BC-1")
    pam.get_by_label("Title").fill("Deeper piles")
    pam.get_by_label("Line, row 1").fill(line)
    pam.get_by_label("Amount, row 1").fill(amount)
    pam.get_by_role("button", name="Save").click()
    pam.get_by_role("button", name="Submit").click()
    pam.get_by_role("button", name="Approve").click()
    expect(pam.get_by_text("Approved").first).to_be_visible()


def countersign(ann: Page, name: str) -> None:
    """Ann accepts and exports the budget and sees it Synced."""
    open_list(ann, "Budget")
    accept(ann, name)
    export(ann)
    choose(ann, "Synced")
    expect(row(ann, name)).to_be_visible()


def amounts(company: Company, job: str) -> list[Decimal]:
    """The amounts of the lines of the one Estimate of a job, in their order."""
    found = estimates(company, job)
    assert len(found) == 1
    return [Decimal(line["amount"]) for line in found[0]["lines"]]  # type: ignore[attr-defined]
