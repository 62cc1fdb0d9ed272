"""What documents are tested with: their way to accounting and back, without the desk."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from erp.connections import Connection
from erp.db import db
from erp.documents import cost_code
from erp.documents.cost_code import CostCode
from erp.items import Item
from erp.items.item import freeze
from erp.items.perform import item_for
from erp.states import State


@pytest.fixture
def at(people: SimpleNamespace, connection: Connection) -> Callable[..., Item]:
    """Put a document at a state of its way, without asking the rules: at("job", pier, State.READY)."""

    def put(kind: str, document: Any, state: State, in_erp: bool = False) -> Item:
        item = item_for(kind, connection, document)
        if item.id is None:
            db.session.add(item)
            db.session.flush()
        item.snapshot_id = freeze(item, {"number": document.number}, people.pam).id
        item.state, item.in_erp = state, in_erp
        db.session.commit()
        return item

    return put


@pytest.fixture
def codes(people: SimpleNamespace) -> list[CostCode]:
    """Three codes in two divisions."""
    made = [cost_code.create(people.adam, number, name) for number, name in
            (("03-3000", "Cast-in-place concrete"), ("03-2000", "Reinforcing steel"), ("33-3100", "Sanitary sewer"))]  # fmt: skip
    db.session.commit()
    return made
