"""Lines of a budget on sub jobs: one per sub job, code and type; their names, their place in the table, and their import."""

from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from erp import sheets
from erp.books.job_costs import JobCost
from erp.db import db, now, transaction
from erp.documents import budget as budgets
from erp.documents import budget_import, budget_importing, budget_names, budget_table, uploads
from erp.documents import budget_modification as modifications
from erp.documents import sub_job as sub_jobs
from erp.documents.budget import Budget, BudgetLine, BudgetRefused
from erp.documents.budget_import import Mapping
from erp.documents.budget_moves import Move
from erp.documents.imports import ImportRefused
from erp.documents.sub_job import SubJob
from tests.unit.stage import Stage


@pytest.fixture
def east(stage: Stage) -> SubJob:
    """A sub job of Pier 9; another project has one of the same code."""
    stage.sub_job("E1", "Noise", of=stage.project())
    return stage.sub_job("E1", "East wing")


@pytest.fixture
def budget(stage: Stage) -> Budget:
    """Not locked, with 03-3000 S 100.00 on no sub job."""
    with transaction():
        made = budgets.open_for(stage.pier, stage.people.pam)
        budgets.add_line(made, stage.codes[0], "S", 100_00)
    return made


def add(stage: Stage, budget: Budget, amount: int = 5_00, *, below: SubJob | None = None, kind: str = "S") -> BudgetLine:
    """A line on 03-3000."""
    with transaction():
        return budgets.add_line(budget, stage.codes[0], kind, amount, sub_job=below)


def lock(stage: Stage, budget: Budget) -> None:
    with transaction():
        budgets.lock(budget, stage.people.pam, None)


def named(budget: Budget) -> list[str]:
    return [line.name for line in budget_names.named(budget)]


# lines


def test_each_sub_job_has_a_line_of_the_same_code_and_type_and_so_has_none(stage: Stage, budget: Budget, east: SubJob) -> None:
    line = add(stage, budget, below=east)
    assert (line.name, budget.lines[0].name, named(budget)) == (
        "E1 / 03-3000 S", "03-3000 S", ["03-3000 S", "E1 / 03-3000 S"])  # fmt: skip
    with pytest.raises(BudgetRefused, match="Cost code 03-3000 with type S on sub job E1 is in the budget already. Change that"):
        add(stage, budget, below=east)
    with pytest.raises(BudgetRefused, match="Cost code 03-3000 with type S is in the budget already."):
        add(stage, budget)


@pytest.mark.parametrize("below", [True, False])
def test_the_database_itself_keeps_two_lines_of_one_place_apart(stage: Stage, budget: Budget, east: SubJob, below: bool) -> None:
    add(stage, budget, below=east)
    twin = BudgetLine(budget_id=budget.id, code_id=stage.codes[0].id, cost_type="S", sub_job_id=east.id if below else None,
                      description="", original=0, position=9, deleted=False, version=1)  # fmt: skip
    db.session.add(twin)
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_only_active_sub_jobs_of_the_project_are_taken(stage: Stage, budget: Budget, east: SubJob) -> None:
    foreign = db.session.query(SubJob).filter(SubJob.title == "Noise").one()
    with pytest.raises(BudgetRefused, match="E1 is a sub job of another project. Choose one of this project.") as refused:
        add(stage, budget, below=foreign)
    assert refused.value.field == "sub_job"
    sub_jobs.edit(east, stage.people.pam, None, active=False)
    with pytest.raises(BudgetRefused, match="Sub job E1 is not active any more. Choose another one."):
        add(stage, budget, below=east)


def test_a_line_is_put_on_another_sub_job_until_it_was_locked_once(stage: Stage, budget: Budget, east: SubJob) -> None:
    line, taken = budget.lines[0], add(stage, budget, below=stage.sub_job("W1", "West wing"))
    budgets.put_below(line, east, stage.people.pam)
    assert line.name == "E1 / 03-3000 S"
    with pytest.raises(BudgetRefused, match="Cost code 03-3000 with type S on sub job W1 is in the budget already"):
        budgets.put_below(line, taken.sub_job, stage.people.pam)
    db.session.commit()
    lock(stage, budget)
    with pytest.raises(BudgetRefused, match="The budget is locked."):
        budgets.put_below(line, None, stage.people.pam)
    with transaction():
        budgets.unlock(budget, stage.people.pam, None)
    with pytest.raises(BudgetRefused, match="E1 / 03-3000 S was locked once, so it keeps its sub job."):
        budgets.put_below(line, None, stage.people.pam)
    budgets.put_below(line, east, stage.people.pam)


def test_a_deleted_line_comes_back_on_its_own_sub_job_and_on_no_other(stage: Stage, budget: Budget, east: SubJob) -> None:
    line = add(stage, budget, below=east)
    lock(stage, budget)
    with transaction():
        budgets.unlock(budget, stage.people.pam, None)
        budgets.delete_line(line, stage.people.pam)
    assert add(stage, budget, 8_00, below=stage.sub_job("W1", "West wing")).id != line.id
    assert add(stage, budget, 9_00, below=east).id == line.id


# names


@pytest.mark.parametrize(("typed", "found"), [
    ("03-3000 S", "03-3000 S"), ("03-3000", "03-3000 S"), ("e1/03-3000 s", "E1 / 03-3000 S"), ("E1 / 03-3000", "E1 / 03-3000 S"),
    (" E1  /03-3000  S ", "E1 / 03-3000 S"),
])  # fmt: skip
def test_a_line_is_found_by_its_sub_job_and_code(stage: Stage, budget: Budget, east: SubJob, typed: str, found: str) -> None:
    add(stage, budget, below=east)
    assert [line.name for line in budget_names.find(budget, [typed])] == [found]


def test_without_the_type_a_name_fits_only_what_is_alone_on_its_code(stage: Stage, budget: Budget, east: SubJob) -> None:
    add(stage, budget, below=east)
    add(stage, budget, below=east, kind="L")
    with pytest.raises(BudgetRefused, match="There is no line “E1 / 03-3000” in this budget."):
        budget_names.find(budget, ["E1 / 03-3000"])
    assert budget_names.find(budget, ["03-3000"]) == [budget.lines[0]]


def test_money_moves_between_sub_jobs_and_sentences_name_them(stage: Stage, budget: Budget, east: SubJob) -> None:
    line = add(stage, budget, below=east)
    lock(stage, budget)
    with pytest.raises(BudgetRefused, match=r"E1 / 03-3000 S has 5.00 and would go below zero, to \(1.00\)."):
        modifications.modify(budget, [Move(line, -6_00), Move(budget.lines[0], 6_00)], "More", stage.people.pam)
    with transaction():
        modifications.modify(budget, [Move(line, -5_00), Move(budget.lines[0], 5_00)], "All of it", stage.people.pam)
    assert {line.name: budgets.sums(budget)[line.id].revised for line in budget.lines} == {"03-3000 S": 105_00,
                                                                                          "E1 / 03-3000 S": 0}  # fmt: skip


def test_what_a_send_carries_of_originals_is_known_apart_from_what_moved(stage: Stage, budget: Budget, east: SubJob) -> None:
    line = add(stage, budget, below=east)
    lock(stage, budget)
    with transaction():
        modifications.modify(budget, [Move(line, -2_00), Move(budget.lines[0], 2_00)], "Less", stage.people.pam)
    found = budgets.sums(budget)[line.id]
    assert (found.unsynced, found.unsynced_original) == (3_00, 5_00)


# the table


def cost(stage: Stage, code: str, amount: int, place: str = "") -> None:
    """Something that accounting spent on 03-3000, below a sub job of this code there."""
    db.session.add(JobCost(connection_id=stage.connection.id, project_id=stage.pier.id, code_id=stage.codes[0].id, erp_item_id=code,
                           erp_item_name="", sub_job=place, category="SUB", estimate_read=0, ours=0, job_to_date=amount,
                           read_at=now()))  # fmt: skip
    db.session.commit()


def shown(budget: Budget) -> list[tuple[str, str, str, Any, Any]]:
    """Sub job, line or code, key, Original Budget and Job to Date of each row."""
    return [(row.sub_job, row.line.name if row.line else f"sum of {row.code.code}", row.key, row.figures.original,
             row.figures.job_to_date) for row in budget_table.table(budget).page(1)]  # fmt: skip


def test_lines_of_a_code_stand_together_for_each_sub_job_with_a_sum_of_their_own(stage: Stage, budget: Budget,
                                                                                east: SubJob) -> None:  # fmt: skip
    add(stage, budget, below=east)
    add(stage, budget, 6_00, below=east, kind="L")
    code = stage.codes[0].id
    assert shown(budget) == [
        ("", "03-3000 S", str(code), 100_00, 0), ("E1", "E1 / 03-3000 S", f"{code}-E1", 5_00, None),
        ("E1", "E1 / 03-3000 L", f"{code}-E1", 6_00, None), ("E1", "sum of 03-3000", f"{code}-E1", 11_00, 0)]  # fmt: skip
    assert budget_table.table(budget).total.original == 111_00


def test_a_row_alone_comes_with_the_sum_of_its_own_sub_job(stage: Stage, budget: Budget, east: SubJob) -> None:
    line = add(stage, budget, below=east)
    add(stage, budget, 6_00, below=east, kind="L")
    table = budget_table.table(budget)
    assert [row.line.name if row.line else row.key for row in table.line(line)] == [line.name, f"{stage.codes[0].id}-E1"]
    assert [row.line and row.line.name for row in table.line(budget.lines[0])] == ["03-3000 S"]


def test_costs_stand_with_the_sub_job_they_were_spent_on(stage: Stage, budget: Budget, east: SubJob) -> None:
    add(stage, budget, below=east)
    item = stage.send("job", stage.pier)
    assert item
    cost(stage, "a", 1_00)
    cost(stage, "b", 2_00, "E1")
    cost(stage, "c", 4_00, "E1")
    cost(stage, "d", 8_00, "X9")
    assert [(row[0], row[-1]) for row in shown(budget)] == [("", 1_00), ("E1", 6_00), ("X9", 8_00)]
    assert budget_table.table(budget).total.job_to_date == 15_00


# the import


COLUMNS = Mapping(code=0, description=1, cost_type=2, amount=3, sub_job=4)
HEAD = "Cost Code,Description,Cost Type,Amount,Sub Job\n"


def sheet(*rows: str) -> sheets.Sheet:
    return sheets.read("budget.csv", (HEAD + "\n".join(rows)).encode())


def upload(stage: Stage, *rows: str) -> uploads.Upload:
    """The file as Pam chose it."""
    return uploads.keep(stage.people.pam, "budget", "budget.csv", (HEAD + "\n".join(rows)).encode(), stage.pier.id)


def planned(stage: Stage, budget: Budget | None, *rows: str) -> budget_import.Plan:
    return budget_import.plan(budget, sheet(*rows), COLUMNS, stage.people.pam, sub_jobs.of(stage.pier))


def test_a_row_names_its_sub_job_by_code_or_by_name_or_has_none(stage: Stage, budget: Budget, east: SubJob) -> None:
    rows = ("03-2000,a,S,1,e1", "03-2000,a,L,1,EAST WING", "03-2000,a,S,1,", "03-2000,a,L,1,None")
    plan = planned(stage, budget, *rows)
    assert plan.faults == []
    assert [line.sub_job for line in plan.lines] == ["E1", "E1", "", ""]


@pytest.mark.parametrize(("row", "said"), [
    ("03-2000,a,S,1,E9", "“E9” is the code or name of no sub job of this project. Add it on the project's page first, or leave "
     "the cell empty."),
    ("03-2000,a,S,1,Noise", "“Noise” is the code or name of no sub job"),
    ("03-2000,a,S,1,Twin", "“Twin” is the code or name of no sub job"),
    ("03-2000,a,S,1,O1", "Sub job O1 is not active any more. Choose another."),
    ("03-3000,a,S,1,", "03-3000 with type S is in the budget already."),
    ("03-3000,a,L,1,E1", "03-3000 with type L on sub job E1 is in the budget already."),
])  # fmt: skip
def test_what_a_row_cannot_stand_on_is_told_with_its_cure(
    stage: Stage, budget: Budget, east: SubJob, row: str, said: str
) -> None:
    add(stage, budget, below=east, kind="L")
    for number in ("T1", "T2"):
        stage.sub_job(number, "Twin")
    stage.sub_job("O1", "Old", active=False)
    plan = planned(stage, budget, row)
    assert [(fault.row, fault.sentence[: len(said)]) for fault in plan.faults] == [(2, said)]
    assert plan.lines == []


def test_one_place_stands_in_a_file_once_and_the_same_code_on_each_sub_job(stage: Stage, east: SubJob) -> None:
    plan = planned(stage, None, "03-2000,a,S,1,E1", "03-2000,a,S,1,", "03-2000,a,S,1,East wing")
    assert [fault.sentence for fault in plan.faults] == [
        "03-2000 with type S on sub job E1 stands in row 2 and in row 4. Combine them in one row, or delete one.",
        "03-2000 with type S on sub job E1 stands in row 4 and in row 2. Combine them in one row, or delete one."]  # fmt: skip


def test_what_was_planned_is_imported_onto_the_sub_jobs(stage: Stage, budget: Budget, east: SubJob) -> None:
    rows = ("03-3000,Pave,S,12.50,East wing", "03-2000,Curb,S,3,")
    with transaction():
        budget_importing.carry_out(budget, upload(stage, *rows), COLUMNS, stage.people.pam, False)
    assert {line.name: line.original for line in budget.lines} == {
        "03-3000 S": 100_00, "E1 / 03-3000 S": 12_50, "03-2000 S": 3_00}  # fmt: skip


def test_a_file_with_an_unknown_sub_job_changes_nothing(stage: Stage, budget: Budget, east: SubJob) -> None:
    chosen = upload(stage, "03-3000,Pave,S,12.50,E9")
    with pytest.raises(ImportRefused, match="1 row has errors. Nothing was imported."):
        budget_importing.carry_out(budget, chosen, COLUMNS, stage.people.pam, False)
    assert named(budget) == ["03-3000 S"]


@pytest.mark.parametrize("head", ["Sub Job", "Extra", "Sub Job Code", "subjob"])
def test_the_column_of_sub_jobs_is_known_by_its_usual_names(head: str) -> None:
    header = (head, "Cost Code", "Description", "Cost Type", "Amount")
    assert sheets.guess(header, ("sub_job", "code", "amount", "type", "description")) == {
        "sub_job": 0, "code": 1, "description": 2, "type": 3, "amount": 4}  # fmt: skip
