"""Where accounting posts what it was sent: nothing moves in a budget until it is exported, posted and back, place by place."""

from datetime import timedelta
from typing import Any

import pytest

from erp.books import job_costs
from erp.db import db, now, transaction
from erp.documents import budget as budgets
from erp.documents import budget_change as changes
from erp.documents import budget_modification as modifications
from erp.documents.budget import Budget, BudgetRefused
from erp.documents.budget_moves import Move
from erp.documents.budget_waiting import why_not_move
from erp.documents.sub_job import SubJob
from erp.items import Item
from erp.items.perform import Refused, advance
from erp.reports.job_costs import APART, of_project, table
from tests.unit.conftest import CATEGORIES
from tests.unit.stage import QUICKBOOKS, Stage

NOT_BACK = (
    "The budget is exported and posted in Books, but not all of it is back: it moves again once the amounts are read. Missing: "
)
LOCKED = "Accounting has this budget. It can be unlocked once the exported amounts are back in the Job Costs report. Missing: "


@pytest.fixture
def east(by_file: Stage) -> SubJob:
    """A sub job that accounting calls 01-E; the job and the codes are there too."""
    by_file.job_in_erp()
    by_file.codes_in_erp()
    made = by_file.sub_job_in_erp("E1")
    with transaction():
        by_file.item(made.id).erp_id = "25-1361|01-E"
    return made


@pytest.fixture
def budget(by_file: Stage, east: SubJob) -> Budget:
    """100.00 and 200.00 on the sub job, 7.00 on none; all with type S."""
    return by_file.budget_on(east, 100_00, 200_00)


def read(stage: Stage, *rows: tuple[str, str, str, int], minutes: int = 5) -> None:
    """A read-back of so many minutes from now: (sub job there, code, category, minor units)."""
    codes = {code.code: code.id for code in stage.codes}
    told = [{"erp_id": f"{extra}|{code}|{category}", "name": code, "code": code, "sub_job": extra, "category": category,
             "estimate_read": amount, "ours": amount} for extra, code, category, amount in rows]  # fmt: skip
    with transaction():
        row = {"read": "estimate", "items": told}
        job_costs.apply(stage.connection.id, stage.pier.id, row, now() + timedelta(minutes=minutes), codes)


ALL = (("01-E", "03-3000", "SUB", 100_00), ("01-E", "03-2000", "SUB", 200_00), ("", "03-3000", "SUB", 7_00))


def exported(stage: Stage, budget: Budget) -> Item:
    return stage.exporting(stage.accept(stage.send("budget", budget)))


def move(item: Item, action: str, **columns: Any) -> None:
    with transaction():
        advance(item, action, QUICKBOOKS, **columns)


def grey(budget: Budget) -> list[str]:
    return [reason.text for reason in budgets.why_not_unlock(budget)]


def everything(stage: Stage, budget: Budget) -> set[str]:
    """What Unlock, a new line, a modification, and approving a change each say."""
    first, second = budget.lines[:2]
    change = changes.create(budget, stage.people.pam, "BC-1", "More", "", [Move(first, 1_00)])
    changes.submit(change, stage.people.pam)
    deeds = (
        lambda: budgets.unlock(budget, stage.people.pam, None),
        lambda: budgets.add_line(budget, stage.codes[2], "S", 0),
        lambda: modifications.modify(budget, [Move(first, -1_00), Move(second, 1_00)], "Move", stage.people.pam),
        lambda: changes.approve(change, stage.people.pam),
    )
    said = set()
    for deed in deeds:
        with pytest.raises(BudgetRefused) as refused:
            deed()
        said.add(refused.value.sentence)
    db.session.rollback()
    return said


# exported, posted, back


def test_on_its_way_everything_says_that_it_is_not_exported_yet(by_file: Stage, budget: Budget) -> None:
    exported(by_file, budget)
    assert everything(by_file, budget) == {
        "The budget was sent to ERP and is Exporting there. It is not exported yet. Then a person imports and posts it in Books, "
        "and its amounts must come back."
    }


def test_delivered_everything_says_that_it_must_be_posted(by_file: Stage, budget: Budget) -> None:
    move(exported(by_file, budget), "wait")
    assert everything(by_file, budget) == {
        "The budget was sent to ERP and is Waiting there. It is exported. A person must import and post it in Books; its amounts "
        "have not come back from there yet."
    }


def test_with_an_unknown_outcome_everything_says_that_this_is_being_verified(by_file: Stage, budget: Budget) -> None:
    move(exported(by_file, budget), "lose")
    (said,) = everything(by_file, budget)
    assert said.endswith("Whether it was exported is being verified. It must be posted in Books and its amounts must come back.")


def test_synced_everything_names_what_is_not_back_and_a_resend_waits_too(by_file: Stage, budget: Budget) -> None:
    by_file.synced(by_file.send("budget", budget))
    named = "01-E / 03-2000 SUB 200.00 (nothing read since), 01-E / 03-3000 SUB 100.00 (nothing read since), 03-3000 SUB 7.00"
    said = everything(by_file, budget)
    assert {words.split(" Missing: ")[0] for words in said} == {words.split(" Missing: ")[0] for words in (NOT_BACK, LOCKED)}
    assert all(named.split(", ")[0] in words for words in said)
    with pytest.raises(Refused) as refused:
        by_file.send("budget", budget)
    assert any(reason.text.startswith(NOT_BACK) for reason in refused.value.reasons)
    assert budgets.why_not_back(budget)[0].url == f"/projects/{by_file.pier.id}/job-costs?missing=1"


def test_once_all_of_it_is_back_everything_moves_again_and_only_what_is_new_is_sent(by_file: Stage, budget: Budget) -> None:
    by_file.synced(by_file.send("budget", budget))
    read(by_file, *ALL)
    assert (grey(budget), budgets.why_not_add(budget), why_not_move(budget), budgets.why_not_back(budget)) == ([], [], [], [])
    with transaction():
        modifications.modify(budget, [Move(budget.lines[0], -9_00), Move(budget.lines[1], 9_00)], "Move", by_file.people.pam)
    item = by_file.send("budget", budget)
    assert [(line["code"], line["send"], line["send_original"]) for line in item.payload["lines"] if line["send"]] == [
        ("03-3000", -9_00, 0), ("03-2000", 9_00, 0)]  # fmt: skip


def test_the_reading_that_made_it_synced_counts_though_it_is_the_older_one(by_file: Stage, budget: Budget) -> None:
    by_file.synced(by_file.send("budget", budget))
    read(by_file, *ALL, minutes=-5)
    assert grey(budget) == []


@pytest.mark.parametrize(("rows", "said"), [
    ((("", "03-3000", "SUB", 107_00), ALL[1]), "03-3000 SUB 7.00 (107.00 read), 01-E / 03-3000 SUB 100.00 (0.00 read)."),
    ((("01-E", "03-3000", "LAB", 100_00), *ALL[1:]), "01-E / 03-3000 SUB 100.00 (0.00 read)."),
    ((("01-E", "03-3000", "SUB", 99_99), *ALL[1:]), "01-E / 03-3000 SUB 100.00 (99.99 read)."),
])  # fmt: skip
def test_an_amount_on_another_sub_job_or_category_is_not_back(by_file: Stage, budget: Budget, rows: Any, said: str) -> None:
    by_file.synced(by_file.send("budget", budget))
    read(by_file, *rows)
    (words,) = grey(budget)
    assert set(words.removeprefix(LOCKED).rstrip(".").split(", ")) == set(said.rstrip(".").split(", "))


def test_types_of_one_category_come_back_together(by_file: Stage, east: SubJob) -> None:
    with transaction():
        made = budgets.open_for(by_file.pier, by_file.people.pam)
        for kind, amount in (("E", 1_00), ("O", 2_00), ("L", 4_00)):
            budgets.add_line(made, by_file.codes[0], kind, amount, sub_job=east)
        budgets.lock(made, by_file.people.pam, None)
    assert "E" not in CATEGORIES and "O" not in CATEGORIES
    by_file.synced(by_file.send("budget", made))
    read(by_file, ("01-E", "03-3000", "OTH", 3_00), ("01-E", "03-3000", "LAB", 4_00))
    assert grey(made) == []


def test_the_category_of_a_type_is_a_setting_of_the_connection(by_file: Stage, budget: Budget) -> None:
    by_file.connection.settings = {"others": "999"}
    with transaction():
        line = budgets.add_line(budget, by_file.codes[2], "O", 0)
        modifications.modify(budget, [Move(budget.lines[0], -1_00), Move(line, 1_00)], "Move", by_file.people.pam)
    by_file.synced(by_file.send("budget", budget))
    assert "33-3100 999" in {one.code for one in budgets.missing(budget)}


def test_quickbooks_freezes_the_unlock_alone(stage: Stage) -> None:
    item = stage.ready_budget(100_00, 200_00)
    budget = db.session.get_one(Budget, item.document_id)
    stage.synced(item)
    assert grey(budget)[0].startswith(LOCKED)
    assert budgets.why_not_add(budget) == why_not_move(budget) == budgets.why_not_back(budget) == []
    with transaction():
        modifications.modify(budget, [Move(budget.lines[0], -1_00), Move(budget.lines[1], 1_00)], "Move", stage.people.pam)
    assert stage.send("budget", budget).state == "Ready"


def test_quickbooks_says_what_the_sender_can_do_as_before(stage: Stage) -> None:
    item = stage.exporting(stage.accept(stage.ready_budget(100_00)))
    budget = db.session.get_one(Budget, item.document_id)
    assert grey(budget) == [
        "The budget was sent to ERP and is Exporting there. It cannot be retrieved any more; wait for accounting."
    ]


# what came back, in the report


def test_the_report_has_a_line_per_sub_job_code_and_category(by_file: Stage, budget: Budget) -> None:
    by_file.synced(by_file.send("budget", budget))
    read(by_file, *ALL[1:], ("X9", "03-2000", "LAB", 5_00))
    report = of_project(by_file.pier)
    assert report.apart == tuple(APART)
    assert [(line.sub_job, line.code, line.category, line.estimate, line.read) for line in report.lines] == [
        ("", "03-3000", "SUB", 7_00, 7_00), ("01-E", "03-2000", "SUB", 200_00, 200_00), ("01-E", "03-3000", "SUB", 100_00, 0),
        ("X9", "03-2000", "LAB", 0, 5_00)]  # fmt: skip
    assert [(line.sub_job, line.code) for line in report.missing] == [("01-E", "03-3000"), ("X9", "03-2000")]
    rows = list(table([report], str))
    assert rows[0][2:8] == ["Cost Code", "Description", "Sub Job", "Category", "Original Estimate", "Approved Changes"]
    assert rows[0][9] == "Estimate in Books"
    assert rows[2][2:6] == ["03-2000", "Reinforcing steel", "01-E", "SUB"]


def test_a_row_that_is_not_told_again_keeps_its_place(by_file: Stage, budget: Budget) -> None:
    read(by_file, *ALL)
    read(by_file, *ALL[:1])
    kept = {row.erp_item_id: (row.sub_job, row.category, row.code_id, row.estimate_read)
            for row in job_costs.of(by_file.connection.id)}  # fmt: skip
    assert kept["01-E|03-2000|SUB"] == ("01-E", "SUB", by_file.codes[1].id, 0)
    assert kept["01-E|03-3000|SUB"] == ("01-E", "SUB", by_file.codes[0].id, 100_00)


def test_two_rows_of_one_place_are_added_up(by_file: Stage, budget: Budget) -> None:
    by_file.synced(by_file.send("budget", budget))
    codes = {code.code: code.id for code in by_file.codes}
    half = {"name": "x", "code": "03-3000", "sub_job": "01-E", "category": "SUB", "estimate_read": 50_00, "ours": 0}
    rest = [{"erp_id": f"{e}|{c}|{k}", "name": c, "code": c, "sub_job": e, "category": k, "estimate_read": a} for e, c, k, a in
            ALL[1:]]  # fmt: skip
    told = {"read": "estimate", "items": [{**half, "erp_id": "a"}, {**half, "erp_id": "b"}, *rest]}
    with transaction():
        job_costs.apply(by_file.connection.id, by_file.pier.id, told, now() + timedelta(minutes=1), codes)
    assert grey(budget) == []
