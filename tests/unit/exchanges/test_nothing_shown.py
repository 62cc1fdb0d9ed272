"""QuickBooks says that a list is empty with status 1; an answer that is OK and shows nothing tells nothing is gone."""

import re

import pytest

from erp.books import records, verification
from erp.books.verification import Verdict
from erp.db import db, transaction
from erp.exchanges import verify
from erp.exchanges.refresh import refresh
from erp.items import Item
from tests.house import House
from tests.unit.exchanges.test_mod import resend


@pytest.fixture
def item(house: House) -> Item:
    """Pier 9's budget, its job and its codes, all synced."""
    made = house.exported_budget()
    house.update()
    house.wait(2 * 86400)  # so that whole lists are read
    return made


def shows_nothing(request: str) -> str:
    found = re.search(r'<(\w+)Rq requestID="(\w+)"', request)
    assert found is not None
    return (f'<?xml version="1.0" ?><QBXML><QBXMLMsgsRs><{found[1]}Rs requestID="{found[2]}" statusCode="0" statusSeverity="Info" '
            'statusMessage="Status OK"/></QBXMLMsgsRs></QBXML>')  # fmt: skip


def visit(house: House) -> None:
    """The Web Connector comes while QuickBooks shows nothing of anything."""
    caller = house.caller()
    while caller.answer(shows_nothing(caller.ask())) != 100:
        pass
    caller.close()
    db.session.expire_all()


def test_no_record_is_gone_because_a_whole_list_came_without_entries(house: House, item: Item) -> None:
    job = house.item(house.pier)
    with transaction():
        refresh(house.connection, ("customer",))
    visit(house)
    known = records.find(job.connection_id, "job", job.erp_id)
    assert known is not None and known.state != records.RecordState.GONE


def test_no_item_is_missing_because_its_id_was_not_shown(house: House, item: Item) -> None:
    with transaction():
        verify.one(item)
    visit(house)
    assert (found := verification.of(item.id)) is None or found.by_id != Verdict.MISSING


def test_a_change_whose_estimate_was_not_shown_reads_it_again(house: House, item: Item) -> None:
    resend(house, line0=-100, line1=100)
    caller = house.caller()
    caller.answer(shows_nothing(caller.ask()))
    caller.drain()
    assert (item.state, item.error) == ("Synced", {})
