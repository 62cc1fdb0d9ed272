"""`flask connection …`: a connection from the command line; its password is printed once and kept nowhere in clear."""

import pytest

from erp.audit import Event
from erp.connections import Connection
from erp.db import db


@pytest.fixture
def run(app):
    def call(*arguments):
        done = app.test_cli_runner().invoke(args=["connection", *arguments])
        db.session.expire_all()
        return done.exit_code, done.output

    return call


def printed(said, label):
    return next(line.partition(": ")[2] for line in said.splitlines() if line.startswith(label))


def test_a_connection_is_made_with_its_file_and_a_password_shown_once(run, tmp_path):
    path = tmp_path / "file.qwc"
    status, said = run("create", "Harbor & Hill", "--base-url", "https://erp.x.test/", "--qwc", str(path))
    made = db.session.query(Connection).one()
    secret = printed(said, "Password")
    assert status == 0
    assert (made.name, made.base_url, made.username) == ("Harbor & Hill", "https://erp.x.test", printed(said, "User name"))
    assert made.check_password(secret)
    body = path.read_bytes().decode()
    assert secret not in body
    assert "<AppURL>https://erp.x.test/qbwc</AppURL>" in body
    assert "Harbor &amp; Hill" in body
    assert "\r\n" in body


def test_the_password_is_in_no_row_of_the_database(run):
    _, said = run("create", "Harbor & Hill", "--base-url", "https://erp.x.test")
    secret, dump = printed(said, "Password"), []
    for table in db.metadata.sorted_tables:
        dump += [str(row) for row in db.session.execute(table.select())]
    assert dump
    assert not any(secret in row for row in dump)


@pytest.mark.parametrize(
    "url", ["http://erp.x.test", "ftp://erp.x.test", "erp.x.test", "https://10.0.0.1", "https://[::1]", "https://"]
)
def test_an_address_that_the_web_connector_refuses_is_refused_here(run, url):
    status, said = run("create", "Harbor & Hill", "--base-url", url)
    assert status == 1
    assert said.startswith("Error: ")
    assert db.session.query(Connection).count() == 0


@pytest.mark.parametrize("url", ["https://erp.x.test", "http://localhost:8000", "http://server-7:8000"])
def test_an_address_that_it_takes_is_taken(run, url):
    assert run("create", "Harbor & Hill", "--base-url", url)[0] == 0


def test_a_new_password_ends_the_old_one_and_is_in_the_trail(run, connection):
    before = connection.settings["password"]
    _, said = run("password", str(connection.id))
    assert connection.check_password(printed(said, "Password"))
    assert not connection.check_password(before)
    assert (
        db.session.query(Event).filter_by(subject=f"connection:{connection.id}", action="password").one().actor
        == "system:command line"
    )


def test_a_connection_that_is_not_there_is_named(run):
    status, said = run("password", "77")
    assert status == 1
    assert "There is no connection 77." in said


def test_the_list_says_when_each_was_seen_and_what_is_wrong(run, connection):
    assert "never seen" in run("list")[1]
    connection.problem = "Another company file is open."
    db.session.commit()
    assert run("list")[1].strip().endswith("Another company file is open.")


def test_a_connection_to_sage_needs_no_address_and_has_no_password(run):
    status, said = run("create", "Ridge", "--kind", "sage300")
    made = db.session.query(Connection).one()
    assert (status, made.kind, made.base_url) == (0, "sage300", "")
    assert "Password" not in said
    assert "Read back from Sage" in said
    status, said = run("password", str(made.id))
    assert (status, "never calls" in said) == (1, True)


@pytest.mark.parametrize("more", [["--qwc", "x.qwc"], ["--base-url", "nonsense"]])
def test_sage_takes_no_file_and_no_address_that_is_none(run, tmp_path, more):
    status, said = run("create", "Ridge", "--kind", "sage300", *more)
    assert (status, said.startswith("Error: ")) == (1, True)
    assert db.session.query(Connection).count() == 0


def test_quickbooks_still_needs_its_address(run):
    assert run("create", "Harbor & Hill")[0] == 1
    assert db.session.query(Connection).count() == 0
