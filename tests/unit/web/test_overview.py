"""Pages over all kinds: failures and Export all accepted, search, my decisions, waiting on accounting, the record."""

import pytest

from erp.db import db, now, transaction
from erp.items.perform import accept
from erp.people.user import PUSH
from tests.unit.stage import CITY, Stage
from tests.unit.web.pages import page


def text(as_, name, url):
    answer = as_(name).get(url)
    assert answer.status_code == 200, answer.status_code
    return " ".join(" ".join(page(answer).xpath("//main//text()")).split())


@pytest.fixture
def at(stage):
    """The address of a page of the connection."""
    return lambda rest: f"/erp/{stage.connection.id}/{rest}"


# all kinds


def test_all_kinds_shows_what_is_accepted_by_tab_and_by_whom(stage, as_, at):
    stage.accept(stage.send("job", stage.pier), customer=CITY)
    shown = text(as_, "ann", at("all-kinds"))
    assert "Jobs 1 – Ann (1)" in shown
    assert "Export all accepted" in shown
    assert "Nothing failed." in shown


def test_all_kinds_shows_every_failure_with_its_cause(stage, as_, at):
    item = stage.failed(stage.exporting(stage.accept(stage.send("job", stage.pier), customer=CITY)), "The name is taken.")
    shown = text(as_, "ann", at("all-kinds"))
    assert f"{item.number} {item.title}" in shown
    assert "The name is taken." in shown


@pytest.mark.parametrize(("name", "sees"), [("ann", True), ("bob", True), ("stan", False), ("adam", False)])
def test_only_an_approver_sees_the_button_export_all_accepted(stage, as_, at, name, sees):
    stage.accept(stage.send("job", stage.pier), customer=CITY)
    assert ("Export all accepted" in text(as_, name, at("all-kinds"))) == sees


def test_export_all_accepted_hands_over_what_every_tab_has(stage: Stage, as_, at):
    code = stage.codes[0].division
    items = [stage.accept(stage.send("job", stage.pier), customer=CITY), stage.accepted("cost_code", code)]
    answer = as_("ann").post(at("all-kinds/export"), follow_redirects=True)
    assert "2 handed to QuickBooks" in answer.text
    assert {item.state for item in items} == {"Exporting"}


@pytest.mark.parametrize("name", ["pam", "stan", "adam", "olga"])
def test_nobody_else_exports_anything(stage, as_, at, name):
    item = stage.accept(stage.send("job", stage.pier), customer=CITY)
    assert as_(name).post(at("all-kinds/export")).status_code == 403
    assert item.state == "Accepted"


# search


@pytest.mark.parametrize("asked", ["25-1361", "pier 9", "5,000.00", "5000", "CS-"])
def test_the_search_finds_by_number_name_amount_and_marker(stage, as_, asked):
    item = stage.ready_budget(200_000, 300_000)
    asked = item.snapshot.marker.lower() if asked == "CS-" else asked
    found = page(as_("ann").get("/erp/search", query_string={"q": asked})).xpath("//tbody//a/@href")
    assert f"/erp/{stage.connection.id}/items/{item.id}" in found


def test_the_search_finds_by_the_id_in_accounting(stage, as_):
    item = stage.job_in_erp()
    shown = text(as_, "ann", f"/erp/search?q={item.erp_id}")
    assert item.title in shown


@pytest.mark.parametrize("asked", ["", "%", "_", "nothing like it", "9" * 400, "\x00"])
def test_a_search_without_a_match_says_what_can_be_searched_for(stage, as_, asked):
    stage.ready_budget()
    answer = as_("ann").get("/erp/search", query_string={"q": asked})
    assert answer.status_code == 200
    assert not page(answer).xpath("//tbody//tr[@data-row]")


# my decisions


def test_my_decisions_are_mine_alone_and_newest_first(stage, as_):
    item = stage.accept(stage.send("job", stage.pier), customer=CITY)
    stage.exporting(item)
    shown = text(as_, "ann", "/erp/decisions")
    assert shown.index("Export") < shown.index("Accept")
    assert item.title in shown
    assert "You have not decided about anything yet." in text(as_, "bob", "/erp/decisions")


# waiting on accounting


def test_pam_sees_what_she_sent_and_who_is_next(stage, as_):
    stage.ready_budget()
    shown = text(as_, "pam", "/waiting")
    assert "Pier 9" in shown
    assert "Ann, Bob" in shown


def test_what_failed_stands_first_and_says_why(stage, as_):
    stage.ready_budget()
    stage.failed(stage.exporting(stage.accept(stage.send("job", stage.project()), customer=CITY)), "The name is taken.")
    shown = text(as_, "pam", "/waiting")
    assert shown.index("The name is taken.") < shown.index("Budget")


def test_what_is_synced_or_not_sent_waits_for_nobody(stage, as_):
    stage.synced(stage.ready_budget())
    stage.project()
    assert "Nothing waits on accounting." in text(as_, "pam", "/waiting")


@pytest.mark.parametrize("name", ["stan", "olga"])
def test_who_has_no_tool_there_sees_nothing_of_it(stage, as_, name):
    stage.ready_budget()
    assert "Nothing waits on accounting." in text(as_, name, "/waiting")


def test_adam_sees_the_cost_codes_he_sent(stage, as_):
    stage.send("cost_code", stage.codes[0], by="adam")
    assert stage.codes[0].number in text(as_, "adam", "/waiting")


# the record of an item


def test_the_record_has_what_was_sent_with_its_hash_and_everything_that_happened(stage, as_, at):
    item = stage.ready_budget(200_000)
    shown = text(as_, "ann", at(f"items/{item.id}/record"))
    for said in (item.snapshot.marker, item.snapshot.hash, "200000", "Pam"):
        assert said in shown


def test_a_record_of_another_connection_is_not_there(stage, as_, at):
    assert as_("ann").get(at("items/999/record")).status_code == 404


# the accountant report


def test_the_accountant_report_says_who_may_who_did_and_who_approved_his_own(stage, as_, at):
    with transaction():
        item = stage.send("job", stage.pier)
        item.sent_by = stage.people.ann.id
        db.session.flush()
        accept(item, stage.people.ann, {"customer": CITY})
    shown = text(as_, "adam", at("accountant-report"))
    assert PUSH not in shown
    assert "Ann ann@" in shown
    assert "Ann Jobs 1 –" in shown
    assert item.title in shown.partition("Sender and approver were the same person")[2]


def test_the_accountant_report_adds_up_what_was_accepted(stage, as_, at):
    item = stage.ready_budget(200_000, 300_000)
    stage.accept(item)
    assert "Ann Budget 1 5,000.00" in text(as_, "adam", at("accountant-report"))


@pytest.mark.parametrize(("name", "status"), [("pam", 403), ("ann", 403), ("stan", 403), ("adam", 200), ("olga", 403)])
def test_only_an_erp_administrator_reads_it(stage, as_, at, name, status):
    assert as_(name).get(at("accountant-report?days=7")).status_code == status


# pictures


def test_the_pictures_count_what_waits_and_what_was_exported_each_day(stage, as_, at):
    stage.ready_budget()
    shown = text(as_, "ann", at("all-kinds"))
    assert "Sent Bars Items today 1 1 day –" in shown
    assert f"{now().date().isoformat()} – –" in shown


def test_a_budget_with_two_divisions_has_a_picture_of_them(stage, as_):
    stage.budget(200_000, 300_000, 100)
    shown = text(as_, "pam", f"/projects/{stage.pier.id}/budget")
    assert "By division" in shown
