"""Likely matches: the same name or number whatever the capitals first, then one in the other; exact ones link in one click."""

from sqlalchemy import func, select

from erp import links
from erp.audit import Event
from erp.books.records import Record
from erp.db import db, transaction
from erp.documents import cost_code
from erp.documents import project as projects
from erp.items import Item
from erp.kind import KINDS
from erp.links.matching import ALIKE, SAME
from erp.states import RecordState, State
from tests.unit.stage import row


def likeness(record, words=""):
    return [(one.number, one.like) for one in links.likely(record, words)]


def exact(stage, kind="job", **how):
    return links.exact(stage.connection, KINDS[kind], **how)


def pairs(found):
    return [(one.record, one.document.id, one.hash, one.version) for one in found.rows]


def test_the_same_name_or_number_comes_first_then_one_in_the_other_then_the_rest(stage, pier):
    stage.project("99-1", "Nothing like it")
    stage.project("99-2", "PIER 9")
    record = stage.record("job", "J1", "City of Bayview:Pier 9", number="25-1361")
    assert likeness(record) == [("25-1361", SAME), ("99-2", SAME), ("25-0001", ""), ("99-1", "")]
    longer = stage.record("job", "J2", "City of Bayview:Pier 9 sewer renewal, phase 2")
    assert likeness(longer)[:2] == [("25-1361", ALIKE), ("99-2", ALIKE)]
    assert likeness(longer, "nothing") == [("99-1", "")]


def test_two_letters_in_common_say_nothing(stage):
    stage.project("99-1", "AB")
    assert {like for _, like in likeness(stage.record("job", "J1", "City of Bayview:Cab"))} == {""}


def test_what_is_linked_or_on_its_way_is_no_candidate(stage, pier):
    record = stage.record("job", "J1", "City of Bayview:Pier 9 Sewer Renewal")
    item = stage.job()
    assert "25-1361" not in dict(likeness(record))
    stage.synced(item)
    assert "25-1361" not in dict(likeness(record))


def test_exact_matches_are_those_that_fit_on_both_sides_once(stage, pier):
    stage.record("job", "J1", "City of Bayview:PIER 9 SEWER RENEWAL")
    stage.record("job", "J2", "City of Bayview:Something", number="25-0001")
    stage.record("job", "J3", "City of Bayview:Nothing here")
    assert [(one.full_name, one.document.number) for one in exact(stage).rows] == [
        ("City of Bayview:PIER 9 SEWER RENEWAL", "25-1361"), ("City of Bayview:Something", "25-0001")]  # fmt: skip


def test_a_name_under_two_customers_is_doubtful_and_not_linked_by_itself(stage, pier):
    stage.record("job", "J1", "City of Bayview:Pier 9 Sewer Renewal")
    stage.record("job", "J2", "Harbor Unified School District:pier 9 sewer renewal")
    found = exact(stage)
    assert (found.rows, found.total, found.doubtful) == ([], 0, 2)


def test_a_record_that_fits_two_documents_is_doubtful(stage, pier):
    stage.record("job", "J1", "City of Bayview:Noise Barrier", number="25-1361")
    assert (exact(stage).total, exact(stage).doubtful) == (0, 1)


def test_what_is_archived_or_inactive_is_not_matched(stage, pier):
    record = stage.record("job", "J1", "City of Bayview:Pier 9 Sewer Renewal")
    with transaction():
        links.archive(record, stage.people.stan)
    assert exact(stage).total == 0
    stage.apply(row("job", "J2", "City of Bayview:Noise Barrier", active=False))
    assert exact(stage).total == 0


def test_two_hundred_are_linked_in_one_click_each_with_an_event_of_its_own(stage):
    adam = stage.people.adam
    with transaction():
        for n in range(203):
            cost_code.create(adam, f"c-{n:03}", f"Code {n}", "")
    stage.apply(*(row("item", f"I{n}", f"C-{n:03}", type="ItemService") for n in range(203)))
    found = exact(stage, "cost_code")
    assert (len(found.rows), found.total) == (200, 203)
    before = db.session.scalar(select(func.count(Event.id)))
    with transaction():
        outcome = links.link_all(stage.connection, KINDS["cost_code"], pairs(found), adam)
    assert (outcome.done, outcome.refused) == (200, [])
    assert db.session.scalar(select(func.count(Event.id))) - before == 400
    assert db.session.scalar(select(func.count(Item.id)).where(Item.state == State.SYNCED)) == 200
    assert exact(stage, "cost_code").total == 3


def test_what_changed_after_the_preview_is_left_out_and_named(stage, pier):
    one = stage.record("job", "J1", "City of Bayview:Pier 9 Sewer Renewal")
    two = stage.record("job", "J2", "City of Bayview:Noise Barrier")
    chosen = pairs(exact(stage))
    stage.apply(row("job", "J1", "Harbor Unified School District:Pier 9 Sewer Renewal"))
    with transaction():
        outcome = links.link_all(stage.connection, KINDS["job"], chosen, stage.people.adam)
    assert (outcome.done, one.state, two.state) == (1, RecordState.STAGED, RecordState.LINKED)
    assert "changed in accounting meanwhile" in outcome.refused[0]
    assert [tone for tone, _ in outcome.words("linked")] == ["good", "warning"]


def test_what_was_changed_here_after_the_preview_is_left_out_and_named(stage, pier):
    one = stage.record("job", "J1", "City of Bayview:Pier 9 Sewer Renewal")
    chosen = pairs(exact(stage))
    with transaction():
        projects.edit(pier, stage.people.pam, pier.version, title="Ferry Terminal")
        outcome = links.link_all(stage.connection, KINDS["job"], chosen, stage.people.adam)
    assert (outcome.done, one.state) == (0, RecordState.STAGED)
    assert "was changed here meanwhile; it is 25-1361 Ferry Terminal now" in outcome.refused[0]


def test_many_are_archived_and_taken_back_and_refusals_are_counted(stage):
    stage.apply(*(row("job", f"J{n}", f"City of Bayview:Old {n}") for n in range(8)))
    keys = [one.id for one in db.session.scalars(select(Record).filter_by(kind="job"))]
    with transaction():
        assert links.archive_all(stage.connection, KINDS["job"], keys, stage.people.stan).done == 8
    with transaction():
        again = links.archive_all(stage.connection, KINDS["job"], keys, stage.people.stan)
    assert (again.done, len(again.refused)) == (0, 8)
    ((tone, said),) = again.words("archived")
    first, *five, last = said.split("\n")
    assert (tone, first, last) == ("warning", "8 were not archived:", "3 more; try one of them alone to see why.")
    assert five == [
        f"City of Bayview:Old {n}: City of Bayview:Old {n} is archived already; under Archived, Unarchive brings it back."
        for n in range(5)
    ]
    with transaction():
        assert links.unarchive_all(stage.connection, KINDS["job"], keys, stage.people.stan).done == 8
    assert links.Outcome().words("archived") == [("warning", "No row was selected.")]


def test_a_record_of_another_kind_or_connection_is_not_touched_by_a_click(stage):
    item = stage.record("item", "I1", "Consulting", type="ItemService")
    with transaction():
        assert links.archive_all(stage.connection, KINDS["job"], [item.id], stage.people.stan).done == 0
    assert item.state == RecordState.STAGED


def test_an_inactive_record_is_neither_archived_nor_taken_back(stage):
    stage.apply(row("job", "J1", "City of Bayview:Old", active=False))
    record = db.session.scalars(select(Record).filter_by(erp_id="J1")).one()
    for action in ("archive", "unarchive"):
        assert "is inactive in accounting" in links.why_not(action, record, stage.people.stan)[0].text


def test_what_somebody_archived_meanwhile_is_neither_added_nor_linked(stage):
    record = stage.record("job", "J1", "City of Bayview:Old Pier")
    with transaction():
        links.archive(record, stage.people.stan)
    for action in ("add", "link"):
        assert [reason.text for reason in links.why_not(action, record, stage.people.adam)] == [
            "City of Bayview:Old Pier is archived already; under Archived, Unarchive brings it back."]  # fmt: skip
