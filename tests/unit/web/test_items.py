"""One item in the browser: Details, a decision, a click on an old page; and nothing of what people typed becomes markup."""

import json

import pytest
from lxml import html

from erp.db import db, transaction
from erp.documents import budget_change
from erp.documents import budget_modification as modifications
from erp.documents.budget import Budget
from erp.documents.budget_moves import Move
from erp.exchanges.export import export
from erp.people import Privilege
from erp.people.user import PUSH
from tests.unit.stage import ACCOUNTS, CITY, SCHOOLS, row
from tests.unit.web.pages import all_words, menu, page, rows, told, words

HTMX = {"HX-Request": "true"}


@pytest.fixture
def decide(stage, as_):
    """A click: decide("ann", item, "acceptance", customer=…)."""

    def click(name, item, noun, headers=HTMX, version=None, **form):
        version = item.version if version is None else version
        url = f"/erp/{stage.connection.id}/items/{item.id}/{noun}"
        return as_(name).post(url, data={"version": version, "filter": "ready-to-export", **form}, headers=headers)

    return click


def details(stage, as_, item, tab="lines", name="ann", headers=None):
    return as_(name).get(f"/erp/{stage.connection.id}/items/{item.id}?tab={tab}", headers=headers or {})


# Details


@pytest.mark.parametrize("name", ["ann", "bob", "stan", "adam"])
def test_who_sees_the_desk_sees_the_details_as_a_page_and_as_a_window(stage, as_, name):
    item = stage.job()
    whole, window = details(stage, as_, item, name=name), details(stage, as_, item, name=name, headers=HTMX)
    assert all_words(whole, "//h2[@id='details-title']") == all_words(window, "//h2[@id='details-title']") == ["Details"]
    assert html.fromstring(window.text).get("id") == "details"
    assert page(window).xpath("//form[@method='dialog']//button")


def test_the_window_of_a_budget_is_called_budget_updates_and_has_the_five_columns(stage, as_):
    answer = details(stage, as_, stage.ready_budget(100_050, -200_000, 0))
    assert all_words(answer, "//h2[@id='details-title']") == ["Budget Updates"]
    assert all_words(answer, "//th[@scope='col']") == [
        "Cost Code",
        "Category",
        "Original Budget",
        "Budget Changes",
        "Revised Estimate",
    ]
    assert all_words(answer, "//tfoot//td") == ["(999.50)", "–", "(999.50)"]
    assert len(page(answer).xpath("//*[@id='details']//tbody/tr")) == 3


def test_what_accounting_will_receive_shows_the_exact_lines_and_what_is_cut(stage, as_):
    item = stage.accept(stage.ready_budget(), date="2026-11-23")
    answer = details(stage, as_, item, "accounting")
    assert "2026-11-23" in words(page(answer))
    assert "25-1361-B" in words(page(answer))
    assert "6,001.50" in words(page(answer))


@pytest.mark.parametrize("kind", ["job", "cost_code", "budget"])
@pytest.mark.parametrize("tab", ["lines", "accounting", "history", "no such tab", "<script>"])
def test_every_tab_of_every_kind_opens(stage, as_, kind, tab):
    item = stage.ready_budget() if kind == "budget" else stage.job() if kind == "job" else stage.send("cost_code", stage.codes[0])
    answer = details(stage, as_, item, tab)
    assert answer.status_code == 200
    assert "<script>" not in answer.text


def test_the_history_names_who_did_what_and_when_and_flags_self_approval(stage, as_):
    stage.people.adam.privileges.append(
        Privilege(name=PUSH, project_id=None, granted_by=None, granted_at=stage.people.adam.created_at)
    )
    db.session.commit()
    item = stage.accept(stage.send("cost_code", stage.codes[0]), by="adam", **ACCOUNTS)
    stage.reject(item, "Not this one.")
    text = words(page(details(stage, as_, item, "history")).xpath("//ol")[0])
    assert "Ann" in text
    assert "reject" in text
    assert "Not this one." in text
    assert "Sender and approver are the same person" in text


def test_ann_sees_what_was_sent_and_not_what_the_project_is_now(stage, as_):
    item = stage.job()
    stage.pier.title, stage.pier.street = "Renamed", "Elsewhere"
    db.session.commit()
    text = words(page(details(stage, as_, item)))
    assert "9 Pier Road" in text
    assert "Elsewhere" not in text


# decisions


def test_a_plain_click_and_an_htmx_click_decide_the_same(stage, decide):
    for headers, status in (({}, 303), (HTMX, 200)):
        item = stage.send("job", stage.project(f"26-{status}", f"Job {status}"))
        assert decide("ann", item, "acceptance", headers, customer=CITY).status_code == status
        assert item.state == "Accepted"


def test_after_a_decision_the_list_and_its_counts_are_those_of_now(stage, decide):
    stage.send("job", stage.project())
    answer = decide("ann", stage.job(), "rejection", comment="no")
    assert rows(answer) == ["Library Annex"]
    assert menu(answer)["Ready To Export"] == 1


def test_a_click_on_an_old_page_does_nothing_and_says_who_was_first(stage, decide):
    item = stage.job()
    assert decide("bob", item, "acceptance", customer=CITY).status_code == 200
    answer = decide("ann", item, "rejection", version=1, comment="no")
    assert answer.status_code == 200
    assert told(answer) == ["Pier 9 Sewer Renewal: Bob accepted it first. It is now Accepted; nothing was changed by you."]
    assert "by Bob" in words(page(answer).xpath("//tr[@data-row]")[0])
    assert stage.mails() == []


def test_a_click_on_an_old_page_without_htmx_is_409_with_the_list(stage, decide):
    item = stage.job()
    stage.retrieve(item)
    answer = decide("ann", item, "acceptance", {}, version=1, customer=CITY)
    assert answer.status_code == 409
    assert told(answer) == ["Pier 9 Sewer Renewal: Pam retrieved it first. It is now With PM; nothing was changed by you."]
    assert item.state == "With PM"


def test_a_click_on_what_was_sent_anew_does_nothing(stage, decide):
    item = stage.job()
    stage.retrieve(item)
    stage.send("job", stage.pier)
    for noun in ("acceptance", "rejection"):
        assert "Pam sent it first." in told(decide("ann", item, noun, version=1, customer=CITY, comment="no"))[0]
    assert item.state == "Ready"


def test_a_second_click_on_accept_changes_nothing_more(stage, decide):
    item = stage.job()
    for _ in range(2):
        answer = decide("ann", item, "acceptance", version=1, customer=CITY)
    assert item.version == 2
    assert "Ann accepted it first" in told(answer)[0]


def test_choosing_another_customer_in_an_accepted_row_accepts_anew(stage, decide):
    item = stage.job(customer=CITY)
    decide("bob", item, "choices", customer=SCHOOLS)
    assert (item.state, item.choices["customer"]["id"], item.acceptor.name) == ("Accepted", SCHOOLS, "Bob")


def test_accept_pressed_again_takes_it_back_and_after_the_export_takes_that_back(stage, decide):
    item = stage.job(customer=CITY)
    decide("ann", item, "withdrawal")
    assert item.state == "Ready"
    decide("ann", item, "acceptance", customer=CITY)
    export(stage.connection, "job", stage.people.ann)
    db.session.commit()
    decide("ann", item, "withdrawal")
    assert item.state == "Accepted"


@pytest.mark.parametrize("name", ["pam", "stan", "adam", "olga", "nobody"])
@pytest.mark.parametrize("noun", ["acceptance", "choices", "rejection", "withdrawal", "retry", "look"])
def test_nobody_else_decides(stage, decide, name, noun):
    item = stage.job()
    answer = decide(name, item, noun, {}, customer=CITY, comment="no")
    assert answer.status_code == (302 if name == "nobody" else 403)
    assert (item.state, item.version) == ("Ready", 1)


@pytest.mark.parametrize("noun", ["sending", "retrieval", "export", "succeed", "fail", "lose", "wait", "accept", "", "nothing"])
def test_no_other_noun_decides_anything(stage, decide, noun):
    item = stage.job(customer=CITY)
    assert decide("ann", item, noun).status_code in (404, 405)
    assert item.state == "Accepted"


def test_a_decision_by_get_is_not_possible(stage, as_):
    item = stage.job()
    assert as_("ann").get(f"/erp/{stage.connection.id}/items/{item.id}/acceptance").status_code == 405


def test_a_refused_decision_keeps_the_fields_open_and_says_why(stage, decide):
    item = stage.ready_budget()
    answer = decide("ann", item, "rejection", comment="  ")
    assert "Enter a short explanation: the explanation is missing. The sender reads it." in told(answer)[0]
    assert page(answer).xpath("//input[@name='comment']")
    assert item.state == "Ready"


def test_a_retry_opens_the_choices_again_and_hands_the_same_snapshot_over(stage, decide):
    item = stage.failed(stage.exporting(stage.job(customer=CITY)))
    snapshot = item.snapshot_id
    answer = decide("ann", item, "retry", customer=SCHOOLS, filter="failed-to-export")
    assert answer.status_code == 200
    assert (item.state, item.snapshot_id, item.choices["customer"]["id"], item.error) == ("Exporting", snapshot, SCHOOLS, {})


def test_posting_columns_of_the_item_changes_none_of_them(stage, decide):
    item = stage.job()
    was = (item.connection_id, item.project_id, item.amount, item.sent_by, item.erp_id, item.in_erp)
    decide("ann", item, "acceptance", customer=CITY, state="Synced", connection_id="9", project_id="1", amount="1", sent_by="9",
           erp_id="x", in_erp="1", accepted_by="1", created_by="9")  # fmt: skip
    assert (item.connection_id, item.project_id, item.amount, item.sent_by, item.erp_id, item.in_erp) == was
    assert (item.state, item.acceptor.name) == ("Accepted", "Ann")


# what people typed stays text


PAYLOADS = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'><svg/onload=alert(1)>", "</title><script>alert(1)</script>",
    "{{ 7*191 }}", "{% raw %}", "javascript:alert(1)", "\" hx-get=\"/evil\" hx-trigger=\"load\" x=\"", "' autofocus onfocus='alert(1)",
    "&lt;script&gt;", "<!--", "]]>", "</textarea><b>", "\u202eevil", "<a href=//evil.test>",
]  # fmt: skip
TOGETHER = [" ".join(PAYLOADS[n::3]) for n in range(3)]
ALLOWED = {"hx-get", "hx-post", "hx-target", "hx-swap", "hx-trigger", "hx-push-url", "hx-sync", "hx-preserve", "hx-target:inherited",
           "hx-swap:inherited", "hx-headers:inherited", "hx-confirm", "hx-disable"}  # fmt: skip
OURS = ("/erp/", "/documents/", "/projects/", "/cost-codes/")


def harmless(answer, payload):
    """Nothing of the payload became an element, a handler, an address or a template's result."""
    assert answer.status_code in (200, 409), answer.status_code
    tree = page(answer)
    for element in tree.iter():
        if not isinstance(element.tag, str):
            assert element.tag is not html.etree.Comment, element
            continue
        assert element.tag not in ("img", "iframe"), payload
        assert element.tag != "script" or element.get("src", "").startswith("/static/"), payload
        assert element.tag != "svg" or "onload" not in element.attrib
        for name, value in element.attrib.items():
            assert not name.startswith("on"), (payload, name)
            assert not name.startswith("hx-") or name in ALLOWED, (payload, name)
            assert name not in ("hx-get", "hx-post") or value.startswith(OURS), (payload, value)
            assert name not in ("href", "src", "action") or value.startswith(("/", "#", "data:image")), (payload, value)
    assert "1337" not in words(tree)


@pytest.mark.parametrize("payload", TOGETHER)
def test_names_comments_customers_and_words_of_accounting_stay_text_on_every_page(stage, as_, decide, payload):
    people = stage.people
    people.pam.name, people.ann.name = f"Pam {payload}", f"Ann {payload}"
    stage.connection.name = f"Harbor {payload}"[:80]
    stage.connection.problem = payload
    stage.pier.wished_customer = stage.pier.city = payload[:30]
    stage.apply(row("customer", "80000009-1", f"Customer {payload}"), row("job", "J1", f"Job {payload}"))
    db.session.commit()
    items = [stage.send("job", stage.project(f"26-{n}", f"Job {n}")) for n in range(4)]
    for item in items:
        item.title, item.number, item.summary = (
            f"Pier {payload}",
            payload[:40],
            {**item.summary, "address": payload, "badge": payload},
        )
    stage.accept(items[0], customer="80000009-1")
    stage.failed(stage.exporting(stage.accept(items[1], customer=CITY)), payload, cause=payload, cure=payload)
    stage.synced(items[2])
    items[2].result = {"shows": [[payload, payload]]}
    stage.reject(items[3], payload)
    db.session.commit()
    ann, desk = as_("ann"), f"/erp/{stage.connection.id}/job/"
    for chosen in ("", "failed-to-export", "synced", "ready-to-import", "archived", "ready-to-update"):
        harmless(ann.get(desk + chosen, query_string={"q": "", "reject": items[0].id}), payload)
    harmless(ann.get(desk, query_string={"q": payload}), payload)
    for tab in ("lines", "accounting", "history"):
        for item in items:
            harmless(ann.get(f"/erp/{stage.connection.id}/items/{item.id}", query_string={"tab": tab}), payload)
    harmless(decide("ann", items[0], "retry", {}, version=9), payload)
    harmless(as_("pam").get(f"/projects/{items[3].project_id}"), payload)
    harmless(as_("pam").get("/dev/inbox/"), payload)
    harmless(as_("adam").get("/settings/connections"), payload)
    harmless(as_("adam").get(f"/settings/connections/{stage.connection.id}"), payload)


@pytest.mark.parametrize("payload", TOGETHER)
def test_lines_codes_and_descriptions_of_a_budget_stay_text(stage, as_, payload):
    item = stage.ready_budget()
    data = item.payload
    for line in data["lines"]:
        line.update(code=payload, description=payload, type_name=payload, code_name=payload)
    item.snapshot.payload, item.summary = json.dumps(data), {**item.summary, "project": payload}
    db.session.commit()
    for tab in ("lines", "accounting"):
        harmless(details(stage, as_, item, tab), payload)
    harmless(as_("ann").get(f"/erp/{stage.connection.id}/budget/"), payload)


def test_details_tell_why_the_money_of_a_budget_moved_since_it_was_accepted(stage, as_):
    item = stage.synced(stage.accept(stage.ready_budget(100_00, 200_00)))
    made = db.session.get_one(Budget, item.document_id)
    with transaction():
        modifications.modify(
            made, [Move(made.lines[0], -5_00), Move(made.lines[1], 5_00)], "Less rock, more curb", stage.people.pam
        )
        change = budget_change.create(made, stage.people.pam, "BC-7", "Second gate", "", [Move(made.lines[0], 12_00)])
        budget_change.submit(change, stage.people.pam)
        budget_change.approve(change, stage.people.pam)
        draft = budget_change.create(made, stage.people.pam, "BC-8", "Only a draft", "", [Move(made.lines[0], 1_00)])
    stage.send("budget", made)
    url = f"/erp/{stage.connection.id}/items/{item.id}?tab=changes"
    text = as_("ann").get(url).text
    for said in ("Modification 1", "Less rock, more curb", "Budget change BC-7", "Second gate", "12.00"):
        assert said in text
    assert draft.title not in text
    stage.synced(item)
    with transaction():
        budget_change.void(change, stage.people.pam)
    stage.send("budget", made)
    again = as_("ann").get(url).text
    assert ("Less rock" in again, "Second gate" in again, "(12.00)" in again) == (False, True, True)
