"""What a company starts: the compose file says only what the product knows, and the settings that it lives by are read."""

import re

import pytest
from flask import request

from app import CannotStart, create_app
from supervisor.settings import ROOT
from tests.unit.conftest import SETTINGS

yaml = pytest.importorskip("yaml")
COMPOSE = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())
SETTINGS_PAGE = (ROOT / "docs" / "settings.md").read_text()


def test_every_process_of_make_run_is_a_service():
    assert set(COMPOSE["services"]) == {"migrate", "web", "worker", "clock", "postgres", "redis", "caddy"}


def test_every_service_waits_only_for_services_that_are_there():
    for service in COMPOSE["services"].values():
        assert set(service.get("depends_on", ())) <= set(COMPOSE["services"])


def test_only_the_proxy_can_be_reached_from_outside():
    assert [name for name, service in COMPOSE["services"].items() if "ports" in service] == ["caddy"]


def test_every_volume_is_declared():
    used = [volume.partition(":")[0] for service in COMPOSE["services"].values() for volume in service.get("volumes", ())]
    assert {name for name in used if not name.startswith(".")} == set(COMPOSE["volumes"])


def test_the_drop_folder_outlives_the_container_and_all_who_lay_files_there_see_the_same():
    for name in ("web", "worker", "clock"):
        service = COMPOSE["services"][name]
        assert f"sage:{service['environment']['SAGE_DROP_DIR']}" in service["volumes"], name
    folder = COMPOSE["services"]["web"]["environment"]["SAGE_DROP_DIR"]
    assert re.search(rf"install .*--owner=countersign .*{folder}\b", (ROOT / "deploy" / "Dockerfile").read_text())
    assert f"enter `{folder}`" in (ROOT / "docs" / "operations.md").read_text()


def test_every_setting_stands_in_the_documentation():
    given = set(COMPOSE["services"]["web"]["environment"]) | set(
        re.findall(r"^(\w+)=", (ROOT / "deploy" / "env.example").read_text(), re.MULTILINE)
    )
    assert {name for name in given if f"`{name}`" not in SETTINGS_PAGE} == {"DOMAIN", "POSTGRES_PASSWORD"}


def test_no_secret_is_committed():
    assert "deploy/.env" in (ROOT / ".gitignore").read_text().split()
    assert re.findall(r"^(SECRET_KEY|POSTGRES_PASSWORD|METRICS_TOKEN)=(.+)$", (ROOT / "deploy" / "env.example").read_text(),
                      re.MULTILINE) == []  # fmt: skip


@pytest.mark.parametrize(("proxies", "address"), [("0", "10.0.0.9"), ("1", "203.0.113.7")])
def test_the_word_of_a_proxy_counts_only_where_one_stands(tmp_path, monkeypatch, proxies, address):
    monkeypatch.setenv("PROXIES", proxies)
    app = create_app({**SETTINGS, "SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path / 'proxies.db'}"})
    said = {"X-Forwarded-For": "6.6.6.6, 203.0.113.7", "X-Forwarded-Proto": "https"}
    seen = []
    app.before_request(lambda: seen.append(request.remote_addr) or "seen")
    app.test_client().get("/login", headers=said, environ_overrides={"REMOTE_ADDR": "10.0.0.9"})
    assert seen == [address]


def test_without_the_driver_of_postgresql_it_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setattr("app.find_spec", lambda name: None)
    with pytest.raises(CannotStart):
        create_app({**SETTINGS, "SQLALCHEMY_DATABASE_URI": "postgresql+psycopg://x@127.0.0.1/x"})
    assert "pip install 'psycopg[binary]'" in capsys.readouterr().out
