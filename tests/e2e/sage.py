"""Sage 300 in the browser: what Adam reads back, what Ann keys in, downloads and says, and a Sage that takes the files."""

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.e2e.desk import accept, row

SYSTEM = "Sage 300"


def data_set(adam: Page, name: str) -> str:
    """Adam makes a connection to a Sage data set; its number in the addresses."""
    adam.goto("/settings/connections/new")
    adam.get_by_label("Name").fill(name)
    adam.get_by_label("Accounting system").select_option(label="Sage 300 CRE")
    adam.get_by_role("button", name="Create connection").click()
    adam.wait_for_url(re.compile(r"/settings/connections/[0-9]+"))
    desk = re.findall("[0-9]+", urlsplit(adam.url).path)[0]
    adam.goto(f"/erp/{desk}/job/")
    expect(adam.get_by_role("heading", name=f"{SYSTEM} · {name}")).to_be_visible()
    return desk


def written(folder: Path, name: str, rows: Iterable[Sequence[object]]) -> Path:
    """A file as Sage exports it."""
    file = folder / f"{name}.csv"
    with file.open("w", newline="") as opened:
        csv.writer(opened).writerows(rows)
    return file


def read_back(adam: Page, desk: str, what: str, file: Path) -> None:
    """Adam uploads a list or report that was exported from Sage and takes it."""
    adam.goto(f"/erp/{desk}/readback")
    adam.get_by_label("What the file is").select_option(label=what)
    adam.locator("input[type=file]").set_input_files(file)
    adam.get_by_role("button", name="Next").click()
    adam.get_by_role("button", name="Preview").click()
    adam.get_by_role("button", name="Take it").click()
    expect(adam.get_by_text("read back,").first).to_be_visible()


def export(ann: Page, desk: str, tab: str, *names: str, badge: str = "File ready") -> None:
    """Ann accepts these and exports; they wait with the badge."""
    ann.goto(f"/erp/{desk}/{tab}/ready-to-export")
    for name in names:
        accept(ann, name)
    ann.get_by_role("button", name=f"Export to {SYSTEM}").click()
    for name in names:
        expect(row(ann, name).get_by_role("link", name=badge)).to_be_visible()


def key_in(ann: Page, name: str, number: str = "") -> None:
    """Ann types what the checklist says into Sage, and pastes the number here."""
    row(ann, name).get_by_role("link", name="Key it in").click()
    if number:
        ann.get_by_label("in Sage").fill(number)
    ann.get_by_role("button", name="Synced").click()
    expect(row(ann, name).get_by_role("link", name="Key it in")).to_have_count(0)


def download(ann: Page) -> dict[str, bytes]:
    """Ann downloads every file of the batch she looks at."""
    found = {}
    for button in ann.get_by_role("button", name="Download").all():
        with ann.expect_download() as taken:
            button.click()
        found[taken.value.suggested_filename] = Path(taken.value.path()).read_bytes()
    return found
