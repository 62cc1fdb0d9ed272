"""What accounting will receive: files, lines, totals, and what is cut off."""

from dataclasses import replace
from typing import Any

import pytest

from erp.connector import Work
from erp.connectors.sage300.connector import SAGE300
from erp.connectors.sage300.layouts import UNTRIED
from tests.unit.connectors.sage300.works import A_JOB, JOB, SUB_JOB, budget, files, line, schedule


def shown(work: Work) -> dict[str, Any]:
    """The preview."""
    return SAGE300.preview(work)


@pytest.mark.parametrize("contract", ["1164I", "2977J"])
def test_the_lines_of_the_files_stand_there_as_they_will_be_written(contract: str) -> None:
    work = schedule(contract, subs=True)
    preview = shown(work)
    written = {f"NNNNNN_{name}.jce": data.decode("cp1252").split("\r\n")[:-1] for name, data in files(work).items()}
    assert {one["name"]: one["lines"] for one in preview["files"]} == written
    assert sum(one["total"] for one in preview["files"]) == sum(amount for _, _, amount in preview["lines"])
    assert sum(amount for _, _, amount in preview["lines"]) == sum(one["send"] for one in work.payload["lines"])


def test_what_is_cut_off_stands_beside_what_stays() -> None:
    preview = shown(budget(line(1, 1, name="TEMPORARY RETROFLECTIVE PAVEMENT MARKINGS"), line(2, 1, sub="R")))
    assert preview["lines"] == [("10-0001 S", "TEMPORARY RETROFLECTIVE PAVEME", 1), ("R / 10-0002 S", "Item 2", 1)]
    assert preview["cut"]["lines"] == ["NT MARKINGS", ""]
    assert preview["rows"][-1] == ("Sub job R", "Roadway, drainage and traffic signal work", "Roadway, drainage and traffic")
    assert preview["cut"]["rows"][-1] == " signal work"
    assert len(preview["cut"]["rows"]) == len(preview["rows"])


def test_each_sub_job_has_its_row_in_the_order_of_the_file() -> None:
    preview = shown(budget(line(1, 1, sub="SW"), line(2, 1, sub="R"), settings={"sage300": {"job_records": True}}))
    assert [label for label, _, _ in preview["rows"]] == ["Job", "Accounting date", "Job description", "Sub job SW", "Sub job R"]


def test_each_file_says_what_to_do_with_the_box() -> None:
    preview = shown(budget(line(1, 5_00, 1_00)))
    assert preview["title"] == "Two files: the estimate, and approved changes to it"
    assert [(one["tick"][:5], one["count"], one["total"]) for one in preview["files"]] == [("Leave", 1, 5_00), ("Tick ", 1, 1_00)]
    assert shown(budget(line(1, 5_00)))["title"] == "One file: the estimate"
    assert shown(budget(line(1, 0, 5_00)))["title"] == "One file: approved changes to the estimate"


def test_it_is_said_how_well_each_record_is_known() -> None:
    preview = shown(budget(line(1, 1, sub="R"), settings={"sage300": {"job_records": True}}))
    assert len(preview["evidence"]) == 3
    assert all(UNTRIED in words for words in preview["evidence"])


def test_before_acceptance_the_form_stands_for_the_date() -> None:
    preview = shown(budget(line(1, 1), choices={}))
    assert ("Accounting date", "", "chosen at Accept") in preview["rows"]
    assert ",MMDDYYYY," in preview["files"][0]["lines"][0]
    assert ("Accounting date", "", "11232026") in shown(budget(line(1, 1)))["rows"]


def test_what_sage_does_not_have_yet_is_shown_as_it_will_see_it() -> None:
    settings = {"sage300": {"shapes": {"code": {"mask": "AA0"}}}}
    preview = shown(budget(line(1, 1, code="XX1", sub="R"), line(2, 1), refs={}, settings=settings))
    assert ("Job", "25-1361 Pier 9 Sewer Renewal and Street Reconstruction", "not in Sage yet") in preview["rows"]
    assert [name for name, _, _ in preview["lines"]] == ["R / XX1 S", "X-2 S"]


@pytest.mark.parametrize(("work", "why"), [
    (budget(line(1, 1, name="✓")), "X-1 (Subcontract): cost code description “✓” has ✓"),
    (budget(line(1, 10**13)), "is too large"), (budget(line(1, 1), choices={"date": "soon"}), "is no date"),
    (budget(line(1, 1), settings={"sage300": {"date_format": ""}}), "need a correction"),
    (budget(line(1, 1), settings={"sage300": {"categories": {"S": ""}}}), "has no category in Sage"),
    (replace(SUB_JOB, payload=SUB_JOB.payload | {"name": "✓"}), "Sub job SW: extra description “✓” has"),
    (replace(SUB_JOB, payload=SUB_JOB.payload | {"number": "12345678901"}), "has 11 signs"), (replace(A_JOB, payload=A_JOB.payload | {"number": ""}), "is empty"),
])  # fmt: skip
def test_what_cannot_be_written_is_said_in_a_row(work: Work, why: str) -> None:
    preview = shown(work)
    assert any(why in sent for _, _, sent in preview["rows"])
    assert preview["title"]


def test_a_sub_job_shows_its_extra() -> None:
    preview = shown(SUB_JOB)
    assert preview["rows"] == [("Job", "25-1361 Pier 9 Sewer Renewal and Street Reconstruction", JOB), ("Sub job code", "SW", "SW"),
                               ("Sub job SW", "Sewer work", "Sewer work")]  # fmt: skip
    assert preview["files"][0]["lines"] == ['E,"SW","Sewer work"']
    assert preview["lines"] == []


def test_a_job_shows_its_record_or_what_a_person_keys_in() -> None:
    assert shown(A_JOB)["files"][0]["lines"][0].startswith('*,"25-1361"')
    keyed = shown(replace(A_JOB, settings={}))
    assert keyed["files"] == []
    assert keyed["rows"][-1] == (
        "Job description",
        "Pier 9 Sewer Renewal and Street Reconstruction",
        "Pier 9 Sewer Renewal and Stree",
    )
    assert keyed["cut"]["rows"][-1] == "t Reconstruction"


def test_codes_and_companies_show_what_a_person_keys_in() -> None:
    code = Work("add", "cost_code", {"code": "01-5204", "name": "Allowance", "division": "01", "is_division": False}, "", "",
                settings={"sage300": {"shapes": {"code": {"mask": "00-000000", "pad": [{"section": 2, "side": "right", "to": 6}]}}}})  # fmt: skip
    assert shown(code)["rows"] == [("Cost code", "01-5204", "01-520400"), ("Description", "Allowance", "Allowance")]
    assert shown(replace(code, payload=code.payload | {"is_division": True}))["rows"] == [
        ("Description", "Allowance", "Allowance")
    ]
    company = Work("add", "company", {"name": "Bluewater Plumbing and Heating of Bayview"}, "", "")
    assert shown(company)["cut"]["rows"] == [" of Bayview"]


def test_a_budget_of_nothing_has_no_file() -> None:
    assert shown(budget(line(1, 0)))["title"] == "No file"
