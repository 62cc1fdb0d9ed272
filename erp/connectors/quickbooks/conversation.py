"""Which conversation an exchange has: reading lists, adding, changing what is there, reading one id, verifying."""

from collections.abc import Callable

from erp.connector import Outcome, Work
from erp.connectors.quickbooks import find, mod, step, verify

CONVERSATIONS: dict[str, Callable[[Work, str | None], Outcome]] = {"mod": mod.step, "find": find.step, "verify": verify.step}
"""purpose -> conversation; the others add or read lists."""


def converse(work: Work, answer: str | None) -> Outcome:
    """The next question of an exchange (`answer` None), or what an answer means. Pure."""
    return CONVERSATIONS.get(work.purpose, step.step)(work, answer)
