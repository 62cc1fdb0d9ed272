"""`flask demo`: invented people on this machine alone, once."""

import os
import stat

import pytest

from app import CannotStart, create_app
from erp.cli.demo import LOGINS
from erp.connections import Connection
from erp.db import db
from erp.documents import project
from erp.documents.company import Company
from erp.people import User, may
from erp.people.login import find
from erp.simulator.demo import CUSTOMERS, VENDORS
from tests.unit.conftest import SETTINGS


@pytest.fixture
def run(app):
    def call(*arguments):
        done = app.test_cli_runner().invoke(args=["demo", *arguments])
        db.session.expire_all()
        return done.exit_code, done.output

    return call


def test_the_demo_has_the_people_of_the_product_with_their_rights(run):
    status, said = run()
    assert status == 0
    assert [login["email"] for login in LOGINS] == [f"{n}@demo.test" for n in ("pam", "ann", "bob", "stan", "adam", "olga")]
    assert all(login["email"] in said for login in LOGINS)
    people = {login["email"].partition("@")[0]: find(login["email"]) for login in LOGINS}
    assert [name for name, user in people.items() if may(user, "decide_job", kind="job")] == ["ann", "bob"]
    assert [name for name, user in people.items() if may(user, "configure")] == ["adam"]
    assert [name for name, user in people.items() if may(user, "manage_people")] == ["olga"]
    assert may(people["adam"], "send", kind="cost_code", tools=("company_admin",))
    pier = project.visible(people["pam"])[0]
    assert may(people["pam"], "send", kind="job", tools=("project_admin",), project_id=pier.id)


def test_the_demo_has_companies_of_which_one_is_a_vendor_and_one_a_customer_of_the_demo_file_already(run):
    run()
    names = {row.name for row in db.session.query(Company)}
    assert len(names) == 5
    assert names & {vendor for vendor, _ in VENDORS} == {"Delgado Electric"}
    assert names & {customer for customer, *_ in CUSTOMERS} == {"Bayview Port Authority"}


def test_a_second_run_adds_nothing(run):
    run()
    before = (db.session.query(User).count(), db.session.query(Connection).count())
    status, said = run()
    assert status == 0
    assert "pam@demo.test" in said
    assert (db.session.query(User).count(), db.session.query(Connection).count()) == before


def test_the_web_connectors_password_goes_into_a_file_for_its_owner_alone(run, tmp_path):
    secret, qwc = tmp_path / "password", tmp_path / "demo.qwc"
    run("--password-file", str(secret), "--qwc", str(qwc))
    assert stat.S_IMODE(os.stat(secret).st_mode) == 0o600
    assert db.session.query(Connection).one().check_password(secret.read_text())
    assert secret.read_text() not in qwc.read_text()


def test_another_port_at_the_next_start_moves_the_connection(run, tmp_path):
    qwc = tmp_path / "demo.qwc"
    run("--base-url", "http://localhost:8000", "--qwc", str(qwc))
    run("--base-url", "http://localhost:8123/", "--qwc", str(qwc))
    assert db.session.query(Connection).one().base_url == "http://localhost:8123"
    assert "<AppURL>http://localhost:8123/qbwc</AppURL>" in qwc.read_text()


def test_without_the_switch_there_is_no_demo_and_no_login_on_the_page(app, run, client):
    app.config["ERP_DEMO"] = False
    status, said = run()
    assert status == 1
    assert "ERP_DEMO=1" in said
    assert db.session.query(User).count() == 0


def test_demo_passwords_do_not_stand_on_the_login_page_of_a_real_deployment(tmp_path):
    settings = {**SETTINGS, "ERP_DEMO": False, "SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path / 'real.db'}"}
    assert b"demo.test" not in create_app(settings).test_client().get("/login").data
    assert b"demo.test" in create_app({**settings, "ERP_DEMO": True}).test_client().get("/login").data


@pytest.mark.parametrize(("demo", "host", "starts"), [(True, "127.0.0.1", True), (True, "localhost", True), (True, "::1", True),
                                                      (True, "0.0.0.0", False), (True, "192.168.1.5", False), (True, "", False),
                                                      (False, "0.0.0.0", True)])  # fmt: skip
def test_known_passwords_and_a_public_address_never_go_together(tmp_path, capsys, demo, host, starts):
    settings = {**SETTINGS, "ERP_DEMO": demo, "HOST": host, "SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path / 'x.db'}"}
    if starts:
        assert create_app(settings)
        return
    with pytest.raises(CannotStart) as refused:
        create_app(settings)
    assert refused.value.code == 2
    assert "127.0.0.1" in capsys.readouterr().out


def test_without_a_secret_key_nothing_starts(capsys):
    with pytest.raises(CannotStart) as refused:
        create_app({**SETTINGS, "SECRET_KEY": ""})
    assert refused.value.code == 2
    assert "Set SECRET_KEY" in capsys.readouterr().out
