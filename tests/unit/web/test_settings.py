"""Connections: made by Adam, their password shown once, their file for the Web Connector; and no secret in any log."""

import logging

import pytest
from lxml import etree

from erp.audit import Event, System
from erp.books import records
from erp.connections import Connection
from erp.connectors.quickbooks.setup import make as make_connection
from erp.db import db, transaction
from erp.exchanges.exchange import Exchange, Session
from erp.exchanges.unlink import unlink
from erp.items.self_approval import setting
from erp.reports import gone as gone_list
from erp.states import Filter
from tests.unit.stage import QUICKBOOKS, row
from tests.unit.web.pages import page, told, words

FORM = {"name": "Harbor & Hill", "kind": "quickbooks", "base_url": "https://erp.x.test"}


def password(answer):
    """The secret on the page."""
    found = page(answer).xpath("//*[@id='password']")
    return words(found[0]) if found else ""


def test_a_new_connection_shows_its_password_once_and_never_again(app, people, as_):
    adam = as_("adam")
    answer = adam.post("/settings/connections/new", data=FORM)
    made, secret = db.session.query(Connection).one(), password(answer)
    assert answer.status_code == 200
    assert made.check_password(secret)
    assert len(secret) >= 20
    for url in ("/settings/connections", f"/settings/connections/{made.id}", f"/settings/connections/{made.id}/countersign.qwc",
                "/settings/connections/new", "/erp/", "/dev/inbox/"):  # fmt: skip
        again = adam.get(url, follow_redirects=True)
        assert again.status_code == 200
        assert secret not in again.text


def test_the_page_with_the_password_stays_in_no_cache(people, as_):
    assert as_("adam").post("/settings/connections/new", data=FORM).headers["Cache-Control"] == "no-store"


def test_a_new_connection_is_in_the_trail_and_its_lists_are_queued(people, as_):
    as_("adam").post("/settings/connections/new", data=FORM)
    made = db.session.query(Connection).one()
    event = db.session.query(Event).filter_by(subject=f"connection:{made.id}").one()
    assert (event.action, event.actor) == ("create", "Adam")
    assert db.session.query(Exchange).filter_by(purpose="refresh").count() == len(made.connector.lists)
    assert not made.lists_read


@pytest.mark.parametrize(("field", "value"), [
    ("name", ""), ("name", "   "), ("name", "x" * 81), ("name", "bell \a"), ("name", "nul \0"), ("kind", "sage"), ("kind", ""),
    ("base_url", ""), ("base_url", "http://erp.x.test"), ("base_url", "https://10.0.0.1"), ("base_url", "ftp://x"),
    ("base_url", "javascript:alert(1)"), ("base_url", "https://" + "x" * 200), ("base_url", "https://["), ("base_url", "https://[::1]"),
])  # fmt: skip
def test_what_the_web_connector_would_not_take_is_refused_at_its_field(people, as_, field, value):
    answer = as_("adam").post("/settings/connections/new", data={**FORM, field: value})
    assert answer.status_code == 422
    assert page(answer).xpath(f"//*[@id='{field}-error']") or page(answer).xpath("//*[contains(@class, 'error')]")
    assert db.session.query(Connection).count() == 0


@pytest.mark.parametrize("name", ["pam", "ann", "stan", "olga"])
def test_nobody_but_the_erp_administrator_gets_near_connections(connection, as_, name):
    browser, before = as_(name), connection.password_hash
    asked = [browser.get("/settings/connections"), browser.get("/settings/connections/new"), browser.get(f"/settings/connections/{connection.id}"),
             browser.get(f"/settings/connections/{connection.id}/countersign.qwc"), browser.post("/settings/connections/new", data=FORM),
             browser.post(f"/settings/connections/{connection.id}/password")]  # fmt: skip
    assert {answer.status_code for answer in asked} == {403}
    assert db.session.query(Connection).one().password_hash == before


def test_a_new_password_ends_the_old_one_says_so_and_is_in_the_trail(connection, as_):
    old = connection.settings["password"]
    answer = as_("adam").post(f"/settings/connections/{connection.id}/password")
    assert connection.check_password(password(answer))
    assert not connection.check_password(old)
    assert "The old password has stopped working." in words(page(answer))
    event = db.session.query(Event).filter_by(subject=f"connection:{connection.id}", action="password").one()
    assert (event.actor, event.details) == ("Adam", {})


def test_the_file_is_a_download_that_the_web_connector_reads(connection, as_):
    answer = as_("adam").get(f"/settings/connections/{connection.id}/countersign.qwc")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="countersign.qwc"'
    assert answer.content_type == "application/xml; charset=utf-8"
    root = etree.fromstring(answer.data)
    told = {child.tag: child.text or "" for child in root}
    assert root.tag == "QBWCXML"
    assert (told["AppURL"], told["AppSupport"]) == ("http://localhost:8000/qbwc", "http://localhost:8000/qbwc/support")
    assert (told["UserName"], told["FileID"], told["QBType"]) == (connection.username, connection.file_id, "QBFS")
    assert root.findtext("Scheduler/RunEveryNMinutes") == "5"
    assert connection.settings["password"] not in answer.text


def test_a_name_with_markup_in_it_is_text_in_the_file_and_on_the_pages(connection, as_):
    connection.name, connection.last_error = "<b>&]]></AppName>", "<script>alert(1)</script>"
    connection.facts = {"company": "<i>x</i>", "product": "<u>y</u>", "estimates": True}
    db.session.commit()
    adam = as_("adam")
    assert etree.fromstring(adam.get(f"/settings/connections/{connection.id}/countersign.qwc").data).findtext("AppDescription") == (
        "Countersign: <b>&]]></AppName>")  # fmt: skip
    for url in ("/settings/connections", f"/settings/connections/{connection.id}"):
        text = adam.get(url).text
        assert not any(tag in text for tag in ("<b>&", "<script>alert", "<i>x", "<u>y"))


def test_the_list_says_how_each_connection_is(connection, as_):
    assert "never" in words(page(as_("adam").get("/settings/connections")))
    connection.problem = "Another company file is open."
    db.session.commit()
    assert "Another company file is open." in words(page(as_("adam").get("/settings/connections")))


def test_the_door_answers_a_browser_and_the_check_of_the_web_connector(client):
    for url, said in (
        ("/qbwc", "door for the QuickBooks Web Connector"),
        ("/qbwc/", "door"),
        ("/qbwc/support", "ERP administrator"),
    ):
        answer = client.get(url)
        assert (answer.status_code, answer.mimetype) == (200, "text/plain")
        assert said in answer.text


CALL = """<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>
<{method} xmlns="http://developer.intuit.com/">{body}</{method}></soap:Body></soap:Envelope>"""


def knock(client, method, **fields):
    body = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    return client.post("/qbwc", data=CALL.format(method=method, body=body), content_type="text/xml").text


def test_no_password_and_no_ticket_ever_stands_in_a_log(app, connection, people, client, caplog, monkeypatch):
    secret, canary = connection.settings["password"], "canary-word-of-a-person"
    monkeypatch.setattr("erp.people.login._NOBODY", people.ann.password_hash)
    with caplog.at_level(logging.DEBUG):
        for email in ("ann@x.test", "who@x.test"):
            client.post("/login", data={"email": email, "password": canary})
        knock(client, "authenticate", strUserName=connection.username, strPassword=canary)
        assert "nvu" not in knock(client, "authenticate", strUserName=connection.username, strPassword=secret)
        ticket = db.session.query(Session.ticket).scalar()
        for method, fields in (("sendRequestXML", {"strHCPResponse": "no xml", "strCompanyFileName": "x", "qbXMLCountry": "US",
                                                   "qbXMLMajorVers": "13", "qbXMLMinorVers": "0"}),
                               ("receiveResponseXML", {"response": "no xml", "hresult": "", "message": ""}),
                               ("getLastError", {}), ("connectionError", {"hresult": "0x1", "message": "x"})):  # fmt: skip
            knock(client, method, ticket=ticket, **fields)
        monkeypatch.setattr("erp.connectors.quickbooks.session.held", lambda ticket: db.session.add(
            Session(ticket=ticket, connection_id=None, opened_at=None)) or db.session.flush())  # fmt: skip
        knock(client, "closeConnection", ticket=ticket)
    assert "the door: closeConnection failed" in caplog.text
    assert len(ticket) == 32
    for word in (canary, secret, ticket, connection.password_hash):
        assert word not in caplog.text


def test_no_secret_of_a_person_stands_in_the_trail_or_the_outbox(stage, as_):
    stage.reject(stage.job())
    as_("adam").post(f"/settings/connections/{stage.connection.id}/password")
    rows = [
        str(row)
        for name in ("events", "mails", "login_attempts")
        for row in db.session.execute(db.metadata.tables[name].select())
    ]
    assert rows
    for secret in ("correct horse", stage.people.ann.password_hash, stage.connection.password_hash):
        assert not any(secret in row for row in rows)


@pytest.mark.parametrize("name", ["pam", "ann", "stan", "olga"])
def test_only_an_erp_admin_chooses_about_self_approval(stage, as_, name):
    assert (
        as_(name).post(f"/settings/connections/{stage.connection.id}/self-approval", data={"self_approval": "allow"}).status_code
        == 403
    )
    assert setting(stage.connection) == "flag"


def test_adam_chooses_about_self_approval_and_the_page_shows_it(stage, as_):
    adam, url = as_("adam"), f"/settings/connections/{stage.connection.id}"
    assert adam.post(f"{url}/self-approval", data={"self_approval": "block"}).status_code == 303
    assert page(adam.get(url)).xpath("//input[@name='self_approval'][@checked]/@value") == ["block"]


def test_a_block_that_would_lock_somebody_out_is_refused_with_the_reason(stage, as_):
    stage.people.bob.active = False
    db.session.commit()
    answer = as_("adam").post(f"/settings/connections/{stage.connection.id}/self-approval", data={"self_approval": "block"})
    assert answer.status_code == 422
    assert "Fewer than two people may decide" in " ".join(told(answer))
    assert setting(stage.connection) == "flag"


# Gone in accounting


@pytest.fixture
def gone(stage):
    """A linked job and a linked vendor were deleted there; a code is there still, a vendor that was nobody's is gone too."""
    job, code = stage.job_in_erp(), stage.codes_in_erp()[0]
    vendor = stage.synced(stage.send("company", stage.company()))
    for item, kind, name in (
        (job, "job", "City of Bayview:Pier <9>"),
        (vendor, "vendor", "Harbor Welding"),
        (code, "item", "32"),
    ):
        records.link(stage.connection.id, row(kind, item.erp_id, name), item.id, QUICKBOOKS)
    stage.apply(row("vendor", "V9", "Nobody's"))
    records.deleted(stage.connection.id, ("customer", "job"), [job.erp_id])
    records.deleted(stage.connection.id, ("vendor",), [vendor.erp_id, "V9"])
    db.session.commit()
    return job, vendor


def listed(browser, connection):
    tree = page(browser.get(f"/settings/connections/{connection.id}"))
    return [words(tr) for tr in tree.xpath("//section[@aria-labelledby='gone-title']//tr[@data-row]")]


def test_what_is_gone_in_accounting_stands_on_the_health_page_with_its_item_and_what_to_do(stage, as_, gone):
    shown = listed(as_("adam"), stage.connection)
    assert len(shown) == 2
    vendor, job = shown
    assert "Harbor Welding" in vendor
    assert "Companies · Synced" in vendor
    assert "Then press Link beside what it was merged into, or send it as a new one" in vendor
    assert "City of Bayview:Pier <9>" in job
    assert "25-1361 Pier 9 Sewer Renewal" in job
    assert "press Link to project" in job
    text = as_("adam").get(f"/settings/connections/{stage.connection.id}").text
    for item in gone:
        assert f"/erp/{stage.connection.id}/items/{item.id}/unlink" in text
        assert as_("adam").get(f"/erp/{stage.connection.id}/items/{item.id}/unlink").status_code == 200


def test_what_comes_back_or_is_unlinked_stands_there_no_more(stage, as_, gone):
    _, vendor = gone
    stage.apply(row("job", gone[0].erp_id, "City of Bayview:Pier <9>"))
    assert ["Harbor Welding" in text for text in listed(as_("adam"), stage.connection)] == [True]
    with transaction():
        unlink(vendor, stage.people.stan)
    assert listed(as_("adam"), stage.connection) == []
    assert "Nothing: every linked record was there" in as_("adam").get(f"/settings/connections/{stage.connection.id}").text


def test_the_list_of_another_connection_and_a_long_one(stage, as_, gone, monkeypatch):
    other, _ = make_connection("Pier Works", "quickbooks", "http://localhost:8000", System("test"))
    db.session.commit()
    assert listed(as_("adam"), other) == []
    monkeypatch.setattr(gone_list.listed, "__defaults__", (1,))
    assert len(listed(as_("adam"), stage.connection)) == 1
    assert "The newest 1 are shown." in as_("adam").get(f"/settings/connections/{stage.connection.id}").text


SAGE = {"name": "Ridge Builders", "kind": "sage300"}


def test_a_connection_to_sage_needs_only_a_name_and_leads_to_its_settings(people, as_):
    adam = as_("adam")
    answer = adam.post("/settings/connections/new", data=SAGE)
    made = db.session.query(Connection).one()
    assert (answer.status_code, answer.location) == (303, f"/settings/connections/{made.id}/sage")
    said = " ".join(told(adam.get(answer.location)))
    assert "Sage 300 · Ridge Builders was made; look through its settings." in said
    assert "uploads them under Read back from Sage" in said
    assert (made.kind, made.site) == ("sage300", "http://localhost")
    assert db.session.query(Exchange).count() == 0
    assert not made.lists_read


def test_sage_is_shown_no_password_no_file_and_no_checklist_of_windows(ridge, as_):
    adam, url = as_("adam"), f"/settings/connections/{ridge.connection.id}"
    text = adam.get(url).text
    for word in (".qwc", "Web Connector", "New password", "QuickBooks", "User name"):
        assert word not in text
    assert "Next steps" not in text
    ridge.connection.schedules[0].read_at = None
    db.session.commit()
    assert "Read back from Sage" in adam.get(url).text
    assert [adam.get(f"{url}/countersign.qwc").status_code, adam.post(f"{url}/password").status_code] == [404, 404]


def test_the_form_hides_the_address_for_what_never_calls_and_says_so(people, as_):
    form = page(as_("adam").get("/settings/connections/new"))
    assert form.xpath("//option[@data-silent]/@value") == ["sage300"]
    assert "no .qwc file" in words(form.xpath("//*[contains(@class, 'for-silent')]")[0])


@pytest.mark.parametrize("name", ["", " ", "x" * 81, "bell \a"])
def test_a_name_that_cannot_be_is_refused_for_sage_too(people, as_, name):
    assert as_("adam").post("/settings/connections/new", data={**SAGE, "name": name}).status_code == 422
    assert db.session.query(Connection).count() == 0


def test_an_address_that_was_posted_for_sage_is_not_taken_over(people, as_):
    as_("adam").post("/settings/connections/new", data={**SAGE, "base_url": "javascript:alert(1)"})
    assert db.session.query(Connection).one().base_url == "http://localhost"


def test_the_list_says_what_sage_waits_for(ridge, as_):
    def health():
        return words(page(as_("adam").get("/settings/connections")).xpath("//td[@data-label='Health']")[0])

    assert health() == "Good"
    ridge.connection.schedules[0].read_at = None
    db.session.commit()
    assert health() == "Lists to be read back"
    assert "never" not in words(page(as_("adam").get("/settings/connections")).xpath("//tbody")[0])


def test_a_link_in_a_mail_about_sage_has_an_address_where_any_connection_has_one(sage):
    assert (sage.connection.base_url, sage.connection.site) == ("", "http://localhost:8000")


def test_who_wants_sage_to_be_asked_is_told_who_brings_its_lists(ridge, as_):
    adam, key = as_("adam"), ridge.connection.id
    for url in (f"/erp/{key}/cost_code/refresh", f"/erp/{key}/refresh"):
        adam.post(url, data={"filter": Filter.IMPORT.value})
        assert "uploads them under Read back from Sage" in adam.get(f"/erp/{key}/cost_code/{Filter.IMPORT.value}").text
    assert db.session.query(Exchange).count() == 0
