"""What is brought up, in which order, and what the person at the terminal reads."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from supervisor import start
from supervisor.children import Command
from supervisor.plan import environment, plan
from supervisor.redis_server import NONE_FOUND, Redis
from supervisor.settings import Settings

SETTINGS = Settings("127.0.0.1", 8000, 8001, Path("/var/countersign"), True, "k", None)
REDIS = Redis("unix:///var/countersign/redis.sock", ("valkey-server",), "valkey-server 9.1 on redis.sock")


class Diary:
    """A household that only writes down what it is asked."""

    def __init__(self) -> None:
        self.entries: list[str] = []

    def start(self, *commands: Command) -> None:
        self.entries += [f"start {command.name}" for command in commands]

    def finish(self, command: Command) -> str:
        self.entries.append(f"finish {command.name}")
        return "Pam  pam@example.com  demo\n"

    def until(self, test: Callable[[], bool], name: str) -> None:
        self.entries.append(f"until {name} answers")

    def tell(self, **facts: object) -> None:
        self.entries.append(f"tell {' '.join(facts)}")

    def watch(self) -> None:
        self.entries.append("watch")


def kept(settings: Settings = SETTINGS, redis: Redis = REDIS) -> list[str]:
    diary = Diary()
    start.keep_house(diary, plan(settings, redis), settings, redis.sentence)  # type: ignore[arg-type]
    return diary.entries


def test_the_page_comes_before_the_demo_people_and_all_before_the_word_ready() -> None:
    assert kept() == [
        "start redis",
        "finish migrate",
        "start web",
        "finish demo",
        "start simulator",
        "start worker",
        "start clock",
        "until web answers",
        "tell ready logins",
        "watch",
    ]


def test_without_redis_the_clock_works_alone() -> None:
    assert [entry for entry in kept(redis=NONE_FOUND) if "redis" in entry or "worker" in entry] == []
    assert "start clock" in kept(redis=NONE_FOUND)


def test_a_redis_of_others_is_used_but_not_started() -> None:
    entries = kept(redis=Redis("redis://other:6379", (), "the server at redis://other:6379"))
    assert "start worker" in entries
    assert "start redis" not in entries


def test_without_the_demo_there_are_no_demo_people_and_no_simulator() -> None:
    entries = kept(replace(SETTINGS, demo=False))
    assert not {"finish demo", "start simulator"} & set(entries)


def test_the_terminal_shows_the_address_the_logins_the_simulator_and_how_to_stop(capsys: pytest.CaptureFixture[str]) -> None:
    kept()
    said = capsys.readouterr().out
    for part in ("http://localhost:8000", "pam@example.com", "http://localhost:8001", "valkey-server 9.1", "Ctrl-C"):
        assert part in said


def test_the_terminal_shows_no_logins_where_there_is_no_demo(capsys: pytest.CaptureFixture[str]) -> None:
    kept(replace(SETTINGS, demo=False))
    said = capsys.readouterr().out
    assert "Simulated QuickBooks" not in said
    assert "python3 run.py flask user create" in said


def test_a_command_of_the_product_gets_the_folder_and_the_kept_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    got: dict[str, str] = {}
    monkeypatch.setattr(start.venv, "ensure", lambda lock: None)
    monkeypatch.setattr(start.subprocess, "run", lambda argv, cwd, env: got.update(env) or subprocess.CompletedProcess(argv, 4))
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    for name in ("SECRET_KEY", "HOST"):
        monkeypatch.delenv(name, raising=False)
    assert start.flask(["user", "list"]) == 4
    assert (got["VAR_DIR"], got["SECRET_KEY"]) == (str(tmp_path), (tmp_path / "secret_key").read_text())


def test_every_command_runs_in_the_virtual_environment() -> None:
    table = plan(SETTINGS, REDIS)
    commands = [table.migrate, table.web, table.demo, *table.others]
    assert {Path(command.argv[0]).parts[-3:] for command in commands if command} == {(".venv", "bin", "python")}


def test_the_web_listens_where_it_is_asked_to() -> None:
    assert "--listen=127.0.0.1:8000" in plan(SETTINGS, REDIS).web.argv
    assert "--listen=[::1]:8000" in plan(replace(SETTINGS, host="::1"), REDIS).web.argv


def test_children_get_what_was_decided_and_not_what_was_asked() -> None:
    env = environment(
        replace(SETTINGS, demo=False), NONE_FOUND, {"ERP_DEMO": "1", "REDIS_URL": "redis://x", "QBWC_LEASE_SECONDS": "5"}
    )
    assert "ERP_DEMO" not in env
    assert (env["REDIS_URL"], env["SECRET_KEY"], env["QBWC_LEASE_SECONDS"]) == ("", "k", "5")
    assert environment(SETTINGS, REDIS, {})["ERP_DEMO"] == "1"


def test_the_short_socket_folder_is_taken_away_and_the_long_one_stays(tmp_path: Path) -> None:
    private, var = tmp_path / "countersign-x1", tmp_path / "var"
    private.mkdir()
    var.mkdir()
    start._tidy(f"unix://{var}/redis.sock", var)
    start._tidy(f"unix://{private}/redis.sock", var)
    assert (private.exists(), var.exists()) == (False, True)
