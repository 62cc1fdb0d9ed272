"""Adding an application: its support page must answer, and its FileID is stamped into the company file."""

from __future__ import annotations

from collections.abc import Callable

from erp.simulator import wire
from erp.simulator.company import Company
from erp.simulator.qwc import Application, NotInstalled


def stamp(company: Company, app: Application) -> None:
    """Stamp the FileID into the company file, unless another one is there."""
    with company.home.transaction() as books:
        found = books.extensions(app.owner).get("FileID")
        if found is None:
            books.set_extension(app.owner, "FileID", app.file)
        elif found.lower() != app.file.lower():
            raise NotInstalled("QBWC1039", "There was a problem adding the application: another FileID is stamped.")


def check_support(get: Callable[[str], wire.Answered], url: str) -> None:
    """The support page has to answer without a login."""
    try:
        status, _, _ = get(url)
    except wire.Unreachable as error:
        raise NotInstalled("QBWC1003", f"AppSupport cannot be reached: {error}") from error
    if status not in (200, 202):
        raise NotInstalled("QBWC1004", f"AppSupport answers {status} instead of 200 or 202.")
