"""Story 4: the daily summary, one mail per day per approver until the last item is decided.

The real clock process and a real mail server; the day is moved by restarting everything at a later time (see moved_date/).
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from datetime import time as hour
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.desk import accept, new_project, open_list, row, send
from tests.e2e.stack import Stack
from tests.smtp import Server

ZONE = ZoneInfo("America/Los_Angeles")
"""Where the people of the demo live."""
ONE_TICK = 7
SUMMARY = "ERP Integrations Daily Summary"


class Days:
    """The product on the days after today; `morning` is a minute after seven."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.today = datetime.now(UTC).astimezone(ZONE).date()
        self.day = date.min

    def move(self, day: int, at: hour) -> None:
        """Stop everything, and start it again on that day."""
        self.day = self.today + timedelta(days=day)
        moment = datetime.combine(self.day, at, ZONE).astimezone(UTC)
        self.stack.env["MOVED_TO"] = f"{time.time()}|{moment.isoformat()}"
        self.stack.stop()
        self.stack.start()

    def morning(self, day: int) -> None:
        """That day at seven, a few seconds later."""
        self.move(day, hour(7, 0, 5))


@pytest.fixture(scope="module")
def post() -> Iterator[Server]:
    """The mail server."""
    with Server() as running:
        yield running


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, post: Server) -> Iterator[Stack]:
    """A product of its own, that sends mails and whose day can be moved."""
    path = str(Path(__file__).parent / "moved_date")
    made = Stack(tmp_path_factory.mktemp("days"), MAIL_URL=post.url, PYTHONPATH=path)
    yield made
    made.stop()


def summaries(post: Server) -> Counter[tuple[str, str]]:
    """(to, the number of items in the subject) of every summary that arrived."""
    found = [(to, message["Subject"]) for to, message in post.got if message["Subject"].startswith(SUMMARY)]
    return Counter((to.partition("@")[0], subject.partition(": ")[2].partition(" ")[0]) for to, subject in found)


def arrive(post: Server, n: int) -> None:
    """Wait until so many summaries have arrived, and a little longer for one too many."""
    deadline = time.monotonic() + 30
    while summaries(post).total() < n and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(ONE_TICK)


def send_when_lists_are_read(page: Page) -> None:
    """The simulated Web Connector reads the lists in the first seconds."""
    while page.get_by_role("button", name="Send to ERP").get_attribute("aria-disabled") == "true":
        time.sleep(0.5)
        page.reload()
    send(page)


def test_one_mail_a_day_for_each_approver_until_the_last_item_is_decided(
    stack: Stack, post: Server, person: Callable[..., Page]
) -> None:  # fmt: skip
    days = Days(stack)
    days.move(1, hour(12))
    pam = person("pam")
    for number, name in (("26-0401", "Signal House"), ("26-0402", "Tide Gate")):
        new_project(pam, number, name, "City of Bayview")
        send_when_lists_are_read(pam)
    time.sleep(ONE_TICK)
    assert not summaries(post), "it was sent at noon, and the next summary is tomorrow's"

    days.morning(2)
    arrive(post, 2)
    assert summaries(post) == {("ann", "2"): 1, ("bob", "2"): 1}
    days.move(2, hour(15))
    time.sleep(ONE_TICK)
    assert summaries(post).total() == 2, "one a day, whoever restarts it"

    ann = person("ann")
    ann.goto(link_to(post, "Signal House"))
    expect(ann.get_by_text("Signal House").first).to_be_visible()
    open_list(ann, "Jobs")
    accept(ann, "Signal House")

    days.morning(3)
    arrive(post, 4)
    assert summaries(post) == {("ann", "2"): 1, ("bob", "2"): 1, ("ann", "1"): 1, ("bob", "1"): 1}
    bob = person("bob")
    bob.goto("/me/mail")
    bob.get_by_label("Send me the daily summary").uncheck()
    bob.get_by_role("button", name="Save").click()
    expect(bob.get_by_text("No summary comes any more")).to_be_visible()
    bob.close()

    days.morning(4)
    arrive(post, 5)
    assert summaries(post) - Counter({("ann", "2"): 1, ("bob", "2"): 1, ("bob", "1"): 1}) == {("ann", "1"): 2}
    ann = person("ann")
    open_list(ann, "Jobs")
    row(ann, "Tide Gate").get_by_role("button", name="Reject").click()
    row(ann, "Enter a Comment").get_by_role("button", name="Reject").click()
    expect(row(ann, "Tide Gate")).to_have_count(0)

    days.morning(5)
    time.sleep(ONE_TICK)
    assert summaries(post).total() == 5, "the last item is decided"
    ids = [message["Message-ID"] for _, message in post.got]
    assert len(ids) == len(set(ids)), "no mail came twice"


def link_to(post: Server, name: str) -> str:
    """The link below an item's line in Ann's newest mail."""
    text = [message for to, message in post.got if to.startswith("ann@")][-1].get_body(("plain",)).get_content()
    return str(text.partition(name)[2].splitlines()[1].strip())
