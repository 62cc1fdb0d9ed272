"""Reading a pasted id, and verifying, as pure functions: every answer has a meaning, and neither ever writes."""

import re
from dataclasses import replace
from typing import Any

import pytest

from erp.connector import Ask, Doubt, Later, Next, Page, Person, Synced, Work
from erp.connectors.quickbooks import find, verify
from erp.connectors.quickbooks.mapping.mapping import guid
from tests.unit.connectors.quickbooks.messages import BUDGET, CODE, COMPANY, JOB, MARKER
from tests.unit.connectors.quickbooks.test_step import LINES, found, looked

IDS = {"job": "80000031-1", "company": "80000041-1", "cost_code": "80000021-1", "budget": "1001-1"}
KINDS = pytest.mark.parametrize("work", [JOB, COMPANY, CODE, BUDGET], ids=["job", "company", "code", "budget"])
SET_LEVEL = '<?xml version="1.0" ?><QBXML><QBXMLMsgsRs messageSetStatusCode="{code}"></QBXMLMsgsRs></QBXML>'


def finding(work: Work) -> Work:
    return replace(work, purpose="find", look=True, refs=work.refs | {"look_at": IDS[work.kind]})


def verifying(work: Work, *, sweep: bool = True, **facts: Any) -> Work:
    erp_id = IDS[work.kind]
    item = {"item": 7, "version": 3, "erp_id": erp_id, "choices": work.choices, "refs": work.refs,
            "synced": [[MARKER, work.payload]]} | facts  # fmt: skip
    markers = {MARKER: [7, erp_id, True], "CS-GIVENUPAAAAA": [7, erp_id, False]}
    refs = {"of": work.kind, "items": [item], "markers": markers if sweep else {}, "since": "2026-11-21T17:00:00"}
    return Work("verify", "verify", {}, "", work.key, refs=refs, memo={"ask": "ids", "asked": [[7, 3]]})


@KINDS
def test_a_pasted_id_is_asked_by_id_and_never_written(work: Work) -> None:
    out = find.step(finding(work), None)
    assert isinstance(out, Ask)
    assert not out.writes
    assert f">{IDS[work.kind]}<" in out.body


@KINDS
def test_ours_as_it_was_sent_is_synced_and_foreign_is_shown(work: Work) -> None:
    assert isinstance(find.step(finding(work), looked(found(work))), Synced)
    out = find.step(finding(work), looked(found(work, mine=False, other2="")))
    assert isinstance(out, Person)
    assert [one["result"]["erp_id"] for one in out.result["candidates"]] == [IDS[work.kind]]


@KINDS
def test_what_is_not_there_or_cannot_be_asked(work: Work) -> None:
    assert isinstance(find.step(finding(work), looked(code="500", severity="Warn")), Person)
    assert isinstance(find.step(finding(work), looked(code="3175", severity="Error")), Later)
    assert isinstance(find.step(finding(work), SET_LEVEL.format(code="")), Doubt)


@KINDS
def test_verifying_asks_by_id_then_by_pages(work: Work) -> None:
    first = verify.step(replace(verifying(work), memo={}), None)
    then = verify.step(replace(verifying(work), memo={"ask": "sweep"}), None)
    more = verify.step(replace(verifying(work), memo={"ask": "sweep", "iterator": "{i}"}), None)
    assert all(isinstance(out, Ask) and not out.writes for out in (first, then, more))
    assert f">{IDS[work.kind]}<" in first.body
    assert (first.memo, then.memo) == ({"ask": "ids", "asked": [[7, 3]], "alone": []}, {"ask": "sweep"})
    assert 'iterator="Start"' in then.body
    assert "2026-11-21T17:00:00" in then.body
    assert 'iterator="Continue"' in more.body


@KINDS
def test_the_verdicts_by_id(work: Work) -> None:
    def verdict(text: str, **facts: Any) -> str:
        out = verify.step(verifying(work, **facts), text)
        assert isinstance(out, Page)
        return str(out.rows[0]["state"])

    dated = found(work).replace("<RefNumber>", f"<TxnDate>{work.choices.get('date', '')}</TxnDate><RefNumber>")
    assert verdict(looked(code="500", severity="Warn")) == "missing"
    assert verdict(looked(found(work, mine=False, other2=""))) == "foreign"
    assert verdict(looked(found(work, mine=False, other2="")), synced=[], adopted=None) == "ok"
    assert verdict(looked(found(work, mine=False, other2="")), imported=True) != "foreign", "nothing of ours made it"
    if work.kind == "budget":
        assert verdict(looked(dated)) == "ok"
        assert verdict(looked(dated.replace(LINES[0][1], "1.00"))) == "changed"


def test_an_answer_is_about_what_was_asked_and_about_nothing_else() -> None:
    for asked in ([], [[7, 2]], [[8, 3]]):
        out = verify.step(replace(verifying(JOB), memo={"ask": "ids", "asked": asked}), looked(found(JOB)))
        assert out == Page([], {"ask": "sweep"})
    assert verify.step(replace(verifying(JOB, sweep=False), memo={"ask": "sweep"}), looked(found(JOB))) == Page([], None)


def test_a_marker_elsewhere_and_given_up_lines_are_told() -> None:
    work = replace(verifying(BUDGET), memo={"ask": "sweep"})
    copy = found(BUDGET).replace("1001-1", "2002-2").replace(guid(MARKER), "")
    late = found(BUDGET, other2="CS-GIVENUPAAAAA")
    out = verify.step(work, looked(found(BUDGET) + copy + late))
    assert isinstance(out, Page)
    assert [(row["item"], row["other"]["id"]) for row in out.rows] == [(7, "2002-2"), (7, "1001-1")]
    assert out.memo is None


def test_a_dead_iterator_starts_the_search_anew_and_a_refusal_waits() -> None:
    work = replace(verifying(JOB), memo={"ask": "sweep", "iterator": "{i}"})
    assert verify.step(work, looked(code="3391", severity="Error")) == Next({"ask": "sweep"})
    assert verify.step(work, looked(code="3175", severity="Error", words="In use.")) == Later(30, "In use.", {"ask": "sweep"})
    assert isinstance(verify.step(work, SET_LEVEL.format(code="9003")), Later)


def test_a_batch_without_a_search_ends_after_the_ids() -> None:
    out = verify.step(verifying(JOB, sweep=False), looked(found(JOB)))
    assert isinstance(out, Page)
    assert out.memo is None
    gone = replace(verifying(JOB, sweep=False), memo={"ask": "sweep"})
    assert verify.step(gone, None) == Page([], None)


def test_ids_whose_lines_were_too_large_for_the_door_are_asked_in_smaller_steps() -> None:
    one = verifying(BUDGET)
    items = [{**one.refs["items"][0], "item": n, "erp_id": f"{n}-1"} for n in range(1, 26)]
    work = replace(one, refs=one.refs | {"items": items})
    asked = verify.step(work, None)
    assert isinstance(asked, Ask) and asked.body.count("<TxnID>") == 25
    fewer = replace(work, losses=1)
    asked = verify.step(fewer, None)
    assert isinstance(asked, Ask) and asked.body.count("<TxnID>") == 6
    answered = replace(fewer, memo=asked.memo, refs=fewer.refs | {"items": items[1:]})
    page = verify.step(answered, looked(code="500", severity="Warn"))
    assert isinstance(page, Page)
    assert ([row["item"] for row in page.rows], page.memo) == ([], {"ask": "ids", "after": 6, "alone": [2, 3, 4, 5, 6]})
    last = verify.step(replace(fewer, memo={"ask": "ids", "after": 24}), None)
    assert isinstance(last, Ask) and last.body.count("<TxnID>") == 1


def test_missing_is_only_what_was_asked_for_alone() -> None:
    """When one of several is not in QuickBooks, its answer says so; whether it tells the others then is not promised."""
    one = verifying(BUDGET)
    items = [{**one.refs["items"][0], "item": n, "erp_id": f"{n}-1"} for n in range(1, 41)]
    work, asked, rows = replace(one, refs=one.refs | {"items": items}), [], []
    there = {f"{n}-1": found(BUDGET).replace("1001-1", f"{n}-1") for n in (2, 30)}
    while not asked or work.memo.get("ask") == "ids":
        question = verify.step(work, None)
        assert isinstance(question, Ask)
        asked.append(re.findall("<TxnID>(.*?)<", question.body))
        told = [there[key] for key in asked[-1] if key in there and len(asked[-1]) in (1, 15)]
        whole = len(told) == len(asked[-1])
        page = verify.step(replace(work, memo=work.memo | question.memo),
                           looked("".join(told), **({} if whole else {"code": "500", "severity": "Warn"})))  # fmt: skip
        assert isinstance(page, Page)
        rows += page.rows
        work = replace(work, memo=page.memo or {})
    assert {row["item"] for row in rows if row["state"] != "missing"} == {2, 30}
    assert (len(rows), [len(ids) for ids in asked][:3], len(asked)) == (40, [25, 1, 1], 2 + 25 + 14)


def test_ids_that_are_synced_no_more_when_they_are_asked_for_are_passed_over() -> None:
    assert verify.step(replace(verifying(BUDGET), memo={"ask": "ids", "after": 7}), None) == Page([], {"ask": "sweep"})
