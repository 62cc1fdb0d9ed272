"""Only what was read back makes an item Synced: to the cent, per extra, code and category."""

import json
from dataclasses import replace
from typing import Any

import pytest

from erp.connector import Later, Synced, Work
from erp.connectors.sage300.readback import AGAIN, WITH_ZEROS
from erp.connectors.sage300.step import step
from tests.unit.connectors.sage300.works import A_JOB, JOB, SUB_JOB, budget, files, line, posted, sage, schedule

BUDGET = budget(line(1, 100_00, 5_00, sub="SW"), line(2, 50_00, -5_00), line(3, 7_00))


def judged(work: Work, answer: Any) -> Synced | Later:
    """What a read-back says."""
    out = step(work, answer if isinstance(answer, str) else json.dumps(answer))
    assert isinstance(out, (Synced, Later))
    return out


def waits(work: Work, answer: Any) -> str:
    """Why it still waits."""
    out = judged(work, answer)
    assert isinstance(out, Later)
    assert out.seconds == 0
    return out.reason


@pytest.mark.parametrize("contract", ["1164I", "2977J"])
@pytest.mark.parametrize("subs", [False, True])
def test_a_real_schedule_is_synced_by_its_read_back(contract: str, subs: bool) -> None:
    work = schedule(contract, subs=subs)
    out = judged(work, posted(sage(work), work).read_back())
    assert isinstance(out, Synced)
    assert out.result["total"] == sum(one["revised"] for one in work.payload["lines"])
    assert out.result["erp_id"] == JOB


def test_originals_and_changes_are_told_apart() -> None:
    out = judged(BUDGET, posted(sage(BUDGET), BUDGET).read_back())
    assert isinstance(out, Synced)
    assert out.result["shows"] == [
        ["Job", JOB],
        ["Original estimate", "157.00"],
        ["Approved changes", "0.00"],
        ["Total", "157.00"],
    ]


def test_until_it_is_posted_it_waits() -> None:
    into = sage(BUDGET)
    for data in files(BUDGET).values():
        into.take(data)
    assert (
        waits(BUDGET, into.read_back())
        == "Nothing of it is in Sage yet. Import the file, post the entries, and read the list back again."
    )


def test_a_box_that_was_not_ticked_is_found() -> None:
    into = sage(BUDGET)
    for data in files(BUDGET).values():
        into.take(data, approved_change=False)
    into.post()
    told = waits(BUDGET, into.read_back())
    assert "SW / 10-0001 S: original 105.00 instead of 100.00, changes 0.00 instead of 5.00" in told
    assert told.endswith("The totals agree: the box “Import as an Approved Estimate Change” was ticked for the wrong file.")


def test_a_file_that_was_imported_twice_is_found() -> None:
    into = posted(posted(sage(BUDGET), BUDGET), BUDGET)
    assert waits(BUDGET, into.read_back()).startswith(
        "3 lines differ from what Sage should hold: SW / 10-0001 S: original 200.00 instead of 100.00"
    )


def test_what_others_keyed_in_elsewhere_does_not_matter_but_on_our_place_it_does() -> None:
    into = posted(sage(BUDGET), BUDGET)
    into.original[("", "99-9999", "L")] = 1
    assert isinstance(judged(BUDGET, into.read_back()), Synced)
    into.original[("", "10-0003", "S")] += 1
    assert waits(BUDGET, into.read_back()) == (
        "1 line differs from what Sage should hold: 10-0003 S: original 7.01 instead of 7.00. Elsewhere on the job Sage has "
        "99-9999 L: original 0.01, changes 0.00. If that is of this budget, correct it in Sage and do not import the file again."
    )


def test_money_at_another_place_is_named_before_the_file_is_imported_twice() -> None:
    work = budget(line(1, 100_00))
    there = {"extra": "", "code": "10-0009", "category": "S", "original": 100_00, "changes": 0}
    assert waits(work, {"job": JOB, "rows": [there]}) == (
        "1 line differs from what Sage should hold: 10-0001 S: original 0.00 instead of 100.00. Elsewhere on the job Sage has "
        "10-0009 S: original 100.00, changes 0.00. If that is of this budget, correct it in Sage and do not import the file again."
    )
    assert waits(work, {"job": JOB, "rows": [there | {"original": 0}]}).startswith("Nothing of it is in Sage yet.")


def test_a_line_that_is_missing_beside_one_that_is_there_is_named() -> None:
    work = budget(line(1, 100_00), line(2, 5_00))
    there = {"extra": "", "code": "10-0001", "category": "S", "original": 100_00, "changes": 0}
    assert waits(work, {"job": JOB, "rows": [there]}) == (
        "1 line differs from what Sage should hold: 10-0002 S: original 0.00 instead of 5.00."
    )


def test_capitals_tell_no_places_apart() -> None:
    first, again = emptied()
    into = posted(sage(first), first).read_back()
    small = [row | {"category": "s", "code": row["code"].casefold()} for row in into["rows"]]
    assert isinstance(judged(first, into | {"rows": small}), Synced)
    work = budget(line(1, 100_00), line(2, 5_00))
    work = replace(work, refs=work.refs | {"codes": {"1": "10-a", "2": "10-A"}})
    both = {"extra": "", "code": "10-A", "category": "s", "original": 105_00, "changes": 0}
    assert isinstance(judged(work, {"job": JOB, "rows": [both]}), Synced)
    gone = posted(posted(sage(first), first), again).read_back()
    assert isinstance(judged(again, gone | {"rows": [row | {"category": "s"} for row in gone["rows"]]}), Synced)


def test_several_rows_of_one_place_are_added_up() -> None:
    work = budget(line(1, 5_00))
    half = {"extra": "", "code": " 10-0001 ", "category": "S", "original": 2_50, "changes": 0}
    assert isinstance(judged(work, {"job": JOB, "rows": [half, half | {"extra": None}]}), Synced)


def test_a_resend_is_judged_with_everything_sent_before() -> None:
    first = budget(line(1, 100_00), line(2, 50_00))
    again = budget(
        line(1, 100_00, 5_00, send=5_00, send_original=0),
        line(2, 50_00, send=0, send_original=0),
        purpose="mod",
        before=(("CS-1", first.payload),),
    )
    into = posted(sage(first), first)
    assert waits(again, into.read_back()) == "1 line differs from what Sage should hold: 10-0001 S: changes 0.00 instead of 5.00."
    assert isinstance(judged(again, posted(into, again).read_back()), Synced)


def emptied() -> tuple[Work, Work]:
    """A budget of two lines, and the change that takes the first away."""
    first = budget(line(1, 100_00), line(2, 1_00))
    gone = line(1, 0, send=-100_00, send_original=-100_00)
    return first, budget(gone, line(2, 1_00, send=0, send_original=0), purpose="mod", before=(("CS-1", first.payload),))


def test_a_place_that_becomes_zero_must_have_its_row_or_a_part_of_the_report_would_do() -> None:
    first, again = emptied()
    into = posted(posted(sage(first), first), again)
    assert isinstance(judged(again, into.read_back()), Synced)
    del into.original["", "10-0001", "S"]
    assert waits(again, into.read_back()) == f"The report has no row for 10-0001 S, which this empties. {WITH_ZEROS}"


def test_amounts_that_are_again_what_they_were_are_not_believed_to_a_report_of_that_day() -> None:
    first, less = emptied()
    back = line(1, 100_00, send=100_00, send_original=100_00)
    sent = (*less.before, ("CS-2", less.payload))
    again = budget(back, line(2, 1_00, send=0, send_original=0), purpose="mod", before=sent)
    older = posted(sage(first), first).read_back()
    assert waits(again, older | {"same_day": True}) == AGAIN
    assert isinstance(judged(again, older), Synced)


def test_many_differences_are_counted() -> None:
    work = schedule("2977J")
    into = posted(sage(work), work)
    into.original = {place: cents + 1 for place, cents in into.original.items()}
    assert waits(work, into.read_back()).endswith(" and 46 more.")


def test_a_read_back_of_another_job_counts_nothing() -> None:
    answer = posted(sage(BUDGET), BUDGET).read_back() | {"job": "25-1400"}
    assert waits(BUDGET, answer) == "The read-back is of the job 25-1400; this is on the job 25-1361."
    assert waits(replace(BUDGET, refs={}), answer) == "The read-back is of the job 25-1400; this is on the job (none)."


def test_an_extra_is_synced_when_it_is_listed() -> None:
    assert waits(SUB_JOB, {"job": JOB, "extras": {"R": "Roadway"}}).startswith(
        "The extra SW is not on the job 25-1361 in Sage yet."
    )
    out = judged(SUB_JOB, {"job": JOB, "extras": {"R": "Roadway", "SW": "Sewage"}})
    assert isinstance(out, Synced)
    assert (out.result["erp_id"], out.result["name"], out.result["record"]["list"]) == (f"{JOB}|SW", "SW Sewer work", "extra")


def test_a_job_is_synced_when_it_is_listed() -> None:
    assert waits(A_JOB, {"jobs": {"25-1362": "Another"}}).startswith("The job 25-1361 is not in Sage yet.")
    out = judged(A_JOB, {"jobs": {"25-1361": "Whatever"}})
    assert isinstance(out, Synced)
    assert (out.result["erp_id"], out.result["record"]["list"]) == (JOB, "job")


def test_an_extra_that_was_renamed_waits_for_its_new_name() -> None:
    renamed = replace(
        SUB_JOB, purpose="mod", refs=SUB_JOB.refs | {"erp_id": f"{JOB}|SW"}, payload=SUB_JOB.payload | {"name": "Sewers – north"}
    )
    assert waits(renamed, {"job": JOB, "extras": {"SW": "Sewer work"}}) == (
        "The extra SW is “Sewer work” in Sage, not “Sewers - north”. Import the file, or rename it there, and read the list back "
        "again."
    )
    assert isinstance(judged(renamed, {"job": JOB, "extras": {"SW": "Sewers  - north "}}), Synced)


def test_a_job_that_was_renamed_waits_for_what_stays_of_its_new_name() -> None:
    renamed = replace(
        A_JOB, purpose="mod", refs={"erp_id": JOB}, payload=A_JOB.payload | {"name": "Pier 9 Sewer Renewal and Street"}
    )
    assert waits(renamed, {"jobs": {JOB: "Pier 9 Sewer Renewal"}}).startswith(
        "The job 25-1361 is “Pier 9 Sewer Renewal” in Sage, not “Pier 9 Sewer Renewal and Stree”."
    )
    assert isinstance(judged(renamed, {"jobs": {JOB: "Pier 9 Sewer Renewal and Stree"}}), Synced)
    unnamed = {"sage300": {"job_records": True, "layouts": {"*": ["record", "job:10"]}}}
    assert isinstance(judged(replace(renamed, settings=unnamed), {"jobs": {JOB: "Pier 9"}}), Synced)


@pytest.mark.parametrize("junk", ["", "no json", "[]", "7", "null", '{"rows": [{}]}', '{"rows": 7}', '{"rows": [{"extra":"","code":"","category":"","original":"5","changes":0}]}',
                                  '{"extras": 5}', '{"extras": ["R"]}', '{"rows": [{"extra":"","code":"","category":"","original":5.5,"changes":0}]}'])  # fmt: skip
def test_a_read_back_that_cannot_be_read_is_a_sentence(junk: str) -> None:
    assert waits(BUDGET, junk) == "The read-back could not be read. Export the list from Sage anew and upload it."
