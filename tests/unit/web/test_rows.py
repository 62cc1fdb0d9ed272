"""What a row offers its reader, from the state and his rights alone."""

import pytest
from erp.db import db
from erp.items.perform import advance
from erp.people.access import set_grid
from erp.states import State
from erp.web.rows import rows_for
from tests.unit.stage import CITY, QUICKBOOKS, statements

CAN = {
    State.READY: {"accept", "reject"},
    State.ACCEPTED: {"unaccept", "reject"},
    State.EXPORTING: {"unaccept"},
    State.FAILED: {"reject", "retry"},
    State.UNKNOWN: {"look_again"},
    State.SYNCED: set(),
    State.WITH_PM: set(),
    State.WAITING: set(),
}


def bring(stage, state):
    """Pam's project in this state."""
    item = stage.job()
    if state is State.SYNCED:
        return stage.synced(item)
    if state not in (State.READY, State.WITH_PM):
        stage.accept(item, customer=CITY)
    if state in (State.EXPORTING, State.FAILED, State.UNKNOWN, State.WAITING):
        stage.exporting(item)
    if state in (State.FAILED, State.UNKNOWN, State.WAITING):
        advance(item, {State.FAILED: "fail", State.UNKNOWN: "lose", State.WAITING: "wait"}[state], QUICKBOOKS)
    if state is State.WITH_PM:
        stage.retrieve(item)
    db.session.commit()
    assert item.state == state
    return item


def row(stage, item, reader="ann", **how):
    return rows_for(stage.connection, [item], getattr(stage.people, reader), **how)[0]


@pytest.mark.parametrize("state", State)
def test_a_row_offers_what_its_state_allows_to_ann_and_nothing_to_the_others(stage, state):
    item = bring(stage, state)
    assert row(stage, item).can == CAN[state]
    assert {name: row(stage, item, name).can for name in ("pam", "stan", "adam", "olga")} == dict.fromkeys(
        ("pam", "stan", "adam", "olga"), frozenset())  # fmt: skip


def test_the_grid_and_named_approvers_count_for_each_row(stage):
    item = stage.job()
    set_grid(stage.people.ann, "job", can_import=True, can_export=False)
    assert row(stage, item).can == frozenset()
    stage.pier.approver_ids = [stage.people.pam.id]
    assert row(stage, item, "bob").can == frozenset()


def test_fields_are_there_only_where_they_are_needed(stage):
    item = stage.job()
    assert row(stage, item).choices == ()
    assert [choice.name for choice in row(stage, item, accept=item.id).choices] == ["customer"]
    stage.accept(item, customer=CITY)
    assert row(stage, item).values["customer"]["id"] == CITY
    assert row(stage, item).shows_choices
    assert row(stage, item).decided


def test_stan_gets_no_fields_even_when_he_asks_for_them(stage):
    item = stage.job()
    asked = row(stage, item, "stan", accept=item.id, reject=item.id)
    assert (asked.choices, asked.shows_choices, asked.can) == ((), False, frozenset())


def test_only_the_row_asked_for_is_open(stage):
    items = [stage.job(), stage.send("job", stage.project())]
    shown = rows_for(stage.connection, items, stage.people.ann, accept=items[1].id, reject=items[0].id)
    assert [(one.accepting, one.rejecting) for one in shown] == [(False, True), (True, False)]


def test_the_lists_of_accounting_are_read_once_for_all_rows(stage):
    items = [stage.accept(stage.send("job", stage.project(f"26-{n}", f"Job {n}")), customer=CITY) for n in range(5)]
    with statements() as asked:
        shown = rows_for(stage.connection, items, stage.people.ann)
    assert len([one for one in asked if "FROM records" in one]) == 1
    assert all(one.options["customer"] is shown[0].options["customer"] for one in shown)
