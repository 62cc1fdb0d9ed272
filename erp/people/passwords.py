"""Passwords: which are good enough, how the own one is changed, and one-time ones."""

import re
import secrets

from erp import audit
from erp.people.login import LoginRefused, TooManyTries, log_in
from erp.people.refused import PersonRefused
from erp.people.user import User

LEAST, MOST = 12, 1000
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without the signs that look like another one."""
COMMON = frozenset(
    "password passwort passw0rd p@ssword letmein welcome welcometo iloveyou qwerty qwertyuiop qwertz qwertyasdfgh qazwsxedc "
    "asdfghjkl zxcvbnm admin administrator changeme changemenow secret mysecret topsecret monkey dragon sunshine princess "
    "football baseball superman batman master shadow michael jordan trustno default guest login test testing temp temporary "
    "correcthorsebatterystaple abcdefgh abcdefghijkl construction contractor builder accounting quickbooks sage procore "
    "countersign winter spring summer autumn january february september october november december".split()
)
"""Words that stand behind the most common passwords; digits and signs around them, or twice the same, help nobody."""


def why_not(password: str, user: User) -> str:
    """The sentence against a new password of this person; empty when it is good enough."""
    if len(password) < LEAST:
        return f"The password has {len(password)} characters; at least {LEAST} are needed. Three or four words make a good one."
    if len(password) > MOST:
        return f"The password has more than {MOST:,} characters. Shorten it."
    if _is_common(password):
        return "That password is among the first that somebody would try. Take three or four words that do not belong together."
    if any(len(part) > 2 and part in password.lower() for part in (user.email.lower(), *_names(user))):
        return "The password has your name or e-mail in it. Take words that are not about you."
    if user.check_password(password):
        return "That is the old password. Choose another one."
    return ""


def change(user: User, old: str, new: str, address: str) -> None:
    """Replace the own password and end every session of the person; wrong old ones count like wrong logins.

    Raises PersonRefused with the field `old` or `new`.
    """
    try:
        log_in(user.email, old, address)
    except TooManyTries as patience:
        raise PersonRefused(patience.sentence, "old") from patience
    except LoginRefused as wrong:
        raise PersonRefused("That is not your password. Nothing was changed.", "old") from wrong
    if sentence := why_not(new, user):
        raise PersonRefused(sentence, "new")
    user.set_password(new)
    audit.record(f"user:{user.id}", "password", user)


def one_time() -> str:
    """A password to be read out once: four groups of four signs, about 79 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


def _is_common(password: str) -> bool:
    low = password.lower()
    core = re.sub(r"[^a-z]", "", low)
    words = {low, core, re.sub(r"^[^a-z]+|[^a-z]+$", "", low)}
    return len(set(low)) < 5 or any(_once(word) in COMMON for word in words) or low in _runs()


def _once(word: str) -> str:
    """The part of which the word is a repetition, or the word."""
    return word[: (word + word).find(word, 1)] if word else ""


def _runs() -> set[str]:
    rows = ("0123456789" * 3, "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")
    both = [*rows, *(row[::-1] for row in rows)]
    return {row[at : at + n] for row in both for n in range(LEAST, len(row) + 1) for at in range(len(row) - n + 1)}


def _names(user: User) -> list[str]:
    return [user.email.partition("@")[0].lower(), *(word for word in user.name.lower().split() if len(word) > 3)]
