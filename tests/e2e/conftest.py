"""The whole product once per run, and its people in browsers of their own."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from erp.simulator.company import Company
from tests.e2e.chromium import launch_arguments
from tests.e2e.stack import Stack

expect.set_options(timeout=15_000)
SAGE = Path(__file__).resolve().parents[3] / "shared" / "data" / "sage"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What waits for the real clock begins first: the other stack is busy meanwhile."""
    items.sort(key=lambda item: "daily_summary" not in item.nodeid)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    return launch_arguments()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """`make run` in a folder of its own."""
    with Stack(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture(scope="session")
def company(stack: Stack) -> Company:
    """The simulated company file, looked at from outside: the judge of every story."""
    return Company(stack.var / "simulator" / "company.sqlite")


class Complaints(list[str]):
    """What a browser complained about: script errors and violations of the content policy."""

    def watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.append(f"{page.url}: {error}"))
        page.on("console", lambda said: self.append(f"{page.url}: {said.text}") if _bad(said.text, said.type) else None)


def _bad(text: str, kind: str) -> bool:
    return "Content Security Policy" in text or (
        kind == "error" and not re.search(r"status of (401|403|404|409|413|422|429)", text)
    )


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """Every browser test ends without a complaint."""
    heard = Complaints()
    yield heard
    assert not heard, "\n".join(heard)


SESSIONS: dict[tuple[str, str], Any] = {}
"""The cookies of who has logged in at a stack before: a login takes a second, and most stories are not about it."""


@pytest.fixture
def person(browser: Browser, stack: Stack, complaints: Complaints) -> Iterator[Callable[..., Page]]:
    """Somebody of the demo, logged in: person("pam")."""
    opened: list[Any] = []

    def log_in(name: str, **options: Any) -> Page:
        known = {"storage_state": SESSIONS.get((stack.base_url, name)), "viewport": {"width": 1280, "height": 800}, **options}
        context = browser.new_context(base_url=stack.base_url, **known)
        opened.append(context)
        page = context.new_page()
        complaints.watch(page)
        page.goto("/")
        if page.get_by_role("button", name="Log in").is_visible():
            page.get_by_label("E-mail").fill(f"{name}@demo.test")
            page.get_by_label("Password").fill("countersign")
            page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("button", name="Log out")).to_be_visible()
        SESSIONS[stack.base_url, name] = context.storage_state()
        return page

    yield log_in
    for context in opened:
        context.close()


@pytest.fixture
def pam(person: Callable[..., Page]) -> Page:
    return person("pam")


@pytest.fixture
def ann(person: Callable[..., Page]) -> Page:
    return person("ann")


@pytest.fixture
def adam(person: Callable[..., Page]) -> Page:
    return person("adam")
