"""The pages of Read back from Sage: choose, map, look, take; who may, what is remembered, what is told."""

import io
import re
from decimal import Decimal

import pytest

from erp import sheets
from erp.connections import Connection
from erp.db import db, now
from erp.exchanges.exchange import Exchange
from erp.people.clock import day_of
from tests.unit.ridge import JOBS, REPORT, Ridge, table
from tests.unit.web.pages import all_words

ROWS = [("25-1361", "", "32-1200", "S", "$1,000.00", "0", "12"), ("25-1361", "", "32-1600", "S", "2000", "None", "")]


@pytest.fixture
def base(ridge: Ridge) -> str:
    return f"/erp/{ridge.connection.id}/readback"


def upload(browser, base, what, *rows):
    """Where the columns of the uploaded file are chosen."""
    answer = browser.post(base, data={"what": what, "file": (io.BytesIO(table(*rows)), "export.csv")})
    assert answer.status_code == 303, answer.text
    return answer.location


def preview(browser, base, what, *rows):
    """(address, text) of the preview, with the columns as they are proposed."""
    location = upload(browser, base, what, *rows)
    fields = re.findall(r'<select[^>]* name="(\w+)".*?</select>', browser.get(location).text, re.S)
    page = browser.get(location).text
    chosen = {name: (re.search(rf'name="{name}".*?<option selected value="(\d*)"', page, re.S) or ["", ""])[1] for name in fields}
    query = "&".join(f"{name}={value}" for name, value in chosen.items())
    return f"{location}/preview?{query}", browser.get(f"{location}/preview?{query}")


def taken(browser, base, what, *rows, **form):
    """The page afterwards."""
    at, _ = preview(browser, base, what, *rows)
    return browser.post(at, data={"whole": "y", **form}, follow_redirects=True)


def today(ridge):
    return day_of(ridge.people.adam, now()).isoformat()


def test_a_list_goes_from_the_file_to_ready_to_import(ridge, base, as_):
    adam = as_("adam")
    _, shown = preview(adam, base, "jobs", *JOBS)
    assert "2: Pier 9 Sewer Renewal, Old Mill" in shown.text
    said = taken(adam, base, "jobs", *JOBS).text
    assert "Jobs: 2 rows read back, 2 changed." in said
    listing = adam.get(f"/erp/{ridge.connection.id}/job/ready-to-import").text
    assert "Pier 9 Sewer Renewal" in listing
    assert "Old Mill" in adam.get(f"/erp/{ridge.connection.id}/job/archived").text
    assert "nothing had changed" in taken(adam, base, "jobs", *JOBS).text


def test_a_report_makes_the_budget_synced_and_says_so(ridge, base, as_):
    item = ridge.waiting_budget(100_000, 200_000)
    adam = as_("adam")
    assert "What waits for a read-back" in adam.get(base).text
    _, shown = preview(adam, base, "report", REPORT, *ROWS)
    assert "will be Synced: the report has it to the cent" in shown.text
    assert "3,000.00" in shown.text
    said = taken(adam, base, "report", REPORT, *ROWS, made_on=today(ridge)).text
    assert "is Synced: Sage has it to the cent" in said
    assert item.state == "Synced"


def test_differences_are_told_before_and_after_and_stay_on_the_page(ridge, base, as_):
    item = ridge.waiting_budget(100_000, 200_000)
    adam, rows = as_("adam"), [ROWS[0], (*ROWS[1][:4], "1999", "0", "0"), ("9", "", "1", "S", "1", "0", "0")]
    _, shown = preview(adam, base, "report", REPORT, *rows)
    words = "original 1,999.00 instead of 2,000.00"
    assert words in shown.text
    assert "The job 9 is not synced with a project here." in shown.text
    said = taken(adam, base, "report", REPORT, *rows, made_on=today(ridge)).text
    assert "still waits" in said
    assert item.state == "Waiting"
    page = adam.get(base).text
    assert words in page
    assert "The job 9 is not synced with a project here." in page


def test_a_report_of_nothing_of_ours_says_beside_the_grey_button_why_and_what_to_do(ridge, base, as_):
    _, shown = preview(as_("adam"), base, "report", REPORT, ("9", "", "32-1200", "S", "1", "0", "0"))
    assert all_words(shown, "//button[@aria-disabled]") == ["Take it"]
    assert "or send the project first." in all_words(shown, "//*[@id='why-take']")[0]


@pytest.mark.parametrize(("name", "told"), [("ann", ["An ERP administrator does that."]), ("adam", [])])
def test_who_reads_nothing_back_is_told_who_does(base, as_, name, told):
    assert all_words(as_(name).get(base), "//p[@class='hint'][contains(., 'administrator')]") == told


def test_a_bad_file_is_told_row_by_row_and_nothing_is_taken(ridge, base, as_):
    adam = as_("adam")
    at, shown = preview(adam, base, "codes", ("Cost Code", "Description"), ("", "Paving"))
    assert "Cost Code is missing. Write it." in shown.text
    assert all_words(shown, "//button[@aria-disabled]") == ["Take it"]
    assert all_words(shown, "//*[@id='why-take']")[0].endswith("then choose the file anew.")
    answer = adam.post(at, data={"whole": "y"})
    assert answer.status_code == 422
    assert "Nothing was taken" in answer.text
    assert db.session.query(Exchange).count() == 0


def test_a_report_of_another_job_is_refused_with_a_sentence(ridge, base, as_):
    at, shown = preview(as_("adam"), base, "report", REPORT, ("24-007", "", "32-1200", "S", "1", "0", "0"))
    assert "The report is of other jobs: 24-007." in shown.text
    assert as_("adam").post(at, data={"made_on": today(ridge)}).status_code == 422


@pytest.mark.parametrize("day", ["", "yesterday", "2020-01-01", "2999-01-01"])
def test_a_day_that_cannot_be_is_refused(ridge, base, as_, day):
    item = ridge.waiting_budget(100_000)
    at, _ = preview(as_("adam"), base, "report", REPORT, ROWS[0])
    assert as_("adam").post(at, data={"made_on": day}).status_code == 422
    assert item.state == "Waiting"


def test_the_columns_are_remembered_for_each_list(ridge, base, as_):
    adam, rows = as_("adam"), [("Konto", "Job", "Wording"), ("X-1", "5", "Mill")]
    location = upload(adam, base, "jobs", *rows)
    adam.post(f"{location}/preview?job=0&description=2&status=&street=&street2=&city=&region=&postal_code=", data={"whole": "y"})
    assert db.session.get(Connection, ridge.connection.id).settings["readback"]["jobs"] == {
        "job": "Konto",
        "description": "Wording",
    }
    _, shown = preview(adam, base, "jobs", ("Wording", "Konto"), ("Mill", "X-1"))
    assert "As before</dt><dd>1" in shown.text


def test_a_column_that_is_needed_is_asked_for(ridge, base, as_):
    location = upload(as_("adam"), base, "jobs", ("Number", "Wording"), ("5", "Mill"))
    assert as_("adam").get(f"{location}/preview?job=&description=").status_code == 422


def test_no_table_is_read_from_something_else(ridge, base, as_):
    answer = as_("adam").post(base, data={"what": "jobs", "file": (io.BytesIO(b"%PDF-1.7"), "jobs.pdf")})
    assert answer.status_code == 422
    assert "Save the table as CSV or XLSX" in answer.text


def test_a_list_of_which_sage_has_none_counts_as_read(ridge, base, as_):
    ridge.schedule("extra").read_at = None
    db.session.commit()
    adam = as_("adam")
    assert "Sage has none" in adam.get(base).text
    assert "Extras: there are none in Sage." in adam.post(f"{base}/extras/none", follow_redirects=True).text
    assert ridge.schedule("extra").read_at
    assert adam.post(f"{base}/report/none").status_code == 404


def test_the_preview_of_a_file_that_was_taken_leads_back(ridge, base, as_):
    adam = as_("adam")
    at, _ = preview(adam, base, "jobs", *JOBS)
    adam.post(at, data={"whole": "y"})
    again = adam.post(at, data={"whole": "y"}, follow_redirects=True)
    assert "export.csv was imported already" in again.text


@pytest.mark.parametrize(("name", "status"), [("pam", 403), ("ann", 403), ("stan", 403), ("olga", 403), ("nobody", 302)])
def test_who_may_not_reads_nothing_back(ridge, base, as_, name, status):
    answer = as_(name).post(base, data={"what": "jobs", "file": (io.BytesIO(table(*JOBS)), "jobs.csv")})
    assert answer.status_code == status


@pytest.mark.parametrize("name", ["ann", "stan"])
def test_who_only_reads_sees_the_page_without_controls(ridge, base, as_, name):
    text = as_(name).get(base).text
    assert "What was read back" in text
    assert 'type="file"' not in text
    assert "Sage has none</button>" not in text


def test_another_persons_file_is_not_there(ridge, base, as_):
    location = upload(as_("adam"), base, "jobs", *JOBS)
    adam2 = ridge.people.bob
    next(grant for grant in adam2.grants if grant.tool == "erp").level = 3
    db.session.commit()
    assert as_("bob").get(location).status_code == 404


def test_the_desk_of_sage_leads_to_the_read_back_and_speaks_of_no_web_connector(ridge, base, as_):
    adam = as_("adam")
    for kind in ("job", "sub_job", "company", "cost_code", "budget"):
        for chosen in ("ready-to-import", "ready-to-export", "synced", "archived"):
            text = adam.get(f"/erp/{ridge.connection.id}/{kind}/{chosen}", follow_redirects=True).text
            assert "Web Connector" not in text, (kind, chosen)
            assert "Read back from Sage" in text
            assert "QuickBooks" not in re.sub(r"<footer.*?</footer>|<nav aria-label=\"Tools\">.*?</nav>", "", text, flags=re.S), (
                kind,
                chosen,
            )


def test_a_connection_that_is_asked_has_no_such_page(stage, as_):
    assert as_("adam").get(f"/erp/{stage.connection.id}/readback").status_code == 302


def test_details_and_batch_say_what_the_last_read_back_said(ridge, base, as_):
    item = ridge.waiting_budget(100_000, 200_000)
    ridge.report_back(ROWS[0])
    words = "32-1600 S: original 0.00 instead of 2,000.00"
    assert words in as_("ann").get(f"/erp/{ridge.connection.id}/items/{item.id}").text
    assert words in as_("ann").get(item.summary["waits"]["at"]).text


def test_a_workbook_is_read_as_a_table_is(ridge, base, as_):
    item, adam = ridge.waiting_budget(100_000), as_("adam")
    book = sheets.xlsx_bytes([REPORT, ["25-1361", "", "32-1200", "S", Decimal("1000.00"), Decimal(0), None]])
    location = adam.post(base, data={"what": "report", "file": (io.BytesIO(book), "report.xlsx")}).location
    page = adam.get(location).text
    assert "report.xlsx: 1 row" in page
    query = "job=0&extra=1&code=2&category=3&description=&original=4&changes=5&estimate=&job_to_date=6&month_to_date=&committed="
    adam.post(f"{location}/preview?{query}", data={"made_on": today(ridge)})
    assert item.state == "Synced"
