"""serve, show, act and update from the command line."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from erp.simulator import cli, connector, wire
from erp.simulator.actions import EXAMPLES
from erp.simulator.cli import main
from erp.simulator.company import Company
from erp.simulator.running import Timer
from tests.unit.simulator.server import HOST_QUERY, QWC, FakeServer


@pytest.fixture
def data(tmp_path: Path) -> str:
    return str(tmp_path / "data")


def test_a_first_look_makes_the_demo_company(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "customers", "--data", data]) == 0
    assert "City of Bayview:Fire Station 4" in capsys.readouterr().out


def test_several_processes_may_make_the_company_at_once(data: str) -> None:
    command = [sys.executable, "-m", "erp.simulator", "show", "--data", data, "vendors"]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    outputs = [process.communicate()[0] for process in started]
    assert len(set(outputs)) == 1
    assert outputs[0].count("\n") == 5
    assert [path.name for path in Path(data).iterdir() if path.suffix == ".new"] == []


@pytest.mark.parametrize("what", sorted(cli.SHOWN))
def test_everything_can_be_shown_as_text_and_as_json(data: str, capsys: pytest.CaptureFixture[str], what: str) -> None:
    assert main(["show", "--data", data, what]) == 0
    capsys.readouterr()
    assert main(["show", "--data", data, what, "--json"]) == 0
    assert isinstance(json.loads(capsys.readouterr().out), (list, dict))


def test_a_deed_is_done_or_refused(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["act", "--data", data, "rename", "customer", "City of Bayview", "Bayview"]) == 0
    assert main(["act", "--data", data, "rename", "customer", "City of Bayview", "Bayview"]) == 1
    assert "Refused. 3120" in capsys.readouterr().out
    main(["show", "--data", data, "customers"])
    assert "Bayview:Fire Station 4" in capsys.readouterr().out


def test_the_help_has_an_example_of_every_deed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["act", "--help"])
    text = capsys.readouterr().out
    assert all(example in text for example in EXAMPLES.values())


def test_every_outcome_has_an_exit_code() -> None:
    assert set(cli.EXITS) == set(connector.OUTCOMES)


def test_an_update_prints_its_log(
    data: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server = FakeServer([HOST_QUERY])
    monkeypatch.setattr(wire, "post", server.post)
    monkeypatch.setattr(wire, "get", lambda url: (200, {}, b""))
    (tmp_path / "c.qwc").write_text(QWC)
    assert main(["update", "--data", data, "--qwc", str(tmp_path / "c.qwc"), "--password", "pw"]) == 0
    assert "done: Update completed successfully." in capsys.readouterr().out
    server.answers["authenticate"] = ["", "nvu"]
    assert main(["update", "--data", data, "--qwc", str(tmp_path / "c.qwc"), "--password", "pw"]) == 2


@pytest.fixture
def timer(company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Timer:
    monkeypatch.setattr(wire, "get", lambda url: (200, {}, b""))
    return Timer(company, tmp_path / "c.qwc", tmp_path / "password", every=0.01)


def write_files(timer: Timer) -> None:
    timer.qwc.write_text(QWC)
    timer.password.write_text("pw\n")


def test_the_timer_waits_for_its_files(timer: Timer, monkeypatch: pytest.MonkeyPatch) -> None:
    server = FakeServer([HOST_QUERY])
    monkeypatch.setattr(wire, "post", server.post)
    assert timer.update() is None
    write_files(timer)
    session = timer.update()
    assert session is not None
    assert session.outcome == "done"
    assert server.arguments("authenticate")["strPassword"] == "pw"


def test_the_timer_survives_a_server_that_is_down(timer: Timer, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(url: str, headers: dict[str, str], body: bytes) -> wire.Answered:
        raise wire.Unreachable("refused")

    write_files(timer)
    monkeypatch.setattr(wire, "post", down)
    first = timer.update()
    assert first is not None
    assert first.outcome == "unreachable"
    timer.qwc.write_text(QWC + "\n")
    monkeypatch.setattr(wire, "post", FakeServer([HOST_QUERY]).post)
    second = timer.update()
    assert second is not None
    assert second.outcome == "done"


def test_the_timer_keeps_the_distance_the_application_wants(timer: Timer, monkeypatch: pytest.MonkeyPatch) -> None:
    server = FakeServer(answers={"authenticate": ["t", "none", "", "300"]})
    monkeypatch.setattr(wire, "post", server.post)
    write_files(timer)
    timer.update()
    assert timer.pause == 300.0


def test_the_timer_stops_at_once(timer: Timer) -> None:
    timer.every = 60
    thread = threading.Thread(target=timer.run)
    thread.start()
    timer.end()
    thread.join(1)
    assert not thread.is_alive()
