"""A company file and a Sage data set side by side: one desk with a switch, and nothing of the one on the other."""

import pytest
from sqlalchemy import select

from erp import digest
from erp.books import records
from erp.db import db, transaction
from erp.digest import write_summaries
from erp.documents import project
from erp.items import Item, find
from erp.items.choices import pick, why_not_pick
from erp.items.perform import send
from erp.mail import Mail
from erp.states import Filter
from tests.unit.stage import CITY, row
from tests.unit.web.pages import all_words, menu, page, rows, told, words

SAGE_TITLE, BOOKS_TITLE = "Sage 300 · Bayview Civil", "QuickBooks · Harbor & Hill"


@pytest.fixture
def both(stage, sage):
    """Pam's project went to the company file, another of hers to Sage; each has a job that exists only there."""
    records.apply(sage.key, [row("job", "24-007", "Old Mill")])
    stage.record("job", "J1", "City of Bayview:Old Pier")
    sage.road = stage.project("26-1164", "Pier Road Sewer", connection_id=sage.key)
    stage.send("job", stage.pier)
    with transaction():
        send("job", sage.connection, sage.road, stage.people.pam)
    return sage


def desk(connection, rest="job/"):
    return f"/erp/{connection.id}/{rest}"


def shown(answer):
    return words(page(answer).xpath("//main")[0])


# the desk


def test_each_desk_lists_and_counts_its_own_and_names_the_other(stage, both, as_):
    ann = as_("ann")
    books, sage = ann.get(desk(stage.connection)), ann.get(desk(both.connection))
    assert (rows(books), rows(sage)) == (["Pier 9 Sewer Renewal"], ["Pier Road Sewer"])
    assert menu(books)["Ready To Export"] == menu(sage)["Ready To Export"] == 1
    assert all_words(books, "//nav[@aria-label='Other connections']/a") == [SAGE_TITLE]
    assert all_words(sage, "//nav[@aria-label='Other connections']/a") == [BOOKS_TITLE]
    assert all_words(books, "//h1") == [BOOKS_TITLE]


def test_what_exists_only_in_one_is_never_on_the_list_of_the_other(stage, both, as_):
    ann, rest = as_("ann"), f"job/{Filter.IMPORT.value}"
    books, sage = shown(ann.get(desk(stage.connection, rest))), shown(ann.get(desk(both.connection, rest)))
    assert "Old Pier" in books
    assert "Old Mill" not in books
    assert "Old Mill" in sage
    assert "Old Pier" not in sage


def test_the_switch_keeps_the_tab_and_the_filter(stage, both, as_):
    answer = as_("ann").get(desk(stage.connection, "cost_code/synced"))
    assert page(answer).xpath("//nav[@aria-label='Other connections']/a/@href") == [desk(both.connection, "cost_code/synced")]


def test_the_choices_of_a_row_come_from_its_own_lists(stage, both, as_):
    answer = as_("ann").get(desk(stage.connection))
    assert "City of Bayview" in answer.text
    assert "City of Bayview" not in as_("ann").get(desk(both.connection)).text


def test_a_record_of_the_other_connection_is_no_choice(stage, both):
    records.apply(both.key, [row("customer", "SAGE-1", "A customer of Sage")])
    db.session.commit()
    item = find(stage.connection.id, stage.pier.id)
    assert "is not an active entry in Harbor & Hill" in str(why_not_pick(item, pick(item, {"customer": "SAGE-1"}).values))


@pytest.mark.parametrize("rest", ["items/{item}", "items/{item}/record", "job/records/{record}/link"])
def test_an_address_with_the_wrong_connection_is_not_found(stage, both, as_, rest):
    item = find(stage.connection.id, stage.pier.id)
    record = db.session.scalars(select(records.Record).filter_by(full_name="City of Bayview:Old Pier")).one()
    url = rest.format(item=item.id, record=record.id)
    assert as_("adam").get(desk(both.connection, url)).status_code == 404


def test_a_record_is_offered_only_projects_of_its_own_connection(stage, both, as_):
    stage.project("25-0003", "Only for the books")
    record = db.session.scalars(select(records.Record).filter_by(full_name="Old Mill")).one()
    answer = as_("adam").get(desk(both.connection, f"job/records/{record.id}/link"))
    assert "Only for the books" not in shown(answer)


@pytest.mark.parametrize("action", ["acceptance", "rejection"])
def test_a_decision_posted_to_the_wrong_desk_changes_nothing(stage, both, as_, action):
    item = find(stage.connection.id, stage.pier.id)
    assert as_("ann").post(desk(both.connection, f"items/{item.id}/{action}"), data={"customer": CITY}).status_code == 404
    as_("ann").post(desk(both.connection, "job/acceptance"), data={"ids": item.id})
    db.session.expire_all()
    assert item.state == "Ready"


def test_export_all_accepted_hands_over_only_what_stands_on_this_desk(stage, both, as_):
    stage.accept(find(stage.connection.id, stage.pier.id), customer=CITY)
    stage.accept(find(both.key, both.road.id))
    ann = as_("ann")
    assert "Pier 9" not in shown(ann.get(desk(both.connection, "all-kinds")))
    ann.post(desk(both.connection, "all-kinds/export"))
    db.session.expire_all()
    assert find(stage.connection.id, stage.pier.id).state == "Accepted"
    assert find(both.key, both.road.id).state != "Accepted"


def test_a_failure_of_one_is_on_no_page_of_the_other(stage, both, as_):
    stage.failed(stage.exporting(stage.accept(find(stage.connection.id, stage.pier.id), customer=CITY)))
    ann = as_("ann")
    assert "The name is taken." in shown(ann.get(desk(stage.connection, "all-kinds")))
    assert "The name is taken." not in shown(ann.get(desk(both.connection, "all-kinds")))
    assert menu(ann.get(desk(both.connection)))["Failed To Export"] == 0


# pages of both


def test_the_search_names_the_connection_of_each_item(stage, both, as_):
    answer = as_("ann").get("/erp/search?q=Pier")
    assert sorted(all_words(answer, "//td[@data-label='Connection']")) == [BOOKS_TITLE, SAGE_TITLE]


def test_my_decisions_name_the_connection_and_show_the_tabs_of_none(stage, both, as_):
    stage.accept(find(both.key, both.road.id))
    answer = as_("ann").get("/erp/decisions")
    assert f"Jobs · {SAGE_TITLE}" in shown(answer)
    assert all_words(answer, "//nav[@aria-label='Desks']/a") == [BOOKS_TITLE, SAGE_TITLE]
    assert not page(answer).xpath("//nav[@aria-label='Kinds of items']")


def test_with_one_connection_my_decisions_have_its_tabs_and_name_it_not(stage, as_):
    stage.job(customer=CITY)
    answer = as_("ann").get("/erp/decisions")
    assert page(answer).xpath("//nav[@aria-label='Kinds of items']")
    assert BOOKS_TITLE not in shown(answer)


def test_waiting_on_accounting_names_the_connection(stage, both, as_):
    said = shown(as_("pam").get("/waiting"))
    assert SAGE_TITLE in said
    assert BOOKS_TITLE in said


def test_the_daily_summary_leads_to_each_desk(stage, both, monkeypatch):
    monkeypatch.setattr(digest, "_today", lambda user, wish, moment: digest.Due(f"digest:{user.id}", user, moment))
    write_summaries()
    mail = db.session.scalars(select(Mail).filter_by(to="ann@x.test").limit(1)).one()
    for connection, title in ((stage.connection, BOOKS_TITLE), (both.connection, SAGE_TITLE)):
        assert f"http://localhost:8000/erp/{connection.id}/job/" in mail.text
        assert title in mail.text


# documents


def lines(answer):
    """The lines of the ERP panel: connection and the words on the button."""
    return [(words(line.xpath("./span[1]")[0]), words(line.xpath(".//button[not(@data-why)]")[0]))
            for line in page(answer).xpath("//*[@class='erp-line']")]  # fmt: skip


def test_a_company_and_a_code_have_a_line_and_a_button_for_each_connection(stage, both, as_):
    company = stage.company()
    on_company = lines(as_("olga").get(f"/directory/{company.id}"))
    on_code = lines(as_("adam").get(f"/cost-codes/{stage.codes[0].id}/edit"))
    assert on_company == [(BOOKS_TITLE, "Send to ERP"), (SAGE_TITLE, "Send to ERP")]
    assert on_code == [(BOOKS_TITLE, "Send to ERP"), (SAGE_TITLE, "Send to ERP")]


def test_a_company_sent_to_one_is_not_sent_to_the_other(stage, both, as_):
    company = stage.company()
    as_("olga").post(f"/documents/company/{company.id}/connections/{both.key}/sending")
    assert find(stage.connection.id, company.id) is None
    assert find(both.key, company.id).state == "Ready"
    assert lines(as_("olga").get(f"/directory/{company.id}")) == [(BOOKS_TITLE, "Send to ERP"), (SAGE_TITLE, "Retrieve from ERP")]


def test_a_project_has_the_line_of_its_own_connection_only(stage, both, as_):
    assert [title for title, _ in lines(as_("pam").get(f"/projects/{both.road.id}"))] == [SAGE_TITLE]
    assert [title for title, _ in lines(as_("pam").get(f"/projects/{stage.pier.id}"))] == [BOOKS_TITLE]


@pytest.mark.parametrize("slug", ["job", "budget"])
def test_a_project_and_its_budget_go_to_no_other_connection(stage, both, as_, slug):
    fresh = stage.project("25-0004", "Library")
    document = fresh if slug == "job" else stage.budget()
    as_("pam").post(f"/documents/{slug}/{document.id}/connections/{both.key}/sending")
    assert find(both.key, document.id) is None


def test_many_codes_go_to_the_connection_whose_button_was_pressed(stage, sage, as_):
    adam, ids = as_("adam"), [code.id for code in stage.codes]
    adam.post("/cost-codes/sending", data={"connection_id": stage.connection.id, "ids": ids})
    assert "3 sent to Harbor & Hill." in " ".join(told(adam.get("/cost-codes/")))
    sent = {item.connection_id for item in db.session.scalars(select(Item).filter_by(kind="cost_code", state="Ready"))}
    assert sent == {stage.connection.id}


def test_every_button_that_sends_many_says_where(stage, sage, as_):
    answer = as_("adam").get("/cost-codes/")
    named = {one.get("value"): words(page(answer).xpath(f"//*[@id='{one.get('aria-describedby')}']")[0])
             for one in page(answer).xpath("//button[@name='connection_id']")}  # fmt: skip
    assert named == {str(stage.connection.id): BOOKS_TITLE, str(sage.key): SAGE_TITLE}


def test_a_project_changes_its_connection_only_before_it_was_sent(stage, both, as_):
    """The rule of projects, seen with two connections: what was sent stays where it is."""
    assert "connection_id" in project.locked(stage.pier)
    assert "connection_id" not in project.locked(stage.project("25-0005", "New"))


# settings


def test_settings_of_one_are_never_those_of_the_other(stage, both, as_):
    adam = as_("adam")
    adam.post(f"/settings/connections/{both.key}/self-approval", data={"self_approval": "allow"})
    db.session.expire_all()
    assert "self_approval" not in stage.connection.settings
    assert both.connection.settings["self_approval"] == "allow"
    assert "What Sage gets" not in adam.get(f"/settings/connections/{stage.connection.id}").text


def test_job_costs_and_reports_of_one_show_no_project_of_the_other(stage, both, as_):
    ann = as_("ann")
    for rest in ("job-costs", "accountant-report", "verify"):
        assert "Pier 9 Sewer" not in shown(ann.get(desk(both.connection, rest)))
