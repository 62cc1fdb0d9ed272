"""Story 2 up to Synced: a real schedule of values becomes an Estimate, to the cent."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import Page, expect

from erp.simulator import bookkeeper, views
from erp.simulator.company import Company
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


def why_grey(page: Page) -> str:
    """What the question mark beside the grey button says."""
    panel = page.get_by_label("ERP", exact=True)
    panel.get_by_role("button", name="Why?").hover()
    expect(panel.get_by_role("tooltip")).to_be_visible()
    return panel.get_by_role("tooltip").inner_text()


def estimates(company: Company, job: str) -> list[dict[str, object]]:
    return [found for found in views.estimates(company) if found["customer"] == job]


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
    countersign_codes(ann)

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
    expect(pam.get_by_role("button", name="Re-send to ERP")).to_have_attribute("aria-disabled", "true")
    expect(pam.get_by_role("button", name="Unlock", exact=True)).to_have_attribute("aria-disabled", "true")


def send_codes(adam: Page) -> None:
    """Adam sends every cost code."""
    adam.goto("/cost-codes/")
    adam.get_by_label("Choose all on this page").check()
    adam.get_by_role("button", name="Send to ERP").click()
    expect(adam.get_by_text("sent", exact=False).first).to_be_visible()


def countersign_codes(ann: Page) -> None:
    """Ann accepts all of them with one pair of accounts and exports."""
    open_list(ann, "Standard Cost Codes")
    ann.get_by_label("Select all rows").check()
    bar = ann.locator("#bulk")
    bar.get_by_label("Income account").select_option(label="Construction Income")
    bar.get_by_label("Expense account").select_option(label="Subcontracts")
    bar.get_by_label("of this list").check()
    bar.get_by_role("button", name="Accept selected").click()
    expect(ann.get_by_text("accepted.").first).to_be_visible()
    export(ann)
    expect(ann.get_by_text("Nothing waits for your decision here.")).to_be_visible(timeout=60_000)
    choose(ann, "Failed To Export")
    expect(ann.get_by_text("Nothing failed.")).to_be_visible()


def test_a_rejected_budget_needs_an_explanation_and_can_be_unlocked(
    pam: Page, ann: Page, person: Callable[..., Page]
) -> None:  # fmt: skip
    project = small_budget(pam, ann, "26-2001", "Tide Gate")
    send(pam)
    open_list(ann, "Budget")
    row(ann, "Tide Gate").get_by_role("button", name="Reject").click()
    ann.get_by_label("Enter a short explanation").fill("Line R-1 belongs to the city")
    row(ann, "Enter a short explanation").get_by_role("button", name="Reject").click()
    expect(row(ann, "Tide Gate")).to_have_count(0)

    pam.goto(f"{project}/budget")
    expect(pam.get_by_role("button", name="Re-send to ERP")).to_be_visible()
    pam.get_by_role("button", name="Unlock", exact=True).click()
    expect(pam.get_by_role("button", name="Lock Budget")).to_be_visible()
    inbox = person("bob")
    inbox.goto("/dev/inbox/")
    expect(inbox.get_by_role("row").filter(has_text="Budget rejected: Tide Gate")).to_have_count(1)
    expect(inbox.get_by_role("row").filter(has_text="Budget rejected: Tide Gate")).to_contain_text("pam@demo.test")


def test_estimates_switched_off_in_quickbooks_fail_the_budget_until_they_are_on(pam: Page, ann: Page, company: Company) -> None:
    small_budget(pam, ann, "26-2002", "Seawall Lighting")
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


def small_budget(pam: Page, ann: Page, number: str, name: str) -> str:
    """A project in QuickBooks with a locked budget of one line on a code that is there; the project's address."""
    new_project(pam, number, name, "City of Bayview")
    project = pam.url
    send(pam)
    open_list(ann, "Jobs")
    accept(ann, name)
    export(ann)
    choose(ann, "Synced")
    expect(row(ann, name)).to_be_visible()
    pam.goto(f"{project}/budget")
    pam.get_by_label("Cost Code", exact=True).fill("R-1")
    pam.get_by_label("Amount").fill("1,250.00")
    pam.get_by_role("button", name="Add line").click()
    expect(pam.get_by_text("1,250.00").first).to_be_visible()
    pam.get_by_role("button", name="Lock Budget").click()
    return project
