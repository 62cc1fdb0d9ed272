"""Ready To Import and Archived in the browser: what each person can press, what it says, and what it does."""

import pytest

from erp.books import records
from erp.books.records import Record
from erp.db import db, transaction
from erp.documents import project as projects
from erp.documents.project import Project
from erp.exchanges.exchange import Exchange
from erp.items import Item
from erp.people import Grant, Level
from erp.people.access import set_grid
from erp.states import RecordState, State
from tests.unit.stage import row
from tests.unit.web.pages import all_words, menu, page, rows, told, words

HTMX = {"HX-Request": "true"}


@pytest.fixture
def at(stage):
    """The URL of something of a tab: at("job/ready-to-import"), at("job/records/7/link")."""
    return lambda place: f"/erp/{stage.connection.id}/{place}"


@pytest.fixture
def old_pier(stage):
    """A job that accounting made, between two that make the noise."""
    stage.record("job", "J8", "City of Bayview:Aqueduct")
    stage.record("job", "J9", "City of Bayview:Zoo")
    return stage.record("job", "J1", "City of Bayview:Old Pier", number="24-0900")


def pressable(answer, name="Old Pier"):
    """What can be pressed in a row, and what is grey there."""
    line = next(tr for tr in page(answer).xpath("//tr[@data-row]") if name in words(tr))
    grey = [words(one) for one in line.xpath(".//button[@aria-disabled]")]
    live = [words(one) for one in line.xpath(".//form//button | .//a[@role='button']")]
    return live, grey


# who sees what


@pytest.mark.parametrize(("name", "live", "grey"), [
    ("adam", ["Add to Projects", "Link to project", "Archive"], []), ("ann", ["Archive"], ["Add to Projects", "Link to project"]),
    ("stan", ["Archive"], ["Add to Projects", "Link to project"]),
])  # fmt: skip
def test_each_sees_what_he_may_and_why_not_the_rest(as_, at, old_pier, name, live, grey):
    answer = as_(name).get(at("job/ready-to-import"))
    assert pressable(answer) == (live, grey)
    if grey:
        reasons = all_words(answer, f"//*[@id='why-link-{old_pier.id}']")
        assert reasons == ["You need Admin on ERP Integrations. The owner can change that."]


def test_read_only_sees_the_list_and_no_control(stage, as_, at, old_pier):
    stage.people.stan.grants[0].level = Level.READ
    db.session.commit()
    answer = as_("stan").get(at("job/ready-to-import"))
    assert rows(answer) == ["City of Bayview:Aqueduct", "City of Bayview:Old Pier", "City of Bayview:Zoo"]
    assert pressable(answer) == ([], [])
    assert as_("stan").post(at(f"job/records/{old_pier.id}/archiving")).status_code == 403


def test_can_import_switched_off_greys_archive_and_takes_the_ticks_away(stage, as_, at, old_pier):
    set_grid(stage.people.stan, "job", can_import=False, can_export=True)
    db.session.commit()
    answer = as_("stan").get(at("job/ready-to-import"))
    assert pressable(answer) == ([], ["Add to Projects", "Link to project", "Archive"])
    assert not page(answer).xpath("//input[@name='ids']")


def test_budgets_cannot_be_imported_and_the_tab_says_why(stage, as_, at):
    answer = as_("adam").get(at("budget/ready-to-import"))
    (said,) = all_words(answer, "//div[@class='empty']")
    assert said.startswith("QuickBooks cannot import these.Budgets are made here and sent there")
    assert as_("adam").get(at("budget/records/matches")).status_code == 404


def test_an_item_of_the_wrong_type_says_why_in_its_row(stage, as_, at):
    record = stage.record("item", "I1", "Early payment", type="ItemDiscount")
    answer = as_("adam").get(at("cost_code/ready-to-import"))
    assert pressable(answer, "Early payment") == (["Archive"], ["Add", "Link"])
    assert all_words(answer, f"//*[@id='why-add-{record.id}']") == [
        "It is of the type Discount in accounting; only a Service item can be a cost code."]  # fmt: skip


# deeds


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_add_to_projects_says_what_was_added_and_the_counts_follow(stage, as_, at, old_pier, headers):
    adam, place = as_("adam"), {"filter": "ready-to-import", "seen": old_pier.hash}
    answer = adam.post(at(f"job/records/{old_pier.id}/addition"), data=place, headers=headers, follow_redirects=True)
    assert told(answer)[0].startswith("24-0900 Old Pier was added; it is Synced.")
    assert menu(answer) == {"Ready To Import": 2, "Ready To Export": 0, "Ready To Update": 0, "Failed To Export": 0, "Synced": 1,
                            "Archived": 0}  # fmt: skip
    synced = adam.get(at("job/synced"))
    assert rows(synced) == ["Old Pier"]
    assert "City of Bayview:Old Pier" in words(page(synced))


@pytest.mark.parametrize(("sees", "links"), [(Level.READ, ["/directory/{}"]), (Level.NONE, [])])
def test_who_added_is_led_to_the_document_by_a_link_and_never_reads_a_bare_path(stage, as_, at, sees, links):
    stage.people.adam.grants.append(Grant(tool="directory", level=int(sees)))
    db.session.commit()
    record = stage.record("vendor", "V1", "<b>Delgado</b> Electric")
    answer = as_("adam").post(at(f"company/records/{record.id}/addition"), data={"filter": "ready-to-import"}, headers=HTMX)
    (said,) = told(answer)
    assert said.startswith("<b>Delgado</b> Electric was added; it is Synced.")
    assert "/directory" not in said
    item = db.session.scalars(db.select(Item).filter_by(erp_id="V1")).one()
    assert page(answer).xpath("//*[@id='flashes']//a/@href") == [link.format(item.document_id) for link in links]


def test_what_was_added_has_details_without_anything_sent(stage, as_, at, old_pier):
    adam = as_("adam")
    adam.post(at(f"job/records/{old_pier.id}/addition"), data={"filter": "ready-to-import"})
    project = db.session.scalars(db.select(Project).filter_by(number="24-0900")).one()
    item = stage.item(project.id)
    for tab in ("lines", "accounting", "history", "comments", "attachments"):
        answer = adam.get(at(f"items/{item.id}?tab={tab}"))
        assert answer.status_code == 200, tab
    assert "which QuickBooks had already" in words(page(adam.get(at(f"items/{item.id}?tab=accounting"))))
    assert "added it from accounting" in words(page(adam.get(at(f"items/{item.id}?tab=history"))))
    assert adam.get(at(f"items/{item.id}/record")).status_code == 200
    assert adam.get(f"/projects/{project.id}").status_code == 200


def test_a_refusal_stands_above_the_list_and_nothing_happens(stage, as_, at, pier):
    record = stage.record("job", "J1", "City of Bayview:PIER 9 sewer renewal")
    answer = as_("adam").post(at(f"job/records/{record.id}/addition"), data={"filter": "ready-to-import"}, headers=HTMX)
    assert "Press Link to project" in told(answer)[0]
    assert menu(answer)["Ready To Import"] == 1


def test_ann_who_posts_what_she_may_not_is_told_why(stage, as_, at, old_pier):
    answer = as_("ann").post(at(f"job/records/{old_pier.id}/addition"), data={"filter": "ready-to-import"}, headers=HTMX)
    assert told(answer) == ["You need Admin on ERP Integrations. The owner can change that."]
    assert old_pier.state == RecordState.STAGED


def test_link_shows_likely_ones_first_then_both_sides_then_links(stage, as_, at, pier):
    record = stage.record("job", "J1", "City of Bayview:Pier 9", number="25-1361", city="Bayview")
    adam, url = as_("adam"), at(f"job/records/{record.id}/link")
    shown = adam.get(url)
    assert all_words(shown, "//table[contains(@class, 'list')]//td[1]")[0] == "25-1361"
    assert not page(shown).xpath("//table[@class='compare']")
    both = adam.get(f"{url}?document={pier.id}")
    compared = all_words(both, "//table[@class='compare']//tbody/tr")
    assert "NamePier 9Pier 9 Sewer Renewaldiffers" in compared
    assert "Number25-136125-1361" in compared
    assert "CustomerCity of BayviewCity of Bayview" in compared
    answer = adam.post(url, data={"document": pier.id, "seen": record.hash}, follow_redirects=True)
    assert told(answer) == ["25-1361 Pier 9 Sewer Renewal is linked to City of Bayview:Pier 9; it is Synced."]
    assert stage.item(pier.id).state == State.SYNCED


def test_a_link_that_is_refused_shows_why_and_the_choice_again(stage, as_, at, pier):
    record = stage.record("job", "J1", "City of Bayview:Pier 9")
    item = stage.job()
    answer = as_("adam").post(at(f"job/records/{record.id}/link"), data={"document": pier.id})
    assert answer.status_code == 422
    assert f"is {item.state} there" in told(answer)[0]


@pytest.mark.parametrize("name", ["ann", "adam"])
def test_a_refused_link_says_its_sentence_once(stage, as_, at, pier, name):
    record = stage.record("job", "J1", "City of Bayview:Pier 9")
    if name == "adam":
        as_("adam").post(at(f"job/records/{record.id}/archiving"), data={"filter": "ready-to-import"})
    answer = as_(name).post(at(f"job/records/{record.id}/link"), data={"document": pier.id})
    assert answer.status_code == 422
    assert all_words(answer, "//main//p[contains(@class, 'notice')]") == told(answer)
    assert len(told(answer)) == 1


def test_a_page_that_shows_what_is_here_no_more_links_nothing_and_shows_what_is_here_now(stage, as_, at, pier):
    record = stage.record("job", "J1", "City of Bayview:Pier 9")
    adam, url = as_("adam"), at(f"job/records/{record.id}/link")
    hidden = page(adam.get(f"{url}?document={pier.id}")).xpath("//form[@method='post']//input[@name='version']")
    with transaction():
        projects.edit(pier, stage.people.pam, pier.version, title="Ferry Terminal")
    answer = adam.post(url, data={"document": pier.id, "seen": record.hash, "version": hidden[0].get("value")})
    assert answer.status_code == 422
    assert "was changed here meanwhile; it is 25-1361 Ferry Terminal now" in told(answer)[0]
    assert "NamePier 9Ferry Terminaldiffers" in all_words(answer, "//table[@class='compare']//tbody/tr")


def test_all_exact_matches_are_shown_ticked_and_only_the_ticked_are_linked(stage, as_, at, pier):
    one = stage.record("job", "J1", "City of Bayview:pier 9 sewer renewal")
    two = stage.record("job", "J2", "City of Bayview:Noise barrier")
    adam, url = as_("adam"), at("job/records/matches")
    shown = adam.get(url)
    ticks = [box.get("value") for box in page(shown).xpath("//input[@name='ids'][@checked]")]
    assert len(ticks) == 2
    answer = adam.post(url, data={"ids": [tick for tick in ticks if tick.startswith(f"{one.id}:")]}, follow_redirects=True)
    assert told(answer) == ["1 linked."]
    assert (one.state, two.state) == (RecordState.LINKED, RecordState.STAGED)
    assert "1 match." in words(page(answer))


@pytest.mark.parametrize(
    "posted", [[], ["x"], ["1:2"], ["-1:2:h"], ["1:x:h"], ["99999999999:1:h"], ["1:2:h"], ["1:2:h:x"], ["1:2:3:4"]]
)
def test_ticks_that_somebody_made_up_link_nothing(stage, as_, at, pier, posted):
    stage.record("job", "J1", "City of Bayview:pier 9 sewer renewal")
    answer = as_("adam").post(at("job/records/matches"), data={"ids": posted}, follow_redirects=True)
    assert told(answer) == ["No row was selected."]


def test_archived_rows_stand_in_archived_and_come_back(stage, as_, at, old_pier):
    stan = as_("stan")
    answer = stan.post(at(f"job/records/{old_pier.id}/archiving"), data={"filter": "ready-to-import"}, headers=HTMX)
    assert told(answer) == ["City of Bayview:Old Pier was archived."]
    assert (menu(answer)["Ready To Import"], menu(answer)["Archived"]) == (2, 1)
    archived = stan.get(at("job/archived"))
    assert pressable(archived) == (["Unarchive"], [])
    answer = stan.post(at("job/records/unarchiving"), data={"filter": "archived", "ids": [old_pier.id]}, headers=HTMX)
    assert told(answer) == ["1 taken back."]
    assert menu(answer)["Ready To Import"] == 3


def test_what_is_inactive_in_accounting_stands_in_archived_and_says_so(stage, as_, at):
    stage.apply(row("job", "J1", "City of Bayview:Old Pier", active=False))
    answer = as_("stan").get(at("job/archived"))
    assert "Inactive in QuickBooks" in words(page(answer))
    assert pressable(answer) == ([], ["Unarchive"])


def test_many_are_archived_at_once(stage, as_, at, old_pier):
    keys = [one.id for one in db.session.scalars(db.select(Record).filter_by(kind="job"))]
    answer = as_("stan").post(at("job/records/archiving"), data={"filter": "ready-to-import", "ids": keys}, headers=HTMX)
    assert told(answer) == ["3 archived."]
    assert menu(answer)["Archived"] == 3


def test_a_record_of_another_tab_or_connection_is_not_found(stage, as_, at, old_pier):
    customer = records.find(stage.connection.id, "customer", "80000001-1")
    adam = as_("adam")
    for place in (f"cost_code/records/{old_pier.id}/link", f"job/records/{customer.id}/link", "job/records/999/link",
                  f"budget/records/{old_pier.id}/link", f"nothing/records/{old_pier.id}/link"):  # fmt: skip
        assert adam.get(at(place)).status_code == 404, place
    for noun in ("addition", "link", "archiving", "unarchiving"):
        assert adam.post(f"/erp/999/job/records/{old_pier.id}/{noun}").status_code == 404


def test_a_name_with_markup_in_it_is_text(stage, as_, at):
    record = stage.record("job", "J1", "City of Bayview:<b>Old</b>")
    for place in ("job/ready-to-import", f"job/records/{record.id}/link"):
        answer = as_("adam").get(at(place))
        assert b"<b>Old</b>" not in answer.data
        assert b"&lt;b&gt;Old" in answer.data


def test_the_word_of_the_list_stays_while_one_is_archived(stage, as_, at, old_pier):
    data = {"filter": "ready-to-import", "q": "zoo"}
    answer = as_("stan").post(at(f"job/records/{old_pier.id}/archiving"), data=data, headers=HTMX)
    assert rows(answer) == ["City of Bayview:Zoo"]


def test_many_refusals_are_one_notice_with_the_reasons_of_five(stage, as_, at):
    found = [stage.record("job", f"J{n}", f"City of Bayview:Pier {n}") for n in range(7)]
    stage.apply(*(row("job", f"J{n}", f"City of Bayview:Pier {n}", active=False) for n in range(7)))
    (said,) = told(as_("stan").post(at("job/records/archiving"), data={"ids": [one.id for one in found]}, headers=HTMX))
    assert said.startswith("7 were not archived: City of Bayview:Pier 0: ")
    assert said.count("is inactive in accounting") == 5
    assert said.endswith("2 more; try one of them alone to see why.")


# archived companies


@pytest.fixture
def archived(stage, as_, at):
    """One vendor was put aside, one is inactive in accounting, one waits in its list."""
    stage.record("vendor", "V1", "Put Aside Supply")
    stage.apply(row("vendor", "V2", "Closed Foundry", active=False), row("vendor", "V3", "Delgado Electric"))
    key = records.find(stage.connection.id, "vendor", "V1").id
    as_("stan").post(at(f"company/records/{key}/archiving"))


@pytest.mark.parametrize("name", ["ann", "stan", "adam"])
def test_archived_companies_are_those_put_aside_and_those_inactive_in_accounting(stage, as_, at, archived, name):
    answer = as_(name).get(at("company/archived"))
    assert rows(answer) == ["Closed Foundry", "Put Aside Supply"]
    assert all_words(answer, "//h2[@id='list-heading']") == ["Archived Companies"]
    assert menu(answer)["Archived"] == 2
    assert [("Inactive in QuickBooks" in line) for line in all_words(answer, "//tr[@data-row]")] == [True, False]


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_read_only_is_told_why_the_archived_companies_are_not_shown_and_sees_the_other_lists(stage, as_, at, archived, headers):
    stage.people.stan.grants[0].level = Level.READ
    db.session.commit()
    stan = as_("stan")
    answer = stan.get(at("company/archived"), headers=headers)
    assert rows(answer) == []
    assert "Foundry" not in answer.text
    (said,) = all_words(answer, "//*[contains(@class, 'empty')]")
    assert said == "This list is not open to you.You need Standard or higher on ERP Integrations. The owner can change that."
    assert rows(stan.get(at("company/archived?q=Foundry"), headers=headers)) == []
    assert rows(stan.get(at("company/ready-to-import"), headers=headers)) == ["Delgado Electric"]
    assert stan.get(at("job/archived")).status_code == 200
    assert "not open to you" not in stan.get(at("job/archived")).text


@pytest.mark.parametrize("name", ["pam", "olga"])
def test_who_has_no_level_on_the_tool_sees_no_archived_companies(as_, at, archived, name):
    assert as_(name).get(at("company/archived")).status_code == 403


# refresh


def test_the_list_of_a_tab_is_refreshed_in_place_and_says_how_far_it_is(stage, as_, at, old_pier):
    stage.connection.schedules[0].problem = "The last reading broke off."
    db.session.execute(db.update(Exchange).values(state="synced"))
    db.session.commit()
    adam = as_("adam")
    shown = adam.get(at("job/synced"))
    assert "Refresh Job List" in all_words(shown, "//button")
    assert "The last reading broke off." in words(page(shown))
    answer = adam.post(at("job/refresh"), data={"filter": "synced"}, headers=HTMX)
    assert told(answer) == ["It is read at the next visit of the Web Connector. It has not called yet."]
    assert page(answer).xpath("//button[text()='Refresh Job List'][@disabled]")
    assert "Waits for the Web Connector" in words(page(answer))
    exchange = db.session.scalars(db.select(Exchange).filter_by(subject="list:customer", state="queued")).one()
    exchange.result = exchange.result | {"rows": 1500, "left": 18_500}
    db.session.commit()
    assert "1,500 of 20,000 read" in words(page(adam.get(at("job/synced"))))
    assert told(adam.post(at("job/refresh"), headers=HTMX)) == ["It is being read already."]


@pytest.mark.parametrize(("slug", "label"), [("job", "Refresh Job List"), ("cost_code", "Refresh Cost Codes")])
def test_only_an_erp_administrator_refreshes(as_, at, pier, slug, label):
    assert label in all_words(as_("adam").get(at(f"{slug}/")), "//button")
    assert label not in all_words(as_("ann").get(at(f"{slug}/")), "//button")
    assert as_("ann").post(at(f"{slug}/refresh")).status_code == 403


def test_a_tab_without_a_list_has_no_refresh(as_, at, pier):
    assert as_("adam").post(at("budget/refresh")).status_code == 404


def test_a_synced_row_tells_what_happened_to_it_in_accounting(stage, as_, at, old_pier):
    as_("adam").post(at(f"job/records/{old_pier.id}/addition"))
    stage.apply(row("job", "J1", "City of Bayview:New Pier", active=False) | {"parent_id": "80000001-1"})
    (told_there,) = all_words(as_("ann").get(at("job/synced")), "//td[@data-label='Status']")
    assert "Renamed in QuickBooks to City of Bayview:New Pier." in told_there
    assert "Made inactive in QuickBooks" in told_there
    item = db.session.scalars(db.select(Item).filter_by(erp_id="J1")).one()
    assert "Renamed in QuickBooks to City of Bayview:New Pier." in words(page(as_("ann").get(at(f"items/{item.id}"))))
