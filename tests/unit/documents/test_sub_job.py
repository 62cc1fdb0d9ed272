"""Sub jobs: what may be saved, the only one with its code in its project, what stands while it is sent and once it is there."""

from collections.abc import Callable
from typing import Any

import pytest

from erp import audit
from erp.db import db
from erp.documents import sub_job
from erp.documents.document import StaleDocument
from erp.documents.sub_job import LABELS, SubJob, SubJobRefused
from erp.states import State
from tests.unit.stage import Stage


@pytest.fixture
def east(stage: Stage) -> SubJob:
    """A sub job of Pier 9; one of another project with the same code makes the noise."""
    stage.sub_job("E1", "East wing", of=stage.project())
    return stage.sub_job("E1", "East wing")


def test_a_sub_job_starts_active_in_its_project_and_its_making_is_told(stage: Stage, east: SubJob) -> None:
    assert (east.number, east.name, east.active, east.version) == ("E1", "East wing", True, 1)
    assert east.project is stage.pier
    assert [(event.action, event.actor) for event in audit.history(east.subject)] == [("create", "Pam")]


@pytest.mark.parametrize(("values", "field", "words"), [
    ({"number": " "}, "number", "Code is missing. Write it."), ({"title": ""}, "title", "Name is missing. Write it."),
    ({"number": "x" * 256}, "number", "Code has 256 characters; at most 255 fit."),
    ({"title": "a\x07"}, "title", "Name has a control character"),
    ({"number": " e1 "}, "number", "The project has a sub job E1 already: East wing. Choose another code, or edit that one."),
])  # fmt: skip
def test_what_cannot_be_a_sub_job_is_refused_at_its_field(
    stage: Stage, east: SubJob, values: dict[str, str], field: str, words: str
) -> None:
    west = stage.sub_job("W1", "West wing")
    with pytest.raises(SubJobRefused, match=words) as refused:
        stage.sub_job(**{"number": "N1", "name": "North", **{"name" if k == "title" else k: v for k, v in values.items()}})
    assert refused.value.field == field
    with pytest.raises(SubJobRefused, match=words):
        sub_job.edit(west, stage.people.pam, None, **values)


def test_a_code_longer_than_accounting_takes_is_kept_and_never_cut(stage: Stage) -> None:
    assert stage.sub_job("E" * 40, "x" * 200).number == "E" * 40


def test_two_at_the_same_moment_leave_one(stage: Stage, east: SubJob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sub_job, "_with", lambda project_id, number: None)
    with pytest.raises(SubJobRefused, match="The project has a sub job e1 already") as refused:
        stage.sub_job("e1", "The same")
    assert refused.value.field == "number"
    assert len(sub_job.of(stage.pier)) == 1


def test_the_code_may_be_written_in_other_letters_and_its_own_is_no_other(stage: Stage, east: SubJob) -> None:
    sub_job.edit(east, stage.people.pam, 1, number="e1", title="East", active=False)
    assert (east.number, east.title, east.active, east.version) == ("e1", "East", False, 2)
    told = audit.history(east.subject)[-1].details
    assert told == {"was": {"number": "E1", "title": "East wing", "active": True},
                    "now": {"number": "e1", "title": "East", "active": False}}  # fmt: skip


def test_an_older_page_saves_nothing(stage: Stage, east: SubJob) -> None:
    sub_job.edit(east, stage.people.pam, 1, title="East")
    with pytest.raises(StaleDocument):
        sub_job.edit(east, stage.people.pam, 1, title="West")


@pytest.mark.parametrize("state", [state for state in State if state not in (State.WITH_PM, State.SYNCED)])
@pytest.mark.parametrize("value", [{"number": "E2"}, {"title": "West"}, {"active": False}])
def test_all_of_it_stands_while_it_is_sent(
    stage: Stage, east: SubJob, at: Callable[..., Any], state: State, value: dict[str, Any]
) -> None:
    at("sub_job", east, state)
    with pytest.raises(SubJobRefused, match=f"was not changed. The sub job was sent to ERP and is {state} there"):
        sub_job.edit(east, stage.people.pam, None, **value)


def test_once_accounting_has_it_only_the_code_stands(stage: Stage, east: SubJob, at: Callable[..., Any]) -> None:
    at("sub_job", east, State.SYNCED, True)
    sub_job.edit(east, stage.people.pam, None, number="E1", title="East", active=False)
    with pytest.raises(SubJobRefused, match="Code was not changed. Accounting has the sub job under this code."):
        sub_job.edit(east, stage.people.pam, None, number="E2")
    assert set(sub_job.locked(east)) == {"number"} < set(LABELS)


def test_they_are_listed_by_code_with_where_they_stand(stage: Stage, east: SubJob, at: Callable[..., Any]) -> None:
    stage.sub_job("A1", "Annex")
    at("sub_job", east, State.READY)
    shown = sub_job.listed(stage.pier)
    assert [(one.number, item.state if item else "") for one, item in shown] == [("A1", ""), ("E1", "Ready")]
    assert sub_job.any_of(stage.pier)
    assert not sub_job.any_of(stage.project(number="25-0003"))


def test_their_codes_in_accounting_are_what_stands_behind_the_bar(stage: Stage, east: SubJob, at: Callable[..., Any]) -> None:
    item = at("sub_job", east, State.SYNCED, True)
    item.erp_id = "25-1361|01 EAST"
    at("sub_job", stage.sub_job("W1", "West wing"), State.READY)
    assert sub_job.there(stage.connection) == {east.id: "01 EAST"}
    db.session.rollback()
