"""Story 5: the budget of a real contract with sub jobs goes to Sage as a file, and only what is read back makes it Synced."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import sage
from tests.e2e.budgets import move, unlock, why_grey
from tests.e2e.desk import row, send
from tests.e2e.stack import Stack
from tests.sage_reader import Sage

CONTRACT = Path(__file__).resolve().parents[1] / "fixtures" / "sf_1164I_sov.csv"
SUB_JOBS = {"R": "Roadway", "SW": "Sewer"}
TOTAL = "5,761,977.21"
REPORT = ("Job", "Extra", "Cost Code", "Category", "Original Estimate", "Approved Estimate Changes", "JTD Cost")
JOB = "26-1164"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A product of its own: a second connection would stand on every cost code and company of the other stories."""
    with Stack(tmp_path_factory.mktemp("sage")) as running:
        yield running


def contract() -> list[tuple[str, str, str, str]]:
    """Sub job, code, name and amount of each line; the codes as short as Sage has them."""
    with CONTRACT.open(newline="") as file:
        return [_line(line["bid_item"].strip(), line["description"], line["amount"]) for line in csv.DictReader(file)]


def _line(item: str, name: str, amount: str) -> tuple[str, str, str, str]:
    below = item.partition("-")[0]
    return below if below in SUB_JOBS else "", item.replace(" - ", "").replace("PCO-0", "P").replace("CO-0", "C"), name, amount


def report(there: Sage, cost: str = "0.00") -> list[tuple[object, ...]]:
    """The job cost report that this Sage prints."""
    places = [(there.job, extra, code, category, f"{there.original.get((extra, code, category), 0) / 100:.2f}",
               f"{there.changes.get((extra, code, category), 0) / 100:.2f}", cost)
              for extra, code, category in sorted({*there.original, *there.changes})]  # fmt: skip
    return [REPORT, *(places or [(there.job, "", min(there.codes), "S", "0.00", "0.00", cost)])]


def test_a_budget_with_sub_jobs_is_synced_with_sage_only_when_it_was_read_back(
    pam: Page, ann: Page, adam: Page, tmp_path: Path
) -> None:  # fmt: skip
    lines, desk = contract(), sage.data_set(adam, "Bayview Civil")
    there = Sage(JOB, {code for _, code, _, _ in lines}, {"S"})
    lists_are_read(adam, desk, lines, tmp_path)
    project = job_is_keyed_in(pam, ann, desk)
    sub_jobs_go_by_file(pam, ann, adam, desk, project, there, tmp_path)

    pam.goto(f"{project}/budget")
    import_schedule(pam, sage.written(tmp_path, "schedule", [("Sub Job", "Item", "Description", "Amount"), *lines]))
    pam.get_by_role("button", name="Lock Budget").click()
    assert "76 cost codes are not synced" in why_grey(pam)
    codes_are_linked(adam, desk)
    pam.reload()
    assert "4 cost codes would have only 2 names in Sage" in why_grey(pam)
    short_names_are_chosen(adam)
    pam.reload()
    send(pam)

    estimate = files_of(ann, desk, TOTAL)["000002_estimate.jce"]
    assert sum(there.take(estimate).values()) == 5_761_977_21
    assert not estimate.startswith(b"*"), "no record of the job unless it is switched on"
    goes_on(ann, "Imported", "Imported (not posted)")
    read_the_report_back(adam, desk, there, tmp_path)
    expect_it_waits(ann, desk, "Imported (not posted)")
    pam.reload()
    expect(unlock(pam)).to_have_attribute("aria-disabled", "true")
    assert "A person must import and post it in Sage 300" in why_grey(pam, "#budget-head", "Unlock")
    expect(pam.get_by_role("button", name="Add line")).to_have_attribute("aria-disabled", "true")

    there.post()
    open_batch(ann, desk, "Imported (not posted)")
    goes_on(ann, "Posted", "Posted")
    read_the_report_back(adam, desk, there, tmp_path)
    ann.goto(f"/erp/{desk}/budget/synced")
    expect(row(ann, "Sewer Renewal")).to_contain_text(TOTAL)

    pam.reload()
    move(pam, "R / R-1 S", "SW / SW-1 S", "1,250.75", "More traffic control at the sewer")
    pam.get_by_role("navigation", name="Budget").get_by_role("link", name="Budget", exact=True).click()
    send(pam)
    files = files_of(ann, desk, "Changes only")
    assert list(files) == ["000003_estimate_changes.jce"], "only what is new travels, and apart from the originals"
    assert sorted(there.take(files["000003_estimate_changes.jce"], approved_change=True).values()) == [-1_250_75, 1_250_75]
    ann.get_by_role("link", name="Cover sheet").click()
    expect(ann.get_by_text("Tick the box “Import as an Approved Estimate Change”").first).to_be_visible()
    ann.go_back()
    goes_on(ann, "Imported", "Imported (not posted)")
    there.post()
    read_the_report_back(adam, desk, there, tmp_path)
    ann.goto(f"/erp/{desk}/budget/synced")
    expect(row(ann, "Sewer Renewal")).to_contain_text(TOTAL)
    pam.reload()
    unlock(pam).click()
    expect(pam.get_by_text("The budget is unlocked.")).to_be_visible()


def files_of(ann: Page, desk: str, shows: str) -> dict[str, bytes]:
    """Ann exports the budget, opens its batch and downloads what is in it."""
    ann.goto(f"/erp/{desk}/budget/ready-to-export")
    expect(row(ann, "Sewer Renewal")).to_contain_text(shows)
    sage.export(ann, desk, "budget", "Sewer Renewal")
    open_batch(ann, desk, "File ready")
    return sage.download(ann)


def open_batch(ann: Page, desk: str, badge: str) -> None:
    """From the row of the budget to the batch it waits in."""
    expect_it_waits(ann, desk, badge)
    row(ann, "Sewer Renewal").get_by_role("link", name=badge).click()
    expect(ann.get_by_role("heading", name="Batch").first).to_be_visible()


def expect_it_waits(ann: Page, desk: str, badge: str) -> None:
    ann.goto(f"/erp/{desk}/budget/ready-to-export")
    expect(row(ann, "Sewer Renewal").get_by_role("link", name=badge)).to_be_visible()


def goes_on(ann: Page, button: str, state: str) -> None:
    """Ann says on the page of the batch how far it is."""
    ann.get_by_role("button", name=button, exact=True).click()
    expect(ann.get_by_text(state).first).to_be_visible()


def lists_are_read(adam: Page, desk: str, lines: list[tuple[str, str, str, str]], folder: Path) -> None:
    """Adam brings the lists of a data set that has the codes already."""
    lists = {
        "Jobs": [("Job", "Description", "Status"), ("24-007", "Old Mill", "Closed")],
        "Extras": [("Job", "Extra", "Description"), ("24-007", "X1", "Old extra")],
        "Cost codes": [("Cost Code", "Description"), *((code, name[:30]) for _, code, name, _ in lines)],
        "Categories": [("Category", "Description"), ("S", "Subcontract")],
        "Vendors": [("Vendor", "Name"), ("HARWEL", "Harbor Welding")],
    }
    for what, rows in lists.items():
        sage.read_back(adam, desk, what, sage.written(folder, what, rows))


def job_is_keyed_in(pam: Page, ann: Page, desk: str) -> str:
    """Pam makes the project and sends it; Ann keys it in. Its address."""
    pam.goto("/projects/new")
    pam.get_by_label("Number", exact=True).fill(JOB)
    pam.get_by_label("Name", exact=True).fill("Sewer Renewal")
    pam.get_by_label("Connection").select_option(label="Sage 300 · Bayview Civil")
    pam.get_by_role("button", name="Create project").click()
    expect(pam.get_by_role("heading", name="Sewer Renewal")).to_be_visible()
    project = pam.url
    send(pam)
    sage.export(ann, desk, "job", "Sewer Renewal", badge="Key it in")
    sage.key_in(ann, "Sewer Renewal")
    ann.goto(f"/erp/{desk}/job/synced")
    expect(row(ann, "Sewer Renewal")).to_contain_text(JOB)
    return project


def sub_jobs_go_by_file(pam: Page, ann: Page, adam: Page, desk: str, project: str, there: Sage, folder: Path) -> None:
    """Both sub jobs become extras of the job."""
    for code, name in SUB_JOBS.items():
        pam.goto(project)
        pam.get_by_role("link", name="New sub job").click()
        pam.get_by_label("Code").fill(code)
        pam.get_by_label("Name").fill(name)
        pam.get_by_role("button", name="Add sub job").click()
        row(pam, name).get_by_role("link").first.click()
        send(pam)
    ann.goto(f"/erp/{desk}/sub_job/ready-to-export")
    for name in SUB_JOBS.values():
        ann.get_by_role("group", name=f"Decision about {name}").get_by_role("button", name="Accept").click()
        expect(ann.get_by_role("row").filter(has_text=name).filter(has_text="by Ann Archer").first).to_be_visible()
    ann.get_by_role("button", name="Export to Sage 300").click()
    row(ann, "Roadway").get_by_role("link", name="File ready").click()
    for body in sage.download(ann).values():
        there.take(body)
    extras = [("Job", "Extra", "Description"), *((JOB, code, name) for code, name in SUB_JOBS.items())]
    sage.read_back(adam, desk, "Extras", sage.written(folder, "extras", extras))
    ann.goto(f"/erp/{desk}/sub_job/synced")
    expect(ann.get_by_role("row").filter(has_text="Extra")).to_have_count(2)


def import_schedule(pam: Page, file: Path) -> None:
    pam.get_by_role("link", name="Import").click()
    pam.get_by_label("File").set_input_files(file)
    pam.get_by_role("button", name="Next").click()
    pam.get_by_role("button", name="Preview").click()
    expect(pam.get_by_text(TOTAL).first).to_be_visible()
    pam.get_by_role("button", name="Import").click()
    expect(pam.get_by_role("heading", name="Cost Code Detail")).to_be_visible()


def codes_are_linked(adam: Page, desk: str) -> None:
    """The codes that Sage has are those of the schedule: all of them in one click."""
    adam.goto(f"/erp/{desk}/cost_code/ready-to-import")
    adam.get_by_text("Link all exact matches").click()
    expect(adam.get_by_text("76 matches")).to_be_visible()
    adam.get_by_role("button", name="Link the ticked ones").click()
    expect(adam.get_by_text("76 linked.")).to_be_visible()


def short_names_are_chosen(adam: Page) -> None:
    """Names that Sage would cut to the same thirty signs get others."""
    adam.goto("/cost-codes/")
    adam.get_by_role("link", name="Propose short names").click()
    adam.get_by_role("button", name="Save").click()
    expect(adam.get_by_text("got a short name")).to_be_visible()


def read_the_report_back(adam: Page, desk: str, there: Sage, folder: Path) -> None:
    """Adam exports the job cost report from Sage and reads it back."""
    adam.goto(f"/erp/{desk}/readback")
    adam.get_by_label("What the file is").select_option(label="Job cost report")
    adam.locator("input[type=file]").set_input_files(sage.written(folder, "report", report(there)))
    adam.get_by_role("button", name="Next").click()
    adam.get_by_role("button", name="Preview").click()
    adam.get_by_role("button", name="Take it").click()
