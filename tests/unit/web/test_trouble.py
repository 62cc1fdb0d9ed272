"""What a person reads when the database does not answer: why, whether his click was kept, and what to do."""

import pytest
from sqlalchemy.exc import OperationalError

from erp.web import trouble


class Refused(Exception):
    """What a driver raises; PostgreSQL's has a code."""

    def __init__(self, words: str, sqlstate: str = "") -> None:
        super().__init__(words)
        self.sqlstate = sqlstate


def error(words: str, sqlstate: str = "", *, gone: bool = False) -> OperationalError:
    return OperationalError("INSERT", {}, Refused(words, sqlstate), connection_invalidated=gone)


@pytest.mark.parametrize(("raised", "cause"), [
    (error("database or disk is full"), "full"), (error("disk I/O error"), "full"), (error("could not extend file", "53100"), "full"),
    (error("database or disk is full", gone=True), "full"), (error("database is locked"), "busy"),
    (error("canceling statement due to lock timeout", "55P03"), "busy"), (error("server closed", gone=True), "away"),
    (error("connection is bad: no such file"), "away"),
])  # fmt: skip
def test_the_cause_is_named(raised, cause):
    assert trouble.cause(raised) == cause


@pytest.mark.parametrize(("commit", "raised", "told"), [
    ("", error("database is locked"), "The database is busy. Nothing was changed; try again in a moment."),
    ("begun", error("database or disk is full"), "The disk of the server is full or failing. Nothing was changed; tell whoever runs "
     "Countersign to make room on the server, then try again."),
    ("begun", error("gone", gone=True),
     "The connection to the database broke off. Whether your click was kept is not known. Reload the page to see it."),
    ("done", error("database is locked"),
     "Your click was done, but the page could not be drawn: the database is busy. Reload the page to see it."),
], ids=["nothing kept", "no room at the commit", "lost at the commit", "kept before"])  # fmt: skip
def test_the_sentence_says_what_became_of_the_click(monkeypatch, commit, raised, told):
    monkeypatch.setattr(trouble, "commit_of_request", lambda: commit)
    assert trouble.of(raised).sentence == told
