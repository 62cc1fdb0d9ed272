"""Workload 15: the list page in Chromium: bytes, requests, first paint against Flask hello."""

import logging
import os
import shutil
import statistics
import threading
from collections.abc import Iterator

from flask import Flask
from werkzeug.serving import make_server

from bench import fill
from bench.measure import Figure, How
from bench.place import cookie, place

PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
BYTES = "performance.getEntries().filter(e => e.transferSize !== undefined).reduce((n, e) => n + e.transferSize, 0)"
REQUESTS = "performance.getEntriesByType('resource').length + 1"


def measure(how: How) -> Iterator[Figure]:
    """Skipped with a line when there is no Chromium."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not found:
        print("    workload 15 is left out: CHROMIUM names no browser.", flush=True)
        return
    from playwright.sync_api import sync_playwright

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    small = Flask("hello")
    small.add_url_rule("/", view_func=lambda: "<!doctype html><title>Hello</title><p>Hello")
    with place() as app, sync_playwright() as play:
        with app.app_context():
            fill.budgets(1000)
        name, value = cookie(app, "Ann").split("=", 1)
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox"])
        with _served(small) as hello, _served(app) as ours:
            seen: dict[str, list[float]] = {"ours": [], "hello": []}
            for _ in range(3 if how.quick else 9):
                for which, url in (("ours", f"{ours}/erp/1/budget/"), ("hello", f"{hello}/")):
                    context = browser.new_context()
                    context.add_cookies([{"name": name, "value": value, "url": url}])
                    tab = context.new_page()
                    tab.goto(url, wait_until="load")
                    tab.wait_for_timeout(100)
                    seen[which].append(tab.evaluate(PAINT) or float("nan"))
                    if which == "ours":
                        size, requests = tab.evaluate(BYTES), tab.evaluate(REQUESTS)
                    context.close()
        browser.close()
    value = statistics.median(seen["ours"]) / statistics.median(seen["hello"])
    yield Figure("15", "list page: kB over the wire, first visit", round(size / 1000, 1), "kB", "<= 25", size <= 25_000)
    yield Figure("15", "list page: requests, first visit", requests, "", "<= 4", requests <= 4)
    yield Figure("15", "list page: first paint against hello", round(value, 2), "x", "<= 2.2", value <= 2.2, 0.0,
                 {"ms": {key: round(statistics.median(times)) for key, times in seen.items()}})  # fmt: skip


class _served:
    """An application on a free port."""

    def __init__(self, app: Flask) -> None:
        self.server = make_server("127.0.0.1", 0, app, threaded=True)

    def __enter__(self) -> str:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.port}"

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
