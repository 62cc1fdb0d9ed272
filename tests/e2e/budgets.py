"""Budgets in the browser: a small one, why a button is grey, and what QuickBooks has of them."""

from playwright.sync_api import Locator, Page, expect

from erp.simulator import views
from erp.simulator.company import Company
from tests.e2e.desk import accept, choose, export, new_project, open_list, row, send


def why_grey(page: Page, within: str = "section[aria-label=ERP]", button: str = "Send to ERP") -> str:
    """What the question mark beside a grey button says."""
    panel = page.locator(within).locator(".why").filter(has=page.get_by_role("button", name=button, exact=True))
    mark = panel.get_by_role("button", name="Why?")
    mark.hover()
    expect(panel.get_by_role("tooltip")).to_be_visible()
    return panel.get_by_role("tooltip").inner_text()


def unlock(page: Page) -> Locator:
    """The button Unlock of the budget, grey or not."""
    return page.get_by_role("button", name="Unlock", exact=True)


def sync_job_costs(adam: Page, project: str) -> None:
    """Adam reads the costs of one job and waits for them."""
    adam.goto("/erp/")
    adam.get_by_role("link", name="Job Costs").click()
    adam.get_by_role("link", name=project).click()
    adam.get_by_role("button", name="Sync Job Costs").click()
    expect(adam.get_by_text("is read at the next visit of the Web Connector")).to_be_visible()
    expect(adam.get_by_role("button", name="Sync Job Costs")).to_be_enabled(timeout=60_000)


def estimates(company: Company, job: str) -> list[dict[str, object]]:
    return [found for found in views.estimates(company) if found["customer"] == job]


def code_in_quickbooks(adam: Page, ann: Page, code: str) -> None:
    """Adam makes a cost code and sends it, Ann exports it, unless it is there already."""
    adam.goto(f"/cost-codes/?q={code}")
    if adam.get_by_role("row").filter(has_text=code).count():
        return
    adam.goto("/cost-codes/new")
    adam.get_by_label("Code", exact=True).fill(code)
    adam.get_by_label("Name", exact=True).fill(f"Works {code}")
    adam.get_by_role("button", name="Add cost code").click()
    send_codes(adam, code)
    countersign_codes(ann)


def send_codes(adam: Page, words: str = "") -> None:
    """Adam sends every cost code that contains these words."""
    adam.goto(f"/cost-codes/?q={words}")
    adam.get_by_label("Choose all on this page").check()
    adam.get_by_role("button", name="Send to ERP").click()
    expect(adam.get_by_text("sent", exact=False).first).to_be_visible()


def countersign_codes(ann: Page, more_than_a_page: bool = False) -> None:
    """Ann accepts all of them with one pair of accounts and exports."""
    open_list(ann, "Standard Cost Codes")
    ann.get_by_label("Select all rows").check()
    bar = ann.locator("#bulk")
    bar.get_by_label("Income account").select_option(label="Construction Income")
    bar.get_by_label("Expense account").select_option(label="Subcontracts")
    if more_than_a_page:
        bar.get_by_label("of this list").check()
    bar.get_by_role("button", name="Accept selected").click()
    expect(ann.get_by_text("accepted.").first).to_be_visible()
    export(ann)
    expect(ann.get_by_text("Nothing waits for your decision here.")).to_be_visible(timeout=60_000)
    choose(ann, "Failed To Export")
    expect(ann.get_by_text("Nothing failed.")).to_be_visible()


def small_budget(pam: Page, ann: Page, number: str, name: str, code: str) -> str:
    """A project in QuickBooks with a locked budget of one line over 1,250.00; the project's address."""
    new_project(pam, number, name, "City of Bayview")
    project = pam.url
    send(pam)
    open_list(ann, "Jobs")
    accept(ann, name)
    export(ann)
    choose(ann, "Synced")
    expect(row(ann, name)).to_be_visible()
    pam.goto(f"{project}/budget")
    pam.get_by_label("Cost Code", exact=True).fill(code)
    pam.get_by_label("Amount").fill("1,250.00")
    pam.get_by_role("button", name="Add line").click()
    expect(pam.get_by_text("1,250.00").first).to_be_visible()
    pam.get_by_role("button", name="Lock Budget").click()
    return project


def move(pam: Page, source: str, target: str, amount: str, reason: str) -> None:
    """Pam moves money from one line to another."""
    pam.get_by_role("link", name="Budget Modifications").click()
    pam.get_by_label("Line, row 1").fill(source)
    pam.get_by_label("Take from it, row 1").fill(amount)
    pam.get_by_label("Line, row 2").fill(target)
    pam.get_by_label("Add to it, row 2").fill(amount)
    pam.get_by_label("Reason").fill(reason)
    pam.get_by_role("button", name="Save").click()
    expect(pam.get_by_text("The money was moved.")).to_be_visible()
