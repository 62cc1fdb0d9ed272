"""Somebody who has Sage on the screen, with the downloaded files beside it: imports, posts, keys in, and puts right."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from erp.books import batches
from erp.books.batches import WAY, Batch
from erp.connectors.sage300.jce import CHANGES
from erp.db import db
from erp.exchanges.exchange import Exchange, ExchangeState
from tests.prove.ledger import SIDES, Unknown, Warned
from tests.sage_reader import Rejected

if TYPE_CHECKING:
    from tests.prove.sage_world import World


END_OF_FILE = b"\x1a"
"""What older programs write behind the last line."""


@dataclass(frozen=True)
class Copy:
    """A file as it lies among somebody's downloads, with the page it came from."""

    number: int
    file_id: int
    name: str
    part: str
    job: str
    data: bytes


@dataclass(frozen=True)
class Brought:
    """A reject file that Sage wrote, to be brought to the page of its batch some time."""

    number: int
    file_id: int
    data: bytes


@dataclass(frozen=True)
class Hand:
    """An entry that a follow-up batch had which was made void; it is keyed in by hand, should Sage have the rest of the item."""

    exchange_id: int
    job: str
    side: str
    place: tuple[str, str, str]
    cents: int


class Screen:
    """What a person does in Sage."""

    def __init__(self, world: "World") -> None:
        self.world, self.die, self.ledger = world, world.die, world.ledger
        self.copies: list[Copy] = []
        self.rejects: list[Brought] = []
        self.by_hand: list[Hand] = []

    def err(self, what: str, often: float = 0.06) -> bool:
        """Whether the person does it against what stands there; counted apart."""
        struck = bool(self.world.faults.rate) and self.die.random() < often
        self.world.result.persons[what] += struck
        return struck

    def find(self, number: int) -> Batch:
        """The batch as it is now."""
        found = batches.find(self.world.key, number)
        assert found is not None
        return found

    def carry(self, chosen: Copy | None = None) -> str:
        """Import a downloaded file, after a look at its page."""
        if not self.copies:
            return "has no file to import"
        chosen = chosen or self.die.choice(self.copies)
        batch = self.find(chosen.number)
        stands, again = batch.as_state in WAY, chosen.name in self.ledger.marked
        if (not stands or again) and not self.err("imported against a warning"):
            self.world.result.stopped["by Sage's warning" if stands else f"by the page: {batch.state}"] += 1
            return f"does not import {chosen.name}, {'it was imported' if again else batch.state}"
        return self._into_sage(chosen, rightly=stands and not again)

    def _into_sage(self, chosen: Copy, *, rightly: bool) -> str:
        side = SIDES[chosen.part == CHANGES]
        ticked = (side == "changes") != self.err("ticked the wrong box")
        try:
            rejected = self.ledger.take(chosen.job, chosen.name, chosen.data, ticked=ticked, rightly=side if rightly else "",
                                        insists=not rightly)  # fmt: skip
        except (Rejected, Unknown, Warned) as no:
            self.world.faults.counted[f"Sage: {type(no).__name__}"] += 1
            return f"is told by Sage: {type(no).__name__} {no}"
        self.world.faults.counted["Sage: lines rejected"] += bool(rejected)
        if rejected and rightly:
            ended = rejected + END_OF_FILE if self.world.result.seed % 3 == 0 else rejected
            self.rejects.append(Brought(chosen.number, chosen.file_id, ended))
        return f"imports {chosen.name}{', some rejected' if rejected else ''}"

    def post(self) -> str:
        """Tasks, Post Entries, of one job or of all."""
        jobs = [job for job, there in sorted(self.ledger.jobs.items()) if there.holding]
        for job in jobs if self.die.random() < 0.5 else jobs[:1]:
            self.ledger.jobs[job].post()
        return f"posts {len(jobs)}"

    def key_in(self) -> str:
        """Key in what void follow-up batches left of an item, when a read-back has told that the rest is there."""
        waiting = {key: exchange for key in {one.exchange_id for one in self.by_hand}
                   if (exchange := db.session.get_one(Exchange, key)).state == ExchangeState.WAITING}  # fmt: skip
        self.by_hand = [one for one in self.by_hand if one.exchange_id in waiting]
        told = next((key for key in sorted(waiting) if self._lacks_only_that(waiting[key])), None)
        mine = [one for one in self.by_hand if one.exchange_id == told]
        for one in mine:
            self.by_hand.remove(one)
            self.ledger.key(one.job, one.side, one.place, one.cents)
        return f"keys {len(mine)} entries in"

    def _lacks_only_that(self, exchange: Exchange) -> bool:
        """Whether the page says what is missing, and nothing of the item is on its way any more."""
        live = {line.file for line in batches.live_lines(exchange.id)}
        pending = {one.file_id for one in self.rejects}
        came = all(file.name in self.ledger.marked and file.id not in pending for file in live)
        return came and ("instead of" in exchange.reason or exchange.reason.startswith("Nothing of it is in Sage"))

    def repair(self) -> str:
        """Put right what a person spoiled."""
        found = [job for job in sorted(self.ledger.jobs) if self.ledger.spoiled(job)]
        for job in found:
            self.ledger.repair(job)
        return f"puts {len(found)} jobs right"

    def obstruct(self) -> str:
        """Something in Sage stands in the way of imports."""
        deeds: list[Callable[[], Any]] = [lambda: self.ledger.closed.update(self._some(self.ledger.jobs)),
                 lambda: self.ledger.inactive.update(self._some(self.ledger.codes)),
                 lambda: self.ledger.inactive.update(self._some(self.ledger.codes)),
                 lambda: self.ledger.categories.difference_update(self._some(self.ledger.categories))]  # fmt: skip
        self.die.choice(deeds)()
        return "something is closed in Sage"

    def _some(self, names: Any) -> list[str]:
        return [self.die.choice(sorted(names))]

    def clear(self) -> str:
        """Everything is open again."""
        self.ledger.closed.clear()
        self.ledger.inactive.clear()
        self.ledger.categories.update("LMESO")
        return "everything is open again in Sage"
