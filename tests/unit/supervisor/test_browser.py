"""A Chromium is found, or installed, or its absence is said; never silently none."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from supervisor import apt, browser


def program(path: Path, status: int = 0) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\nexit {status}\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture(autouse=True)
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No browser anywhere, no apt, no download."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(browser, "_driver_starts", lambda: True)
    monkeypatch.setattr(browser, "_applications", nothing)
    monkeypatch.setattr(browser, "_playwrights_own", nothing)
    monkeypatch.setattr(browser, "_from_playwright", nothing)
    monkeypatch.setattr(apt, "install", lambda *packages: False)


def test_the_one_that_is_asked_for_wins(tmp_path: Path) -> None:
    program(tmp_path / "bin" / "chromium")
    mine = program(tmp_path / "mine")
    assert browser.resolve({"CHROMIUM": mine}) == mine


def test_one_that_is_asked_for_and_does_not_start_is_said_not_replaced(tmp_path: Path) -> None:
    program(tmp_path / "bin" / "chromium")
    with pytest.raises(browser.NoChromium, match="CHROMIUM=/no/such does not start"):
        browser.resolve({"CHROMIUM": "/no/such"})


def test_one_on_path_is_taken_before_playwrights_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = program(tmp_path / "own" / "chrome")
    monkeypatch.setattr(browser, "_playwrights_own", lambda: iter([own]))
    assert browser.resolve({}) == own
    on_path = program(tmp_path / "bin" / "google-chrome")
    assert browser.resolve({}) == on_path


def test_a_stub_that_does_not_start_is_passed_over(tmp_path: Path) -> None:
    program(tmp_path / "bin" / "chromium", status=1)
    real = program(tmp_path / "bin" / "google-chrome")
    assert browser.resolve({}) == real


def test_without_one_apt_installs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apt, "install", lambda *packages: bool(program(tmp_path / "bin" / "chromium")) and "chromium" in packages)
    assert browser.resolve({}) == str(tmp_path / "bin" / "chromium")


def test_where_apt_is_not_ours_playwright_installs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "_from_playwright", lambda: iter([program(tmp_path / "chrome")]))
    assert browser.resolve({}) == str(tmp_path / "chrome")


def test_without_any_the_cure_is_said_in_one_line() -> None:
    with pytest.raises(browser.NoChromium, match=r"sudo apt-get install chromium.*CHROMIUM=") as refusal:
        browser.resolve({})
    assert "\n" not in str(refusal.value)
    assert refusal.value.status == 1


def test_a_bare_debian_gets_the_library_of_playwrights_driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[str] = []
    program(tmp_path / "bin" / "chromium")
    monkeypatch.setattr(browser, "_driver_starts", lambda: "libatomic1" in installed)
    with pytest.raises(browser.NoChromium, match="sudo apt-get install libatomic1"):
        browser.resolve({})
    monkeypatch.setattr(apt, "install", lambda *packages: installed.extend(packages) or True)
    browser.resolve({})
    assert installed == ["libatomic1"]


def test_apt_is_left_alone_by_everybody_but_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(apt.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(apt, "_apt", lambda *arguments: pytest.fail("apt-get was called"))
    assert not apt.install("chromium")


def nothing() -> Iterator[str]:
    return iter(())
