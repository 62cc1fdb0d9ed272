"""A Chromium for the end-to-end tests: one that is there, or one that is installed now; never silently none."""

import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping

from supervisor import apt
from supervisor.children import say
from supervisor.settings import Refused
from supervisor.venv import PYTHON

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "chrome")
APPLICATIONS = ("Google Chrome", "Chromium", "Microsoft Edge")
ASK_PLAYWRIGHT = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


INSTALL = "install it (Debian: sudo apt-get install chromium) or set CHROMIUM=/its/path."


class NoChromium(Refused):
    """No browser was found, and none could be installed; or nothing to drive it with."""

    status = 1


def resolve(env: Mapping[str, str]) -> str:
    """The path of a Chromium that runs here, and can be driven; raises NoChromium."""
    _prepare_driver()
    asked_for = env.get("CHROMIUM")
    if asked_for and not works(asked_for):
        raise NoChromium(f"CHROMIUM={asked_for} does not start: {INSTALL}")
    finders: tuple[Callable[[], Iterator[str]], ...] = (_on_path, _applications, _playwrights_own, _from_apt, _from_playwright)
    found = (path for find in finders for path in find() if works(path))
    path = asked_for or next(found, "")
    if not path:
        raise NoChromium(f"The end-to-end tests need Chromium: {INSTALL}")
    return path


def works(path: str) -> bool:
    """Whether a browser starts far enough to tell its version (Ubuntu's stub for a snap does not)."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=20).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _prepare_driver() -> None:
    """Playwright brings a Node.js of its own, which needs a library that a bare Debian does not have."""
    if not _driver_starts() and not (apt.install("libatomic1") and _driver_starts()):
        raise NoChromium("Playwright's driver does not start; on Debian: sudo apt-get install libatomic1")


def _driver_starts() -> bool:
    return subprocess.run([PYTHON, "-m", "playwright", "--version"], capture_output=True).returncode == 0


def _on_path() -> Iterator[str]:
    return (path for path in map(shutil.which, NAMES) if path)


def _applications() -> Iterator[str]:
    return (f"/Applications/{name}.app/Contents/MacOS/{name}" for name in APPLICATIONS)


def _playwrights_own() -> Iterator[str]:
    done = subprocess.run([PYTHON, "-c", ASK_PLAYWRIGHT], capture_output=True, text=True)
    if done.returncode == 0:
        yield done.stdout.strip()


def _from_apt() -> Iterator[str]:
    if apt.install("chromium", "fonts-liberation"):
        yield from _on_path()


def _from_playwright() -> Iterator[str]:
    say("Installing Playwright's Chromium, once …")
    if subprocess.run([PYTHON, "-m", "playwright", "install", "chromium"]).returncode == 0:
        yield from _playwrights_own()
