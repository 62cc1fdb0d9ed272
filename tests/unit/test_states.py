"""State x TRANSITIONS once, and the promise that no state of an item vanishes from the lists."""

from collections import Counter
from itertools import product

import pytest

from erp.kind import KINDS
from erp.states import DECISIONS, NOUNS, TRANSITIONS, Filter, RecordState, State, filter_of, record_filter_of, target

HOME = "home"
MAP = {
    "send": {State.WITH_PM: State.READY, State.SYNCED: State.READY},
    "retrieve": {State.READY: HOME, State.ACCEPTED: HOME},
    "accept": {State.READY: State.ACCEPTED},
    "choose": {State.ACCEPTED: State.ACCEPTED},
    "unaccept": {State.ACCEPTED: State.READY, State.EXPORTING: State.ACCEPTED},
    "reject": {State.READY: HOME, State.ACCEPTED: HOME, State.FAILED: HOME},
    "export": {State.ACCEPTED: State.EXPORTING},
    "retry": {State.FAILED: State.EXPORTING},
    "unlink": {State.FAILED: State.WITH_PM, State.SYNCED: State.WITH_PM},
    "succeed": {State.EXPORTING: State.SYNCED, State.UNKNOWN: State.SYNCED, State.WAITING: State.SYNCED},
    "fail": {State.EXPORTING: State.FAILED, State.UNKNOWN: State.FAILED, State.WAITING: State.FAILED},
    "lose": {State.EXPORTING: State.UNKNOWN},
    "wait": {State.EXPORTING: State.WAITING},
    "note": {State.WAITING: State.WAITING},
    "number": {State.WAITING: State.SYNCED},
    "void": {State.WAITING: State.ACCEPTED},
    "look_again": {State.UNKNOWN: State.EXPORTING},
    "adopt": {State.UNKNOWN: State.SYNCED},
    "send_again": {State.UNKNOWN: State.EXPORTING},
    "import": {State.WITH_PM: State.SYNCED},
    "link": {State.WITH_PM: State.SYNCED},
}
"""action -> from -> to, written down a second time from product.md section 3 and architecture.md."""


@pytest.mark.parametrize(("state", "action"), list(product(State, TRANSITIONS)), ids=str)
def test_an_action_is_open_exactly_where_the_plan_says(state, action):
    assert (state in TRANSITIONS[action].frm) == (state in MAP[action])


@pytest.mark.parametrize(("action", "state", "in_erp"), [(a, s, e) for a in MAP for s in MAP[a] for e in (False, True)], ids=str)
def test_an_action_leads_where_the_plan_says(action, state, in_erp):
    home = State.SYNCED if in_erp else State.WITH_PM
    assert target(action, state, in_erp) is (home if MAP[action][state] == HOME else MAP[action][state])


def test_an_item_that_accounting_has_never_returns_to_the_pm_without_unlink():
    assert all(target(action, state, True) is not State.WITH_PM for action in MAP for state in MAP[action] if action != "unlink")


SYSTEMS = {"succeed", "fail", "lose", "wait", "note"}


def test_only_the_system_settles():
    assert {name for name, row in TRANSITIONS.items() if row.system} == SYSTEMS


def test_actions_of_people_have_nouns_and_those_of_the_system_have_none():
    assert {name for name, row in TRANSITIONS.items() if not row.noun} == SYSTEMS
    assert all(TRANSITIONS[action].noun == noun for noun, action in NOUNS.items())


EXPECTED = {
    State.WITH_PM: (None, None),
    State.READY: (Filter.EXPORT, Filter.UPDATE),
    State.ACCEPTED: (Filter.EXPORT, Filter.UPDATE),
    State.EXPORTING: (Filter.EXPORT, Filter.UPDATE),
    State.WAITING: (Filter.EXPORT, Filter.UPDATE),
    State.UNKNOWN: (Filter.FAILED, Filter.FAILED),
    State.FAILED: (Filter.FAILED, Filter.FAILED),
    State.SYNCED: (Filter.SYNCED, Filter.SYNCED),
}
"""state -> (the list of most, the list of a whole update that accounting already has)."""


@pytest.mark.parametrize(("state", "in_erp", "whole"), list(product(State, (False, True), (False, True))), ids=str)
def test_each_kind_state_and_in_erp_stands_in_exactly_one_list(state, in_erp, whole):
    shown = filter_of(state, in_erp, whole)
    assert shown is EXPECTED[state][in_erp and whole]
    assert (shown is None) == (state is State.WITH_PM)


@pytest.mark.parametrize("slug", ["job", "cost_code", "budget"])
def test_a_job_and_a_code_are_updated_whole_and_a_budget_is_not(app, slug):
    ready_again = filter_of(State.READY, True, KINDS[slug].updated_whole)
    assert ready_again is (Filter.EXPORT if slug == "budget" else Filter.UPDATE)


def test_no_state_of_the_table_is_a_dead_end_except_home_and_waiting_for_a_person():
    leaving = Counter(state for row in TRANSITIONS.values() for state in row.frm)
    assert all(leaving[state] for state in State)


@pytest.mark.parametrize("state", RecordState)
def test_a_record_stands_in_its_list_or_is_reached_from_its_item(state):
    assert record_filter_of(state) is {"Staged": Filter.IMPORT, "Archived": Filter.ARCHIVED}.get(state)


def test_what_is_inactive_in_accounting_stands_in_archived_until_it_is_active_again():
    assert record_filter_of(RecordState.STAGED, active=False) is Filter.ARCHIVED
    assert record_filter_of(RecordState.ARCHIVED, active=False) is Filter.ARCHIVED
    assert record_filter_of(RecordState.LINKED, active=False) is None


def test_joining_with_a_record_is_no_decision_about_an_item_that_travels():
    assert not {"import", "link"} & set(DECISIONS)
    assert {"accept", "choose", "reject", "unlink", "adopt"} <= set(DECISIONS)


def test_the_six_filters_read_as_in_the_product_and_in_its_order():
    words = ["Ready To Import", "Ready To Export", "Ready To Update", "Failed To Export", "Synced", "Archived"]
    assert [one.label for one in Filter] == words
