"""Sub jobs that accounting has: added below the project of their job, or linked with a sub job of that project, no other."""

from typing import Any

import pytest

from erp import links
from erp.books import records
from erp.books.records import Record
from erp.db import db, transaction
from erp.documents.sub_job import SubJob
from erp.items.perform import Refused
from erp.kind import KINDS
from erp.links.matching import SAME
from erp.people.access import set_grid
from erp.states import Filter, RecordState, State
from tests.unit.stage import Stage, row


def extra(stage: Stage, job: str, code: str, name: str = "East wing") -> Record:
    """A sub job that accounting has below a job."""
    stage.apply(row("extra", f"{job}|{code}", f"{job}:{code}", desc=name) | {"parent_id": job})
    found = records.find(stage.connection.id, "extra", f"{job}|{code}")
    assert found
    return found


@pytest.fixture
def job(by_file: Stage) -> str:
    """The id in accounting of Pam's project; another project of hers has a sub job of the same code, and is no job there."""
    by_file.sub_job("E1", "East wing", of=by_file.project())
    return by_file.job_in_erp().erp_id


def add(stage: Stage, record: Record, by: str = "stan") -> Any:
    with transaction():
        return links.add(record, getattr(stage.people, by))


def test_it_becomes_a_sub_job_of_the_project_of_its_job_and_is_synced_at_once(by_file: Stage, job: str) -> None:
    record = extra(by_file, job, "E1")
    assert (record.kind, record.filter) == ("sub_job", Filter.IMPORT)
    item = add(by_file, record)
    made = db.session.get_one(SubJob, item.document_id)
    assert (made.number, made.name, made.project_id, made.active) == ("E1", "East wing", by_file.pier.id, True)
    assert (item.state, item.erp_id, item.project_id, record.state) == (
        State.SYNCED, f"{job}|E1", by_file.pier.id, RecordState.LINKED)  # fmt: skip


@pytest.mark.parametrize(("name", "added"), [("pam", False), ("ann", True), ("stan", True), ("adam", True), ("olga", False)])
def test_adding_one_is_the_row_of_the_matrix_for_importing_them(by_file: Stage, job: str, name: str, added: bool) -> None:
    why = links.why_not_here("add", KINDS["sub_job"], getattr(by_file.people, name))
    assert bool(why) != added
    linking = links.why_not_here("link", KINDS["sub_job"], getattr(by_file.people, name))
    assert bool(linking) == (name != "adam")


def test_the_grid_narrows_it(by_file: Stage, job: str) -> None:
    set_grid(by_file.people.ann, "sub_job", can_import=False, can_export=True)
    with pytest.raises(Refused, match="The approver grid does not let you import these"):
        add(by_file, extra(by_file, job, "E1"), by="ann")


def test_one_whose_job_is_no_project_here_says_to_bring_that_in_first(by_file: Stage, job: str) -> None:
    record = extra(by_file, "99-1", "E1")
    (reason,) = links.why_not("add", record, by_file.people.stan)
    assert reason.text == "Its job 99-1 is not synced with a project here. Add the job, or link it, first."
    assert reason.url == f"/erp/{by_file.connection.id}/job/ready-to-import"
    with pytest.raises(Refused, match="Its job 99-1 is not synced"):
        add(by_file, record)


def test_one_with_the_code_of_a_sub_job_of_the_project_is_linked_not_added(by_file: Stage, job: str) -> None:
    mine = by_file.sub_job("e1", "East")
    record = extra(by_file, job, "E1")
    with pytest.raises(Refused, match="e1 East is here already"):
        add(by_file, record)
    assert [(one.id, one.like) for one in links.likely(record)] == [(mine.id, SAME)]
    with transaction():
        item = links.link(record, mine.id, by_file.people.adam)
    assert (item.state, item.erp_id, mine.number) == (State.SYNCED, f"{job}|E1", "e1")
    assert links.likely(record) == []


def test_a_sub_job_of_another_project_is_neither_offered_nor_linked(by_file: Stage, job: str) -> None:
    record = extra(by_file, job, "E1")
    theirs = db.session.query(SubJob).one()
    assert links.likely(record) == []
    assert links.exact(by_file.connection, KINDS["sub_job"]).rows == []
    with pytest.raises(Refused, match="E1 East wing is a sub job of 25-0002 Library Annex, which is another job there."):
        links.link(record, theirs.id, by_file.people.adam)


def test_exact_matches_stand_below_the_same_job(by_file: Stage, job: str) -> None:
    annex = by_file.project(number="25-0007", title="Annex")
    mine, theirs = by_file.sub_job("E1"), by_file.sub_job("E1", of=annex)
    other = by_file.synced(by_file.send("job", annex)).erp_id
    ours, foreign = extra(by_file, job, "E1"), extra(by_file, other, "E1")
    found = links.exact(by_file.connection, KINDS["sub_job"]).rows
    assert {(one.record, one.document.id) for one in found} == {(ours.id, mine.id), (foreign.id, theirs.id)}
    assert [one.id for one in links.likely(ours)] == [mine.id]


def test_the_same_code_below_another_job_keeps_nothing_from_being_added(by_file: Stage, job: str) -> None:
    annex = by_file.project(number="25-0007", title="Annex")
    by_file.sub_job("E1", of=annex)
    by_file.synced(by_file.send("job", annex))
    assert add(by_file, extra(by_file, job, "E1")).project_id == by_file.pier.id


def test_both_sides_stand_beside_each_other(by_file: Stage, job: str) -> None:
    mine = by_file.sub_job("E1", "East")
    importing = KINDS["sub_job"].importing
    assert importing
    assert importing.sides(extra(by_file, job, "E1"), mine) == [
        ("Code", "E1", "E1"), ("Name", "East wing", "East"), ("Job", job, "25-1361"), ("Active", "yes", "yes")]  # fmt: skip
