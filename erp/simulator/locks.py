"""Other users in the way: the next writes are refused as QuickBooks refuses them."""

from __future__ import annotations

from erp.simulator.books import Books
from erp.simulator.refusals import MORE, Refusal

SENTENCES = {
    1010: "System not available.",
    3170: f"There was an error when modifying a list. {MORE}The list has been modified by another user.",
    3175: f"There was an error when saving the transaction. {MORE}The transaction is locked by another user.",
    3176: f"A related object is in use. {MORE}The lock on it could not be acquired.",
    3180: f"There was an error when saving the object. {MORE}It has been modified by another user.",
}
FOREVER = -1


def lock(books: Books, code: int = 3175, times: int = FOREVER) -> None:
    """Let the next `times` writes fail with this code; without `times` all until `unlock`."""
    books.set_fact("lock", {"code": code, "times": times})


def unlock(books: Books) -> None:
    """Nobody is in the way any more."""
    books.set_fact("lock", None)


def stop(books: Books) -> None:
    """Refuse a write while somebody is in the way."""
    held = books.fact("lock")
    if not held or held["times"] == 0:
        return
    if held["times"] > 0:
        books.set_fact("lock", {**held, "times": held["times"] - 1})
    raise Refusal(SENTENCES.get(held["code"], "Refused by the simulation."), held["code"])
