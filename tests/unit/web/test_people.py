"""The screens for people: who opens them, what they show, and what each form does."""

import pytest

from erp import audit
from erp.cli.user import give, make
from erp.db import db
from erp.people import Level, may, sessions
from erp.people.login import find
from erp.people.user import CREATE_PROJECT, PUSH
from tests.unit.web.pages import all_words, page, words

NINA = {"name": "Nina Novak", "email": "nina@x.test", "zone": "UTC"}


def facts(user, **changed):
    posted = {"name": user.name, "email": user.email, "zone": user.zone, "active": "y", **changed}
    return {name: value for name, value in posted.items() if value is not None}


@pytest.fixture
def url(people):
    return lambda name, noun="": f"/people/{getattr(people, name).id}{noun}"


@pytest.fixture
def olga(as_):
    return as_("olga")


def errors(answer):
    return all_words(answer, "//p[@class='error']")


def alert(answer):
    return all_words(answer, "//*[@role='alert']")


@pytest.mark.parametrize(("name", "opens"), [("pam", 403), ("ann", 403), ("stan", 403), ("adam", 403), ("olga", 200)])
@pytest.mark.parametrize("at", ["/people/", "/people/new", "/people/1", "/people/rights"])
def test_only_who_manages_people_opens_the_screens(as_, name, opens, at):
    assert as_(name).get(at).status_code == opens


@pytest.mark.parametrize("name", ["pam", "ann", "stan", "adam", "olga"])
def test_the_entry_of_the_top_bar_is_there_for_who_may_open_it(as_, name):
    assert ("People" in all_words(as_(name).get("/account/"), "//header//nav//a")) == (name == "olga")


def test_the_list_has_everybody_with_levels_privileges_and_state(people, olga):
    people.adam.active = False
    people.stan.must_change_password = True
    db.session.commit()
    rows = {
        words(row.xpath("./td")[0]): [words(cell) for cell in row.xpath("./td")[1:]]
        for row in page(olga.get("/people/")).xpath("//tr[@data-row]")
    }
    assert list(rows) == ["Ann", "Bob", "Olga", "Pam", "Stan", "Adam"]
    assert rows["Ann"] == ["ann@x.test", "Standard", "–", "–", PUSH, "Active"]
    assert rows["Pam"] == ["pam@x.test", "–", "Standard", "Standard", CREATE_PROJECT, "Active"]
    assert [rows[name][-1] for name in ("Olga", "Stan", "Adam")] == ["Owner", "One-time password", "Switched off"]


def test_a_new_person_comes_with_a_one_time_password_that_is_shown_once(olga, as_):
    answer = olga.post("/people/new", data=NINA)
    secret = words(page(answer).xpath("//*[@id='password']")[0])
    nina = find("nina@x.test")
    assert nina.check_password(secret)
    assert answer.headers["Cache-Control"] == "no-store"
    assert secret not in olga.get(f"/people/{nina.id}").text
    browser = as_("nobody")
    browser.post("/login", data={"email": "nina@x.test", "password": secret})
    assert browser.get("/projects/").location == "/account/"


def test_what_cannot_be_stands_at_its_field_and_what_was_typed_stays(olga):
    answer = olga.post("/people/new", data=NINA | {"email": "ann@x.test"})
    assert answer.status_code == 422
    assert errors(answer) == ["Ann has this e-mail already. Each person needs one of his own."]
    assert page(answer).xpath("//input[@name='name']/@value") == ["Nina Novak"]


def test_saving_facts_and_switching_off_ends_his_sessions(people, olga, url, as_):
    stan = as_("stan")
    assert olga.post(url("stan"), data=facts(people.stan, name="Stan Moreau", active=None)).status_code == 303
    assert (people.stan.name, people.stan.active) == ("Stan Moreau", False)
    assert stan.get("/projects/").status_code == 302


def test_the_last_owner_reads_why_he_cannot_be_switched_off(people, olga, url):
    answer = olga.post(url("olga"), data=facts(people.olga, active=None))
    assert answer.status_code == 422
    assert "This is the last owner" in errors(answer)[0]
    assert people.olga.active


def test_levels_are_saved_and_what_is_no_level_is_left_alone(people, olga, url):
    olga.post(url("stan", "/levels"), data={"level-erp": "3", "level-directory": "9", "level-budget": "3"})
    assert {row.tool: row.as_level for row in people.stan.grants} == {"erp": Level.ADMIN}


def test_olga_grants_and_revokes_the_privilege(people, olga, url):
    olga.post(url("stan", "/privileges"), data={"grant": PUSH})
    db.session.expire_all()
    assert may(people.stan, "decide_job", kind="job")
    olga.post(url("stan", "/privileges"), data={"revoke": PUSH})
    db.session.expire_all()
    assert not may(people.stan, "decide_job", kind="job")
    assert [(e.action, e.actor) for e in audit.history(f"user:{people.stan.id}")][-2:] == [("grant", "Olga"), ("revoke", "Olga")]


def test_olga_has_no_button_for_herself_and_a_forged_press_is_refused(people, olga, url):
    shown = page(olga.get(url("olga")))
    assert not shown.xpath(f"//button[@name='grant'][@value='{PUSH}']")
    assert "Nobody grants Can Push to Accounting to himself." in words(shown.xpath("//*[@id='why-can-push-to-accounting']")[0])
    answer = olga.post(url("olga", "/privileges"), data={"grant": PUSH})
    assert answer.status_code == 422
    assert "Nobody grants" in alert(answer)[0]
    db.session.expire_all()
    assert not people.olga.holds(PUSH)


def test_a_directory_admin_grants_only_what_he_holds(people, olga, url, as_, monkeypatch):
    people.dora = make("dora@x.test", "Dora", "-", directory=Level.ADMIN)
    db.session.commit()
    dora = as_("dora")
    assert dora.post(url("stan", "/privileges"), data={"grant": PUSH}).status_code == 422
    assert not page(dora.get(url("stan"))).xpath(f"//button[@name='grant'][@value='{PUSH}']")
    give(people.dora, PUSH)
    db.session.commit()
    assert dora.post(url("stan", "/privileges"), data={"grant": PUSH}).status_code == 303
    db.session.expire_all()
    assert people.stan.holds(PUSH)


@pytest.mark.parametrize("posted", [{}, {"name": PUSH}, {"push": "1"}])
def test_a_press_of_no_button_does_nothing(people, olga, url, posted):
    assert olga.post(url("stan", "/privileges"), data=posted).status_code == 400
    assert not people.stan.holds(PUSH)


def test_an_unknown_privilege_is_refused(olga, url):
    assert "no such privilege" in alert(olga.post(url("stan", "/privileges"), data={"grant": "everything"}))[0]


def test_the_grid_is_saved_row_by_row_and_rows_that_were_not_shown_are_left_alone(people, olga, url):
    olga.post(
        url("ann", "/grid"),
        data={"kinds": ["job", "budget", "nothing"], "import-job": "y", "export-job": "y", "import-budget": "y"},
    )
    db.session.expire_all()
    assert [(row.kind, row.can_import, row.can_export) for row in people.ann.grid] == [("budget", True, False)]
    olga.post(url("ann", "/grid"), data={})
    db.session.expire_all()
    assert [row.kind for row in people.ann.grid] == ["budget"]
    ticked = page(olga.get(url("ann"))).xpath("//input[@type='checkbox'][@checked]/@name")
    assert "import-budget" in ticked
    assert "export-budget" not in ticked


def test_a_reset_shows_a_one_time_password_and_ends_his_sessions(people, olga, url, as_):
    stan = as_("stan")
    answer = olga.post(url("stan", "/password"))
    secret = words(page(answer).xpath("//*[@id='password']")[0])
    db.session.expire_all()
    assert people.stan.check_password(secret)
    assert stan.get("/projects/").status_code == 302
    assert secret not in str([e.details for e in audit.history(f"user:{people.stan.id}")])


def test_a_directory_admin_cannot_reset_olga_nor_ann(people, url, as_):
    people.dora = make("dora@x.test", "Dora", "-", directory=Level.ADMIN)
    db.session.commit()
    dora = as_("dora")
    kept = [people.olga.password_hash, people.ann.password_hash]
    assert [dora.post(url(name, "/password")).status_code for name in ("olga", "ann", "stan")] == [422, 422, 200]
    db.session.expire_all()
    assert [people.olga.password_hash, people.ann.password_hash] == kept


def test_what_was_changed_stands_below_in_words(people, olga, url):
    olga.post(url("stan", "/levels"), data={"level-erp": "3"})
    olga.post(url("stan", "/grid"), data={"kinds": ["budget"], "import-budget": "y"})
    told = all_words(olga.get(url("stan")), "//ul[@class='history']/li")
    assert "Olga grid Budget: import yes, export no" in told[0]
    assert "Olga levels ERP Integrations: Standard → Admin" in told[1]


def test_the_page_of_rights_has_every_action_and_every_active_person(people, olga):
    people.bob.active = False
    db.session.commit()
    shown = page(olga.get("/people/rights"))
    assert [words(head) for head in shown.xpath("//main//thead//th")] == ["Action", "Adam", "Ann", "Olga", "Pam", "Stan"]
    row = next(row for row in shown.xpath("//main//tbody/tr") if words(row[0]) == "Accept or Reject a Budget for Export to ERP")
    assert [words(cell).split()[0] for cell in row[1:]] == ["No", "Yes", "No", "No", "No"]
    assert "You need the privilege Can Push to Accounting." in words(row[5])


def test_one_person_alone_with_the_reasons_written_out(people, olga):
    shown = page(olga.get(f"/people/rights?person={people.stan.id}"))
    assert [words(head) for head in shown.xpath("//main//thead//th")] == ["Action", "Answer", "Why"]
    cells = {words(row[0]): [words(cell) for cell in row[1:]] for row in shown.xpath("//main//tbody/tr")}
    assert cells["Archive an ERP Company"] == ["Yes", "Standard on ERP Integrations."]
    assert cells["Accept or Reject a Budget for Export to ERP"] == ["No", f"You need the privilege {PUSH}. The owner grants it."]


@pytest.mark.parametrize("at", ["/people/999", "/people/0"])
def test_a_person_who_is_not_there_is_404(olga, at):
    assert olga.get(at).status_code == 404


def test_a_name_with_markup_is_text(people, olga, url):
    people.stan.name = "<script>alert(1)</script>"
    db.session.commit()
    for at in ("/people/", url("stan"), "/people/rights", f"/people/rights?person={people.stan.id}"):
        assert "<script>alert" not in olga.get(at).text


def test_who_is_logged_in_is_seen_on_his_page(people, olga, url):
    sessions.begin(people.stan)
    db.session.commit()
    assert "Logged in in 1 browser" in words(page(olga.get(url("stan"))).xpath("//main")[0])
