"""How it works: nine steps, each done, missing or not available, as the data of this connection says."""

import pytest

from erp.audit import System
from erp.books.job_costs import JobCostReading
from erp.connectors.quickbooks.setup import make as make_connection
from erp.db import db, now
from erp.kind import KINDS
from erp.states import State
from tests.unit.stage import row
from tests.unit.web.pages import all_words, page, words

ABSENT = "Not available in this version"
TITLES = ["Standard cost codes", "Companies", "Projects", "Budgets", "Commitments", "Commitment change orders",
          "Subcontractor invoices", "Job costs", "Payments"]  # fmt: skip


def shown(browser, connection):
    """title -> (state, all words of the step)."""
    answer = browser.get(f"/erp/{connection.id}/how-it-works")
    assert answer.status_code == 200
    steps = page(answer).xpath("//li[@data-step]")
    heads = [step.xpath("./h3")[0].text.strip() for step in steps]
    return dict(zip(heads, ((step.get("data-step"), words(step)) for step in steps), strict=True))


def states(browser, connection):
    return {title: state for title, (state, _) in shown(browser, connection).items()}


def test_nine_steps_in_their_order_and_what_this_version_cannot_do_says_so(stage, as_):
    found = states(as_("ann"), stage.connection)
    assert list(found) == TITLES
    assert set(TITLES[4:7]) | {"Payments"} == {title for title, state in found.items() if state == ABSENT}
    assert {found[title] for title in (*TITLES[:4], "Job costs")} == {"Missing"}


def test_each_step_is_done_once_accounting_has_something_of_it(stage, as_):
    ann = as_("ann")
    stage.codes_in_erp()
    assert list(states(ann, stage.connection).values())[:4] == ["Done", "Missing", "Missing", "Missing"]
    stage.synced(stage.send("company", stage.company()))
    stage.job_in_erp()
    item = stage.send("budget", stage.budget())
    assert list(states(ann, stage.connection).values())[:4] == ["Done", "Done", "Done", "Missing"]
    stage.synced(item)
    assert list(states(ann, stage.connection).values())[:4] == ["Done"] * 4


def test_the_facts_are_counted(stage, as_):
    stage.codes_in_erp()
    stage.failed(stage.exporting(stage.accept(stage.job(), customer="80000001-1")))
    stage.send("company", stage.company())
    stage.apply(row("vendor", "V1", "Delgado Electric"), row("vendor", "V2", "Anderson Asphalt"))
    found = {title: text for title, (_, text) in shown(as_("ann"), stage.connection).items()}
    assert "5 in QuickBooks as items." in found["Standard cost codes"]
    assert "None is in QuickBooks yet. 1 waiting on the desk. 2 to be brought in." in found["Companies"]
    assert "None is in QuickBooks yet. 1 failed." in found["Projects"]


def test_a_code_that_is_sent_again_is_still_in_accounting(stage, as_):
    items = stage.codes_in_erp()
    items[2].state = State.READY
    db.session.commit()
    assert "5 in QuickBooks as items." in shown(as_("ann"), stage.connection)["Standard cost codes"][1]


def test_job_costs_are_done_once_they_were_read(stage, as_):
    assert "Nothing was read from QuickBooks yet" in shown(as_("ann"), stage.connection)["Job costs"][1]
    db.session.add(
        JobCostReading(connection_id=stage.connection.id, project_id=stage.pier.id, read_at=now(), problem="", basis="")
    )
    db.session.commit()
    assert shown(as_("ann"), stage.connection)["Job costs"][0] == "Done"
    assert "Read for 1 job, the last time on" in shown(as_("ann"), stage.connection)["Job costs"][1]


def test_another_connection_has_taken_its_own_steps_and_says_that_no_list_was_read(stage, as_):
    stage.codes_in_erp()
    other, _ = make_connection("Pier Works", "quickbooks", "http://localhost:8000", System("test"))
    db.session.commit()
    assert states(as_("ann"), other)["Standard cost codes"] == "Missing"
    text = as_("ann").get(f"/erp/{other.id}/how-it-works").text
    assert "0 of the 5 lists of QuickBooks were read." in text
    assert "The 5 lists of QuickBooks were read" in as_("ann").get(f"/erp/{stage.connection.id}/how-it-works").text


def test_what_the_connector_does_not_take_says_its_sentence(stage, as_, monkeypatch):
    monkeypatch.setattr(
        type(stage.connection.connector), "why_unsupported", lambda self, kind: "Not here." if kind == "job" else ""
    )
    assert shown(as_("ann"), stage.connection)["Projects"][0] == ABSENT
    assert "Not here." in shown(as_("ann"), stage.connection)["Projects"][1]


def test_every_kind_of_this_version_is_a_step(stage, as_):
    assert list(shown(as_("ann"), stage.connection).values())
    answer = as_("ann").get(f"/erp/{stage.connection.id}/how-it-works")
    links = page(answer).xpath("//li[@data-step]//a/@href")
    assert {f"/erp/{stage.connection.id}/{slug}/" for slug in KINDS if slug != "sub_job"} == set(links)


@pytest.mark.parametrize(("name", "status"), [
    ("pam", 403), ("ann", 200), ("stan", 200), ("adam", 200), ("olga", 403), ("nobody", 302)])  # fmt: skip
def test_who_sees_the_tool_sees_how_it_works_and_the_desk_leads_there(stage, as_, name, status):
    url = f"/erp/{stage.connection.id}/how-it-works"
    assert as_(name).get(url).status_code == status
    if status == 200:
        assert "How it works" in all_words(as_(name).get(f"/erp/{stage.connection.id}/job/"), "//nav/a")
        assert ("/job-costs" in "".join(page(as_(name).get(url)).xpath("//li//a/@href"))) == (name == "adam")
