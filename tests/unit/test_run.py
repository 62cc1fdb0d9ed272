"""run.py: the two commands without make."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import run
from supervisor import browser, commands, venv
from supervisor.settings import ROOT


def called(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name not in {"SECRET_KEY", "ERP_DEMO", "PORT", "HOST"}}
    return subprocess.run([sys.executable, "run.py", *arguments], cwd=ROOT, env=clean | env, capture_output=True, text=True)


def test_without_a_word_it_tells_its_commands() -> None:
    done = called()
    assert done.returncode == 0
    assert all(f"make {name}" in done.stdout for name in ("run", "test", "check", "prove", "bench"))


def test_the_makefile_has_every_command_that_the_help_names() -> None:
    makefile = (ROOT / "Makefile").read_text()
    assert all(
        f"\n{name}:\n\t@$(PYTHON) run.py {name}" in makefile for name in ("help", "run", "test", "check", "prove", "bench")
    )


def test_an_open_host_without_a_secret_key_is_refused_before_anything_is_started(tmp_path: Path) -> None:
    done = called("run", HOST="0.0.0.0", VAR_DIR=str(tmp_path / "var"))
    assert done.returncode == 2
    assert done.stdout.count("\n") == 1
    assert "SECRET_KEY" in done.stdout
    assert not (tmp_path / "var").exists()


def test_the_demo_on_an_open_host_is_refused(tmp_path: Path) -> None:
    done = called("run", HOST="0.0.0.0", SECRET_KEY="k", ERP_DEMO="1", VAR_DIR=str(tmp_path / "var"))
    assert done.returncode == 2
    assert not (tmp_path / "var").exists()


def test_an_old_python_hands_over_to_a_newer_one_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replaced: list[list[str]] = []
    program(tmp_path / "python3.13", "exit 1")
    program(tmp_path / "python3.12", "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(run.os, "execv", lambda path, argv: replaced.append(argv))
    monkeypatch.setattr(sys, "argv", ["run.py", "test", "-x"])
    run.run_on_a_newer_python()
    assert replaced == [[str(tmp_path / "python3.12"), "run.py", "test", "-x"]]


def test_without_a_newer_python_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(run.sys, "version_info", (3, 9, 2))
    assert run.main() == 1
    assert capsys.readouterr().out.startswith("Countersign needs Python 3.11 or newer; this is ")


def test_the_first_lines_of_run_py_are_understood_by_any_python_3() -> None:
    compile((ROOT / "run.py").read_text(), "run.py", "exec", dont_inherit=True)
    assert "from __future__" not in (ROOT / "run.py").read_text()


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Everything is installed; commands are written down, and those that name `bad` fail."""
    made: list[tuple[str, ...]] = []

    def python(*arguments: str, env: object = None) -> int:
        made.append(arguments)
        return 3 if any("bad" in argument for argument in arguments) else 0

    monkeypatch.setattr(venv, "ensure", lambda lock: None)
    monkeypatch.setattr(browser, "resolve", lambda env: "/chromium")
    monkeypatch.setattr(commands, "_python", python)
    return made


def test_test_runs_the_unit_tests_then_some_on_postgresql_and_then_the_end_to_end_tests(calls: list[tuple[str, ...]]) -> None:
    assert commands.command(["test"]) == 0
    assert [call[2] for call in calls] == ["tests/unit", "--database=postgresql", "tests/e2e"]


def test_what_runs_on_postgresql_is_there(calls: list[tuple[str, ...]]) -> None:
    commands.command(["test"])
    assert [path for path in calls[1] if path.startswith("tests/") and not (commands.ROOT / path).exists()] == []


def test_prove_runs_what_is_long_and_everything_once_more_on_postgresql_and_ends_with_one_table(
    calls: list[tuple[str, ...]],
) -> None:
    assert commands.command(["prove"]) == 0
    assert [call[2] for call in calls[:3]] == ["tests/prove", "tests/unit", "--database=postgresql"]
    assert calls[1][3:] == ("tests/e2e", "--long", "-m", "long")
    assert {"tests/unit", "tests/prove"} <= set(calls[2])
    assert [call[1] for call in calls[3:]] == ["tests.prove.figures"]


def test_a_proof_that_fails_is_the_exit_status_and_the_table_comes_all_the_same(calls: list[tuple[str, ...]]) -> None:
    assert [commands.command([name, "bad"]) for name in ("prove", "fuzz")] == [3, 3]
    assert [call[1] for call in calls] == ["pytest", "tests.prove.figures"] * 2


def test_test_with_arguments_is_one_call(calls: list[tuple[str, ...]]) -> None:
    commands.command(["test", "tests/unit", "-k", "budget"])
    assert calls == [("-m", "pytest", "tests/unit", "-k", "budget")]


def test_a_failure_is_the_exit_status(calls: list[tuple[str, ...]]) -> None:
    assert commands.command(["test", "bad"]) == 3


def test_the_first_failure_ends_the_tests(calls: list[tuple[str, ...]]) -> None:
    assert commands._first_failure(iter([0, 5, pytest.fail])) == 5  # type: ignore[list-item]


def test_check_runs_every_check_even_after_a_failure(calls: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "CHECKS", (("bad",), ("good",)))
    assert commands.command(["check"]) == 3
    assert calls == [("bad",), ("good",)]


def test_a_refusal_is_one_line_and_its_status(
    calls: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(browser, "resolve", refuse)
    assert commands.command(["test"]) == 1
    assert capsys.readouterr().out == "no browser\n"
    assert calls == []


def test_what_does_not_exist_yet_is_said(
    calls: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(commands, "ROOT", tmp_path)
    assert (commands.command(["prove"]), commands.command(["bench"])) == (1, 1)
    assert capsys.readouterr().out == "There is no tests/prove yet.\nThere is no bench/run.py yet.\n"


def refuse(env: object) -> str:
    raise browser.NoChromium("no browser")


def program(path: Path, code: str) -> None:
    path.write_text(f"#!/bin/sh\n{code}\n")
    path.chmod(0o755)
