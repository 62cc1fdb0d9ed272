"""Somebody who has the pages of the batches on one screen and Sage on the other, with the downloaded files between them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import select

from erp.books import batches
from erp.books.batches import WAY, WITHDRAWN, Batch, BatchState, LineState
from erp.connectors.by_hand import checklist
from erp.connectors.sage300 import handling, rejecting
from erp.connectors.sage300.jce import CHANGES
from erp.db import db
from erp.exchanges import handover
from erp.exchanges.claim import unsent
from erp.items import Item
from erp.items.perform import Refused
from erp.people import User
from tests.prove.ledger import SIDES
from tests.prove.sage_screen import END_OF_FILE, Brought, Copy, Hand, Screen
from tests.sage_reader import fields, split

if TYPE_CHECKING:
    from tests.prove.sage_world import World

OFFERED = (BatchState.READY, BatchState.DOWNLOADED)


class Desk(Screen):
    """What a person does on the pages of batches and checklists, and in Sage."""

    def __init__(self, world: "World") -> None:
        super().__init__(world)
        self.numbers: dict[int, str] = {}

    def batches(self, *states: BatchState) -> list[Batch]:
        """The batches in these states, oldest first."""
        asked = select(Batch).where(Batch.connection_id == self.world.key, Batch.state.in_(states))
        return list(db.session.scalars(asked.order_by(Batch.number)))

    def _held(self, batch: Batch) -> Batch:
        """The batch as the page's button has it; sometimes it is an old page."""
        held = handling.held(self.world.key, batch.number, self.world.seen(batch))
        assert held is not None
        return held

    def download(self, who: User, batch: Batch) -> str:
        """Take each file of a batch, or each again."""
        held, copies = self._held(batch), []
        for file in held.files:
            data = handling.download(held, file, who, "It was lost." if file.downloads else "")
            copies.append(Copy(held.number, file.id, file.name, file.part, held.job, data))
        self.world.then_if_told(lambda: self._lay(copies))
        return f"downloads batch {held.number}"

    def _lay(self, copies: list[Copy]) -> None:
        self.copies = [*(one for one in self.copies if one not in copies), *copies]

    def press(self, who: User, name: str, batch: Batch) -> str:
        """A button of the page, when what it says is so; rarely when it is not."""
        if not self._is_so(name, batch) and not self.err(f"pressed {batches.MOVES[name].label} wrongly"):
            return f"leaves {name} of batch {batch.number} alone"
        keyed = self._left(batch) if name == "void_batch" and batch.follow_up_of else []
        number, names = batch.number, [file.name for file in batch.files]
        handling.go(name, self._held(batch), who, "So it is.")
        self.world.then(lambda: self._withdrawn(number, names, keyed))
        return f"presses {name} of batch {number}"

    def _withdrawn(self, number: int, names: list[str], keyed: list[Hand]) -> None:
        """Who withdraws what Sage took has to take it out there; the rest of an item is keyed in. The page tells, if no answer did."""
        if self.find(number).as_state in WITHDRAWN:
            self.ledger.disown(names)
            self.by_hand += keyed

    def _is_so(self, name: str, batch: Batch) -> bool:
        marked = [file.name in self.ledger.marked for file in batch.files]
        holds = batch.job in self.ledger.jobs and bool(self.ledger.jobs[batch.job].holding)
        return {"hand_import": all(marked), "hand_post": all(marked) and not holds, "not_imported": not any(marked),
                "not_posted": holds}.get(name, not any(marked))  # fmt: skip

    def _left(self, batch: Batch) -> list[Hand]:
        return [Hand(line.exchange_id, line.job, SIDES[line.file.part == CHANGES], (line.extra, line.code, line.category), line.amount)
                for line in batches.lines_of(batch) if line.record == "C" and line.state == LineState.SENT]  # fmt: skip

    def bring(self, who: User, brought: Brought | None = None) -> str:
        """A reject file, soon or late, to its page; it may be brought again some day."""
        if not self.rejects:
            return "has no reject file"
        brought = brought or self.die.choice(self.rejects)
        if self.world.faults.rate and self.die.random() < 0.1 and self._strays(who, brought):
            return "brings it to a strange batch and is told so"
        batch = self.find(brought.number)
        if batch.as_state not in WAY:
            self.rejects.remove(brought)
        file = next(file for file in batch.files if file.id == brought.file_id)
        taken = rejecting.take(self._held(batch), file, who, "rejects.jce", brought.data, "Invalid cost code")
        self.world.then_if_told(lambda: self._filed(brought))
        after = f", the rest in batch {taken.follow_up.number}" if taken.follow_up else ""
        return f"brings {taken.lines} rejected lines of batch {batch.number}, {len(taken.failed)} failed{after}"

    def _filed(self, brought: Brought) -> None:
        if brought in self.rejects and self.die.random() < 0.7:
            self.rejects.remove(brought)

    def _strays(self, who: User, brought: Brought) -> bool:
        """To a batch that does not have these lines: refused, or the product is wrong."""
        lines = {_known_by(text) for text in split(brought.data.removesuffix(END_OF_FILE))}
        strange = [batch for batch in self.batches(BatchState.DOWNLOADED, BatchState.IMPORTED) if batch.number != brought.number
                   and not lines <= {_known_by(line.text) for line in batch.files[0].lines}]  # fmt: skip
        if not strange:
            return False
        chosen = self.die.choice(strange)
        try:
            rejecting.take(
                handling.held(self.world.key, chosen.number, None) or chosen, chosen.files[0], who, "r.jce", brought.data
            )
        except Refused:
            return True
        raise AssertionError(f"other: batch {chosen.number} took the reject file of batch {brought.number}")

    def next(self, number: int) -> Callable[[User], str] | None:
        """What the page of a batch, and Sage beside it, tell a person to do next; None when it is the read-back's turn."""
        batch = self.find(number)
        if batch.as_state not in WAY:
            return None
        left = [file.name for file in batch.files if file.name not in self.ledger.marked]
        lie_here = [one for one in self.copies if one.name in left]
        if left:
            return (lambda who: self.carry(lie_here[0])) if len(lie_here) == len(left) else self._downloads(number)
        if brought := next((one for one in self.rejects if one.number == number), None):
            return lambda who: self.bring(who, brought)
        if batch.as_state in OFFERED:
            return (
                self._presses("hand_import", number) if all(file.downloads for file in batch.files) else self._downloads(number)
            )
        if batch.job in self.ledger.jobs and self.ledger.jobs[batch.job].holding:
            return lambda who: self.post()
        return self._presses("hand_post", number) if batch.as_state is BatchState.IMPORTED else None

    def _downloads(self, number: int) -> Callable[[User], str]:
        return lambda who: self.download(who, self.find(number))

    def _presses(self, name: str, number: int) -> Callable[[User], str]:
        return lambda who: self.press(who, name, self.find(number))

    # keyed in by hand

    def keying(self, who: User, item: Item | None = None) -> str:
        """A row that says Key it in: type it in Sage, or paste the number, or take it back."""
        waits = [one for one in self.world.items("Waiting") if not handover.why_not_keyed(one, who)]
        if item is None and not waits:
            return "has nothing to key in"
        item = item or self.die.choice(waits)
        if item.id in self.numbers:
            handover.paste(item, who, self.numbers[item.id], version=self.world.seen(item))
            return f"pastes {self.numbers[item.id]} for {item.subject}"
        if self.world.faults.rate and self.die.random() < 0.15:
            handover.take_back(item, who, "Not now.", version=self.world.seen(item))
            return f"takes {item.subject} back"
        number = checklist(unsent(item)).number
        self.numbers[item.id] = number
        self._type(item.kind, number, item.title)
        return f"types {number} into Sage"

    def _type(self, kind: str, number: str, title: str) -> None:
        if kind == "job":
            self.ledger.open(number, title)
        else:
            self.ledger.codes.add(number)


def _known_by(text: str) -> tuple[str, ...]:
    """What a line is known by: cost records name no job, and descriptions and dates are alike."""
    row = [value for value, _ in fields(text)]
    return (row[0], row[1], *(row[at] for at in (3, 7, 12) if at < len(row)))
