"""A sub job on its way: what must hold before, in sentences; and the snapshot that accounting gets."""

import pytest

from erp.db import db, transaction
from erp.documents import sub_job as sub_jobs
from erp.exchanges.unlink import why_not_unlink
from erp.items.perform import Refused, item_for
from erp.items.why_not import why_not
from erp.kind import KINDS
from erp.kinds.sub_job import children
from erp.states import Filter, State
from tests.unit.sage import Sage
from tests.unit.stage import Stage

SUB_JOB = KINDS["sub_job"]


def grey(stage, made):
    """Why Pam's button is grey: (sentence, link)."""
    return [(r.text, r.url) for r in why_not("send", item_for("sub_job", stage.connection, made), stage.people.pam)]


def test_a_sub_job_of_a_job_that_accounting_has_can_go(by_file: Stage):
    by_file.job_in_erp()
    assert grey(by_file, by_file.sub_job()) == []


def test_quickbooks_says_that_it_takes_none_and_nothing_else(stage):
    said = "QuickBooks Desktop has no sub jobs below a job; they cannot be sent there."
    assert grey(stage, stage.sub_job("E" * 11)) == [(said, "")]
    with pytest.raises(Refused, match="QuickBooks Desktop has no sub jobs"):
        stage.send("sub_job", sub_jobs.of(stage.pier)[0])


def test_its_job_goes_first(by_file: Stage):
    made, page = by_file.sub_job(), f"/projects/{by_file.pier.id}"
    assert grey(by_file, made) == [("The project Pier 9 Sewer Renewal is not synced with ERP yet: it was not sent.", page)]
    by_file.job()
    assert grey(by_file, made) == [
        ("The project Pier 9 Sewer Renewal is not synced with ERP yet: it is Ready and waits for accounting.", page)
    ]


def test_a_project_of_another_connection_and_what_is_not_active_are_not_sent(by_file: Stage):
    by_file.job_in_erp()
    made = by_file.sub_job(active=False)
    assert [text for text, _ in grey(by_file, made)] == ["The sub job is not active."]
    by_file.pier.connection_id = None
    assert "The project is not linked to Harbor & Hill." in [text for text, _ in grey(by_file, made)]
    db.session.rollback()


@pytest.mark.parametrize(("values", "said"), [
    (("E" * 11, "East"), f"Sub job code “{'E' * 11}” has 11 signs; Sage takes at most 10."),
    (("E1", "x" * 31), f"Sub job name “{'x' * 31}” has 31 signs; Sage takes at most 30. Shorten it."),
])  # fmt: skip
def test_code_and_name_have_the_limits_of_accounting_each_told_once_and_are_not_cut(sage: Sage, values, said):
    project = sage.project()
    with transaction():
        long, fits = (sub_jobs.create(project, sage.people.pam, number=number, title=name)
                      for number, name in (values, ("W" * 10, "x" * 30)))  # fmt: skip
    (reason,) = why_not("send", item_for("sub_job", sage.connection, long), sage.people.pam)
    assert reason.text.startswith(said)
    assert why_not("send", item_for("sub_job", sage.connection, fits), sage.people.pam) == []


def test_the_snapshot_carries_code_name_and_project(stage):
    made, project = stage.sub_job(), {"id": stage.pier.id, "number": "25-1361", "name": "Pier 9 Sewer Renewal"}
    assert SUB_JOB.snapshot(made) == {"number": "E1", "name": "East wing", "project": project}
    assert SUB_JOB.summary(SUB_JOB.snapshot(made)) == {
        "amount": 0, "rank": 1, "number": "E1", "project": "25-1361 Pier 9 Sewer Renewal"}  # fmt: skip


def test_a_message_about_it_knows_the_id_of_its_job(by_file: Stage):
    made = by_file.sub_job()
    assert SUB_JOB.refs(item_for("sub_job", by_file.connection, made)) == {"job": "", "job_name": ""}
    job = by_file.job_in_erp()
    assert SUB_JOB.refs(item_for("sub_job", by_file.connection, made)) == {"job": job.erp_id, "job_name": job.erp_name}


def test_it_goes_behind_the_jobs_and_before_companies_and_budgets(by_file: Stage):
    by_file.job_in_erp()
    item = by_file.send("sub_job", by_file.sub_job())
    place = 10 * SUB_JOB.rank + item.summary["rank"]
    assert 10 * KINDS["job"].rank < place < 10 * KINDS["company"].rank < 10 * KINDS["budget"].rank


def test_once_synced_it_is_sent_again_only_with_another_name(by_file: Stage):
    by_file.job_in_erp()
    made = by_file.sub_job_in_erp()
    assert [text for text, _ in grey(by_file, made)] == [
        "There is nothing to send: accounting has it as it is here. Change it first."
    ]
    sub_jobs.edit(made, by_file.people.pam, None, title="East side")
    assert grey(by_file, made) == []
    assert by_file.send("sub_job", made).filter == Filter.UPDATE


def test_the_budget_with_lines_on_it_is_unlinked_first(by_file: Stage):
    by_file.job_in_erp()
    by_file.codes_in_erp()
    east, west = by_file.sub_job_in_erp("E1"), by_file.sub_job_in_erp("W1", "West")
    made = by_file.budget_on(east, 100_00)
    budget = by_file.synced(by_file.send("budget", made))
    item = by_file.item(east.id)
    assert children(item) == [budget]
    assert children(by_file.item(west.id)) == []
    by_file.people.ann.grants[0].level = 3
    assert [reason.text for reason in why_not_unlink(item, by_file.people.ann, forced=False)] == [
        f"Accounting has what hangs on it: {budget.number} {budget.title}. Unlink that first."
    ]
    db.session.rollback()
    assert {one.kind for one in KINDS["job"].children(by_file.item(by_file.pier.id))} == {"sub_job", "budget"}


def test_named_approvers_of_the_project_decide(by_file: Stage):
    by_file.job_in_erp()
    by_file.pier.approver_ids = [by_file.people.bob.id]
    item = by_file.send("sub_job", by_file.sub_job())
    with pytest.raises(Refused, match="The project names its approvers"):
        by_file.accept(item)
    assert by_file.accept(item, by="bob").state == State.ACCEPTED


def test_the_words_of_the_tab_are_those_of_the_product():
    assert (SUB_JOB.tab, SUB_JOB.filter_title, SUB_JOB.tools) == ("Sub Jobs", "Filters", ("project_admin",))
    assert SUB_JOB.heading(Filter.SYNCED) == "Synced Sub Jobs"
