"""What a person is told when the database does not answer: why, how far the click came, and what to do."""

from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError

from erp.db import commit_of_request


@dataclass(frozen=True)
class Trouble:
    """A sentence for fragments, and the four parts of a page."""

    title: str
    happened: str
    accounting: str
    cure: str
    sentence: str


AGAIN = "try again in a moment"
RELOAD = "Reload the page to see it."
AFTERWARDS = f"Your click was done; afterwards something went wrong on our side. {RELOAD}"
CAUSES = {
    "full": ("No room left", "The disk of the server is full or failing.",
             "tell whoever runs Countersign to make room on the server, then try again"),
    "away": ("Away for a moment", "The connection to the database broke off.", AGAIN),
    "busy": ("Busy for a moment", "The database is busy.", AGAIN),
}  # fmt: skip
"""cause -> title, what happened, cure."""


def of(error: DBAPIError) -> Trouble:
    """What to say about this error in this request."""
    title, happened, cure = CAUSES[cause(error)]
    if commit_of_request() == "done":
        return Trouble(title, f"Your click was done. Then the page could not be drawn: {_small(happened)}",
                       "What you clicked goes on as always.", RELOAD,
                       f"Your click was done, but the page could not be drawn: {_small(happened)} {RELOAD}")  # fmt: skip
    if commit_of_request() == "begun" and cause(error) == "away":
        return Trouble(title, f"{happened} Nobody knows whether your click was kept.",
                       "Nothing reaches accounting twice, whichever it is.", RELOAD,
                       f"{happened} Whether your click was kept is not known. {RELOAD}")  # fmt: skip
    return Trouble(title, happened, "Nothing was changed here, and nothing reached accounting by this click.",
                   f"{cure[0].upper()}{cure[1:]}.", f"{happened} Nothing was changed; {cure}.")  # fmt: skip


def cause(error: DBAPIError) -> str:
    """Why the database does not answer: "full", "away" or "busy"."""
    said = str(error.orig)
    if getattr(error.orig, "sqlstate", "") == DISK_FULL or "disk is full" in said or "disk I/O" in said:
        return "full"
    return "away" if error.connection_invalidated or "connection" in said else "busy"


DISK_FULL = "53100"
"""What PostgreSQL calls it."""


def _small(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]
