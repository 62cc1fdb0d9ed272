"""The ERP Job Costs report in the browser: who sees it, what it shows, its files, and Sync Job Costs."""

import csv
import io
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from erp.books import job_costs
from erp.db import db, now, transaction
from erp.documents import budget as budgets
from erp.documents.project import Project
from erp.exchanges.exchange import Exchange
from erp.items.item import freeze
from erp.people import Grant, Level
from tests.unit.stage import Stage

PEOPLE = ("pam", "ann", "stan", "adam", "olga", "nobody")


@pytest.fixture
def read(stage: Stage) -> Stage:
    """Pier 9's budget is in accounting and came back, but for 32-1600; a job of another connection makes the noise."""
    stage.synced(stage.ready_budget(100_050, 200_000, 300_100))
    items = [{"erp_id": f"I{n}", "name": code.code, "estimate_read": amount, "ours": amount} for n, (code, amount)
             in enumerate(zip(stage.codes, (100_050, 150_000, 300_100), strict=True))]  # fmt: skip
    spent = [{"erp_id": "I0", "name": "32-1200", "job_to_date": 1250},
             {"erp_id": "name:=No item", "label": "=No item", "job_to_date": 700}]  # fmt: skip
    tell(stage, {"read": "estimate", "items": items}, {"read": "report", "items": spent, "total": 1950, "basis": "Accrual"},
         {"read": "end", "problem": "Something is odd."})  # fmt: skip
    return stage


def tell(stage: Stage, *rows: dict[str, Any], project: Project | None = None) -> None:
    codes = {f"I{n}": code.id for n, code in enumerate(stage.codes)}
    with transaction():
        for row in rows:
            job_costs.apply(stage.connection.id, (project or stage.pier).id, row, now(), codes)


def company(stage: Stage, tail: str = "") -> str:
    return f"/erp/{stage.connection.id}/job-costs{tail}"


def project(stage: Stage, tail: str = "") -> str:
    return f"/projects/{stage.pier.id}/job-costs{tail}"


def cells(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def exchanges() -> list[Exchange]:
    return list(db.session.scalars(select(Exchange).where(Exchange.kind == "job_costs").order_by(Exchange.id)))


@pytest.mark.parametrize(("path", "statuses"), [
    (company, (403, 403, 403, 200, 403, 302)), (project, (200, 404, 404, 404, 404, 302)),
])  # fmt: skip
@pytest.mark.parametrize("tail", ["", ".csv", ".xlsx"])
def test_each_report_opens_to_exactly_whom_it_should(
    as_: Any, read: Stage, path: Any, statuses: tuple[int, ...], tail: str
) -> None:
    assert tuple(as_(name).get(path(read, tail)).status_code for name in PEOPLE) == statuses


def test_the_report_of_one_job_is_the_erp_admins_too(as_: Any, read: Stage) -> None:
    for tail in ("", ".csv", ".xlsx"):
        url = company(read, f"/{read.pier.id}{tail}")
        assert tuple(as_(name).get(url).status_code for name in PEOPLE) == (403, 403, 403, 200, 403, 302)


@pytest.mark.parametrize(("levels", "status"), [
    ({"reports": Level.READ, "budget": Level.ADMIN}, 200), ({"reports": Level.READ, "prime_contracts": Level.ADMIN}, 200),
    ({"reports": Level.ADMIN, "budget": Level.STANDARD, "prime_contracts": Level.STANDARD}, 403),
    ({"budget": Level.ADMIN, "prime_contracts": Level.ADMIN}, 403), ({"reports": Level.ADMIN, "project_admin": Level.ADMIN}, 403),
])  # fmt: skip
def test_the_project_report_needs_reports_and_admin_on_budget_or_prime_contracts(
    as_: Any, read: Stage, levels: dict[str, Level], status: int
) -> None:
    read.people.stan.grants += [Grant(tool=tool, project_id=read.pier.id, level=level) for tool, level in levels.items()]
    db.session.commit()
    assert as_("stan").get(project(read)).status_code == status


@pytest.mark.parametrize("tail", ["/sync", "/{}/sync"])
def test_only_erp_admins_sync(as_: Any, read: Stage, tail: str) -> None:
    url = company(read, tail.format(read.pier.id))
    assert tuple(as_(name).post(url).status_code for name in PEOPLE) == (403, 403, 403, 303, 403, 302)
    assert len(exchanges()) == 1


def test_a_project_of_another_connection_is_not_found(as_: Any, read: Stage) -> None:
    elsewhere = read.project(number="25-0009", connection_id=None)
    adam = as_("adam")
    assert adam.get(company(read, f"/{elsewhere.id}")).status_code == 404
    assert adam.post(company(read, f"/{elsewhere.id}/sync")).status_code == 404


def test_the_project_level_shows_each_code_its_totals_and_what_is_not_explained(as_: Any, read: Stage) -> None:
    text = " ".join(as_("pam").get(project(read)).text.split())
    for words in ("ERP Job Costs", "32-1200", "1,000.50", "(500.00)", "5,501.50", "Basis: Accrual", "Something is odd.",
                  "Not explained", "=No item 7.00", "Total of the job report", "19.50"):  # fmt: skip
        assert words in text
    assert "Sync Job Costs" not in text


def test_missing_shows_only_what_has_not_come_back(as_: Any, read: Stage) -> None:
    text = as_("pam").get(project(read, "?missing=1")).text
    assert "32-1600" in text
    assert "32-1200" not in text
    tell(read, {"read": "estimate", "items": [{"erp_id": f"I{n}", "name": "x", "estimate_read": amount, "ours": 0}
                                              for n, amount in enumerate((100_050, 200_000, 300_100))]})  # fmt: skip
    assert "Every amount has come back." in as_("pam").get(project(read, "?missing=1")).text


def test_the_company_level_has_a_row_per_job_with_its_sums_and_no_other_jobs(as_: Any, read: Stage) -> None:
    noise = read.project(title="Unsent Annex")
    text = as_("adam").get(company(read)).text
    for words in ("25-1361", "6,001.50", "5,501.50", "7.00", "Accrual", "Something is odd.", "Total of 1 job", "Sync Job Costs"):
        assert words in text
    assert noise.name not in text
    assert "Noise Barrier" not in text


def test_before_anything_was_synced_the_pages_say_what_would_appear(as_: Any, stage: Stage) -> None:
    assert "Once a budget is synced with ERP" in as_("adam").get(company(stage)).text
    assert "No job costs yet." in as_("pam").get(project(stage)).text
    unlinked = stage.project(number="25-0009", connection_id=None)
    assert "not linked to accounting" in as_("pam").get(f"/projects/{unlinked.id}/job-costs").text


def test_a_synced_budget_that_was_never_read_says_so(as_: Any, stage: Stage) -> None:
    stage.synced(stage.ready_budget())
    text = as_("pam").get(project(stage)).text
    assert text.count("not read") == 4 * 2
    assert "never" in text
    assert cells(as_("pam").get(project(stage, ".csv")).text)[1][4:10] == ["1000.50", "0.00", "1000.50", "", "", "0.00"]


def test_changes_of_a_budget_stand_beside_its_originals(as_: Any, stage: Stage) -> None:
    item = stage.synced(stage.ready_budget(100_000, 200_000))
    budget = budgets.of(stage.pier)
    assert budget is not None
    entry = budgets.entries(budget)[0]
    waiting = freeze(item, {}, stage.people.pam)
    for what, amount, snapshot in (("correction", 5_00, item.snapshot_id), ("modification", 7_00, item.snapshot_id),
                                   ("change", 9_00, item.snapshot_id), ("change", 999_00, None),
                                   ("change", 888_00, waiting.id)):  # fmt: skip
        columns = {c.key: getattr(entry, c.key) for c in type(entry).__table__.columns if c.key != "id"}
        db.session.add(type(entry)(**{**columns, "what": what, "amount": amount, "snapshot_id": snapshot}))
    db.session.commit()
    assert cells(as_("pam").get(project(stage, ".csv")).text)[1][4:7] == ["1005.00", "16.00", "1021.00"]


def test_the_csv_holds_the_same_numbers_and_no_formulas(as_: Any, read: Stage) -> None:
    answer = as_("pam").get(project(read, ".csv"))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="ERP Job Costs 25-1361.csv"'
    rows = cells(answer.text)
    assert rows[0] == ["Project", "Name", "Cost Code", "Description", "Original Estimate", "Approved Changes", "Estimate",
                       "Estimate in QuickBooks", "Difference", "Job to Date", "Read at", "Basis"]  # fmt: skip
    assert rows[2][:10] == ["25-1361", "Pier 9 Sewer Renewal", "32-1600", "Curbs and gutters", "2000.00", "0.00", "2000.00",
                            "1500.00", "-500.00", "0.00"]  # fmt: skip
    assert [row[9] for row in rows[1:]] == ["12.50", "0.00", "0.00", "7.00"]
    assert len(cells(as_("pam").get(project(read, ".csv?missing=1")).text)) == 2


def test_the_workbook_holds_the_same_numbers(as_: Any, read: Stage) -> None:
    answer = as_("adam").get(company(read, ".xlsx"))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert [row[2] for row in sheet] == ["Cost Code", "32-1200", "32-1600", "33-3100", ""]
    assert [row[7] for row in sheet[1:4]] == [1000.5, 1500, 3001]
    assert sum(float(str(row[9])) for row in sheet[1:]) == 19.5


def test_sync_is_queued_says_so_and_disables_its_button_while_it_waits(as_: Any, read: Stage) -> None:
    adam = as_("adam")
    page = adam.post(company(read, "/sync"), follow_redirects=True).text
    assert "1 job is read at the next visit of the Web Connector." in page
    assert "it has not called yet" in page
    assert "0 of 1 jobs read" in page
    assert "Syncing…" in page
    assert page.count("disabled") == 2
    assert 'hx-trigger="load delay:1500ms"' in page
    again = adam.post(company(read, "/sync"), follow_redirects=True).text
    assert "The job costs are being read." in again
    assert len(exchanges()) == 1


def test_sync_of_one_job_returns_to_where_it_was_pressed(as_: Any, read: Stage) -> None:
    adam, url = as_("adam"), company(read, f"/{read.pier.id}/sync")
    assert adam.post(url, data={"back": "all"}).location == company(read)
    assert adam.post(url).location == company(read, f"/{read.pier.id}")
    assert adam.post(url, data={"back": "project"}).location == project(read)


def test_without_a_synced_budget_sync_says_that_there_is_nothing(as_: Any, stage: Stage) -> None:
    assert "no budget is synced with ERP yet" in as_("adam").post(company(stage, "/sync"), follow_redirects=True).text


def test_the_fragment_that_asks_for_itself_is_only_the_report(as_: Any, read: Stage) -> None:
    text = as_("adam").get(company(read), headers={"HX-Request": "true"}).text
    assert text.lstrip().startswith('<div id="job-costs"')
    assert "hx-get" not in text


def test_the_company_page_asks_the_same_number_of_questions_for_more_jobs(as_: Any, read: Stage) -> None:
    from sqlalchemy import event

    def asked() -> int:
        seen: list[str] = []
        listener = lambda *a: seen.append(a[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listener)
        db.session.expire_all()
        as_("adam").get(company(read))
        event.remove(db.engine, "before_cursor_execute", listener)
        return len(seen)

    before = asked()
    for n in range(3):
        row = {"read": "estimate", "items": [{"erp_id": "I0", "name": "x", "estimate_read": 1, "ours": 0}]}
        tell(read, row, project=read.project(number=f"25-01{n}0", title=f"More {n}"))
    assert asked() == before


def test_once_everything_was_read_the_sentence_that_it_will_be_is_taken_away(as_: Any, read: Stage) -> None:
    adam = as_("adam")
    adam.post(company(read, "/sync"))
    adam.get(company(read))
    clears = '<hx-partial hx-target="#flashes"'
    assert clears not in adam.get(company(read), headers={"HX-Request": "true"}).text
    for exchange in exchanges():
        exchange.state = "synced"
    db.session.commit()
    assert clears in adam.get(company(read), headers={"HX-Request": "true"}).text
    assert clears not in adam.get(company(read)).text


def test_the_tab_of_the_report_is_marked(as_: Any, read: Stage) -> None:
    assert 'aria-current="page">Job Costs' in as_("adam").get(company(read)).text
