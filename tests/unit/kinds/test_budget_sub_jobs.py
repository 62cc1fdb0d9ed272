"""A budget with lines on sub jobs: what travels, who takes it, and snapshots that were frozen before there were any."""

import json

import pytest

from erp.connector import Work
from erp.connectors.quickbooks.mapping import budget as estimate
from erp.db import db, transaction
from erp.documents import budget as budgets
from erp.documents import budget_modification as modifications
from erp.documents import cost_code
from erp.documents import sub_job as sub_jobs
from erp.documents.budget_moves import Move
from erp.items.diff import diff
from erp.items.perform import Refused, item_for
from erp.items.why_not import Case, why_not
from erp.kind import KINDS
from erp.kind import Stage as Stages
from erp.kinds.budget import sub_jobs_are_synced
from tests.unit.stage import Stage

BUDGET = KINDS["budget"]
NEW = ("code_short", "sub_job_id", "sub_job", "sub_job_name", "send_original")
"""The keys of a line that older snapshots do not have."""


def grey(stage, made):
    """Why Pam's button is grey: (sentence, link)."""
    return [(r.text, r.url) for r in why_not("send", item_for("budget", stage.connection, made), stage.people.pam)]


def frozen_earlier(item) -> None:
    """As if the snapshot had been frozen before there were sub jobs."""
    payload = item.payload
    for line in payload["lines"]:
        for key in NEW:
            line.pop(key)
    item.snapshot.payload = json.dumps(payload)
    db.session.commit()


@pytest.fixture
def east(by_file: Stage):
    """A sub job that accounting calls 01-E; the job and the codes are there too."""
    by_file.job_in_erp()
    by_file.codes_in_erp()
    made = by_file.sub_job_in_erp("E1")
    with transaction():
        by_file.item(made.id).erp_id = "25-1361|01-E"
    return made


def test_a_line_tells_its_sub_job_the_short_name_of_its_code_and_what_is_original(by_file: Stage, east):
    with transaction():
        cost_code.edit(by_file.codes[0], by_file.people.adam, None, "32-1200", "Asphalt paving", short="Asphalt")
    made = by_file.budget_on(east, 100_00, 200_00)
    with transaction():
        modifications.modify(made, [Move(made.lines[0], -1_00), Move(made.lines[1], 1_00)], "Move", by_file.people.pam)
    first, second, alone = BUDGET.snapshot(made)["lines"]
    assert {name: first[name] for name in NEW} == {
        "code_short": "Asphalt", "sub_job_id": east.id, "sub_job": "E1", "sub_job_name": "East wing", "send_original": 100_00}  # fmt: skip
    assert (first["send"], second["send"], second["send_original"], second["code_short"]) == (99_00, 201_00, 200_00, "")
    assert (alone["sub_job_id"], alone["sub_job"], alone["sub_job_name"]) == (None, "", "")


def test_a_budget_that_is_not_locked_yet_tells_the_same(by_file: Stage, east):
    made = by_file.budget_on(east, 100_00)
    with transaction():
        budgets.unlock(made, by_file.people.pam, None)
        budgets.change_line(made.lines[0], 40_00, "", by_file.people.pam)
    assert BUDGET.snapshot(made)["lines"][0]["send_original"] == 40_00


def test_a_message_about_it_knows_the_codes_of_its_own_sub_jobs_there(by_file: Stage, east):
    waiting, other = by_file.sub_job("W1", "West"), by_file.project()
    by_file.send("sub_job", waiting)
    by_file.synced(by_file.send("job", other))
    by_file.synced(by_file.send("sub_job", by_file.sub_job("N1", of=other)))
    item = item_for("budget", by_file.connection, by_file.budget_on(east, 1_00))
    assert BUDGET.refs(item)["extras"] == {str(east.id): "01-E"}
    assert len(BUDGET.refs(item)["codes"]) == len({code.id for code in by_file.codes} | {c.division_id for c in by_file.codes})


def test_lines_on_sub_jobs_that_accounting_does_not_have_are_named(by_file: Stage, east):
    west = by_file.sub_job("W1", "West")
    made = by_file.budget_on(west, 100_00)
    said = [("1 sub job is not synced with ERP yet: W1.", f"/projects/{by_file.pier.id}")]
    assert grey(by_file, made) == said
    by_file.synced(by_file.send("sub_job", west))
    assert grey(by_file, made) == []
    item = by_file.send("budget", made)
    by_file.item(west.id).in_erp = False
    db.session.commit()
    with pytest.raises(Refused, match="1 sub job is not synced with ERP yet: W1."):
        by_file.accept(item)


def test_a_line_of_zero_may_stand_on_a_sub_job_that_accounting_does_not_have(by_file: Stage, east):
    assert grey(by_file, by_file.budget_on(by_file.sub_job("W1", "West"), 0)) == []


def test_quickbooks_refuses_lines_on_sub_jobs_and_says_what_to_do(stage):
    stage.job_in_erp()
    stage.codes_in_erp()
    made, page = stage.budget_on(stage.sub_job("E1"), 100_00, 200_00), f"/projects/{stage.pier.id}/budget"
    assert grey(stage, made) == [
        (
            "QuickBooks Desktop takes no sub jobs in budgets: 2 lines stand on one (E1). Put the money on lines without a sub job.",
            page,
        )
    ]
    with pytest.raises(Refused, match="QuickBooks Desktop takes no sub jobs in budgets"):
        stage.send("budget", made)


def test_quickbooks_takes_the_budget_of_a_project_with_sub_jobs_if_no_line_stands_on_one(stage):
    stage.job_in_erp()
    stage.codes_in_erp()
    sub_jobs.create(stage.pier, stage.people.pam, number="E1", title="East wing")
    assert grey(stage, stage.budget(100_00)) == []


def test_a_snapshot_that_knows_nothing_of_sub_jobs_is_accepted_compared_and_written_as_before(stage):
    item = stage.ready_budget(100_00, 200_00)
    frozen_earlier(item)
    stage.accept(item)
    payload = item.payload
    work = Work(
        "add", "budget", payload, "CS-000000000000", "", choices={"date": "2026-11-22", "number": "1"}, refs=BUDGET.refs(item)
    )
    assert len(estimate.sent_lines(work)) == 2
    assert estimate.preview(work)["lines"]
    stage.retrieve(item)
    made = budgets.of(stage.pier)
    with transaction():
        modifications.modify(made, [Move(made.lines[0], -1_00), Move(made.lines[1], 1_00)], "Move", stage.people.pam)
    again = stage.send("budget", made)
    found = diff(again)
    assert found and [(step.code, step.sub_job, step.was, step.now) for step in found.steps] == [
        ("32-1200", "", 100_00, 99_00), ("32-1600", "", 200_00, 201_00)]  # fmt: skip


def test_an_older_snapshot_passes_the_rule_about_sub_jobs_at_accept(by_file: Stage, east):
    item = by_file.send("budget", by_file.budget_on(east, 5_00))
    frozen_earlier(item)
    case = Case(item, budgets.of(by_file.pier), item.payload, {}, by_file.connection, Stages.ACCEPT)
    assert list(sub_jobs_are_synced(case)) == []


def test_what_changed_names_the_sub_job(by_file: Stage, east):
    item = by_file.send("budget", by_file.budget_on(east, 100_00))
    by_file.accept(item)
    by_file.retrieve(item)
    made = budgets.of(by_file.pier)
    with transaction():
        modifications.modify(made, [Move(made.lines[0], -1_00), Move(made.lines[1], 1_00)], "Move", by_file.people.pam)
    found = diff(by_file.send("budget", made))
    assert found and [(step.code, step.sub_job, step.by) for step in found.steps] == [
        ("32-1200", "E1", -1_00),
        ("32-1200", "", 1_00),
    ]
