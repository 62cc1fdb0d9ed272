"""Which conversation an exchange has: reading a list, adding, or changing what is there."""

from erp.connector import Outcome, Work
from erp.connectors.quickbooks import mod, step


def converse(work: Work, answer: str | None) -> Outcome:
    """The next question of an exchange (`answer` None), or what an answer means. Pure."""
    return mod.step(work, answer) if work.purpose == "mod" else step.step(work, answer)
