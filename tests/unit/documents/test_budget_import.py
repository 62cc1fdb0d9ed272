"""Importing a schedule of values: everything is shown first, then all of it happens, or nothing."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from erp import audit, sheets
from erp.db import db
from erp.documents import budget as budgets
from erp.documents import cost_code, default_types, uploads
from erp.documents.budget import Budget
from erp.documents.budget_import import Mapping, Plan, plan
from erp.documents.budget_importing import carry_out, why_not_replace
from erp.documents.cost_code import CostCode
from erp.documents.imports import ImportRefused
from erp.documents.project import Project
from erp.documents.uploads import Upload
from erp.items import Item
from erp.people import User
from erp.states import State

SAGE = Path(__file__).resolve().parents[4] / "shared" / "data" / "sage"
FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
COLUMNS = Mapping(code=0, description=1, cost_type=2, amount=3)


@pytest.fixture
def budget(people: SimpleNamespace, pier: Project, codes: list[CostCode]) -> Budget:
    """One line on 03-3000 M; the noise project has a line of its own."""
    noise = budgets.open_for(db.session.get_one(Project, pier.id - 1), people.pam)
    budgets.add_line(noise, codes[1], "L", 999_00)
    made = budgets.open_for(pier, people.pam)
    budgets.add_line(made, codes[0], "M", 1_000_00)
    db.session.commit()
    return made


def sheet(*rows: str) -> sheets.Sheet:
    return sheets.read("sov.csv", "\n".join(("Code,Description,Type,Amount", *rows)).encode())


def keep(person: User, *rows: str) -> Upload:
    return uploads.keep(person, "budget", "sov.csv", "\n".join(("Code,Description,Type,Amount", *rows)).encode())


def faults(planned: Plan) -> list[tuple[int, str]]:
    return [(fault.row, fault.column) for fault in planned.faults]


def test_a_row_without_a_type_gets_the_only_default_type_of_its_code_before_that_of_the_file(
    people: SimpleNamespace, budget: Budget, codes: list[CostCode]
) -> None:
    for code, letters in ((codes[0], "E"), (codes[1], "LM")):
        for letter in letters:
            default_types.choose(code, letter, True, people.adam)
    rows = ("03-3000,Slab,,1", "03-3000,Slab,L,2", "03-2000,Bars,,3", "33-3100,Sewer,,4")
    shown = plan(budget, sheet(*rows), replace(COLUMNS, default_type="S"), people.pam)
    assert [line.cost_type for line in shown.lines] == ["E", "L", "S", "S"]
    bare = plan(budget, sheet(*rows), COLUMNS, people.pam)
    assert ([line.cost_type for line in bare.lines], faults(bare)) == (["E", "L"], [(4, "Cost type"), (5, "Cost type")])


def test_a_plan_shows_the_lines_and_what_would_be_made_and_makes_nothing(people: SimpleNamespace, budget: Budget) -> None:
    before = len(cost_code.every())
    shown = plan(
        budget, sheet("03-3000,Slab,L,10", "G-1,Mobilization,S,5.50", "G-2,Clean up,S,1", "g-1,More,L,-2"), COLUMNS, people.pam
    )
    assert [(line.row, line.code, line.cost_type, line.amount) for line in shown.lines] == [
        (2, "03-3000", "L", 10_00), (3, "G-1", "S", 5_50), (4, "G-2", "S", 1_00), (5, "g-1", "L", -2_00)]  # fmt: skip
    assert (shown.total, shown.faults) == (14_50, [])
    assert [(new.code, new.name, new.division) for new in shown.new_codes] == [
        ("G-1", "Mobilization", "G"),
        ("G-2", "Clean up", "G"),
    ]
    assert shown.new_divisions == ["G"]
    assert len(cost_code.every()) == before


@pytest.mark.parametrize(("row", "column", "words"), [
    (",Slab,L,10", "Cost Code", "Cost Code is missing. Write a code"),
    (",Total of both,S,10", "Cost Code", "It looks like a total"),
    ("2026-01-02,Slab,L,10", "Cost Code", "is a date: the spreadsheet program turned a code such as 1-2 into one"),
    ("2-Jan,Slab,L,10", "Cost Code", "is a date"),
    ("G\x01-1,Slab,L,10", "Cost Code", "control character"),
    (f"{'G' * 256},Slab,L,10", "Cost Code", "has 256 characters"),
    ("03,Concrete,L,10", "Cost Code", "03 is a division"),
    ("03-3000-1,x,L,abc", "Amount", "“abc” is not an amount"),
    ("G-1,Slab,L,", "Amount", "The amount is missing"),
    ("G-1,Slab,L,1.234", "Amount", "two ways"),
    ("G-1,Slab,L,99999999999", "Amount", "too large"),
    ("G-1,Sl\x07ab,L,10", "Description", "control character"),
    ("G-1,Slab,Catering,10", "Cost type", "“Catering” is not a cost type. Write one of L (Labor)"),
    ("G-1,Slab,,10", "Cost type", "The cost type is missing. Write one, or choose a Default cost type."),
    ("03-3000,Slab,M,10", "Cost Code", "03-3000 with type M is in the budget already"),
])  # fmt: skip
def test_a_row_with_an_error_names_its_row_column_and_cure(
    people: SimpleNamespace, budget: Budget, row: str, column: str, words: str
) -> None:
    shown = plan(budget, sheet("33-3100,Noise,S,1", row), COLUMNS, people.pam)
    assert faults(shown) == [(3, column)]
    assert words in shown.faults[0].sentence
    assert [line.code for line in shown.lines] == ["33-3100"]


def test_duplicates_are_errors_in_both_rows_and_name_each_other(people: SimpleNamespace, budget: Budget) -> None:
    shown = plan(budget, sheet("G-1,a,S,1", "G-2,b,S,1", "g-1,c,S,1", "G-1,d,L,1"), COLUMNS, people.pam)
    assert faults(shown) == [(2, "Cost Code"), (4, "Cost Code")]
    assert "G-1 with type S stands in row 2 and in row 4" in shown.faults[0].sentence
    assert "g-1 with type S stands in row 4 and in row 2" in shown.faults[1].sentence


def test_a_code_that_would_become_the_division_of_another_row_is_an_error(people: SimpleNamespace, budget: Budget) -> None:
    shown = plan(budget, sheet("G,General,S,1", "G-1,Mobilization,S,1"), COLUMNS, people.pam)
    assert [fault.sentence for fault in shown.faults] == [
        "G would be the division of the code in row 3. Write a longer code, such as G-0."
    ]


def test_a_code_below_another_code_is_an_error(people: SimpleNamespace, budget: Budget) -> None:
    cost_code.create(people.adam, "44", "Forty-four")
    shown = plan(budget, sheet("44-1,Below,S,1"), COLUMNS, people.pam)
    assert "44-1 would stand below 44, which is a cost code itself" in shown.faults[0].sentence


@pytest.mark.parametrize(
    ("text", "letter"),
    [("L", "L"), ("labor", "L"), ("Materials", "M"), ("SUBCONTRACT", "S"), ("s - Subcontract", "S"), ("Other", "O")],
)
def test_cost_types_are_read_by_letter_and_by_name(people: SimpleNamespace, budget: Budget, text: str, letter: str) -> None:
    assert plan(budget, sheet(f"G-1,Slab,{text},10"), COLUMNS, people.pam).lines[0].cost_type == letter


def test_the_default_type_fills_only_what_is_empty(people: SimpleNamespace, budget: Budget) -> None:
    columns = Mapping(code=0, description=1, cost_type=2, amount=3, default_type="O")
    shown = plan(budget, sheet("G-1,a,,1", "G-2,b,L,1", "G-3,c,Nonsense,1"), columns, people.pam)
    assert [line.cost_type for line in shown.lines] == ["O", "L"]
    assert faults(shown) == [(4, "Cost type")]
    without = plan(budget, sheet("G-1,a,L,1"), Mapping(code=0, amount=3, default_type="E"), people.pam)
    assert [(line.cost_type, line.description) for line in without.lines] == [("E", "")]


def test_a_long_description_is_fine_and_its_code_is_named_by_its_number(people: SimpleNamespace, budget: Budget) -> None:
    shown = plan(budget, sheet(f"G-1,{'x' * 300},S,1", "G-2,,S,1"), COLUMNS, people.pam)
    assert shown.faults == []
    assert [new.name for new in shown.new_codes] == ["G-1", "G-2"]
    assert len(shown.lines[0].description) == 300


def test_who_may_not_add_cost_codes_learns_which_are_missing_and_who_can_help(people: SimpleNamespace, budget: Budget) -> None:
    shown = plan(budget, sheet("03-2000,Known,S,1", "G-2,b,S,1", "G-1,a,S,1"), COLUMNS, people.stan)
    assert faults(shown) == [(3, "Cost Code"), (4, "Cost Code")]
    assert shown.missing == ["G-1", "G-2"]
    assert shown.new_codes == []
    assert shown.helpers == ("You need Standard or higher on Company Admin. The owner can change that. "
                             "Adam or Pam can add them on the page Cost codes.")  # fmt: skip


def test_an_import_makes_lines_codes_and_divisions_in_one_step(people: SimpleNamespace, budget: Budget) -> None:
    upload, was = keep(people.pam, "03-3000,Slab,L,10", "G-1,Mobilization,S,5.50", "G-1,,L,1"), budget.version
    carry_out(budget, upload, COLUMNS, people.pam, leave_out=False)
    assert [(line.code.code, line.cost_type, line.original, line.description) for line in budgets.page_of(budget)] == [
        ("03-3000", "M", 1_000_00, "Cast-in-place concrete"), ("03-3000", "L", 10_00, "Slab"), ("G-1", "S", 5_50, "Mobilization"),
        ("G-1", "L", 1_00, "Mobilization")]  # fmt: skip
    made = cost_code.find("g-1")
    assert made
    assert (made.name, made.division and made.division.code, made.creator) == ("Mobilization", "G", people.pam)
    assert (db.session.get(Upload, upload.id), budget.version) == (None, was + 1)
    assert audit.history(budget.subject)[-1].details == {
        "file": "sov.csv",
        "lines": 3,
        "total": 16_50,
        "replaced": False,
        "left_out": 0,
        "new_codes": 1,
        "upload": upload.id,
    }
    budgets.lock(budget, people.pam, None)


def test_rows_with_errors_stop_everything_unless_they_are_left_out(people: SimpleNamespace, budget: Budget) -> None:
    upload = keep(people.pam, "G-1,a,S,1", "G-2,b,S,abc", "G-3,c,X,abc")
    with pytest.raises(ImportRefused, match="2 rows have errors. Nothing was imported."):
        carry_out(budget, upload, COLUMNS, people.pam, leave_out=False)
    assert (budget.size, cost_code.find("G-1")) == (1, None)
    carry_out(budget, upload, COLUMNS, people.pam, leave_out=True)
    assert (budget.size, cost_code.find("G-2")) == (2, None)


def test_nothing_is_imported_when_no_row_is_left(people: SimpleNamespace, budget: Budget) -> None:
    with pytest.raises(ImportRefused, match="No row is left to import"):
        carry_out(budget, keep(people.pam, "G-2,b,S,abc"), COLUMNS, people.pam, leave_out=True)


def test_a_fault_in_the_middle_leaves_nothing_behind(
    people: SimpleNamespace, budget: Budget, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("power cut")

    upload = keep(people.pam, "G-1,a,S,1")
    db.session.commit()
    monkeypatch.setattr("erp.documents.budget_importing.forget", broken)
    with pytest.raises(RuntimeError):
        carry_out(budget, upload, COLUMNS, people.pam, leave_out=False)
    db.session.rollback()
    assert (budget.size, cost_code.find("G-1"), cost_code.find("G", is_division=True)) == (1, None, None)
    assert audit.history(budget.subject)[-1].action != "import"


REPLACE = Mapping(code=0, description=1, cost_type=2, amount=3, replace=True)


def test_replacing_takes_the_file_for_the_lines_there(people: SimpleNamespace, budget: Budget) -> None:
    assert why_not_replace(budget) == []
    carry_out(budget, keep(people.pam, "03-3000,New,M,7", "G-1,a,S,1"), REPLACE, people.pam, leave_out=False)
    assert [(line.code.code, line.original, line.description) for line in budgets.page_of(budget)] == [
        ("03-3000", 7_00, "New"),
        ("G-1", 1_00, "a"),
    ]
    noise = budgets.of(db.session.get_one(Project, budget.project.id - 1))
    assert noise
    assert noise.total == 999_00


def test_replacing_lines_that_were_locked_once_corrects_their_entries(
    people: SimpleNamespace, budget: Budget, codes: list[CostCode]
) -> None:
    budgets.add_line(budget, codes[1], "S", 50_00)
    budgets.lock(budget, people.pam, None)
    budgets.unlock(budget, people.pam, None)
    carry_out(budget, keep(people.pam, "03-3000,New,M,7"), REPLACE, people.pam, leave_out=False)
    assert (budget.size, budget.total) == (1, 7_00)
    budgets.lock(budget, people.pam, None)
    assert [(entry.what, entry.amount) for entry in budgets.entries(budget)] == [
        ("original", 1_000_00), ("original", 50_00), ("correction", -50_00), ("correction", -993_00)]  # fmt: skip


def test_lines_of_a_budget_that_was_ever_sent_are_not_replaced(
    people: SimpleNamespace, budget: Budget, at: Callable[..., Item]
) -> None:
    at("budget", budget, State.WITH_PM)
    assert "was sent to ERP once, so its lines stay" in why_not_replace(budget)[0].text
    with pytest.raises(ImportRefused, match="its lines stay"):
        carry_out(budget, keep(people.pam, "03-3000,New,M,7"), REPLACE, people.pam, leave_out=False)
    assert budget.total == 1_000_00


def test_a_locked_or_sent_budget_takes_no_import(people: SimpleNamespace, budget: Budget, at: Callable[..., Item]) -> None:
    budgets.lock(budget, people.pam, None)
    with pytest.raises(ImportRefused, match="The budget is locked"):
        carry_out(budget, keep(people.pam, "G-1,a,S,1"), COLUMNS, people.pam, leave_out=False)
    at("budget", budget, State.READY)
    with pytest.raises(ImportRefused, match="is Ready there"):
        carry_out(budget, keep(people.pam, "G-1,a,S,1"), REPLACE, people.pam, leave_out=False)


@pytest.mark.parametrize(("name", "lines", "total", "divisions"), [
    ("sf_2977J_sov.csv", 51, 3_941_885_60, ["G", "R", "SW"]), ("sf_1164I_sov.csv", 76, 5_761_977_21, ["G", "R", "SW", "CO"]),
    ("sf_1070I_sov.csv", 59, 7_342_612_20, ["SW", "R"]),
])  # fmt: skip
def test_real_schedules_of_values_go_in_to_the_cent(
    people: SimpleNamespace, pier: Project, name: str, lines: int, total: int, divisions: list[str]
) -> None:
    path = next((folder / name for folder in (FIXTURES, SAGE) if (folder / name).exists()), None)
    if path is None:
        pytest.skip(f"{name} is not on this machine")
    upload = uploads.keep(people.pam, "budget", name, path.read_bytes(), pier.id)
    found = sheets.guess(upload.sheet.header, ("code", "amount", "type", "description"))
    budget = budgets.open_for(pier, people.pam)
    done = carry_out(
        budget,
        upload,
        Mapping(found["code"], found["amount"], found["description"], default_type="S"),
        people.pam,
        leave_out=False,
    )
    assert (budget.size, budget.total) == (lines, total)
    assert (len(done.new_codes), done.new_divisions) == (lines, divisions)


def test_ten_thousand_lines_take_a_few_seconds(people: SimpleNamespace, pier: Project) -> None:
    rows = [f"{n // 100:03d}-{n},Line {n},{'LMESO'[n % 5]},{n}.25" for n in range(10_000)]
    budget, started = budgets.open_for(pier, people.pam), time.monotonic()
    upload = keep(people.pam, *rows)
    carry_out(budget, upload, COLUMNS, people.pam, leave_out=False)
    budgets.lock(budget, people.pam, None)
    assert (budget.size, budget.total) == (10_000, sum(n * 100 + 25 for n in range(10_000)))
    assert time.monotonic() - started < 30


TOTALS = ["Total", "TOTAL:", "Subtotal", "sub-total", "Sub Total:", "Grand total", "grand totals:", "Sum"]


@pytest.mark.parametrize("called", TOTALS)
@pytest.mark.parametrize("where", ["{0},,S,16", ",{0},S,16", "{0},,,", "{0},Of all,,=SUM(D2)"])
def test_a_row_that_only_adds_up_the_others_is_no_line(people: SimpleNamespace, pier: Project, called: str, where: str) -> None:
    shown = plan(None, sheet("G-1,Mobilization,S,10", "G-2,Clean up,S,6", where.format(called)), COLUMNS, people.pam)
    assert ([line.code for line in shown.lines], shown.total, shown.faults) == (["G-1", "G-2"], 16_00, [])
    assert ([new.code for new in shown.new_codes], shown.totals_called) == (["G-1", "G-2"], [called.rstrip(":")])
    assert shown.wrong_total is None


def test_a_code_that_only_begins_with_the_word_is_a_line(people: SimpleNamespace, pier: Project) -> None:
    shown = plan(None, sheet("Total-1,Total,S,10", "Sump-2,Sum,S,6"), COLUMNS, people.pam)
    assert ([line.code for line in shown.lines], shown.totals) == (["Total-1", "Sump-2"], [])


def test_a_total_that_its_lines_do_not_add_up_to_is_said(people: SimpleNamespace, pier: Project) -> None:
    rows = ("G-1,Mobilization,S,10", "Subtotal,,,10", "G-2,Clean up,S,6", "Subtotal,,,6", "Total,,,17")
    wrong = plan(None, sheet(*rows), COLUMNS, people.pam)
    assert wrong.wrong_total is not None
    assert (wrong.wrong_total.row, wrong.wrong_total.amount, wrong.added_up) == (6, 17_00, 16_00)
    assert plan(None, sheet(*rows[:-1]), COLUMNS, people.pam).wrong_total is None
