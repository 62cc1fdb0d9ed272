"""The sub jobs of a project in the browser: who may, adding, editing, sending; and the tab that says who takes none."""

from typing import Any

import pytest

from erp.db import db
from erp.documents import sub_job as sub_jobs
from erp.people import Grant, Level
from erp.states import Filter
from tests.unit.stage import Stage
from tests.unit.web.pages import all_words, buttons, page, rows, words

EAST = {"number": "E1", "title": "East wing", "active": "y"}


def url(stage: Stage, tail: str = "") -> str:
    return f"/projects/{stage.pier.id}/sub-jobs{tail}"


@pytest.mark.parametrize(("name", "status"), [
    ("pam", 200), ("ann", 404), ("bob", 404), ("stan", 404), ("adam", 404), ("olga", 404), ("nobody", 302),
])  # fmt: skip
def test_who_may_see_add_and_edit_sub_jobs(as_: Any, stage: Stage, name: str, status: int) -> None:
    made, browser = stage.sub_job(), as_(name)
    for tail in ("/new", f"/{made.id}", f"/{made.id}/edit"):
        assert browser.get(url(stage, tail)).status_code == status
    for tail in ("/new", f"/{made.id}/edit"):
        assert browser.post(url(stage, tail), data={"title": ""}).status_code == (422 if status == 200 else status)


def test_who_only_reads_the_project_sees_them_and_changes_nothing(as_: Any, stage: Stage) -> None:
    made = stage.sub_job()
    stage.people.stan.grants.append(Grant(tool="project_admin", project_id=stage.pier.id, level=Level.READ))
    db.session.commit()
    stan = as_("stan")
    page = stan.get(f"/projects/{stage.pier.id}")
    assert "East wing" in page.text
    assert "New sub job" not in page.text
    assert "Edit sub job" not in stan.get(url(stage, f"/{made.id}")).text
    for tail in ("/new", f"/{made.id}/edit"):
        assert stan.get(url(stage, tail)).status_code == stan.post(url(stage, tail), data=EAST).status_code == 403


def test_pam_adds_one_on_the_page_of_the_project_and_sees_where_it_stands(as_: Any, by_file: Stage) -> None:
    by_file.job_in_erp()
    pam = as_("pam")
    assert "None. A sub job keeps a part of the project apart" in pam.get(f"/projects/{by_file.pier.id}").text
    page = pam.post(url(by_file, "/new"), data=EAST, follow_redirects=True)
    assert "Sub job E1 was added." in page.text
    assert cells(page) == ["E1", "East wing", "Never sent"]
    (made,) = sub_jobs.of(by_file.pier)
    answer = pam.post(f"/documents/sub_job/{made.id}/connections/{by_file.connection.id}/sending", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "Retrieve from ERP" in answer.text
    assert cells(pam.get(f"/projects/{by_file.pier.id}")) == ["E1", "East wing", "Ready"]


def cells(answer: Any) -> list[str]:
    """What the list of sub jobs on the project's page has in it."""
    return all_words(answer, "//table[@aria-labelledby='sub-jobs-title']//tr[@data-row]/td")


@pytest.mark.parametrize(("values", "said"), [
    ({"number": ""}, "Code is missing. Write it."), ({"number": " e1 "}, "The project has a sub job E1 already"),
    ({"title": ""}, "Name is missing. Write it."),
])  # fmt: skip
def test_what_cannot_be_saved_says_why_at_its_field_and_keeps_the_input(
    as_: Any, stage: Stage, values: dict[str, str], said: str
) -> None:
    stage.sub_job()
    answer = as_("pam").post(url(stage, "/new"), data={"number": "W1", "title": "West wing", "active": "y"} | values)
    assert answer.status_code == 422
    assert said in answer.text
    assert "West wing" in answer.text or "title" in values
    assert len(sub_jobs.of(stage.pier)) == 1


def test_an_older_page_saves_nothing_and_shows_what_is_there(as_: Any, stage: Stage) -> None:
    made, pam = stage.sub_job(), as_("pam")
    edit = url(stage, f"/{made.id}/edit")
    assert pam.post(edit, data=EAST | {"version": "1", "title": "East", "active": ""}).status_code == 303
    answer = pam.post(edit, data=EAST | {"version": "1", "title": "West"})
    assert answer.status_code == 409
    assert "<li>Name: East</li>" in answer.text
    assert 'value="West"' in answer.text
    assert pam.post(edit, data=EAST | {"version": "2", "title": "West"}).status_code == 303
    db.session.expire_all()
    assert (made.title, made.active) == ("West", True)


def test_a_locked_one_says_once_why_and_a_synced_one_only_beside_its_code(as_: Any, by_file: Stage) -> None:
    by_file.job_in_erp()
    made = by_file.sub_job()
    item, pam = by_file.send("sub_job", made), as_("pam")
    edit = url(by_file, f"/{made.id}/edit")
    assert pam.get(edit).text.count("The sub job was sent to ERP and is Ready there.") == 1
    assert "Name was not changed." in pam.post(edit, data=EAST | {"title": "West"}).text
    by_file.synced(item)
    assert "Accounting has the sub job under this code." in pam.get(edit).text
    page = pam.post(edit, data=EAST | {"title": "West"}, follow_redirects=True)
    assert "Accounting has the old data until it is sent again: Name." in page.text
    assert "Re-send to ERP" in page.text


def test_one_of_another_project_is_not_found_here(as_: Any, stage: Stage) -> None:
    other = stage.sub_job(of=stage.project())
    pam = as_("pam")
    assert pam.get(url(stage, f"/{other.id}")).status_code == pam.get(url(stage, f"/{other.id}/edit")).status_code == 404
    assert pam.post(url(stage, f"/{other.id}/edit"), data=EAST).status_code == 404


def test_quickbooks_keeps_the_tab_under_more_and_says_in_it_that_it_takes_none(as_: Any, stage: Stage) -> None:
    ann = as_("ann")
    desk = ann.get(f"/erp/{stage.connection.id}/job/")
    assert all_words(desk, "//nav[@class='tabs']/a")[:4] == ["Jobs", "Companies", "Standard Cost Codes", "Budget"]
    assert all_words(desk, "//nav[@class='tabs']/details[not(@open)]/*") == ["More", "Sub Jobs"]
    page = ann.get(f"/erp/{stage.connection.id}/sub_job/")
    assert "QuickBooks Desktop has no sub jobs below a job; they cannot be sent there." in page.text
    assert all_words(page, "//nav[@class='tabs']/details[@open]/a[@aria-current='page']") == ["Sub Jobs"]
    assert all_words(page, "//nav[contains(@class, 'filter-menu')]") == []


def test_nobody_has_quickbooks_read_a_list_that_it_does_not_have(as_: Any, stage: Stage) -> None:
    assert as_("adam").post(f"/erp/{stage.connection.id}/sub_job/refresh").status_code == 404


@pytest.mark.parametrize(("name", "sees"), [("pam", 403), ("ann", 200), ("stan", 200), ("adam", 200), ("olga", 403)])
def test_the_report_of_synced_sub_jobs_is_the_list_of_what_is_synced(as_: Any, by_file: Stage, name: str, sees: int) -> None:
    by_file.job_in_erp()
    by_file.sub_job_in_erp()
    by_file.send("sub_job", by_file.sub_job("W1", "West wing"))
    page = as_(name).get(f"/erp/{by_file.connection.id}/sub_job/{Filter.SYNCED}")
    assert page.status_code == sees
    if sees == 200:
        assert "Synced Sub Jobs" in page.text
        assert rows(page) == ["East wing"]


def test_ann_decides_about_one_and_stan_has_no_controls_at_all(as_: Any, by_file: Stage) -> None:
    by_file.job_in_erp()
    item = by_file.send("sub_job", by_file.sub_job())
    here = f"/erp/{by_file.connection.id}/sub_job/"
    assert {"Accept", "Reject"} <= set(buttons(as_("ann").get(here)))
    assert not {"Accept", "Reject"} & set(buttons(as_("stan").get(here)))
    details = as_("ann").get(f"/erp/{by_file.connection.id}/items/{item.id}")
    assert all_words(details, "//dl[@class='facts']//dd") == ["E1", "East wing", "25-1361 Pier 9 Sewer Renewal"]


def test_the_form_says_what_the_accounting_of_the_project_takes(as_, stage, ridge):
    assert "Sage 300 takes at most 10 characters." in words(page(as_("pam").get(f"/projects/{ridge.pier.id}/sub-jobs/new")))
    assert "takes at most" not in words(page(as_("pam").get(f"/projects/{stage.pier.id}/sub-jobs/new")))
