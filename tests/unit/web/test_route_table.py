"""Every URL rule against every person: what it declares, whom it lets in, and that nothing passes without a token."""

import re
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import func, select

from erp.audit import Event, System
from erp.connectors.quickbooks.setup import make as make_connection
from erp.db import db, transaction
from erp.documents import budget, cost_code
from erp.kind import KINDS
from erp.people.rights import ITEM_TOOL, RIGHTS
from erp.people.user import CREATE_PROJECT, PROJECT_TOOLS, PUSH, Level
from erp.web.access import needs

DOOR = {"/qbwc", "/qbwc/"}
LET_IN, LOGIN, FORBIDDEN, UNSEEN = "let in", "log in first", "403", "404"
SCOPES = {"", "connection", "project", "send"}
MAYBE_GONE = {"upload_id", "mail_id", "modification_id", "change_id", "attachment_id", "number"}
"""The stage has none of these: whoever may ask gets 404."""
OF_SAGE = {"sage_settings", "readback"}
"""Blueprints of pages that a connection to Sage has; the stage has a company file, whose pages they are not."""
ASKS_ITSELF = {"health.metrics"}
"""Asks for a token of its own and is gone without it: see test_health.py."""
PEOPLE = ("nobody", "pam", "ann", "stan", "adam", "olga")
RESETS = {"session.logout", "people.reset_password"}
"""What does its work without any field."""
HOLDS = {
    "pam": ({"directory": Level.STANDARD, "company_admin": Level.STANDARD}, {CREATE_PROJECT}),
    "ann": ({"erp": Level.STANDARD}, {PUSH}),
    "stan": ({"erp": Level.STANDARD}, set()),
    "adam": ({"erp": Level.ADMIN, "company_admin": Level.ADMIN}, set()),
    "olga": ({"directory": Level.ADMIN}, set()),
}
"""What product.md section 1 gives to each; on her own project Pam is Admin of every tool, and nobody else has any."""


@dataclass(frozen=True)
class Route:
    rule: str
    method: str
    endpoint: str
    needs: object

    def url(self, **samples):
        return re.sub(r"<(?:[^>]*:)?(\w+)>", lambda found: str(samples[found[1]]), self.rule)

    @property
    def arguments(self):
        return set(re.findall(r"<(?:[^>]*:)?(\w+)>", self.rule))

    @property
    def unsafe(self):
        return self.method not in ("GET", "HEAD", "OPTIONS")

    def __str__(self):
        return f"{self.method} {self.rule}"


def routes(app: Flask) -> list[Route]:
    return [Route(rule.rule, method, rule.endpoint, getattr(app.view_functions[rule.endpoint], "needs", None))
            for rule in app.url_map.iter_rules() for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})]  # fmt: skip


@pytest.fixture
def samples(stage):
    """An id for every argument of a rule; a rule with a new argument needs a line here."""
    made = stage.budget()
    return {
        "connection_id": stage.connection.id, "project_id": stage.pier.id, "item_id": stage.job().id, "document_id": stage.pier.id,
        "sub_job_id": stage.sub_job("E1").id, "code_id": stage.codes[0].id, "company_id": stage.company().id, "line_id": made.lines[0].id, "upload_id": 1, "mail_id": 1,
        "modification_id": 1, "change_id": 1, "attachment_id": 1, "kind": "csv",
        "number": 1, "file_id": 1, "paper_id": 1, "what": "jobs",
        "slug": "job", "chosen": "synced", "noun": "sending", "filename": "app.css",
        "record_id": stage.record("job", "J1", "City of Bayview:Old Pier").id,
    } | {"user_id": stage.people.bob.id, "session_id": 999_999}  # fmt: skip


def expected(route: Route, name: str) -> str:
    """What the rights table says, read a second time and without the product's own functions."""
    right = RIGHTS[route.needs.right]
    if right.anyone:
        return LET_IN
    if name == "nobody":
        return LOGIN
    if route.needs.scope == "project" and name != "pam":
        return UNSEEN
    levels, privileges = HOLDS[name]
    levels = levels | (dict.fromkeys(PROJECT_TOOLS, Level.ADMIN) if name == "pam" else {})
    tools = KINDS[route.needs.kind].tools if right.tool == ITEM_TOOL else [right.tool] if right.tool else []
    granular = right.granular in privileges and right.granular == CREATE_PROJECT
    reaches = all(levels.get(tool, Level.NONE) >= (Level.STANDARD if granular else right.level) for tool in tools)
    owns = right.owner and name == "olga"
    return LET_IN if owns or reaches and (not right.privilege or right.privilege in privileges) else FORBIDDEN


def outcome(answer) -> str:
    if answer.status_code == 299:
        return LET_IN
    if answer.status_code == 302 and answer.location.startswith("/login"):
        return LOGIN
    return str(answer.status_code)


@pytest.fixture
def probe(alone, app):
    """Whoever is let in gets 299 instead of the view."""
    app.before_request(lambda: ("let in", 299))


def test_every_rule_declares_a_right_that_exists_and_a_scope_that_fits_its_arguments(app):
    for route in routes(app):
        assert route.needs is not None, f"{route} declares nothing"
        assert route.needs.right in RIGHTS, route
        assert route.needs.scope in SCOPES, route
        if "project_id" in route.arguments and "connection_id" not in route.arguments:
            assert route.needs.scope == "project", route
        if "connection_id" in route.arguments and route.endpoint != "items.from_pm":
            assert route.needs.scope == "connection", route
        if RIGHTS[route.needs.right].tool == ITEM_TOOL:
            assert route.needs.kind in KINDS, route
        if route.needs.scope == "project":
            assert "project_id" in route.arguments, route


def test_what_is_open_to_everybody_is_this_and_nothing_else(app):
    public = {route.endpoint for route in routes(app) if route.needs.right == "public"}
    assert public == {"static", "session.home", "session.login", "session.enter", "session.logout", "webconnector.call",
                      "webconnector.hello", "webconnector.support",
                      # Machines have no login: the one says nothing of the data, the other asks for METRICS_TOKEN.
                      "health.live", "health.metrics"}  # fmt: skip


def test_every_rule_opens_to_exactly_the_people_of_the_rights_table(app, samples, as_, probe, capsys):
    cells = [(route, name) for route in routes(app) for name in PEOPLE]
    browsers = {name: as_(name) for name in PEOPLE}
    wrong = [f"{route} as {name}: {got}, not {should}" for route, name in cells
             if (got := outcome(browsers[name].open(route.url(**samples), method=route.method))) != (should := expected(route, name))]  # fmt: skip
    with capsys.disabled():
        print(f" {len(cells)} cells ", end="")
    assert not wrong, "\n".join(wrong)
    assert {expected(route, name) for route, name in cells} == {LET_IN, LOGIN, FORBIDDEN, UNSEEN}


@pytest.mark.parametrize("name", PEOPLE)
def test_no_page_breaks_and_no_get_changes_anything(app, samples, as_, name):
    before, browser = db.session.scalar(select(func.count(Event.id))), as_(name)
    for route in routes(app):
        if not route.unsafe and route.endpoint not in ASKS_ITSELF:
            answer = browser.get(route.url(**samples))
            should = expected(route, name)
            assert answer.status_code < 500, route
            if should == LET_IN:
                gone = MAYBE_GONE & route.arguments or route.endpoint.partition(".")[0] in OF_SAGE
                assert answer.status_code in (200, 302, 303, 308) or answer.status_code == 404 and gone, route
            else:
                assert outcome(answer) == should, route
    assert db.session.scalar(select(func.count(Event.id))) == before


@pytest.mark.parametrize("name", PEOPLE)
def test_an_empty_form_breaks_no_route_and_who_is_refused_changes_nothing(app, samples, as_, name):
    for route in [route for route in routes(app) if route.unsafe and route.endpoint not in ("session.logout",)]:
        before, browser = db.session.scalar(select(func.count(Event.id))), as_(name)
        for headers in ({}, {"HX-Request": "true"}):
            answer = browser.open(route.url(**samples), method=route.method, headers=headers)
            assert answer.status_code < 500 or route.endpoint == "webconnector.call", (route, headers)
        if expected(route, name) != LET_IN:
            assert db.session.scalar(select(func.count(Event.id))) == before, route


def test_a_view_that_declares_nothing_cannot_be_reached_at_all(alone, app, as_):
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    for name in PEOPLE:
        answer = as_(name).get("/forgotten")
        assert answer.status_code == 500
        assert b"secret" not in answer.data


def test_a_view_that_declares_an_unknown_right_is_closed(alone, app, as_):
    app.add_url_rule("/typo", "typo", needs("no such right")(lambda: "secret"))
    assert [as_(name).get("/typo").status_code for name in ("ann", "olga")] == [500, 500]


def test_a_view_that_sends_without_saying_what_is_closed(alone, app, as_):
    app.add_url_rule("/send", "send", needs("send", "send")(lambda: "secret"))
    assert [as_(name).get("/send").status_code for name in ("pam", "adam", "olga")] == [403, 403, 403]


def test_htmx_is_led_to_the_login_page_as_a_whole(app, samples, client):
    answer = client.get(f"/erp/{samples['connection_id']}/job/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/login")


def standing():
    """What no form may ever change: who is who and who may what."""
    kept = {"users": ("email", "owner", "active", "password_hash", "must_change_password"), "privileges": ("user_id", "name", "project_id"),
            "approver_grid": ("user_id", "kind"), "connections": ("username", "file_id", "kind", "epoch")}  # fmt: skip
    tables = {name: db.metadata.tables[name] for name in (*kept, "grants")}
    rows = {
        name: sorted(map(str, db.session.execute(select(*(tables[name].c[column] for column in columns)))))
        for name, columns in kept.items()
    }
    grants = tables["grants"].c
    company = db.session.execute(select(grants.user_id, grants.tool, grants.level).where(grants.project_id.is_(None)))
    return rows | {"grants": sorted(map(str, company))}


@pytest.mark.parametrize("name", ["pam", "ann", "stan", "adam", "olga"])
def test_posting_the_name_of_every_column_to_every_form_gives_nobody_anything(app, samples, as_, name):
    columns = {column.name for table in db.metadata.tables.values() for column in table.columns} - {"kind", "base_url"}
    before, browser = standing(), as_(name)
    for route in [route for route in routes(app) if route.unsafe and route.rule not in DOOR and route.endpoint not in RESETS]:
        browser.open(route.url(**samples), method=route.method, data=dict.fromkeys(columns, "1") | {"version": "1"})
    db.session.expire_all()
    assert standing() == before


# ids that somebody may not see


@pytest.fixture
def theirs(stage):
    """Bob's project with a budget and a connection of its own; Pam has no level there."""
    other, _ = make_connection("Another file", "quickbooks", "http://localhost:8000", System("test"))
    for schedule in other.schedules:
        schedule.read_at = stage.connection.schedules[0].read_at
    project = stage.project("99-1", "Bob's", by="bob", connection_id=other.id)
    with transaction():
        made = budget.open_for(project, stage.people.bob)
        line = budget.add_line(made, stage.codes[0], "S", 100)
    return {"project": project.id, "budget": made.id, "line": line.id, "connection": other.id}


def test_a_project_that_is_not_hers_is_404_for_pam_on_every_rule(app, samples, theirs, as_):
    pam = as_("pam")
    rules = [route for route in routes(app) if route.needs.scope == "project"]
    assert len(rules) > 10
    for project_id in (theirs["project"], theirs["budget"], samples["code_id"], 999_999):
        for route in rules:
            answer = pam.open(route.url(**samples | {"project_id": project_id}), method=route.method)
            assert answer.status_code == 404, (route, project_id)
            assert b"Bob" not in answer.data


def test_a_budget_line_of_another_project_is_404(app, samples, theirs, as_):
    pam = as_("pam")
    for route in [route for route in routes(app) if "line_id" in route.arguments]:
        assert pam.open(route.url(**samples | {"line_id": theirs["line"]}), method=route.method).status_code == 404, route


@pytest.mark.parametrize("noun", ["acceptance", "choices", "withdrawal", "rejection", "retry", "look"])
def test_an_item_of_another_connection_is_404_and_stays_as_it_is(stage, samples, theirs, as_, noun):
    item = stage.item(stage.pier.id)
    url = f"/erp/{theirs['connection']}/items/{item.id}"
    assert as_("ann").get(url).status_code == 404
    assert as_("ann").post(f"{url}/{noun}", data={"version": item.version, "customer": "80000001-1"}).status_code == 404
    assert (item.state, item.version) == ("Ready", 1)


def test_ids_that_are_not_there_are_404_for_who_may_ask(app, samples, as_):
    asked = [("ann", f"/erp/{n}/job/") for n in (0, 999)] + [
        ("ann", f"/erp/{samples['connection_id']}/items/{n}") for n in (0, 999)
    ]
    asked += [
        ("ann", f"/erp/{samples['connection_id']}/{slug}") for slug in ("job/nowhere", "nothing/", "nothing/synced", "job/READY")
    ]
    asked += [
        ("adam", "/settings/connections/999"),
        ("adam", "/settings/connections/999/countersign.qwc"),
        ("adam", "/cost-codes/999/edit"),
    ]
    asked += [("pam", "/dev/inbox/999"), ("pam", "/dev/inbox/999/html")]
    assert {(name, url): as_(name).get(url).status_code for name, url in asked} == dict.fromkeys(asked, 404)


@pytest.mark.parametrize("huge", [2**31, 2**63, 10**30])
def test_an_id_beyond_every_database_is_404_and_no_fault_of_ours(app, samples, as_, huge):
    ids = [name for name in samples if name.endswith("_id")]
    adam, pam = as_("adam"), as_("pam")
    for route in routes(app):
        for name in set(ids) & route.arguments:
            for browser in (adam, pam):
                answer = browser.open(route.url(**samples | {name: huge}), method=route.method)
                assert answer.status_code in (403, 404), (route, name, answer.status_code)


@pytest.mark.parametrize("noun", ["sending", "retrieval"])
def test_a_document_that_pam_may_not_see_is_404(stage, samples, theirs, as_, noun):
    pam, here = as_("pam"), samples["connection_id"]
    asked = [("job", theirs["project"], here), ("budget", theirs["budget"], here), ("budget", stage.pier.id, here),
             ("job", stage.codes[0].id, here), ("nothing", stage.pier.id, here), ("job", 999, here), ("job", stage.pier.id, 999)]  # fmt: skip
    for slug, document, connection in asked:
        answer = pam.post(f"/documents/{slug}/{document}/connections/{connection}/{noun}")
        assert answer.status_code == 404, (slug, document, connection)


@pytest.mark.parametrize("name", ["ann", "stan", "olga"])
def test_a_cost_code_is_404_for_who_sees_no_cost_codes(stage, samples, as_, name):
    code = cost_code.find("32-1200")
    answer = as_(name).post(
        f"/documents/cost_code/{code.id}/connections/{stage.connection.id}/sending", headers={"HX-Request": "true"}
    )
    assert answer.status_code == 404


# cross-site requests


@pytest.fixture
def strict(app):
    """The application as it runs for people, with its tokens asked for."""
    app.config["WTF_CSRF_ENABLED"] = True
    return app


@pytest.mark.parametrize("token", [None, "made up", "IjEyMzQ1Njc4OTAi.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"])
def test_no_unsafe_rule_passes_without_the_token_of_the_session(strict, samples, as_, token):
    before = db.session.scalar(select(func.count(Event.id)))
    unsafe = [route for route in routes(strict) if route.unsafe and route.rule not in DOOR]
    assert len(unsafe) > 20
    for route in unsafe:
        for name in ("nobody", "pam", "ann", "adam"):
            answer = as_(name).open(route.url(**samples), method=route.method, data={"csrf_token": token} if token else None)
            assert answer.status_code == 400, (route, name)
            assert b"open for too long" in answer.data
    assert db.session.scalar(select(func.count(Event.id))) == before


def test_the_token_of_one_session_is_none_of_another(strict, samples, as_):
    token = re.search(r'name="csrf_token" value="([^"]+)"', as_("ann").get("/erp/", follow_redirects=True).text)[1]
    assert as_("bob").post("/logout", data={"csrf_token": token}).status_code == 400


@pytest.mark.parametrize("carried", ["form", "header"])
def test_the_token_passes_in_the_form_and_in_the_header_of_htmx(strict, samples, as_, carried):
    ann = as_("ann")
    token = re.search(r'"X-CSRFToken": "([^"]+)"', ann.get("/erp/", follow_redirects=True).text)[1]
    how = {"data": {"csrf_token": token}} if carried == "form" else {"headers": {"X-CSRFToken": token}}
    assert ann.post(f"/erp/{samples['connection_id']}/job/export", **how).status_code == 303


def test_the_soap_door_asks_for_no_token_and_gives_a_logged_in_browser_nothing(strict, stage, as_):
    body = ('<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
            '<authenticate xmlns="http://developer.intuit.com/"><strUserName>x</strUserName><strPassword>y</strPassword>'
            "</authenticate></soap:Body></soap:Envelope>")  # fmt: skip
    answers = [as_(name).post("/qbwc", data=body, content_type="text/xml") for name in ("nobody", "ann", "adam")]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.data for answer in answers}) == 1
    assert b"nvu" in answers[0].data
    assert not any(answer.headers.getlist("Set-Cookie") for answer in answers)
