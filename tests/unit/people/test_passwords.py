"""Passwords: long enough, not common, not about the person; the own one is changed with the old one."""

import re

import pytest

from erp import audit
from erp.db import db
from erp.people import PersonRefused, passwords, sessions
from erp.people.login import log_in
from tests.unit.conftest import PASSWORD

GOOD = "gravel lantern seven"


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("", "has 0 characters; at least 12"), ("elevensigns", "at least 12"), ("x" * 1001, "Shorten it"),
        ("password1234", "first that somebody"), ("Password!2026", "first that somebody"), ("P@ssword1234567", "first that somebody"),
        ("passwordpassword", "first that somebody"), ("qwertyuiop12", "first that somebody"), ("123456789012", "first that somebody"),
        ("098765432109", "first that somebody"), ("abcdefghijklm", "first that somebody"), ("aaaaaaaaaaaa", "first that somebody"),
        ("ababababababab", "first that somebody"), ("correct horse battery staple", "first that somebody"),
        ("Countersign2026!", "first that somebody"), ("ann@x.test is me", "your name or e-mail"), ("we all like ann here", "your name or e-mail"),
    ],
)  # fmt: skip
def test_a_weak_password_is_refused_with_the_cure(people, password, words):
    assert words in passwords.why_not(password, people.ann)


@pytest.mark.parametrize("password", [GOOD, "tulpenfeld-1874", "twelve signs", "żółta łódź płynie", "a1!b2?c3.d4,"])
def test_a_good_one_is_taken(people, password):
    assert passwords.why_not(password, people.ann) == ""


def test_the_old_password_is_no_new_one(people):
    assert passwords.why_not(PASSWORD, people.ann) == "That is the old password. Choose another one."


def test_changing_needs_the_old_one_and_ends_every_session(people):
    people.ann.must_change_password = True
    keys = [sessions.begin(people.ann), sessions.begin(people.ann)]
    passwords.change(people.ann, PASSWORD, GOOD, "203.0.113.5")
    db.session.flush()
    assert people.ann.check_password(GOOD)
    assert not people.ann.must_change_password
    assert [sessions.reader(key) for key in keys] == [None, None]
    assert [(e.action, e.actor) for e in audit.history(f"user:{people.ann.id}")][-1] == ("password", "Ann")
    assert GOOD not in str([e.details for e in audit.history(f"user:{people.ann.id}")])


def test_a_wrong_old_one_changes_nothing_and_counts_like_a_wrong_login(people):
    for n in range(6):
        with pytest.raises(PersonRefused) as refused:
            passwords.change(people.ann, "wrong", GOOD, "203.0.113.5")
        assert refused.value.field == "old"
        assert ("Too many wrong" if n == 5 else "not your password") in refused.value.sentence
    assert people.ann.check_password(PASSWORD)


def test_a_weak_new_one_is_blamed_at_its_field(people):
    with pytest.raises(PersonRefused, match="at least 12") as refused:
        passwords.change(people.ann, PASSWORD, "short", "203.0.113.5")
    assert refused.value.field == "new"
    assert log_in("ann@x.test", PASSWORD, "203.0.113.5")


def test_a_one_time_password_is_long_readable_and_never_the_same():
    made = {passwords.one_time() for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"([a-z2-9]{4}-){3}[a-z2-9]{4}", password) for password in made)
    assert not any(set(password) & set("il01o") for password in made)
