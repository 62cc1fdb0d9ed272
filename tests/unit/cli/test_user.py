"""`flask user …`: the first owner, the first privilege, and a trail of all of it."""

import pytest

from erp.audit import Event
from erp.db import db
from erp.people import Level, User, may, sessions
from erp.people.login import find
from erp.people.user import PUSH


@pytest.fixture
def run(app):
    """flask user …: run("create", …) gives (exit status, what was printed)."""

    def call(*arguments):
        done = app.test_cli_runner().invoke(args=["user", *arguments])
        db.session.expire_all()
        return done.exit_code, done.output

    return call


def events(email):
    user = find(email)
    return [
        (e.action, e.actor, e.details) for e in db.session.query(Event).filter_by(subject=f"user:{user.id}").order_by(Event.id)
    ]


def test_the_first_owner_is_made_with_a_password_that_is_printed_once(run):
    status, said = run("create", "olga@new.test", "--owner", "--name", "Olga")
    secret = said.strip().rpartition(" ")[2]
    olga = find("olga@new.test")
    assert status == 0
    assert (olga.name, olga.owner, olga.level("directory"), olga.level("erp")) == ("Olga", True, Level.ADMIN, Level.NONE)
    assert olga.check_password(secret)
    assert len(secret) >= 16
    assert secret not in str([e.details for e in db.session.query(Event)])


def test_an_owner_holds_no_accounting_right(run):
    run("create", "olga@new.test", "--owner")
    assert not may(find("olga@new.test"), "view_desk")
    assert not may(find("olga@new.test"), "decide_job", kind="job")


def test_a_given_password_is_not_printed(run):
    _, said = run("create", "ann@new.test", "--erp", "standard", "--push", "--password", "given by hand")
    assert said == "ann@new.test can log in.\n"
    assert find("ann@new.test").check_password("given by hand")
    assert may(find("ann@new.test"), "decide_job", kind="job")


def test_a_name_is_made_of_the_e_mail_when_none_is_given(run):
    run("create", "stan.moreau@new.test")
    assert find("stan.moreau@new.test").name == "Stan.Moreau"


@pytest.mark.parametrize("email", ["ann", "", "a b@x.test", "a@x.test\nBcc: b@x.test", " a@x.test"])
def test_what_is_no_e_mail_is_refused(run, email):
    status, said = run("create", email)
    assert status == 1
    assert "is no e-mail address" in said
    assert db.session.query(User).count() == 0


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc/passwd", "America", "utc\0"])
def test_a_time_zone_that_is_none_is_refused_because_every_page_would_break(run, zone):
    status, said = run("create", "ann@new.test", "--zone", zone)
    assert status == 1
    assert "is no time zone" in said


def test_the_zone_of_a_person_is_kept(run):
    assert run("create", "ann@new.test", "--zone", "America/Los_Angeles")[0] == 0
    assert find("ann@new.test").zone == "America/Los_Angeles"


def test_an_e_mail_that_is_there_is_refused_whatever_its_capitals(run, people):
    status, said = run("create", "ANN@x.test")
    assert status == 1
    assert "exists already" in said


def test_everything_about_a_person_is_in_the_trail(run):
    run("create", "ann@new.test", "--erp", "standard", "--push")
    run("level", "ann@new.test", "erp", "admin")
    run("push", "ann@new.test", "--revoke")
    run("password", "ann@new.test", "--password", "another one")
    assert events("ann@new.test") == [
        ("create", "system:command line", {"owner": False, "levels": {"erp": 2}}),
        ("grant", "system:command line", {"privilege": PUSH}),
        ("level", "system:command line", {"tool": "erp", "level": "admin"}),
        ("revoke", "system:command line", {"privilege": PUSH}),
        ("password", "system:command line", {}),
    ]


def test_a_level_replaces_the_one_before(run, people):
    assert run("level", "ann@x.test", "erp", "read") == (0, "ann@x.test: ERP Integrations Read Only.\n")
    assert [(g.tool, g.as_level) for g in people.ann.grants] == [("erp", Level.READ)]


def test_a_level_on_a_project_tool_is_not_given_here(run, people):
    status, _ = run("level", "ann@x.test", "budget", "admin")
    assert status == 2


def test_granting_twice_is_granting_once_and_revoking_takes_all(run, people):
    run("push", "ann@x.test")
    assert len([p for p in people.ann.privileges if p.name == PUSH]) == 1
    assert run("push", "ann@x.test", "--revoke") == (0, f"ann@x.test: {PUSH} revoked.\n")
    assert not may(people.ann, "decide_job", kind="job")


def test_a_new_password_ends_the_old_one(run, people):
    key = sessions.begin(people.ann)
    _, said = run("password", "ann@x.test")
    assert people.ann.check_password(said.strip().rpartition(" ")[2])
    assert not people.ann.check_password("correct horse")
    assert sessions.reader(key) is None


@pytest.mark.parametrize("command", [("password",), ("level", "erp", "read"), ("push",)])
def test_a_person_who_is_not_there_is_named(run, command):
    name, *rest = command
    status, said = run(name, "who@x.test", *rest)
    assert status == 1
    assert "Nobody has the e-mail who@x.test." in said


def test_the_list_shows_levels_and_privileges_and_no_secret(run, people):
    _, said = run("list")
    lines = {line.split()[0]: " ".join(line.split()) for line in said.splitlines()}
    assert lines["ann@x.test"] == f"ann@x.test Ann ERP Integrations Standard; {PUSH}"
    assert lines["olga@x.test"] == "olga@x.test Olga Directory Admin; owner"
    assert "pbkdf2" not in said
