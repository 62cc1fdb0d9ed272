"""Records of accounting: what a refresh tells is taken once, what is gone is marked, what is ours is linked and never new."""

import pytest
from sqlalchemy import select

from erp import moves
from erp.audit import Event
from erp.books import records
from erp.books.ranges import with_ids
from erp.books.records import Record
from erp.db import db
from erp.states import Filter, RecordState
from tests.unit.stage import CITY, CLOSED, COST, INCOME, QUICKBOOKS, SCHOOLS, row


@pytest.fixture
def take(stage):
    """A page of rows as a refresh reads it; the number written."""
    return lambda *rows, whole=(): records.apply(stage.connection.id, rows, whole=whole)


def shown(stage, kind="job"):
    return {name: n for (slug, name), n in moves.counts(stage.connection.id).items() if slug == kind and n}


def states(*ids):
    return [db.session.scalars(select(Record.state).where(Record.erp_id == one)).one() for one in ids]


def test_a_job_of_accounting_waits_in_ready_to_import(stage, take):
    assert take(row("job", "J1", "City of Bayview:Old Pier")) == 1
    found = records.find(stage.connection.id, "job", "J1")
    assert (found.state, found.filter, found.kind, found.name) == (RecordState.STAGED, Filter.IMPORT, "job", "Old Pier")
    assert shown(stage) == {"ready-to-import": 1}


def test_a_customer_or_an_account_serves_drop_downs_and_stands_in_no_list(stage, take):
    take(row("customer", "C9", "Noise"), row("account", "A9", "Noise", type="Bank"))
    assert {records.find(stage.connection.id, name, key).filter for name, key in (("customer", "C9"), ("account", "A9"))} == {
        None
    }
    assert shown(stage, "") == {}


def test_what_did_not_change_is_not_written_again(take):
    page = [row("job", f"J{n}", f"Job {n}") for n in range(3)]
    assert take(*page) == 3
    assert take(*page) == 0
    page[1] = row("job", "J1", "Renamed")
    assert take(*page) == 1


def test_a_rename_changes_the_record_and_keeps_its_place(stage, take):
    take(row("job", "J1", "Old name"))
    take(row("job", "J1", "New name"))
    found = records.find(stage.connection.id, "job", "J1")
    assert (found.full_name, found.state, found.filter) == ("New name", RecordState.STAGED, Filter.IMPORT)
    assert shown(stage) == {"ready-to-import": 1}


def test_what_becomes_inactive_in_accounting_stands_in_archived_and_comes_back(stage, take):
    take(row("job", "J1", "Old Pier"), row("job", "J2", "Noise"))
    take(row("job", "J1", "Old Pier", active=False))
    assert shown(stage) == {"ready-to-import": 1, "archived": 1}
    take(row("job", "J1", "Old Pier"))
    assert shown(stage) == {"ready-to-import": 2}


def test_what_the_whole_list_lacks_is_gone_and_what_only_a_page_lacks_is_not(stage, take):
    take(row("job", "J1", "One"), row("job", "J2", "Two"))
    take(row("job", "J1", "One"))
    assert states("J2") == [RecordState.STAGED]
    take(row("job", "J1", "One"), whole=("job",))
    assert states("J1", "J2") == [RecordState.STAGED, RecordState.GONE]
    assert shown(stage) == {"ready-to-import": 1}


def test_a_job_that_becomes_a_customer_leaves_the_jobs(stage, take):
    take(row("job", "J1", "City of Bayview:Pier"), row("job", "J2", "City of Bayview:Noise"))
    take(row("customer", "J1", "Pier"))
    gone, fresh = (records.find(stage.connection.id, name, "J1") for name in ("job", "customer"))
    assert (gone.state, fresh.state, fresh.filter) == (RecordState.GONE, RecordState.STAGED, None)
    assert shown(stage) == {"ready-to-import": 1}


def test_what_hangs_below_a_renamed_one_is_renamed_with_it_on_every_level(stage, take):
    take(row("customer", "C1", "Old"), row("job", "J1", "Old:A") | {"parent_id": "C1"}, row("job", "J2", "Old:A:B") | {"parent_id": "J1"},
         row("job", "J3", "Older:A") | {"parent_id": "C2"})  # fmt: skip
    assert take(row("customer", "C1", "New")) == 1
    assert [records.find(stage.connection.id, "job", key).full_name for key in ("J1", "J2", "J3")] == [
        "New:A",
        "New:A:B",
        "Older:A",
    ]


def test_what_came_after_the_reading_began_is_not_gone_because_it_was_not_seen(stage, take):
    take(row("job", "J1", "One"), row("job", "J2", "Two"))
    newest = records.last_id()
    seen = [records.find(stage.connection.id, "job", "J1").id]
    take(row("job", "J3", "Made meanwhile"))
    assert records.lacking(stage.connection.id, ["job"], with_ids([], seen), newest) == 1
    assert states("J1", "J2", "J3") == [RecordState.STAGED, RecordState.GONE, RecordState.STAGED]


def test_only_what_is_named_as_deleted_in_its_own_list_is_gone(stage, take):
    take(row("job", "X", "One"), row("item", "X", "Two"))
    assert records.deleted(stage.connection.id, ["job", "customer"], ["X", "unknown"]) == 1
    assert records.find(stage.connection.id, "item", "X").state == RecordState.STAGED


def test_other_lists_are_not_gone_because_one_was_read(take):
    take(row("job", "J1", "One"), whole=("job",))
    assert states(CITY, INCOME) == [RecordState.STAGED, RecordState.STAGED]


def test_what_comes_back_is_there_again(stage, take):
    take(row("job", "J1", "One"))
    take(whole=("job",))
    take(row("job", "J1", "One"))
    assert states("J1") == [RecordState.STAGED]
    assert shown(stage) == {"ready-to-import": 1}


def test_our_own_job_is_linked_and_never_shows_up_as_new(stage, take):
    item = stage.job()
    records.link(stage.connection.id, row("job", "J1", "City of Bayview:Pier 9"), item.id, QUICKBOOKS)
    found = records.find(stage.connection.id, "job", "J1")
    assert (found.state, found.filter, found.item_id, found.version) == (RecordState.LINKED, None, item.id, 1)
    assert "ready-to-import" not in shown(stage)
    take(row("job", "J1", "City of Bayview:Pier Nine"))
    take(whole=("job",))
    assert (states("J1"), found.item_id) == ([RecordState.GONE], item.id)
    take(row("job", "J1", "City of Bayview:Pier Nine"))
    assert states("J1") == [RecordState.LINKED]
    assert "ready-to-import" not in shown(stage)


def test_a_staged_record_that_turns_out_to_be_ours_leaves_the_list(stage, take):
    take(row("job", "J1", "City of Bayview:Pier 9"))
    item = stage.job()
    for _ in range(2):
        records.link(stage.connection.id, row("job", "J1", "City of Bayview:Pier 9"), item.id, QUICKBOOKS)
    assert shown(stage) == {"ready-to-export": 1}
    record = records.find(stage.connection.id, "job", "J1")
    trail = db.session.scalars(select(Event).where(Event.subject == record.subject)).all()
    assert [(event.action, event.frm, event.to) for event in trail] == [("link", RecordState.STAGED, RecordState.LINKED)]


def test_choices_are_active_there_and_in_the_order_of_their_names_whatever_the_capitals(stage, take):
    take(row("customer", "C8", "alpha builders"), row("customer", "C9", "Zeta"))
    assert [one.full_name for one in records.choices(stage.connection.id, "customer")] == [
        "alpha builders", "City of Bayview", "Harbor Unified School District", "Zeta"]  # fmt: skip
    assert CLOSED not in [one.erp_id for one in records.choices(stage.connection.id, "customer")]


def test_choices_leave_out_what_is_gone(stage, take):
    take(row("customer", SCHOOLS, "Harbor Unified School District"), whole=("customer",))
    assert [one.erp_id for one in records.choices(stage.connection.id, "customer")] == [SCHOOLS]


def test_accounts_are_narrowed_by_their_type(stage):
    ids = [one.erp_id for one in records.choices(stage.connection.id, "account", ("CostOfGoodsSold", "Expense"))]
    assert ids == [COST]


def test_the_same_id_in_another_list_is_another_record(stage, take):
    take(row("item", CITY, "Item with the id of a customer"))
    assert records.find(stage.connection.id, "customer", CITY).full_name == "City of Bayview"
    assert shown(stage, "cost_code") == {"ready-to-import": 1}


def test_an_id_that_is_twice_in_one_page_is_one_record(take):
    take(row("job", "J1", "One"))
    assert take(row("job", "J1", "One"), row("job", "J1", "One")) == 0


def test_nothing_told_is_nothing_written(take):
    assert take() == 0
