"""The lines of an item, exactly, or why there are none."""

import json
from dataclasses import replace
from typing import Any

import pytest

from erp.connector import Ask, Failed, Work
from erp.connectors.sage300 import jce
from erp.connectors.sage300.step import step
from tests.unit.connectors.sage300.works import A_JOB, JOB, SUB_JOB, budget, files, line, told

SWITCHED_ON = {"sage300": {"job_records": True}}


def texts(work: Work, file: str = jce.ESTIMATE) -> list[str]:
    """The lines of one file."""
    return [one["text"] for one in told(work) if one["file"] == file]


def refused(work: Work) -> Failed:
    """Why there are no lines."""
    out = step(work, None)
    assert isinstance(out, Failed)
    return out


def test_a_line_tells_where_it_goes_and_how_much() -> None:
    (one,) = told(budget(line(7, 1234_50, name='PIPE 12", VCP')))
    assert one == {
        "file": "estimate", "record": "C", "text": 'C,"10-0007","PIPE 12"", VCP","S",11232026,0.00,"",1234.50,,,,,""', "job": JOB,
        "extra": "", "code": "10-0007", "category": "S", "amount": 1234_50,
    }  # fmt: skip


def test_originals_and_changes_go_into_two_files() -> None:
    work = budget(line(1, 100_00, 5_00), line(2, 0, -5_00), line(3, 7_00), line(4, 0))
    assert [text.split(",")[1] + text.split(",")[7] for text in texts(work)] == ['"10-0001"100.00', '"10-0003"7.00']
    assert [text.split(",")[1] + text.split(",")[7] for text in texts(work, jce.CHANGES)] == ['"10-0001"5.00', '"10-0002"-5.00']


def test_a_correction_and_a_change_that_cancel_each_other_both_travel() -> None:
    work = budget(line(1, 0, send=0, send_original=100_00))
    assert [one["amount"] for one in told(work)] == [100_00, -100_00]


def test_sub_jobs_stand_as_extras_before_the_costs() -> None:
    work = budget(line(1, 1, sub="SW"), line(2, 1), line(3, 1, sub="R"), line(4, 1, sub="SW"))
    assert [text[:6] for text in texts(work)] == ['E,"SW"', 'E,"R",', 'C,"10-', 'C,"10-', 'C,"10-', 'C,"10-']
    assert texts(work)[0] == 'E,"SW","Sewer work"'
    assert texts(work)[2].endswith(',"SW"')


def test_a_new_sub_job_with_changes_only_makes_a_file_of_one_extra() -> None:
    work = budget(line(1, 0, 5_00, sub="SW"))
    assert [one["record"] for one in told(work)] == ["E", "C"]
    assert texts(work) == ['E,"SW","Sewer work"']


def test_an_extra_that_an_earlier_send_carried_is_not_written_again() -> None:
    first, idle = budget(line(1, 5_00, sub="SW")), budget(line(1, 0, sub="SW"))
    again = budget(line(1, 5_00, 1_00, sub="SW", send=1_00, send_original=0), purpose="mod", before=(("CS-1", first.payload),))
    assert [one["record"] for one in told(again)] == ["C"]
    assert [one["record"] for one in told(replace(again, before=(("CS-1", idle.payload),)))] == ["E", "C"]


def test_each_file_begins_with_the_job_where_jobs_go_by_file() -> None:
    work = budget(line(1, 1_00, 2_00, sub="SW"), settings=SWITCHED_ON)
    head = '*,"25-1361","Pier 9 Sewer Renewal and Stree"'
    assert texts(work)[:2] == [head, 'E,"SW","Sewer work"']
    assert texts(work, jce.CHANGES)[0] == head


def test_a_sub_job_is_an_extra_of_its_job() -> None:
    assert texts(SUB_JOB) == ['E,"SW","Sewer work"']
    assert texts(replace(SUB_JOB, settings=SWITCHED_ON))[0].startswith('*,"25-1361"')


def test_a_job_is_one_record_where_that_is_switched_on() -> None:
    assert texts(A_JOB) == ['*,"25-1361","Pier 9 Sewer Renewal and Stree"']
    assert refused(replace(A_JOB, settings={})).reason.startswith("Jobs are keyed by hand in Sage")


def test_a_number_is_put_into_the_shape_of_sage_when_it_is_first_made() -> None:
    shapes = {
        "shapes": {
            "job": {"mask": "00-0000-0", "suffix": "-0"},
            "extra": {"mask": "AAA", "pad": [{"section": 1, "side": "left", "to": 3, "sign": "X"}]},
        }
    }
    assert texts(replace(A_JOB, settings={"sage300": shapes | {"job_records": True}}))[0].startswith('*,"25-1361-0"')
    assert texts(replace(SUB_JOB, settings={"sage300": shapes})) == ['E,"XSW","Sewer work"']


def test_what_sage_has_already_keeps_its_number() -> None:
    assert texts(replace(A_JOB, purpose="mod", refs={"erp_id": "99-1"}))[0].startswith('*,"99-1"')
    assert texts(replace(SUB_JOB, purpose="mod", refs={"job": JOB, "erp_id": f"{JOB}|SEWER"})) == ['E,"SEWER","Sewer work"']


def test_a_file_takes_the_codes_of_sage_and_never_makes_its_own() -> None:
    work = budget(line(1, 1, sub="R"))
    odd = replace(
        work,
        refs=work.refs | {"codes": {"1": "01 318100"}, "extras": {"71": f"{JOB}|ROAD"}},
        settings={"sage300": {"shapes": {"code": {"mask": "00-0000"}}}},
    )
    assert texts(odd)[1].startswith('C,"01 318100"')
    assert texts(odd)[1].endswith(',"ROAD"')


def test_a_changed_layout_changes_the_line() -> None:
    fields = ["record", "cost_code:12", "extra:10", "category:3", "amount:9.2", "date", "job:12", "blank"]
    work = budget(
        line(1, 5_00), settings={"sage300": {"layouts": {"C": fields}, "date_format": "MM/DD/YYYY", "categories": {"S": "SUB"}}}
    )
    assert texts(work) == ['C,"10-0001","","SUB",5.00,11/23/2026,"25-1361",']


@pytest.mark.parametrize(("work", "code", "why"), [
    (budget(line(1, 1), choices={}), "field", "The accounting date is missing. Choose one at Accept."),
    (budget(line(1, 0)), "field", "There is nothing to send"), (budget(line(1, 1, name="✓")), "field", "The name of cost code X-1"),
    (budget(line(1, 1), refs={"job": ""}), "parent-missing", "The job is not in Sage yet."),
    (budget(line(1, 1), refs={"job": JOB, "codes": {}}), "parent-missing", "These cost codes are not in Sage yet: X-1."),
    (budget(line(1, 1, sub="R"), refs={"job": JOB, "codes": {"1": "1"}, "extras": {}}), "parent-missing", "These sub jobs are not in Sage yet: R."),
    (budget(line(1, 1), refs={"job": JOB, "codes": {"1": "1234567890123"}}), "field", "has 13 signs; the layout takes 12. Shorten it."),
    (budget(line(1, 1), settings={"sage300": {"date_format": ""}}), "field", "The settings of the connection need a correction."),
    (replace(SUB_JOB, refs={}), "parent-missing", "The job is not in Sage yet."),
    (replace(SUB_JOB, purpose="refresh"), "internal", "Sage is not asked for refresh"), (replace(SUB_JOB, kind="company"), "internal", "Sage is not asked"),
])  # fmt: skip
def test_what_cannot_be_written_is_refused_with_a_sentence(work: Work, code: str, why: str) -> None:
    out = refused(work)
    assert out.code == code
    assert why in out.reason


def test_the_same_item_gives_the_same_bytes() -> None:
    work = budget(*(line(key, key * 100, key, sub=sub) for key, sub in enumerate(["R", "", "SW"] * 5, 1)))
    out = step(work, None)
    assert isinstance(out, Ask)
    assert step(work, None) == out
    assert all(
        set(one) == {"file", "text", "job", "extra", "code", "category", "amount", "record"} for one in json.loads(out.body)
    )


def test_files_are_windows_1252_with_crlf_and_a_number_in_the_name() -> None:
    data: dict[str, Any] = files(budget(line(1, 1, name="Café ½")))
    assert data["estimate"] == 'C,"10-0001","Café ½","S",11232026,0.00,"",0.01,,,,,""\r\n'.encode("cp1252")
    assert jce.file_name(12, jce.CHANGES) == "000012_estimate_changes.jce"
