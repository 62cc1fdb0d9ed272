"""One row of the desk: the item and what its reader may do with it, without asking the document."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from erp.books import records
from erp.connections import Connection
from erp.connector import Choice
from erp.exchanges.export import why_not_look
from erp.exchanges.unlink import refused_as_gone, why_not_here, why_not_unlink
from erp.items import Item
from erp.items.choices import asked, proposals
from erp.items.why_not import cheap
from erp.kind import Reason
from erp.people import User
from erp.states import State

ACTIONS = ("accept", "unaccept", "reject", "retry")
CHOOSING = (State.READY, State.ACCEPTED, State.FAILED)


@dataclass(frozen=True)
class Row:
    """The item, the actions this reader may take, and the fields of an acceptance."""

    item: Item
    can: frozenset[str]
    choices: tuple[Choice, ...]
    values: dict[str, Any]
    options: dict[str, Sequence[records.Record]]
    accepting: bool = False
    rejecting: bool = False
    reasons: tuple[Reason, ...] = ()

    @property
    def decided(self) -> bool:
        """Whether the Accept button is pressed."""
        return self.item.as_state is State.ACCEPTED

    @property
    def shows_choices(self) -> bool:
        """Whether the drop-downs stand in the Status column."""
        open_ = "accept" in self.can and self.accepting or "unaccept" in self.can and self.decided
        return open_ and bool(self.choices or self.reasons)


class Options:
    """The lists of accounting behind the drop-downs of one page, each read once."""

    def __init__(self, connection_id: int) -> None:
        self.connection_id = connection_id
        self._lists: dict[str, Sequence[records.Record]] = {}
        self._chosen: dict[str, Sequence[records.Record]] = {}

    def of(self, choice: Choice) -> Sequence[records.Record]:
        """What the field of this choice offers."""
        if choice.name not in self._chosen:
            listed = self._lists.get(choice.source)
            if listed is None:
                listed = self._lists[choice.source] = records.choices(self.connection_id, choice.source)
            self._chosen[choice.name] = records.of_types(listed, choice.types)
        return self._chosen[choice.name]


def rows_for(
    connection: Connection, items: Sequence[Item], reader: User, accept: int | None = None, reject: int | None = None,
    refused: dict[int, tuple[Reason, ...]] | None = None, options: Options | None = None,
) -> list[Row]:  # fmt: skip
    """The rows of a list; lists of accounting for drop-downs are read once."""
    options = options or Options(connection.id)
    return [_row(connection, item, reader, item.id == accept, item.id == reject, options, (refused or {}).get(item.id, ()))
            for item in items]  # fmt: skip


def _row(
    connection: Connection, item: Item, reader: User, accepting: bool, rejecting: bool,
    options: Options, reasons: tuple[Reason, ...],
) -> Row:  # fmt: skip
    can = frozenset(action for action in ACTIONS if not cheap(action, item, reader)) | _look(item, reader)
    choosing = bool(can) and (accepting or item.as_state in (State.ACCEPTED, State.FAILED))
    choices = asked(item) if choosing else ()
    offered = {choice.name: options.of(choice) for choice in choices if choice.shape == "list"}
    return Row(item, can, choices, proposals(item) if choosing else {}, offered, accepting, rejecting, reasons)


def _look(item: Item, reader: User) -> frozenset[str]:
    if item.as_state is State.UNKNOWN and not why_not_look(item, reader):
        return frozenset({"look_again"})
    if item.as_state is State.FAILED and not why_not_unlink(item, reader):
        return frozenset({"unlink"})
    if (item.as_state is State.SYNCED or refused_as_gone(item)) and not why_not_here(item, reader):
        return frozenset({"unlink_page"})
    return frozenset()
