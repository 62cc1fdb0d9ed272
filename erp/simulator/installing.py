"""Adding an application: its support page must answer, and its FileID is stamped into the company file."""

from __future__ import annotations

from collections.abc import Callable

from erp.simulator import wire
from erp.simulator.company import Company
from erp.simulator.qwc import Application, NotInstalled


def install(company: Company, app: Application, get: Callable[[str], wire.Answered] | None) -> None:
    """Add an application to the company file; one that was added before only has to have the same FileID."""
    with company.home.reading() as books:
        found = books.extensions(app.owner).get("FileID")
    if found is None:
        if get is not None:
            _check_support(get, app.support)
        with company.home.transaction() as books:
            books.set_extension(app.owner, "FileID", app.file)
    elif found.lower() != app.file.lower():
        raise NotInstalled("QBWC1039", "There was a problem adding the application: another FileID is stamped.")


def _check_support(get: Callable[[str], wire.Answered], url: str) -> None:
    """The support page has to answer without a login."""
    try:
        status, _, _ = get(url)
    except wire.Unreachable as error:
        raise NotInstalled("QBWC1003", f"AppSupport cannot be reached: {error}") from error
    if status not in (200, 202):
        raise NotInstalled("QBWC1004", f"AppSupport answers {status} instead of 200 or 202.")
