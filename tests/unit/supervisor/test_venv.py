"""The virtual environment is made and filled once for each content of a lock."""

import re
from pathlib import Path

import pytest

from supervisor import apt, venv
from supervisor.settings import ROOT


class Installer:
    def __init__(self) -> None:
        self.filled: list[str] = []

    def fill(self, folder: Path, lock: Path) -> None:
        (folder / "bin").mkdir(parents=True, exist_ok=True)
        (folder / "bin" / "python").touch()
        self.filled.append(lock.name)


@pytest.fixture
def installer(monkeypatch: pytest.MonkeyPatch) -> Installer:
    installer = Installer()
    monkeypatch.setattr(venv, "_make", lambda folder: None)
    monkeypatch.setattr(venv, "_fill", installer.fill)
    return installer


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / venv.RUN).write_text("flask==3.1.3\n")
    (tmp_path / venv.TEST).write_text("flask==3.1.3\npytest==9.2.0\n")
    return tmp_path


def ensure(lock: str, project: Path) -> None:
    venv.ensure(lock, project / ".venv", project)


def test_the_second_start_installs_nothing(project: Path, installer: Installer) -> None:
    ensure(venv.RUN, project)
    ensure(venv.RUN, project)
    assert installer.filled == [venv.RUN]


def test_a_changed_lock_is_installed_again(project: Path, installer: Installer) -> None:
    ensure(venv.RUN, project)
    (project / venv.RUN).write_text("flask==3.1.4\n")
    ensure(venv.RUN, project)
    assert installer.filled == [venv.RUN, venv.RUN]


def test_an_environment_whose_python_is_gone_is_made_again(project: Path, installer: Installer) -> None:
    ensure(venv.RUN, project)
    (project / ".venv/bin/python").unlink()
    ensure(venv.RUN, project)
    assert len(installer.filled) == 2


def test_the_tests_packages_are_enough_to_run_but_not_the_other_way_round(project: Path, installer: Installer) -> None:
    ensure(venv.RUN, project)
    ensure(venv.TEST, project)
    assert installer.filled == [venv.RUN, venv.TEST]
    ensure(venv.RUN, project)
    assert len(installer.filled) == 2


def test_a_failed_installation_leaves_no_stamp(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(venv, "_make", lambda folder: None)
    monkeypatch.setattr(venv, "_with_uv", lambda *_: False)
    monkeypatch.setattr(venv, "_with_pip", lambda *_: False)
    with pytest.raises(venv.NotInstalled):
        ensure(venv.RUN, project)
    assert not venv.is_current(venv.RUN, project / ".venv", project)


def test_a_debian_without_venv_is_told_the_package(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(venv.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(apt, "install", lambda *packages: False)
    with pytest.raises(venv.NotInstalled, match=r"sudo apt-get install python3\.\d+-venv"):
        ensure(venv.RUN, project)


def test_uv_is_installed_first_from_its_own_lines_of_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    lock.write_text(
        "text==1 \\\n    --hash=sha256:aa\n    # via x\nuv==0.13.9 \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\nzeep==4\n"
    )
    assert venv._pin(lock, "uv") == "uv==0.13.9 \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\n"
    assert venv._pin(lock, "pip") == ""


def test_the_tests_lock_pins_all_that_the_other_one_pins() -> None:
    assert pins(venv.RUN) <= pins(venv.TEST)


@pytest.mark.parametrize("lock", [venv.RUN, venv.TEST])
def test_locks_hold_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert all(f"{pin} \\\n    --hash=sha256:" in text for pin in pins(lock))
    assert not re.search(r"://|index|find-links|trusted-host|^-", text, re.MULTILINE)


def test_the_server_of_production_is_not_in_the_lock() -> None:
    assert not re.search(r"^gunicorn", (ROOT / venv.RUN).read_text(), re.MULTILINE)


def pins(lock: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9][^\\\n]*?) \\$", (ROOT / lock).read_text(), re.MULTILINE))
