"""Ann's desk in the browser: lists, menu, controls, Export, Refresh; and what Stan, Adam and Pam see of it."""

from datetime import timedelta

import pytest
from lxml import html

from erp import desk
from erp.cli.user import give
from erp.db import db, now, transaction
from erp.exchanges.exchange import Exchange, ExchangeState
from erp.items import Item
from erp.people.access import set_grid
from erp.people.user import PUSH
from tests.unit.stage import ACCOUNTS, CITY, SCHOOLS, row, statements
from tests.unit.web.pages import all_words, menu, page, rows, told, words

HTMX = {"HX-Request": "true"}


@pytest.fixture
def at(stage):
    """The URL of a list: at("job"), at("job", "synced", q="x")."""

    def url(slug, chosen="", **query):
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        return f"/erp/{stage.connection.id}/{slug}/{chosen}" + (f"?{asked}" if asked else "")

    return url


def controls(answer):
    """What can be pressed within the desk, apart from Details."""
    tree = page(answer).xpath("//*[@id='desk']")[0]
    return [words(one) for one in tree.xpath(".//button | .//a[@role='button']") if words(one) not in ("Details", "Next page")]


def actions(answer):
    """Where the forms of the desk lead: the last part of each address."""
    return {
        form.get("action").rstrip("/").rpartition("/")[2]
        for form in page(answer).xpath("//*[@id='desk']//form")
        if form.get("method") == "post"
    }


# what each person sees


def test_ann_sees_the_decision_in_every_row_and_the_export_above(stage, as_, at):
    stage.job()
    answer = as_("ann").get(at("job"))
    assert rows(answer) == ["Pier 9 Sewer Renewal"]
    assert controls(answer).count("Accept") == 1
    assert {"Accept", "Reject", "Export to QuickBooks", "Accept selected"} <= set(controls(answer))


@pytest.mark.parametrize("chosen", ["", "ready-to-update", "failed-to-export", "synced", "ready-to-import", "archived"])
@pytest.mark.parametrize("name", ["stan", "adam"])
def test_without_the_privilege_there_is_no_control_of_a_decision_in_any_list(stage, as_, at, name, chosen):
    stage.job(customer=CITY)
    stage.failed(stage.exporting(stage.accept(stage.send("job", stage.project()), customer=CITY)))
    stage.synced(stage.send("job", stage.project("25-3", "Third")))
    for reading in (at("job", chosen), at("job", chosen, accept=1, reject=1), at("job", chosen, accept=2, reject=2)):
        answer = as_(name).get(reading)
        assert answer.status_code == 200
        assert actions(answer) <= {"refresh", "right-to-approve"}
        assert not {"Accept", "Reject", "Retry", "Export to QuickBooks", "Accept selected"} & set(controls(answer))
        assert not page(answer).xpath("//*[@id='desk']//input[@type='checkbox'] | //*[@id='desk']//select")


def test_stan_sees_the_state_instead_and_the_details(stage, as_, at):
    stage.job(customer=CITY)
    answer = as_("stan").get(at("job"))
    assert "by Ann" in words(page(answer).xpath("//tr[@data-row]")[0])
    assert "Details" in all_words(answer, "//tr[@data-row]//a")


def test_adam_refreshes_and_ann_and_stan_do_not(stage, as_, at):
    assert actions(as_("adam").get(at("job"))) == {"refresh", "right-to-approve"}
    for name in ("ann", "stan"):
        assert "refresh" not in actions(as_(name).get(at("job")))


@pytest.mark.parametrize("name", ["pam", "olga"])
def test_who_has_no_level_on_the_tool_sees_nothing_of_it(stage, as_, at, name):
    assert as_(name).get(at("job")).status_code == 403
    assert "ERP Integrations" not in all_words(as_(name).get("/projects/"), "//header//nav//a")


def test_the_grid_takes_the_controls_of_one_tab_and_leaves_the_others(stage, as_, at):
    stage.job()
    stage.send("cost_code", stage.codes[0])
    set_grid(stage.people.ann, "job", can_import=True, can_export=False)
    db.session.commit()
    ann = as_("ann")
    assert "Accept" not in controls(ann.get(at("job")))
    assert "Accept" in controls(ann.get(at("cost_code")))


def test_who_is_not_named_by_the_project_has_no_control_in_its_row(stage, as_, at):
    stage.pier.approver_ids = [stage.people.bob.id]
    stage.job()
    stage.send("job", stage.project())
    assert controls(as_("ann").get(at("job"))).count("Accept") == 1
    assert controls(as_("bob").get(at("job"))).count("Accept") == 2


# the list


def test_every_state_has_an_address_of_its_own_and_a_heading_of_its_kind(stage, as_, at):
    headings = {
        "": "Projects Not Synced to QuickBooks",
        "synced": "Synced Projects",
        "failed-to-export": "Projects Failed To Export",
    }
    assert {
        chosen: all_words(as_("ann").get(at("job", chosen)), "//h2[@id='list-heading']")[0] for chosen in headings
    } == headings
    assert all_words(as_("ann").get(at("budget")), "//h2[@id='list-heading']") == ["Budgets Ready to Be Exported"]


def test_the_menu_has_the_six_filters_in_their_order_with_their_counts(stage, as_, at):
    stage.job()
    stage.synced(stage.send("job", stage.project()))
    stage.apply(row("job", "J1", "Old one"), row("job", "J2", "Another old one"))
    shown = menu(as_("ann").get(at("job")))
    assert list(shown) == ["Ready To Import", "Ready To Export", "Ready To Update", "Failed To Export", "Synced", "Archived"]
    assert list(shown.values()) == [2, 1, 0, 0, 1, 0]


@pytest.mark.parametrize(
    ("slug", "title"), [("job", "Filters"), ("cost_code", "Filter Standard Cost Codes By"), ("budget", "Filter Estimates By")]
)
def test_the_menu_has_the_title_of_its_kind(stage, as_, at, slug, title):
    assert title in all_words(as_("ann").get(at(slug)), "//nav//h2")


def test_the_counts_of_the_menu_and_of_the_list_agree(stage, as_, at):
    for n in range(3):
        stage.send("job", stage.project(f"26-{n}", f"Job {n}"))
    answer = as_("ann").get(at("job"))
    assert menu(answer)["Ready To Export"] == len(rows(answer)) == 3


def test_a_fragment_is_the_desk_alone_and_shows_the_same(stage, as_, at):
    stage.job()
    whole, fragment = as_("ann").get(at("job")), as_("ann").get(at("job"), headers=HTMX)
    assert "<html" not in fragment.text
    title, shown = html.fragments_fromstring(fragment.text)
    assert (title.tag, title.text) == ("title", page(whole).findtext(".//title"))
    assert shown.get("id") == "desk"
    assert (rows(fragment), menu(fragment)) == (rows(whole), menu(whole))


def test_the_pager_leads_to_the_rest_and_keeps_the_search(stage, as_, at, monkeypatch):
    monkeypatch.setattr(desk, "PAGE", 2)
    for n in range(3):
        stage.send("job", stage.project(f"26-{n}", f"50% Job {n}"))
    stage.job()
    ann = as_("ann")
    answer = ann.get(at("job", q="50%25"))
    after = page(answer).xpath("//a[contains(@href, 'after=')]/@href")[0]
    assert rows(answer) == ["50% Job 2", "50% Job 1"]
    assert rows(ann.get(after)) == ["50% Job 0"]


@pytest.fixture
def second_page(stage, at, monkeypatch):
    """The address of the second page of a search: Pier 0 and no other."""
    monkeypatch.setattr(desk, "PAGE", 2)
    for n in range(3):
        stage.send("job", stage.project(f"26-{n}", f"Pier {n}", wished_customer="City of Bayview"))
        stage.send("job", stage.project(f"27-{n}", f"Noise {n}"))

    def find(browser):
        return page(browser.get(at("job", q="Pier"))).xpath("//a[contains(@href, 'after=')]/@href")[0]

    return find


def test_reject_and_cancel_on_the_second_page_stay_there(stage, as_, second_page):
    ann = as_("ann")
    there = ann.get(second_page(ann))
    assert rows(there) == ["Pier 0"]
    asking = ann.get(page(there).xpath("//a[normalize-space()='Reject']/@hx-get")[0], headers=HTMX)
    assert rows(asking) == ["Pier 0"]
    assert page(asking).xpath("//input[@name='comment']")
    assert rows(ann.get(page(asking).xpath("//a[normalize-space()='Cancel']/@href")[0])) == ["Pier 0"]


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_after_a_decision_ann_is_where_she_was_with_her_words(stage, as_, second_page, headers):
    ann = as_("ann")
    form = page(ann.get(second_page(ann))).xpath("//tr[@data-row]//form[contains(@action, 'acceptance')]")[0]
    data = {field.get("name"): field.get("value") for field in form.xpath(".//input")}
    answer = ann.post(form.get("action"), data=data, headers=headers, follow_redirects=True)
    assert rows(answer) == ["Pier 0"]
    assert page(answer).xpath("//input[@id='q']/@value") == ["Pier"]


def test_when_the_last_row_of_a_page_went_away_the_first_page_is_shown(stage, as_, second_page):
    ann = as_("ann")
    url = second_page(ann)
    item = next(one for one in db.session.query(Item) if one.title == "Pier 0")
    stage.retrieve(item)
    assert rows(ann.get(url)) == ["Pier 2", "Pier 1"]


def test_an_export_and_an_acceptance_of_many_keep_her_words(stage, as_, second_page, at):
    ann = as_("ann")
    for name in ("bulk", "accepted"):
        form = page(ann.get(at("job", q="Pier"))).xpath(f"//form[@id='{name}']")[0]
        data = {field.get("name"): field.get("value") for field in form.xpath(".//input[@type='hidden']")}
        assert rows(ann.post(form.get("action"), data=data, headers=HTMX)) == ["Pier 2", "Pier 1"]


def test_a_search_without_a_hit_says_so_and_keeps_the_words(stage, as_, at):
    stage.job()
    answer = as_("ann").get(at("job", q="%3Cb%3Enothing"))
    assert rows(answer) == []
    assert "“<b>nothing”" in words(page(answer))
    assert page(answer).xpath("//input[@id='q']/@value") == ["<b>nothing"]


def test_records_of_accounting_stand_in_their_list_by_name(stage, as_, at):
    stage.apply(row("job", "J1", "City of Bayview:Old one"))
    answer = as_("ann").get(at("job", "ready-to-import"))
    assert rows(answer) == ["City of Bayview:Old one"]
    assert actions(answer) == {"archiving"}


def test_an_empty_list_says_what_will_appear_there(stage, as_, at):
    for slug in ("job", "cost_code", "budget"):
        for chosen in ("", "ready-to-update", "failed-to-export", "synced", "ready-to-import", "archived"):
            assert len(words(page(as_("ann").get(at(slug, chosen))).xpath("//*[contains(@class, 'empty')]")[0])) > 20


def test_the_number_of_statements_does_not_grow_with_the_rows(stage, as_, at):
    def cost(count):
        for n in range(count):
            made = stage.project(f"28-{count}-{n}", f"Job {count} {n}", wished_customer="City of Bayview")
            stage.accepted("job", made) if n % 2 else stage.send("job", made)
        db.session.expire_all()
        with statements() as asked:
            assert ann.get(url).status_code == 200
        return len(asked)

    ann, url = as_("ann"), at("job")
    few = cost(4)
    assert cost(30) <= few + 1


# decisions in the row


def test_accept_without_a_customer_opens_the_drop_down_in_the_row(stage, as_, at):
    stage.pier.wished_customer = ""
    item = stage.job()
    answer = as_("ann").post(
        f"/erp/{stage.connection.id}/items/{item.id}/acceptance", data={"version": item.version}, headers=HTMX
    )
    assert answer.status_code == 200
    assert item.state == "Ready"
    assert page(answer).xpath("//tr[@data-row]//select/@name") == ["customer"]
    options = all_words(answer, "//tr[@data-row]//select/option")
    assert options[1:] == ["City of Bayview", "Harbor Unified School District"]


def test_the_drop_down_of_an_accepted_row_shows_what_was_chosen(stage, as_, at):
    stage.job(customer=SCHOOLS)
    answer = as_("ann").get(at("job"))
    assert all_words(answer, "//tr[@data-row]//option[@selected]") == ["Harbor Unified School District"]


def test_reject_opens_a_field_with_the_label_of_the_kind(stage, as_, at):
    item, budget = stage.job(), None
    answer = as_("ann").get(at("job", reject=item.id))
    assert "Enter a Comment (Optional)" in all_words(answer, "//label")
    assert not page(answer).xpath("//input[@name='comment']/@required")
    stage.synced(stage.accept(item, customer=CITY))
    stage.codes_in_erp()
    budget = stage.send("budget", stage.budget())
    answer = as_("ann").get(at("budget", reject=budget.id))
    assert "Enter a short explanation" in all_words(answer, "//label")
    assert page(answer).xpath("//input[@name='comment' and @required]")


def test_a_failed_row_shows_the_words_the_cause_and_the_cure_and_both_ways_out(stage, as_, at):
    stage.failed(
        stage.exporting(stage.job(customer=CITY)),
        "The name “Pier” is in use.",
        cause="Names are shared.",
        cure="Rename and Retry.",
    )
    answer = as_("ann").get(at("job", "failed-to-export"))
    assert "Errors" in all_words(answer, "//th")
    text = words(page(answer).xpath("//tr[@data-row]")[0])
    assert "The name “Pier” is in use." in text
    assert "Names are shared." in text
    assert "Rename and Retry." in text
    assert {"Retry", "Reject"} <= set(controls(answer))


def test_a_synced_row_shows_what_to_look_for_in_accounting(stage, as_, at):
    item = stage.synced(stage.job())
    answer = as_("ann").get(at("job", "synced"))
    shown = dict(zip(all_words(answer, "//tr[@data-row]//dt"), all_words(answer, "//tr[@data-row]//dd"), strict=True))
    assert shown == {"Customer:Job": "Pier 9 Sewer Renewal", "ID": f"E-{item.id}"}


def test_a_budget_row_shows_its_project_and_the_three_sums(stage, as_, at):
    stage.ready_budget(100_050, -200_000, 300_100)
    answer = as_("ann").get(at("budget"))
    assert rows(answer) == ["Pier 9 Sewer Renewal"]
    cells = all_words(answer, "//tr[@data-row]/td[contains(@class, 'num')]")
    assert cells == ["2,001.50", "–", "2,001.50"]


# many at once


def test_selected_rows_are_accepted_and_the_rest_is_named(stage, as_, at):
    first = stage.send("job", stage.project("26-1", "With a wish", wished_customer="City of Bayview"))
    second = stage.send("job", stage.project("26-2", "Without"))
    third = stage.send("job", stage.project("26-3", "Not selected", wished_customer="City of Bayview"))
    answer = as_("ann").post(at("job", "acceptance"), data={"ids": [first.id, second.id]}, headers=HTMX)
    assert told(answer) == ["1 accepted.", "26-2 Without: Choose Customer."]
    assert [item.state for item in (first, second, third)] == ["Accepted", "Ready", "Ready"]


def test_many_refusals_are_one_notice_with_the_reasons_of_five(stage, as_, at):
    ids = [stage.send("job", stage.project(f"26-{n}", f"Job {n}")).id for n in range(7)]
    (said,) = told(as_("ann").post(at("job", "acceptance"), data={"ids": ids}, headers=HTMX))
    assert said.startswith("7 were not accepted: ")
    assert (said.count("Choose Customer."), said.endswith("2 more; accept one of them to see why.")) == (5, True)


def test_the_bar_of_selected_rows_counts_them_and_their_sum(stage, as_, at):
    stage.job()
    tree = page(as_("ann").get(at("job")))
    assert len(tree.xpath("//form[@id='bulk']//*[@data-selected]")) == 1
    assert tree.xpath("//tr[@data-row]/@data-amount") == ["0"]


def test_a_selected_row_carries_the_version_it_showed(stage, as_, at):
    item = stage.job()
    ann = as_("ann")
    form = {
        field.get("name"): field.get("value")
        for field in page(ann.get(at("job"))).xpath("//*[@form='bulk' or ancestor::form[@id='bulk']][@value]")
    }
    assert form[f"version-{item.id}"] == "1"
    stage.retrieve(item)
    stage.pier.title = "Something else entirely"
    stage.send("job", stage.pier)
    answer = ann.post(at("job", "acceptance"), data={**form, "ids": item.id, "customer": CITY}, headers=HTMX)
    assert item.state == "Ready"
    assert told(answer) == ["25-1361 Something else entirely: Pam sent it first. It is now Ready; nothing was changed by you."]


def test_everything_of_the_list_is_everything_that_was_there_when_it_was_shown(stage, as_, at, monkeypatch):
    monkeypatch.setattr(desk, "PAGE", 1)
    for n in range(3):
        stage.send("job", stage.project(f"26-{n}", f"Job {n}", wished_customer="City of Bayview"))
    ann = as_("ann")
    tree = page(ann.get(at("job")))
    assert "all 3 of this list" in words(tree)
    shown_at = tree.xpath("//input[@name='shown_at']/@value")[0]
    late = stage.send("job", stage.project("26-9", "Came later", wished_customer="City of Bayview"))
    answer = ann.post(
        at("job", "acceptance"), data={"everything": "1", "filter": "ready-to-export", "shown_at": shown_at}, headers=HTMX
    )
    assert told(answer) == ["3 accepted.", "1 came or changed after this list was shown; look at them first."]
    assert late.state == "Ready"


def test_a_selected_row_that_went_away_is_counted_and_no_selection_is_said(stage, as_, at):
    item, gone = stage.job(), stage.send("job", stage.project("26-1", "Taken back"))
    stage.retrieve(gone)
    ann = as_("ann")
    assert told(ann.post(at("job", "acceptance"), data={"ids": [item.id, gone.id, gone.id], "customer": CITY}, headers=HTMX)) == [
        "1 accepted.", "1 of the selected rows did not wait for a decision any more."]  # fmt: skip
    assert told(ann.post(at("job", "acceptance"), headers=HTMX)) == ["No row was selected."]


@pytest.mark.parametrize("shown_at", ["", "x", "2999-01-01", "2026-01-01", "0001-01-01T00:00:00"])
def test_an_odd_moment_of_showing_is_no_fault_of_ours(stage, as_, at, shown_at):
    stage.job()
    answer = as_("ann").post(at("job", "acceptance"), data={"everything": "1", "shown_at": shown_at})
    assert answer.status_code == 303


@pytest.mark.parametrize("name", ["pam", "stan", "adam", "olga"])
def test_nobody_else_accepts_or_exports(stage, as_, at, name):
    item = stage.job()
    assert as_(name).post(at("job", "acceptance"), data={"ids": item.id, "customer": CITY}).status_code == 403
    assert as_(name).post(at("job", "export")).status_code == 403
    assert item.state == "Ready"


# Reject All


@pytest.fixture
def sent(stage):
    """Three codes and their two divisions wait for Ann."""
    return [stage.send("cost_code", code) for code in stage.codes]


def reject_all(browser, at, headers=HTMX, opened="", **data):
    """As the form of the page posts it."""
    (form,) = page(browser.get(at("cost_code", reject_all=1, **({"q": opened} if opened else {})))).xpath(
        "//form[@id='reject-all']"
    )
    fields = {field.get("name"): field.get("value") or "" for field in form.xpath(".//input")}
    return browser.post(form.get("action"), data=fields | data, headers=headers)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_reject_all_asks_for_a_comment_and_sends_every_code_back(stage, as_, at, sent, headers):
    ann = as_("ann")
    opened = ann.get(at("cost_code"))
    assert "Reject All" in controls(opened)
    assert "Enter a Comment (Optional)" in all_words(ann.get(at("cost_code", reject_all=1)), "//form[@id='reject-all']//label")
    assert "Reject 5 of this list" in words(page(ann.get(at("cost_code", reject_all=1))))
    answer = reject_all(ann, at, headers, comment="No.")
    assert answer.status_code == (200 if headers else 303)
    assert told(answer if headers else ann.get(answer.location)) == ["5 rejected."]
    assert {item.state for item in sent} == {"With PM"}
    assert stage.mails() == [("adam@x.test", "ERP Cost Code Rejection Notification: 5 cost codes")]


def test_reject_all_rejects_what_the_search_shows_and_nothing_else(stage, as_, at, sent):
    assert "Reject 1 of this list with “sewer”" in words(page(as_("ann").get(at("cost_code", reject_all=1, q="sewer"))))
    assert told(reject_all(as_("ann"), at, opened="sewer")) == ["1 rejected."]
    assert [item.state for item in sent] == ["Ready", "Ready", "With PM"]


def test_what_came_after_the_list_was_shown_is_not_rejected(stage, as_, at, sent):
    ann = as_("ann")
    (form,) = page(ann.get(at("cost_code", reject_all=1))).xpath("//form[@id='reject-all']")
    fields = {field.get("name"): field.get("value") or "" for field in form.xpath(".//input")}
    stage.retrieve(sent[0], by="adam")
    stage.send("cost_code", stage.codes[0])
    answer = ann.post(form.get("action"), data=fields, headers=HTMX)
    assert told(answer) == ["4 rejected.", "1 came or changed after this list was shown; look at them first."]
    assert told(ann.post(form.get("action"), data=fields | {"shown_at": "x"}, headers=HTMX)) == ["1 rejected."]
    assert told(ann.post(form.get("action"), data=fields, headers=HTMX)) == ["Nothing waits for a decision here any more."]


def test_a_comment_that_is_too_long_keeps_the_form_open(stage, as_, at, sent):
    for headers, status in (({}, 422), (HTMX, 200)):
        answer = reject_all(as_("ann"), at, headers, comment="x" * 2001)
        assert answer.status_code == status
        assert told(answer) == ["The comment has 2,001 characters; at most 2,000 fit. Shorten it."]
        assert page(answer).xpath("//form[@id='reject-all']")
    assert {item.state for item in sent} == {"Ready"}


def test_only_cost_codes_are_rejected_as_a_whole_list(stage, as_, at):
    stage.job()
    ann = as_("ann")
    assert "Reject All" not in controls(ann.get(at("job")))
    assert ann.post(at("job", "rejection"), headers=HTMX).status_code == 404


@pytest.mark.parametrize("name", ["pam", "stan", "adam", "olga"])
def test_nobody_else_rejects_everything(stage, as_, at, sent, name):
    assert "Reject All" not in as_(name).get(at("cost_code", reject_all=1)).text
    assert as_(name).post(at("cost_code", "rejection")).status_code == 403
    assert {item.state for item in sent} == {"Ready"}


def test_who_the_grid_forbids_the_codes_is_told_for_each(stage, as_, at, sent):
    set_grid(stage.people.ann, "cost_code", can_import=True, can_export=False)
    db.session.commit()
    assert "Reject All" not in controls(as_("ann").get(at("cost_code")))
    (said,) = told(as_("ann").post(at("cost_code", "rejection"), headers=HTMX))
    assert said.startswith("5 were not rejected: 32-1200 Asphalt paving: The approver grid does not let you export these.")
    assert {item.state for item in sent} == {"Ready"}


# Export


def test_the_bar_counts_and_names_the_others_and_is_grey_for_nothing(stage, as_, at):
    stage.job()
    bar = page(as_("ann").get(at("job"))).xpath("//*[@id='accepted']")[0]
    assert bar.xpath(".//button[@disabled]")
    stage.accept(stage.item(stage.pier.id), by="bob", customer=CITY)
    bar = page(as_("ann").get(at("job"))).xpath("//*[@id='accepted']")[0]
    assert "1 accepted" in words(bar)
    assert "1 by Bob" in words(bar)
    assert not bar.xpath(".//button[@disabled]")


def test_export_takes_everybodys_acceptances_of_this_tab_alone(stage, as_, at):
    job = stage.accept(stage.job(), by="bob", customer=CITY)
    code = stage.accepted("cost_code", stage.codes[0])
    answer = as_("ann").post(at("job", "export"), headers=HTMX)
    assert told(answer) == ["1 handed to QuickBooks. The rows move by themselves."]
    assert (job.state, code.state) == ("Exporting", "Accepted")


def test_a_double_click_on_export_hands_it_over_once_and_says_so(stage, as_, at):
    item = stage.job(customer=CITY)
    ann = as_("ann")
    answers = [ann.post(at("job", "export"), headers=HTMX) for _ in range(2)]
    assert told(answers[1]) == ["Nothing is accepted in this tab."]
    assert [event.action for event in stage.events(item)] == ["send", "accept", "export"]
    assert db.session.query(Exchange).filter_by(item_id=item.id).count() == 1


def test_what_a_vanished_rule_stops_stays_accepted_with_its_reason_and_the_rest_goes(stage, as_, at):
    kept, gone = stage.job(customer=SCHOOLS), stage.accept(stage.send("job", stage.project()), customer=CITY)
    stage.apply(row("customer", SCHOOLS, "Harbor Unified School District", active=False))
    answer = as_("ann").post(at("job", "export"), headers=HTMX)
    assert (kept.state, gone.state) == ("Accepted", "Exporting")
    assert told(answer) == [
        "1 handed to QuickBooks. The rows move by themselves.",
        "Pier 9 Sewer Renewal stays accepted: Customer: Harbor Unified School District is not an active entry in Harbor & Hill any more. "
        "Choose another.",
    ]
    assert [event.action for event in stage.events(kept)] == ["send", "accept"]


def test_an_approver_who_may_not_decide_about_one_of_them_leaves_it_accepted(stage, as_, at):
    stage.pier.approver_ids = [stage.people.bob.id]
    mine, theirs = (
        stage.accept(stage.send("job", stage.project()), customer=CITY),
        stage.accept(stage.job(), by="bob", customer=CITY),
    )
    as_("ann").post(at("job", "export"))
    assert (mine.state, theirs.state) == ("Exporting", "Accepted")


def test_divisions_are_handed_over_before_their_codes(stage, as_, at):
    for code in stage.codes:
        stage.accepted("cost_code", code)
    as_("ann").post(at("cost_code", "export"))
    ranks = [exchange.rank for exchange in db.session.query(Exchange).filter_by(kind="cost_code").order_by(Exchange.id)]
    assert ranks == [10, 10, 11, 11, 11]


def test_a_plain_form_is_led_back_to_its_list(stage, as_, at):
    stage.job(customer=CITY)
    answer = as_("ann").post(at("job", "export"), data={"filter": "synced"})
    assert (answer.status_code, answer.location) == (303, at("job", "synced"))


def test_a_moving_list_asks_for_itself_and_a_resting_one_does_not(stage, as_, at):
    db.session.query(Exchange).delete()
    stage.job(customer=CITY)
    ann = as_("ann")
    assert not page(ann.get(at("job"))).xpath("//*[starts-with(@id, 'poll-')]")
    ann.post(at("job", "export"))
    poll = page(ann.get(at("job"))).xpath("//*[starts-with(@id, 'poll-')]/@hx-get")[0]
    assert ann.get(poll, headers=HTMX).status_code == 200
    assert "0 of 1 exported" in words(page(ann.get(at("job"))))


def test_fields_that_stand_open_stay_open_while_the_list_moves(stage, as_, at):
    stage.job(customer=CITY)
    ann = as_("ann")
    ann.post(at("job", "export"))
    for action in ("accept", "reject"):
        poll = page(ann.get(at("job", **{action: 77}))).xpath("//*[starts-with(@id, 'poll-')]/@hx-get")[0]
        assert f"{action}=77" in poll and poll.count("77") == 1


def test_after_an_export_went_through_the_list_says_so_in_place_of_what_was_handed_over(stage, as_, at):
    stage.job(customer=CITY)
    ann = as_("ann")
    ended = "//*[contains(@class, 'ended')]"
    handed = ann.post(at("job", "export"), headers=HTMX)
    assert (all_words(handed, "//*[contains(@class, 'notice-handed')]"), all_words(handed, ended)) == (
        ["1 handed to QuickBooks. The rows move by themselves."], [])  # fmt: skip
    with transaction():
        db.session.query(Exchange).filter_by(kind="job").one().state = ExchangeState.SYNCED
    assert all_words(ann.get(at("job") + "?poll=1", headers=HTMX), ended) == ["1 of 1 exported."]
    assert all_words(ann.get(at("job")), ended) == []


def test_what_was_taken_back_is_no_part_of_the_export(stage, as_, at):
    item = stage.job(customer=CITY)
    ann = as_("ann")
    ann.post(at("job", "export"))
    ann.post(f"/erp/{stage.connection.id}/items/{item.id}/withdrawal", headers=HTMX)
    assert item.state == "Accepted"
    assert "exported" not in ann.get(at("job"), headers=HTMX).text


def test_after_a_batch_the_list_says_how_many_failed_and_leads_to_them(stage, as_, at):
    stage.job(customer=CITY)
    ann = as_("ann")
    ann.post(at("job", "export"))
    exchange = db.session.query(Exchange).filter_by(kind="job").one()
    stage.failed(exchange.item)
    with transaction():
        exchange.state = ExchangeState.FAILED
    listed = ann.get(at("job"))
    assert all_words(listed, "//*[@class='notice notice-bad ended']") == ["0 of 1 exported, 1 failed. See what failed and why"]
    assert page(listed).xpath("//*[@class='notice notice-bad ended']/a/@href") == [at("job", "failed-to-export")]
    assert all_words(listed, "//*[contains(@class, 'count-bad')]") == ["1"]
    assert "See what failed" not in words(page(ann.get(at("job", "failed-to-export"))))


def test_a_list_is_sorted_by_the_column_whose_head_was_pressed_and_stays_so(stage, as_, at, monkeypatch):
    monkeypatch.setattr(desk, "PAGE", 2)
    for number, name in (("26-3", "Amber Court"), ("26-1", "cedar Hall"), ("26-2", "Birch Lane")):
        stage.send("job", stage.project(number, name))
    ann = as_("ann")
    head = page(ann.get(at("job"))).xpath("//th/a[text()='Project']/@href")[0]
    first = ann.get(head)
    assert rows(first) == ["Amber Court", "Birch Lane"]
    assert all_words(first, "//th[@aria-sort='ascending']") == ["Project"]
    second = ann.get(page(first).xpath("//*[@class='pager']//a/@href")[0])
    assert rows(second) == ["cedar Hall"]
    assert page(second).xpath("//input[@name='sort']/@value")[0] == "title"
    assert rows(ann.get(page(second).xpath("//th[@aria-sort]/a/@href")[0])) == ["cedar Hall", "Birch Lane"]
    assert rows(ann.get(at("job", sort="number"))) == ["cedar Hall", "Birch Lane"]


def test_money_is_sorted_as_money(stage, as_, at):
    item = stage.ready_budget(900)
    for n, revised in enumerate((100_000, -5_000)):
        more = stage.send("job", stage.project(f"26-{n}", f"Job {n}"))
        with transaction():
            more.kind, more.summary = "budget", item.summary | {"revised": revised}
    listed = as_("ann").get(at("budget", sort="-revised"))
    assert all_words(listed, "//td[@data-label='Revised Estimate']") == ["1,000.00", "9.00", "(50.00)"]


def test_a_list_too_long_to_be_sorted_offers_only_the_newest_first(stage, as_, at, monkeypatch):
    monkeypatch.setattr(desk, "SORTABLE", 0)
    stage.job()
    assert not page(as_("ann").get(at("job"))).xpath("//th/a")


# health and refresh


def test_the_status_line_says_what_is_wrong_and_when_it_was_seen(stage, as_, at):
    assert "The Web Connector has not called yet" in words(page(as_("stan").get(at("job"))))
    stage.connection.last_seen, stage.connection.problem = now() - timedelta(minutes=3), "<b>Another</b> company file is open."
    db.session.commit()
    answer = as_("stan").get(at("job"))
    assert "<b>Another</b> company file is open." in all_words(answer, "//*[@role='alert']")
    assert "Web Connector seen" in words(page(answer))


def test_refresh_queues_the_lists_once_and_leads_back(stage, as_, at):
    db.session.query(Exchange).delete()
    db.session.commit()
    adam, url = as_("adam"), f"/erp/{stage.connection.id}/refresh"
    assert adam.post(url, data={"back": at("job", "synced")}).location == at("job", "synced")
    first = db.session.query(Exchange).count()
    adam.post(url)
    assert db.session.query(Exchange).count() == first == len(stage.connection.connector.lists)


@pytest.mark.parametrize("target", ["", "//evil.test", "https://evil.test", "/settings", "/erp", "javascript:alert(1)", "\\\\evil.test/erp/",
                                    "/erp/\r\nSet-Cookie: x=1", "/erp/../../\\evil.test"])  # fmt: skip
def test_refresh_leads_nowhere_else(stage, as_, at, target):
    answer = as_("adam").post(f"/erp/{stage.connection.id}/refresh", data={"back": target})
    assert answer.location.startswith("/erp/")
    assert not set("\r\n\\") & set(answer.location)
    assert "x" not in {cookie.partition("=")[0] for cookie in answer.headers.getlist("Set-Cookie")}


def test_the_desk_opens_with_the_first_tab_that_has_something_to_do(stage, as_, at):
    assert as_("ann").get("/erp/").location == at("job")
    stage.send("cost_code", stage.codes[0])
    assert as_("ann").get("/erp/").location == at("cost_code")


def test_without_a_connection_the_desk_says_who_makes_one(app, people, as_):
    assert "There is no connection to accounting yet." in words(page(as_("stan").get("/erp/")))
    assert "New connection" not in words(page(as_("stan").get("/erp/")))
    assert "New connection" in words(page(as_("adam").get("/erp/")))


def test_adam_with_the_privilege_decides_like_ann(stage, as_, at):
    give(stage.people.adam, PUSH)
    db.session.commit()
    item = stage.send("cost_code", stage.codes[0])
    as_("adam").post(f"/erp/{stage.connection.id}/items/{item.id}/acceptance", data={"version": 1, **ACCOUNTS})
    assert item.state == "Accepted"
    assert stage.events(item)[-1].details["self_approval"] is True


def test_a_synced_row_whose_update_went_back_says_so_and_shows_what_accounting_has(stage, as_):
    item = stage.job_in_erp()
    stage.pier.title = "Pier Ten"
    stage.send("job", stage.pier)
    stage.reject(item)
    text = as_("ann").get(f"/erp/{stage.connection.id}/job/synced").text
    assert "Changes with PM" in text
    assert "Pier 9 Sewer Renewal" in text
    assert "Pier Ten" not in text
    details = as_("ann").get(f"/erp/{stage.connection.id}/items/{item.id}").text
    assert "Pier Ten" not in details
