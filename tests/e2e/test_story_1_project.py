"""Story 1: a project travels, is refused, comes back."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from erp.simulator import bookkeeper, views
from erp.simulator.company import Company
from tests.e2e.desk import accept, choose, export, new_project, open_list, row, send


def jobs(company: Company) -> set[str]:
    return {customer["full_name"] for customer in views.customers(company)}


def test_a_project_becomes_a_job_under_the_customer_that_ann_picks(pam: Page, ann: Page, company: Company) -> None:
    new_project(pam, "26-0101", "Ferry Landing Repair")
    send(pam)

    open_list(ann, "Jobs")
    accept(ann, "Ferry Landing Repair", Customer="Bayview Port Authority")
    export(ann)

    expect(row(ann, "Ferry Landing Repair")).to_have_count(0)
    choose(ann, "Synced")
    expect(ann.get_by_role("heading", name="Synced Projects")).to_be_visible()
    expect(row(ann, "Ferry Landing Repair")).to_contain_text("Bayview Port Authority:Ferry Landing Repair")
    assert "Bayview Port Authority:Ferry Landing Repair" in jobs(company)


def test_a_rejected_project_returns_with_mails_and_is_sent_again(
    pam: Page, ann: Page, person: Callable[..., Page]
) -> None:  # fmt: skip
    new_project(pam, "26-0102", "Orchard Street Culvert", "City of Bayview")
    send(pam)

    open_list(ann, "Jobs")
    row(ann, "Orchard Street Culvert").get_by_role("button", name="Reject").click()
    ann.get_by_label("Enter a Comment (Optional)").fill("Wrong customer, please check")
    row(ann, "Enter a Comment").get_by_role("button", name="Reject").click()
    expect(row(ann, "Orchard Street Culvert")).to_have_count(0)

    subject = "ERP Project Rejection Notification: 26-0102 Orchard Street Culvert"
    pam.goto("/dev/inbox/")
    told = pam.get_by_role("row").filter(has_text=subject)
    assert sorted(told.get_by_role("cell").filter(has_text="@").all_inner_texts()) == ["bob@demo.test", "pam@demo.test"]
    told.first.get_by_role("link").click()
    expect(pam.get_by_text("Wrong customer, please check")).to_be_visible()

    pam.goto("/projects/")
    pam.get_by_role("link", name="Orchard Street Culvert", exact=True).click()
    pam.get_by_role("link", name="Edit project").click()
    pam.get_by_label("City", exact=True).fill("Bayview")
    pam.get_by_role("button", name="Save").click()
    expect(pam.get_by_role("button", name="Re-send to ERP")).to_be_visible()
    send(pam)
    open_list(ann, "Jobs")
    accept(ann, "Orchard Street Culvert")


def test_a_name_that_is_taken_fails_and_is_cured_in_quickbooks_or_here(pam: Page, ann: Page, company: Company) -> None:
    bookkeeper.add_job(company, "City of Bayview", "Harbor Wall")
    new_project(pam, "26-0103", "Harbor Wall", "City of Bayview")
    send(pam)
    open_list(ann, "Jobs")
    accept(ann, "Harbor Wall")
    export(ann)
    expect(row(ann, "Harbor Wall")).to_have_count(0)

    choose(ann, "Failed To Export")
    failed = row(ann, "26-0103")
    expect(failed).to_contain_text("already in use")
    expect(failed).to_contain_text("press Retry")
    bookkeeper.rename(company, "job", "City of Bayview:Harbor Wall", "Harbor Wall (old)")
    failed.get_by_role("button", name="Retry").click()
    expect(row(ann, "26-0103")).to_have_count(0)
    choose(ann, "Synced")
    expect(row(ann, "26-0103")).to_contain_text("City of Bayview:Harbor Wall")
    assert {"City of Bayview:Harbor Wall", "City of Bayview:Harbor Wall (old)"} <= jobs(company)

    new_project(pam, "26-0104", "Fire Station 4", "City of Bayview")
    send(pam)
    open_list(ann, "Jobs")
    accept(ann, "26-0104")
    export(ann)
    choose(ann, "Failed To Export")
    row(ann, "26-0104").get_by_role("button", name="Reject").click()
    row(ann, "Enter a Comment").get_by_role("button", name="Reject").click()
    pam.reload()
    pam.get_by_role("link", name="Edit project").click()
    pam.get_by_label("Name", exact=True).fill("Fire Station 4 Annex")
    pam.get_by_role("button", name="Save").click()
    send(pam)
    open_list(ann, "Jobs")
    accept(ann, "26-0104")
    export(ann)
    choose(ann, "Synced")
    expect(row(ann, "26-0104")).to_contain_text("City of Bayview:Fire Station 4 Annex")
