"""Pam's panel: where her document is, who waits for whom, and why the button is grey."""

import pytest

from erp.audit import System
from erp.cli.user import give
from erp.connectors.quickbooks.setup import make as make_connection
from erp.db import db, transaction
from erp.documents import budget as budgets
from erp.documents import project as projects
from erp.items import Item
from erp.kind import KINDS
from erp.people import Level
from erp.people.user import SEND_BUDGETS
from erp.web.sending import may_see
from tests.unit.stage import CITY
from tests.unit.web.pages import page, words

HTMX = {"HX-Request": "true"}


@pytest.fixture
def press(stage, as_):
    """Pam presses the button of a document: press("pam", "job", document, "sending")."""

    def click(name, slug, document, noun="sending", headers=HTMX, **form):
        url = f"/documents/{slug}/{document.id}/connections/{stage.connection.id}/{noun}"
        return as_(name).post(url, data=form, headers=headers)

    return click


def panel(answer):
    return page(answer).xpath("//section[starts-with(@id, 'erp-')] | self::section")[0]


def button(answer):
    """(words, grey?) of the one button that matters."""
    buttons = [one for one in panel(answer).xpath(".//button") if "ERP" in words(one)]
    return words(buttons[0]), buttons[0].get("aria-disabled") == "true"


def why(answer):
    return [words(one) for one in panel(answer).xpath(".//*[@role='tooltip']//*[contains(@class, 'reason')]")]


def project_page(as_, stage, name="pam"):
    return as_(name).get(f"/projects/{stage.pier.id}")


def test_the_button_reads_send_then_retrieve_then_resend(stage, as_, press):
    assert button(project_page(as_, stage)) == ("Send to ERP", False)
    assert button(press("pam", "job", stage.pier)) == ("Retrieve from ERP", False)
    assert button(press("pam", "job", stage.pier, "retrieval")) == ("Re-send to ERP", False)


def test_after_a_send_and_a_retrieval_the_whole_page_is_asked_for_anew(stage, press):
    assert press("pam", "job", stage.pier).headers["HX-Refresh"] == "true"
    twice = press("pam", "job", stage.pier)
    assert ("HX-Refresh" in twice.headers, "It was sent to ERP already" in twice.text) == (False, True)
    assert press("pam", "job", stage.pier, "retrieval").headers["HX-Refresh"] == "true"


def test_the_panel_says_at_every_step_who_waits_for_whom(stage, as_):
    def said():
        return words(panel(project_page(as_, stage)))

    assert "It is with the project manager." in said()
    item = stage.job()
    assert "It waits for the decision of an accounting approver." in said()
    stage.accept(item, customer=CITY)
    assert "Accepted by Ann; it waits for the export." in said()
    stage.exporting(item)
    assert "It is on its way to accounting." in said()
    stage.failed(item, "The name is in use.")
    assert "Accounting refused it: The name is in use." in said()
    stage.reject(item)
    stage.synced(stage.send("job", stage.pier))
    assert "Accounting has it: Pier 9 Sewer Renewal." in said()


def test_the_grey_button_names_and_links_what_is_missing(stage, as_):
    stage.pier.erp_integrated = False
    db.session.commit()
    answer = project_page(as_, stage)
    assert button(answer) == ("Send to ERP", True)
    assert why(answer) == ["The project is not flagged as ERP-integrated. Edit the project"]
    assert panel(answer).xpath(".//*[@role='tooltip']//a/@href") == [f"/projects/{stage.pier.id}/edit"]
    assert panel(answer).xpath(".//button[@aria-describedby]/@aria-describedby") == panel(answer).xpath(
        ".//*[@role='tooltip']/@id"
    )


def test_a_refused_post_says_the_same_as_the_grey_button(stage, as_, press):
    stage.pier.erp_integrated = False
    db.session.commit()
    answer = press("pam", "job", stage.pier)
    assert "The project is not flagged as ERP-integrated." in words(page(answer).xpath("//*[@id='flashes']")[0])
    assert db.session.query(Item).count() == 0


def test_a_project_without_a_connection_says_where_to_choose_one(stage, as_):
    lonely = stage.project(connection_id=None)
    answer = as_("pam").get(f"/projects/{lonely.id}")
    assert why(answer) == ["The project is not linked to a connection. Choose one on the project's page. Edit the project"]


def test_the_panel_of_a_project_has_one_line_and_that_of_a_code_one_for_each_connection(stage, as_):
    make_connection("Another file", "quickbooks", "http://localhost:8000", System("test"))
    db.session.commit()
    assert len(panel(project_page(as_, stage)).xpath(".//*[contains(@class, 'erp-line')]")) == 1
    text = words(panel(as_("adam").get(f"/cost-codes/{stage.codes[0].id}/edit")))
    assert "Harbor & Hill" in text
    assert "Another file" in text
    assert "The lists of Another file have not been read yet." in text


def test_a_post_to_another_connection_than_the_projects_sends_nothing(stage, as_):
    other, _ = make_connection("Another file", "quickbooks", "http://localhost:8000", System("test"))
    for schedule in other.schedules:
        schedule.read_at = stage.connection.schedules[0].read_at
    db.session.commit()
    answer = as_("pam").post(f"/documents/job/{stage.pier.id}/connections/{other.id}/sending", headers=HTMX)
    assert "The project is not linked to Another file." in words(page(answer))
    assert db.session.query(Item).count() == 0


def test_a_click_on_an_old_page_sends_and_retrieves_nothing(stage, press):
    item = stage.job()
    stage.retrieve(item)
    answer = press("pam", "job", stage.pier, version="0")
    assert "Pam retrieved it first." in words(page(answer))
    stage.send("job", stage.pier)
    answer = press("pam", "job", stage.pier, "retrieval", version="1")
    assert "Pam sent it first." in words(page(answer))
    assert (item.state, item.version) == ("Ready", 3)


def test_a_double_click_on_send_sends_once(stage, press):
    for _ in range(2):
        answer = press("pam", "job", stage.pier, version="0")
    assert db.session.query(Item).count() == 1
    assert "It was sent to ERP already" in words(page(answer))


def test_a_plain_form_leads_back_to_the_document(stage, press):
    assert press("pam", "job", stage.pier, headers={}).location == f"/projects/{stage.pier.id}"


def test_retrieving_what_was_never_sent_is_404(stage, press):
    assert press("pam", "job", stage.pier, "retrieval").status_code == 404


@pytest.mark.parametrize("name", ["ann", "stan", "adam", "olga"])
def test_people_outside_of_the_project_do_not_learn_that_it_exists(stage, press, name):
    for noun in ("sending", "retrieval"):
        assert press(name, "job", stage.pier, noun).status_code == 404


@pytest.mark.parametrize("level", [Level.READ, Level.STANDARD])
def test_who_may_only_look_sees_the_grey_button_and_is_refused(stage, as_, press, level):
    projects.grant(stage.pier, stage.people.stan, "project_admin", level)
    db.session.commit()
    answer = project_page(as_, stage, "stan")
    assert button(answer) == ("Send to ERP", True)
    assert why(answer) == ["You need Admin on Project Admin. The project's admin can change that."]
    assert "You need Admin on Project Admin." in words(page(press("stan", "job", stage.pier)))
    assert db.session.query(Item).count() == 0


def test_the_granular_right_makes_the_button_of_the_budget_live(stage, as_):
    stage.job_in_erp()
    stage.codes_in_erp()
    made = stage.budget()
    projects.grant(stage.pier, stage.people.stan, "budget", Level.READ)
    db.session.commit()
    url = f"/projects/{stage.pier.id}/budget"
    assert button(as_("stan").get(url)) == ("Send to ERP", True)
    give(stage.people.stan, SEND_BUDGETS, stage.pier.id)
    db.session.commit()
    assert button(as_("stan").get(url)) == ("Send to ERP", False)
    assert made.locked_at


def test_a_document_is_seen_by_who_has_a_level_on_its_own_tool(app, stage, as_, press):
    made = stage.budget()
    projects.grant(stage.pier, stage.people.stan, "reports", Level.READ)
    db.session.commit()
    assert press("stan", "budget", made).status_code == 404
    assert press("stan", "job", stage.pier).status_code == 404
    projects.grant(stage.pier, stage.people.stan, "budget", Level.READ)
    db.session.commit()
    assert press("stan", "budget", made).status_code == 200


def test_may_see_asks_the_tools_of_the_kind(app, stage, people):
    from flask_login import login_user

    with app.test_request_context():
        login_user(people.adam)
        assert may_see(KINDS["cost_code"], stage.codes[0])
        assert not may_see(KINDS["job"], stage.pier)
        login_user(people.pam)
        assert may_see(KINDS["job"], stage.pier)


def test_the_history_tells_what_happened_to_the_document_and_to_its_item(stage, as_):
    item = stage.ready_budget()
    stage.reject(item, "Line 3 is too high.")
    with transaction():
        budgets.unlock(db.session.get_one(budgets.Budget, item.document_id), stage.people.pam, None)
    text = words(panel(as_("pam").get(f"/projects/{stage.pier.id}/budget")))
    for piece in ("lock", "send", "reject", "Line 3 is too high.", "unlock"):
        assert piece in text
