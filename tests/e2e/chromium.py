"""How the tests launch Chromium: headless, quiet on the network, and as root where CI is root."""

import os

from supervisor import browser

QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-sync",
    "--no-first-run",
)


def launch_arguments() -> dict[str, object]:
    """Keyword arguments of Playwright's `launch`; the browser is CHROMIUM's, else the one that `run.py test` would take."""
    root = ("--no-sandbox",) if os.geteuid() == 0 else ()
    path = os.environ.get("CHROMIUM") or browser.resolve(os.environ)
    return {"executable_path": path, "headless": True, "args": [*QUIET, *root]}
