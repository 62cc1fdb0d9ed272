"""Sub jobs on the pages of the budget: a column where there are any, the forms that choose one, the import, Details."""

import io
import json
import re
from typing import Any

import pytest

from erp.db import db, transaction
from erp.documents import budget as budgets
from erp.documents import cost_code
from erp.documents.budget import Budget, BudgetLine
from erp.documents.sub_job import SubJob
from tests.unit.stage import Stage
from tests.unit.web.pages import all_words, page

HTMX = {"HX-Request": "true"}
LINE = {"code": "32-1200", "cost_type": "S", "amount": "5.00", "description": "Paving of the wing"}
HEADS = "//table[@aria-labelledby='detail-title']//th[@scope='col']"


@pytest.fixture
def budget(stage: Stage) -> Budget:
    """Not locked, with 32-1200 S 100.00 on no sub job."""
    with transaction():
        made = budgets.open_for(stage.pier, stage.people.pam)
        budgets.add_line(made, stage.codes[0], "S", 100_00)
    return made


@pytest.fixture
def east(stage: Stage) -> SubJob:
    return stage.sub_job()


def url(stage: Stage, tail: str = "") -> str:
    return f"/projects/{stage.pier.id}/budget{tail}"


def lines(stage: Stage) -> list[BudgetLine]:
    found = budgets.of(stage.pier)
    assert found
    db.session.expire_all()
    return budgets.page_of(found)


def test_the_column_is_there_once_the_project_has_a_sub_job(as_: Any, stage: Stage, budget: Budget) -> None:
    pam = as_("pam")
    assert all_words(pam.get(url(stage)), HEADS)[:2] == ["Cost Code", "Category"]
    assert 'name="sub_job"' not in pam.get(url(stage)).text
    stage.sub_job()
    shown = pam.get(url(stage))
    assert all_words(shown, HEADS)[:3] == ["Cost Code", "Sub Job", "Category"]
    cells = page(shown).xpath("//tr[starts-with(@id, 'line-')]/*")
    assert len(cells) == len(page(shown).xpath(HEADS))
    totals = page(shown).xpath("//tfoot[@id='budget-totals']/tr/*")
    assert sum(int(cell.get("colspan", 1)) for cell in totals) == len(cells)


def test_a_new_line_is_put_on_the_chosen_sub_job(as_: Any, stage: Stage, budget: Budget, east: SubJob) -> None:
    pam = as_("pam")
    shown = pam.post(url(stage, "/lines"), data=LINE | {"sub_job": str(east.id)}, follow_redirects=True)
    assert [line.name for line in lines(stage)] == ["32-1200 S", "E1 / 32-1200 S"]
    assert all_words(shown, "//td[@data-label='Sub Job']") == ["–", "E1"]
    again = pam.post(url(stage, "/lines"), data=LINE | {"sub_job": str(east.id)})
    assert (again.status_code, "on sub job E1 is in the budget already" in again.text) == (422, True)
    assert f'<option selected value="{east.id}">' in again.text


@pytest.mark.parametrize("chosen", ["999", "x", "0"])
def test_only_active_sub_jobs_of_the_project_are_offered_and_taken(as_: Any, stage: Stage, budget: Budget, chosen: str) -> None:
    stage.sub_job("O1", "Old", active=False)
    foreign = stage.sub_job("N1", "Noise", of=stage.project())
    stage.sub_job()
    pam = as_("pam")
    offered = all_words(pam.get(url(stage)), "//select[@name='sub_job']/option")
    assert offered == ["None", "E1 · East wing"]
    answer = pam.post(url(stage, "/lines"), data=LINE | {"sub_job": str(foreign.id) if chosen == "0" else chosen})
    assert answer.status_code == 422
    assert len(lines(stage)) == 1


def test_a_line_is_moved_in_its_form_and_the_page_comes_anew(as_: Any, stage: Stage, budget: Budget, east: SubJob) -> None:
    pam, (row,) = as_("pam"), lines(stage)
    edit = pam.get(url(stage, f"/lines/{row.id}/edit"), headers=HTMX)
    assert f'id="sub-job-{row.id}"' in edit.text
    form = {"amount": "100.00", "description": "x", "version": row.version, "sub_job": str(east.id)}
    answer = pam.post(url(stage, f"/lines/{row.id}"), data=form, headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, url(stage))
    assert lines(stage)[0].name == "E1 / 32-1200 S"
    form |= {"version": lines(stage)[0].version}
    same = pam.post(url(stage, f"/lines/{row.id}"), data=form, headers=HTMX)
    assert same.status_code == 200
    assert f'hx-target="#code-{stage.codes[0].id}' not in same.text
    form |= {"version": lines(stage)[0].version, "sub_job": "0"}
    assert pam.post(url(stage, f"/lines/{row.id}"), data=form).status_code == 303
    assert lines(stage)[0].name == "32-1200 S"


def test_a_form_without_the_field_leaves_the_line_where_it_is(as_: Any, stage: Stage, budget: Budget, east: SubJob) -> None:
    with transaction():
        budgets.put_below(lines(stage)[0], east, stage.people.pam)
    row = lines(stage)[0]
    data = {"amount": "7.00", "description": "x", "version": row.version}
    assert as_("pam").post(url(stage, f"/lines/{row.id}"), data=data, headers=HTMX).status_code == 200
    assert (lines(stage)[0].name, lines(stage)[0].original) == ("E1 / 32-1200 S", 7_00)


def test_a_line_that_was_locked_once_shows_its_sub_job_and_offers_no_other(
    as_: Any, stage: Stage, budget: Budget, east: SubJob
) -> None:
    with transaction():
        budgets.lock(budget, stage.people.pam, None)
        budgets.unlock(budget, stage.people.pam, None)
    pam, (row,) = as_("pam"), lines(stage)
    edit = pam.get(url(stage, f"/lines/{row.id}/edit"), headers=HTMX).text
    assert 'name="sub_job"' not in edit
    data = {"amount": "8.00", "description": "x", "version": row.version, "sub_job": str(east.id)}
    answer = pam.post(url(stage, f"/lines/{row.id}"), data=data, headers=HTMX)
    assert "32-1200 S was locked once, so it keeps its sub job." in answer.text
    assert lines(stage)[0].original == 100_00, "nothing of the form was saved"


def test_a_changed_line_brings_the_sum_of_its_own_sub_job(as_: Any, stage: Stage, budget: Budget, east: SubJob) -> None:
    with transaction():
        for kind in "SL":
            budgets.add_line(budget, stage.codes[0], kind, 1_00, sub_job=east)
    row = lines(stage)[1]
    data = {"amount": "3.00", "description": "x", "version": row.version, "sub_job": str(east.id)}
    answer = as_("pam").post(url(stage, f"/lines/{row.id}"), data=data, headers=HTMX).text
    assert re.findall(r'hx-target="#(code-[^"]+)"', answer) == [f"code-{stage.codes[0].id}-E1"]
    assert f'id="code-{stage.codes[0].id}-E1"' in as_("pam").get(url(stage)).text


def test_money_is_moved_by_the_names_of_lines_on_sub_jobs(as_: Any, stage: Stage, budget: Budget, east: SubJob) -> None:
    with transaction():
        budgets.add_line(budget, stage.codes[0], "S", 9_00, sub_job=east)
        budgets.lock(budget, stage.people.pam, None)
    pam = as_("pam")
    assert '<option value="E1 / 32-1200 S">' in pam.get(url(stage, "/modifications")).text
    data = {"reason": "Move", "rows-0-line": "e1/32-1200", "rows-0-take": "9.00", "rows-1-line": "32-1200", "rows-1-give": "9.00"}
    shown = pam.post(url(stage, "/modifications"), data=data, follow_redirects=True)
    assert "The money was moved." in shown.text
    assert "E1 / 32-1200 S (9.00); 32-1200 S 9.00" in " ".join(all_words(shown, "//td[@data-label='Moved']"))


def test_the_import_offers_the_column_shows_it_and_refuses_an_unknown_sub_job(
    as_: Any, stage: Stage, budget: Budget, east: SubJob
) -> None:
    pam, rows = as_("pam"), ("Sub Job,Cost Code,Amount", "East wing,32-1600,5.00", "E9,32-1600,6.00")
    form = {"file": (io.BytesIO("\n".join(rows).encode()), "b.csv")}
    chosen = pam.post(url(stage, "/import"), data=form, content_type="multipart/form-data").location
    columns = pam.get(chosen).text
    assert re.search(r'<select[^>]*name="sub_job".*?<option selected value="0">Sub Job</option>', columns, re.DOTALL)
    preview = f"{chosen}/preview?code=1&amount=2&sub_job=0&description=&type=&default_type=S"
    shown = pam.get(preview)
    assert "“E9” is the code or name of no sub job of this project." in shown.text
    assert all_words(shown, "//td[@data-label='Sub Job']") == ["E1"]
    assert pam.post(preview).status_code == 422
    assert pam.post(preview, data={"leave_out": "y"}).status_code == 303
    assert [line.name for line in lines(stage)] == ["32-1200 S", "E1 / 32-1600 S"]


def test_budget_updates_shows_sub_jobs_where_there_are_any(as_: Any, by_file: Stage) -> None:
    by_file.job_in_erp()
    by_file.codes_in_erp()
    item = by_file.send("budget", by_file.budget_on(by_file.sub_job_in_erp(), 100_00))
    details = f"/erp/{by_file.connection.id}/items/{item.id}"
    shown = as_("ann").get(details)
    assert all_words(shown, "//th[@scope='col']")[:3] == ["Cost Code", "Sub Job", "Category"]
    assert all_words(shown, "//td[@data-label='Sub Job']") == ["E1 East wing", "–"]
    payload = item.payload
    for line in payload["lines"]:
        for key in ("sub_job", "sub_job_id", "sub_job_name", "send_original", "code_short"):
            line.pop(key)
    assert item.snapshot
    item.snapshot.payload = json.dumps(payload)
    db.session.commit()
    older = as_("ann").get(details)
    assert all_words(older, "//th[@scope='col']")[:2] == ["Cost Code", "Category"]


def test_the_grey_buttons_say_what_is_not_back_where_accounting_posts(as_: Any, by_file: Stage) -> None:
    by_file.job_in_erp()
    by_file.codes_in_erp()
    by_file.synced(by_file.send("budget", by_file.budget_on(by_file.sub_job_in_erp(), 100_00)))
    shown = as_("pam").get(url(by_file)).text
    assert "Missing: 32-1200 SUB 7.00 (nothing read since), E1 / 32-1200 SUB 100.00 (nothing read since)." in shown
    assert "Add a line" not in shown
    grey = page(as_("pam").get(url(by_file))).xpath("//button[@aria-disabled='true']")
    assert {button.text for button in grey} == {"Re-send to ERP", "Import", "Unlock", "Add line"}
    grey = as_("pam").get(url(by_file, "/modifications")).text
    assert "The budget is exported and posted in Books, but not all of it is back" in grey
    report = as_("pam").get(f"/projects/{by_file.pier.id}/job-costs")
    assert all_words(report, "//th[@scope='col']")[:3] == ["Cost Code", "Sub Job", "Category"]
    assert all_words(report, "//td[@data-label='Sub Job' or @data-label='Category']") == ["–", "SUB", "E1", "SUB"]
    assert "Estimate in Books" in report.text


def test_a_short_name_is_written_in_the_form_of_a_code_and_kept_by_older_forms(as_: Any, stage: Stage) -> None:
    adam, code = as_("adam"), stage.codes[0]
    edit, form = f"/cost-codes/{code.id}/edit", {"code": "32-1200", "name": "Asphalt paving", "division": "auto"}
    assert adam.post(edit, data=form | {"short": "Asphalt"}).status_code == 303
    assert adam.post(edit, data=form).status_code == 303
    db.session.expire_all()
    assert code.short == "Asphalt"
    assert 'value="Asphalt"' in adam.get(edit).text
    wrong = adam.post(edit, data=form | {"short": "x" * 31})
    assert (wrong.status_code, "Abbreviation has 31 characters; at most 30 fit." in wrong.text) == (422, True)
    assert adam.post("/cost-codes/new", data={**form, "code": "44-1", "short": "Fence"}).status_code == 303
    made = cost_code.find("44-1")
    assert made and made.short == "Fence"
