"""Importing a schedule of values in the browser: three plain pages, and nothing half done."""

import io
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from erp import sheets
from erp.db import db
from erp.documents import budget as budgets
from erp.documents import cost_code, project, team
from erp.documents.cost_code import CostCode
from erp.documents.project import Project
from erp.documents.uploads import Upload
from erp.people import Level
from tests.unit.stage import Stage

FOLDERS = (Path(__file__).resolve().parents[2] / "fixtures", Path(__file__).resolve().parents[4] / "shared" / "data" / "sage")
HEAD = "bid_item,description,unit,qty,unit_price,amount"
TABLE = "\n".join((HEAD, "G-1,Mobilization,LS,1,1,5000.0", "32-1200,Paving,SF,2,3,1000.50", "G-2,Clean up,LS,1,1,(10)")).encode()
MAPPING = "?code=0&description=1&amount=5&type=&default_type=S"


def choose(browser: Any, pier: Project, data: bytes = TABLE, name: str = "sov.csv") -> Any:
    form = {"file": (io.BytesIO(data), name)}
    return browser.post(f"/projects/{pier.id}/budget/import", data=form, content_type="multipart/form-data")


def preview(browser: Any, pier: Project, data: bytes = TABLE, mapping: str = MAPPING, name: str = "sov.csv") -> str:
    """The URL of the preview of a file."""
    return f"{choose(browser, pier, data, name).location}/preview{mapping}"


def rows(*more: str) -> bytes:
    return "\n".join((HEAD, *more)).encode()


def test_the_three_steps_are_three_plain_pages(as_: Any, pier: Project, codes: list[CostCode]) -> None:
    pam = as_("pam")
    assert re.search(r'<input[^>]*name="file"[^>]*type="file"', pam.get(f"/projects/{pier.id}/budget/import").text)
    chosen = choose(pam, pier)
    assert chosen.status_code == 303
    columns = pam.get(chosen.location).text
    for label in ("Cost code", "Description", "Amount", "Cost type", "Default cost type"):
        assert re.search(rf"<label[^>]*>{label}</label>", columns)
    assert re.search(r'<select[^>]*name="amount".*?<option selected value="5">amount</option>', columns, re.DOTALL)
    shown = pam.get(f"{chosen.location}/preview{MAPPING}").text
    for words in (
        "3 lines",
        "5,990.50",
        "2 standard cost codes are missing and will be added, with the division G",
        "(10.00)",
        ">Import</button>",
    ):
        assert words in shown
    assert cost_code.find("G-1") is None
    done = pam.post(f"{chosen.location}/preview{MAPPING}", follow_redirects=True).text
    assert "Imported: 3 lines, 5,990.50 in total. New: 2 cost codes." in done
    budget = budgets.of(pier)
    assert budget
    assert [(line.code.code, line.cost_type, line.original) for line in budgets.page_of(budget)] == [
        ("G-1", "S", 5_000_00), ("32-1200", "S", 1_000_50), ("G-2", "S", -10_00)]  # fmt: skip
    assert db.session.scalars(db.select(Upload)).all() == []


def test_who_goes_back_after_an_import_is_led_to_the_budget_and_the_lines_are_there_once(as_: Any, pier: Project) -> None:
    pam = as_("pam")
    url = preview(pam, pier)
    assert pam.post(url).status_code == 303
    for ask, where in ((pam.get, url), (pam.get, url.partition("/preview")[0]), (pam.post, url)):
        answer = ask(where)
        assert (answer.status_code, answer.location) == (303, f"/projects/{pier.id}/budget")
        assert "sov.csv was imported already, so its preview is gone." in pam.get(answer.location).text
    budget = budgets.of(pier)
    assert budget
    assert budget.size == 3


@pytest.mark.parametrize(("name", "lines", "total"), [
    ("sf_2977J_sov.csv", "51", "3,941,885.60"), ("sf_1164I_sov.csv", "76", "5,761,977.21"),
    ("sf_1070I_sov.csv", "59", "7,342,612.20"),
])  # fmt: skip
def test_a_whole_real_schedule_of_values_goes_in_through_the_browser(
    as_: Any, pier: Project, name: str, lines: str, total: str
) -> None:
    path = next((folder / name for folder in FOLDERS if (folder / name).exists()), None)
    if path is None:
        pytest.skip(f"{name} is not on this machine")
    url = preview(as_("pam"), pier, path.read_bytes(), name=name)
    shown = as_("pam").get(url).text
    assert f"{lines} lines" in shown
    assert total in shown
    assert f"Imported: {lines} lines, {total} in total." in as_("pam").post(url, follow_redirects=True).text
    budget = budgets.of(pier)
    assert budget
    assert (f"{budget.size}", f"{budget.total / 100:,.2f}") == (lines, total)


def test_a_workbook_goes_in_the_same_way(as_: Any, pier: Project) -> None:
    book = sheets.xlsx_bytes(
        [
            ["Schedule of values of Pier 9"],
            [],
            ["Item", "Description", "Total"],
            ["G-1", "Mobilization", 5000.1],
            [1000, "Wall", 0.2],
        ]
    )
    answer = choose(as_("pam"), pier, book, "sov.xlsx")
    shown = as_("pam").get(f"{answer.location}/preview").text
    assert "2 lines" in shown
    assert "5,000.30" in shown


@pytest.mark.parametrize(("name", "data", "sentence"), [
    ("sov.csv", b"", "The file is empty."), ("sov.pdf", b"%PDF-1.4", "is a PDF. Save the table as CSV or XLSX"),
    ("sov.csv", b"\x00\x01\x02", "is not text."), ("sov.xlsx", b"PK\x03\x04broken", "The workbook is damaged"),
    ("sov.csv", b"G-1,5000\nG-2,100\n", "should hold the column names"),
    ("<b>.exe", b"MZ", "“&lt;b&gt;.exe” is neither CSV nor XLSX"),
    ("sov.csv", b"x" * (sheets.MOST_BYTES + 1), "at most 10 MB are read"),
])  # fmt: skip
def test_a_bad_file_is_said_beside_the_field_and_nothing_is_kept(
    as_: Any, pier: Project, name: str, data: bytes, sentence: str
) -> None:
    answer = choose(as_("pam"), pier, data, name)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert db.session.scalars(db.select(Upload)).all() == []


def test_no_file_at_all_asks_for_one(as_: Any, pier: Project) -> None:
    answer = as_("pam").post(f"/projects/{pier.id}/budget/import", data={})
    assert answer.status_code == 422
    assert "Choose a CSV or XLSX file." in answer.text


def test_rows_with_errors_stop_the_import_until_they_are_left_out(as_: Any, pier: Project) -> None:
    url = preview(
        as_("pam"), pier, rows("G-1,a,LS,1,1,5", "G-1,b,LS,1,1,6", ",Total of both,,,,11", "G-2,c,LS,1,1,abc", "G-3,d,LS,1,1,7")
    )
    shown = as_("pam").get(url).text
    for words in (
        "4 rows have errors",
        "stands in row 2 and in row 3",
        "It looks like a total",
        "“abc” is not an amount",
        "Leave out the rows with errors",
    ):
        assert words in shown
    answer = as_("pam").post(url)
    assert answer.status_code == 422
    assert "4 rows have errors. Nothing was imported." in answer.text
    assert budgets.of(pier) is None
    assert (
        "Imported: 1 line, 7.00 in total. New: 1 cost code."
        in as_("pam").post(url, data={"leave_out": "y"}, follow_redirects=True).text
    )
    assert cost_code.find("G-3")
    assert cost_code.find("G-1") is None


def test_only_its_owner_can_go_on_with_an_upload(as_: Any, people: SimpleNamespace, pier: Project) -> None:
    for name in ("bob", "stan"):
        team.add(pier, people.pam, f"{name}@x.test", Level.ADMIN)
    db.session.commit()
    at = choose(as_("pam"), pier).location
    noise = at.replace(f"/{pier.id}/", f"/{pier.id - 1}/")
    for name, url in (
        ("bob", at),
        ("stan", at),
        ("ann", at),
        ("adam", at),
        ("olga", at),
        ("pam", noise),
        ("pam", f"{at}9"),
        ("pam", f"/cost-codes/import/{at[-1]}"),
    ):
        assert as_(name).get(url).status_code in (404, 403)
        assert as_(name).get(f"{url}/preview{MAPPING}").status_code in (404, 403)
        assert as_(name).post(f"{url}/preview{MAPPING}").status_code in (404, 403)
    assert as_("bob").get(at).status_code == 404
    assert as_("pam").get(at).status_code == 200


@pytest.mark.parametrize("mapping", ["?code=9&amount=5", "?code=x&amount=5", "?code=0&amount=", "?code=&amount=5",
"?code=0&amount=5&default_type=Z",
                                     "?code=-1&amount=5"])  # fmt: skip
def test_a_mapping_that_cannot_be_asks_again(as_: Any, pier: Project, mapping: str) -> None:
    url = preview(as_("pam"), pier, mapping=mapping)
    answer = as_("pam").get(url)
    assert answer.status_code == 422
    assert "Say which column is what." in answer.text
    assert as_("pam").post(url).status_code >= 400


def test_words_in_the_address_that_the_form_does_not_know_do_no_harm(as_: Any, pier: Project) -> None:
    url = preview(as_("pam"), pier, mapping=f"{MAPPING}&upload_id=7&project_id=8&_external=1&x=%22%3E%3Cscript%3E")
    answer = as_("pam").get(url)
    assert answer.status_code == 200
    assert "<script>" not in answer.text
    assert as_("pam").post(url).status_code == 303


def test_who_may_not_add_cost_codes_sees_which_are_missing_and_who_helps(
    as_: Any, people: SimpleNamespace, pier: Project, codes: list[CostCode]
) -> None:
    team.add(pier, people.pam, "stan@x.test", Level.READ)
    project.grant(pier, people.stan, "budget", Level.STANDARD)
    db.session.commit()
    url = preview(as_("stan"), pier)
    shown = as_("stan").get(url).text
    for words in (
        "2 standard cost codes are missing: G-1, G-2.",
        "You need Standard or higher on Company Admin.",
        "Adam or Pam can add them",
    ):
        assert words in shown
    assert as_("stan").post(url).status_code == 422
    assert as_("stan").post(url, data={"leave_out": "y"}).status_code == 303
    assert cost_code.find("G-1") is None
    budget = budgets.of(pier)
    assert budget
    assert budget.total == 1_000_50


def test_lines_that_are_there_stay_or_are_replaced_on_purpose(as_: Any, pier: Project) -> None:
    as_("pam").post(preview(as_("pam"), pier))
    again = choose(as_("pam"), pier).location
    columns = as_("pam").get(again).text
    assert "Replace all lines" in columns
    shown = as_("pam").get(f"{again}/preview{MAPPING}").text
    assert "3 rows have errors" in shown
    assert "G-1 with type S is in the budget already" in shown
    assert "they stay" in shown
    replaced = f"{again}/preview{MAPPING}&replace=y"
    assert "they are replaced" in as_("pam").get(replaced).text
    assert as_("pam").post(replaced).status_code == 303
    budget = budgets.of(pier)
    assert budget
    assert (budget.size, budget.total) == (3, 5_990_50)


def test_a_locked_budget_says_why_nothing_can_be_imported(as_: Any, stage: Stage) -> None:
    stage.budget()
    text = as_("pam").get(f"/projects/{stage.pier.id}/budget/import").text
    assert re.search(r'aria-disabled="true"[^>]*>Next<', text)
    assert "The budget is locked. Unlock it" in text
    answer = as_("pam").post(preview(as_("pam"), stage.pier))
    assert answer.status_code == 422
    assert "The budget is locked. Unlock it" in answer.text


def test_a_budget_that_was_sent_once_keeps_its_lines(as_: Any, stage: Stage) -> None:
    stage.retrieve(stage.ready_budget())
    as_("pam").post(f"/projects/{stage.pier.id}/budget/unlock")
    columns = as_("pam").get(choose(as_("pam"), stage.pier).location).text
    assert "Replace all lines" not in columns
    assert "was sent to ERP once, so its lines stay" in columns
    answer = as_("pam").post(preview(as_("pam"), stage.pier, mapping=f"{MAPPING}&replace=y"))
    assert answer.status_code == 422
    budget = budgets.of(stage.pier)
    assert budget
    assert budget.size == 3


def test_a_long_table_is_shown_in_part_and_imported_whole(as_: Any, pier: Project) -> None:
    url = preview(as_("pam"), pier, rows(*(f"G-{n},Line {n},LS,1,1,{n}" for n in range(450))))
    shown = as_("pam").get(url).text
    assert "The first 200 of 450 lines are shown." in shown
    assert shown.count('data-label="Row"') == 200
    assert as_("pam").post(url).status_code == 303
    budget = budgets.of(pier)
    assert budget
    assert budget.size == 450


def test_what_a_file_holds_is_never_markup(as_: Any, pier: Project) -> None:
    attack = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    url = preview(as_("pam"), pier, f"bid_item,{attack},amount\n{attack},{attack},5\n{attack},x,{attack}\n".encode(),
                  "?code=0&description=1&amount=2&default_type=S", f"{attack}.csv")  # fmt: skip
    for address in (url, url.split("/preview")[0]):
        text = as_("pam").get(address).text
        assert "<img" not in text
        assert "<script>alert" not in text


def test_the_preview_says_which_totals_were_left_out_and_that_one_is_wrong(as_: Any, pier: Project) -> None:
    pam = as_("pam")
    shown = pam.get(preview(pam, pier, rows("G-1,a,LS,1,1,5", "Total,,,,,5"))).text
    assert "1 row called Total was left out" in shown
    assert "add up to" not in shown
    shown = pam.get(preview(pam, pier, rows("G-1,a,LS,1,1,5", "Subtotal,,,,,5", "Total,,,,,6"))).text
    assert "2 rows called Subtotal, Total were left out" in shown
    assert "Row 4, Total, says 6.00, but the lines add up to 5.00." in shown
