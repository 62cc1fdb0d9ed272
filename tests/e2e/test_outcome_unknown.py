"""Outcome unknown and Verify in a browser: no axe violation in light and dark, nothing wider than a phone, and the way out works."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from supervisor.settings import ROOT
from tests.e2e.conftest import Complaints
from tests.e2e.looks import looked_at

PAGES = ("unknown", "list", "verify", "record", "details", "all")


@pytest.fixture(scope="module")
def served() -> Iterator[dict[str, Any]]:
    """A house with a budget of unknown outcome, and findings of every colour."""
    with subprocess.Popen([sys.executable, "-m", "tests.e2e.unknown_house"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # fmt: skip
        assert process.stdout
        yield json.loads(process.stdout.readline())
        process.communicate(timeout=20)


@pytest.fixture
def visitor(browser: Browser, served: dict[str, Any], complaints: Complaints) -> Iterator[Callable[..., Page]]:
    """Somebody of that house, logged in."""
    opened: list[Any] = []

    def come(name: str, **options: Any) -> Page:
        context = browser.new_context(base_url=served["url"], **{"viewport": {"width": 1280, "height": 800}, **options})
        opened.append(context)
        context.add_cookies([{"name": "session", "value": served["cookies"][name], "url": served["url"]}])
        page = context.new_page()
        complaints.watch(page)
        return page

    yield come
    for context in opened:
        context.close()


@pytest.mark.parametrize("name", ["erin", pytest.param("ann", marks=pytest.mark.long)])
def test_no_page_has_an_accessibility_violation_or_is_wider_than_a_phone(
    visitor: Callable[..., Page], served: dict[str, Any], name: str
) -> None:
    page, found = visitor(name), []
    for path in PAGES:
        page.goto(served["pages"][path])
        found += looked_at(page)
    assert not found, "\n".join(found)


def test_ann_goes_from_the_row_to_the_page_and_adopts_what_is_there(visitor: Callable[..., Page], served: dict[str, Any]) -> None:
    ann = visitor("ann")
    ann.goto(served["pages"]["list"])
    ann.get_by_role("link", name="Outcome unknown").click()
    expect(ann.get_by_role("heading", name="What the last look found")).to_be_visible()
    ann.get_by_label("I mean it all the same").check()
    ann.get_by_label("Reason").fill("Rita moved it on purpose.")
    ann.get_by_role("button", name="Adopt what is there").click()
    expect(ann.get_by_text("Adopted. It is Synced now")).to_be_visible()
