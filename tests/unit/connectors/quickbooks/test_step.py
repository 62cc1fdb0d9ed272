"""The conversation as a pure function: every branch, every kind, no database."""

import re
from dataclasses import replace
from typing import Any

import pytest

from erp.connector import Again, Ask, Burned, Doubt, Failed, Later, Next, Outcome, Person, Sent, Synced, Work
from erp.connectors.quickbooks.connector import QUICKBOOKS
from erp.connectors.quickbooks.errors import BURNED, LATER, OURS, REFUSED, explain, human, is_later
from erp.connectors.quickbooks.mapping.mapping import guid
from erp.connectors.quickbooks.qbxml import Unreadable
from erp.connectors.quickbooks.step import step
from tests.unit.connectors.quickbooks.messages import BUDGET, CODE, COMPANY, DIVISION, JOB, KEY, MARKER, MOD

GUID = guid(MARKER)
KINDS = pytest.mark.parametrize(
    "work", [JOB, COMPANY, DIVISION, CODE, BUDGET], ids=["job", "company", "division", "code", "budget"]
)
LISTS = pytest.mark.parametrize("work", [JOB, COMPANY, DIVISION, CODE], ids=["job", "company", "division", "code"])

FOUND = {
    "job": '<CustomerRet><ListID>80000031-1</ListID><EditSequence>7</EditSequence><Name>Pier 9 Sewer Renewal</Name>'
           "<FullName>City of Bayview:Pier 9 Sewer Renewal</FullName><ParentRef><ListID>80000010-1</ListID></ParentRef>"
           "<ExternalGUID>{guid}</ExternalGUID></CustomerRet>",
    "company": "<VendorRet><ListID>80000041-1</ListID><EditSequence>7</EditSequence><Name>Bluewater Plumbing &#38; Heating</Name>"
               "<VendorAddress><Addr1>12 Mill Road</Addr1></VendorAddress><ExternalGUID>{guid}</ExternalGUID></VendorRet>",
    "cost_code": "<ItemServiceRet><ListID>80000021-1</ListID><EditSequence>7</EditSequence><Name>{name}</Name>"
                 "<FullName>{full_name}</FullName><SalesAndPurchase><IncomeAccountRef><ListID>80000001-1</ListID>"
                 "</IncomeAccountRef><ExpenseAccountRef><ListID>80000002-1</ListID></ExpenseAccountRef></SalesAndPurchase>"
                 "<ExternalGUID>{guid}</ExternalGUID></ItemServiceRet>",
    "budget": "<EstimateRet><TxnID>1001-1</TxnID><EditSequence>7</EditSequence><CustomerRef><ListID>80000030-1</ListID>"
              "<FullName>City of Bayview:Pier 9</FullName></CustomerRef><RefNumber>25-1361-B</RefNumber><Subtotal>10000012345.16"
              "</Subtotal><Memo>{memo}</Memo><ExternalGUID>{guid}</ExternalGUID>{lines}</EstimateRet>",
}  # fmt: skip
LINES = [("80001200-1", "12345.67"), ("80001300-1", "-0.50"), ("80001500-1", "9999999999.99")]


def found(work: Work, *, mine: bool = True, lines: list[tuple[str, str]] | None = None, other2: str = MARKER) -> str:
    """The object as QuickBooks would return it; a foreign one carries neither GUID nor memo."""
    code = work.payload.get("code", "")
    division = work.payload.get("division")
    text = "".join(
        f"<EstimateLineRet><ItemRef><ListID>{item}</ListID></ItemRef><Amount>{amount}</Amount><Other2>{other2}</Other2>"
        "</EstimateLineRet>" for item, amount in (LINES if lines is None else lines)
    )  # fmt: skip
    return FOUND[work.kind].format(guid=GUID if mine else "", name=code, full_name=f"{division}:{code}" if division else code,
                                   memo=f"Countersign {MARKER}" if mine else "", lines=text)  # fmt: skip


def answer(inside: str = "", *, tag: str = "X", code: str = "0", severity: str = "Info", words: str = "Status OK") -> str:
    return (f'<?xml version="1.0" ?><QBXML><QBXMLMsgsRs><{tag}Rs requestID="{KEY}" statusCode="{code}" '
            f'statusSeverity="{severity}" statusMessage="{words}">{inside}</{tag}Rs></QBXMLMsgsRs></QBXML>')  # fmt: skip


def written(inside: str = "", **status: str) -> str:
    return answer(inside, tag="CustomerAdd", **status)


def looked(inside: str = "", **status: str) -> str:
    return answer(inside, tag="CustomerQuery", **status)


def refused(code: str, words: str = "It did not work.") -> str:
    return written(code=code, severity="Error", words=words)


def sent(work: Work, note: str = "") -> Work:
    """The work with an open write, so that it looks."""
    return replace(work, look=True, sent=Sent({}, note))


def request(out: Outcome) -> str:
    assert isinstance(out, Ask)
    match = re.search(r"<(\w+Rq) requestID", out.body)
    assert match
    return match[1]


# questions


@KINDS
def test_the_first_question_writes(work: Work) -> None:
    out = step(work, None)
    assert request(out).endswith("AddRq")
    assert isinstance(out, Ask) and out.writes


@KINDS
def test_whoever_must_look_looks(work: Work) -> None:
    for looking in (replace(work, look=True), sent(work)):
        narrow, wide = step(looking, None), step(replace(looking, memo={"named": False}), None)
        assert request(narrow).endswith("QueryRq") and request(wide).endswith("QueryRq")
        assert narrow != wide
        assert not narrow.writes and not wide.writes


@KINDS
def test_after_a_look_an_open_write_is_handed_again_and_no_other_is_built(work: Work) -> None:
    assert step(replace(sent(work), memo={"absent": True}), None) == Again()


@KINDS
def test_after_a_look_without_an_open_write_a_new_one_is_built(work: Work) -> None:
    assert request(step(replace(work, look=True, memo={"absent": True}), None)).endswith("AddRq")


def test_a_budget_waits_for_its_job_its_codes_and_the_feature() -> None:
    for changed, code in (
        (replace(BUDGET, facts={"estimates": False}), "estimates-off"),
        (replace(BUDGET, refs=BUDGET.refs | {"job": ""}), "parent-missing"),
        (replace(BUDGET, refs=BUDGET.refs | {"codes": {"1200": "80001200-1"}}), "parent-missing"),
    ):
        out = step(changed, None)
        assert isinstance(out, Failed) and out.code == code


def test_a_code_waits_for_its_division_and_a_job_for_its_customer() -> None:
    for changed in (replace(CODE, refs={}), replace(JOB, choices={})):
        out = step(changed, None)
        assert isinstance(out, Failed) and out.code == "parent-missing"


@pytest.mark.parametrize("work", [BUDGET, CODE])
def test_what_may_be_there_is_looked_up_even_if_it_could_not_be_written_now(work: Work) -> None:
    """Failed would claim that it is not there."""
    blocked = replace(work, refs={"job": "80000030-1"}, facts={"estimates": False}, look=True)
    assert request(step(blocked, None)).endswith("QueryRq")
    assert isinstance(step(replace(blocked, memo={"absent": True}), None), Failed)


# the answer to a write


@KINDS
def test_what_came_back_as_it_was_sent_is_synced(work: Work) -> None:
    out = step(work, written(found(work)))
    assert isinstance(out, Synced)
    assert out.result["erp_id"] in ("80000031-1", "80000041-1", "80000021-1", "1001-1")
    assert out.result["edit_sequence"] == "7"
    assert out.result["name"] and out.result["shows"]


@pytest.mark.parametrize(
    ("work", "old", "new", "words"),
    [
        (JOB, "<ListID>80000010-1</ListID>", "<ListID>80000099-1</ListID>", "not under City of Bayview"),
        (CODE, "<ListID>80000001-1</ListID>", "<ListID>80000099-1</ListID>", "another income account"),
        (CODE, "<ListID>80000002-1</ListID>", "<ListID>80000099-1</ListID>", "another expense account"),
        (BUDGET, "<ListID>80000030-1</ListID>", "<ListID>80000099-1</ListID>", "not on the job"),
        (BUDGET, "<Amount>-0.50</Amount>", "<Amount>-0.51</Amount>", "1 missing, 1 different"),
        (BUDGET, "<ListID>80001300-1</ListID>", "<ListID>80001200-1</ListID>", "1 missing, 1 different"),
    ],
)
def test_what_came_back_otherwise_goes_to_a_person(work: Work, old: str, new: str, words: str) -> None:
    out = step(work, written(found(work).replace(old, new)))
    assert isinstance(out, Person)
    assert words in out.reason
    assert out.result["erp_id"], "the id is kept for the person"


def test_a_line_too_few_or_twice_is_seen_and_a_foreign_line_is_not_ours() -> None:
    for lines, n in ((LINES[:2], "1 missing, 0 different"), ([*LINES, LINES[0]], "0 missing, 1 different")):
        out = step(BUDGET, written(found(BUDGET, lines=lines)))
        assert isinstance(out, Person) and n in out.reason
    foreign = found(BUDGET).replace("</EstimateRet>", "<EstimateLineRet><ItemRef><ListID>1-1</ListID></ItemRef><Amount>5.00"
                                    "</Amount></EstimateLineRet></EstimateRet>")  # fmt: skip
    assert isinstance(step(BUDGET, written(foreign)), Synced)


def test_two_equal_lines_are_two_lines() -> None:
    twice = replace(BUDGET, payload=BUDGET.payload | {"lines": [*BUDGET.payload["lines"], BUDGET.payload["lines"][0]]})
    assert isinstance(step(twice, written(found(BUDGET))), Person)
    assert isinstance(step(twice, written(found(BUDGET, lines=[*LINES, LINES[0]]))), Synced)


@pytest.mark.parametrize("code", ["1010", "3170", "3175", "3176"])
def test_what_is_in_use_comes_later(code: str) -> None:
    assert step(JOB, refused(code, "In use.")) == Later(2, "In use.")


def test_3180_is_told_apart_by_its_words() -> None:
    assert isinstance(step(JOB, refused("3180", "It has been modified by another user.")), Later)
    assert isinstance(step(JOB, refused("3180", "The account number is already in use.")), Failed)


@pytest.mark.parametrize("code", ["9001", "9002", "9003", "9005", "3200"])
def test_what_can_never_be_used_again_is_burned(code: str) -> None:
    assert isinstance(step(JOB, refused(code)), Burned)


@pytest.mark.parametrize("code", ["9001", "9002", "9003", "9005"])
def test_a_burned_message_set_is_burned(code: str) -> None:
    text = f'<QBXML><QBXMLMsgsRs messageSetStatusCode="{code}"></QBXMLMsgsRs></QBXML>'
    assert step(JOB, text) == Burned(f"Message set status {code}.")


@pytest.mark.parametrize("code", ["600", "1", "500", "9999", "x"])
def test_any_other_status_of_a_message_set_is_doubt(code: str) -> None:
    assert isinstance(step(JOB, f'<QBXML><QBXMLMsgsRs messageSetStatusCode="{code}"/></QBXML>'), Doubt)


@pytest.mark.parametrize("code", sorted(set(REFUSED) - {"3180", "3200"}))
def test_a_known_refusal_fails_with_the_words_for_people(code: str) -> None:
    out = step(JOB, refused(code, "There was an error. QuickBooks error message: Close the window."))
    assert out == Failed(code, "Close the window.")


@pytest.mark.parametrize("code", ["1000", "2000", "3999", "12345", "", "abc"])
def test_an_unknown_refusal_is_doubt(code: str) -> None:
    assert isinstance(step(JOB, refused(code)), Doubt)


def test_a_success_without_the_object_is_doubt() -> None:
    assert isinstance(step(JOB, written()), Doubt)
    assert isinstance(step(JOB, '<QBXML><QBXMLMsgsRs messageSetStatusCode="0"/></QBXML>'), Doubt)


@pytest.mark.parametrize("text", ["", "<", "<QBXML/>"])
def test_what_is_no_answer_is_a_fault_for_the_journal(text: str) -> None:
    with pytest.raises(Unreadable):
        step(JOB, text)


# the answer to a look


@KINDS
@pytest.mark.parametrize("memo", [{}, {"named": False}, {"named": True}])
def test_ours_found_is_synced_at_whatever_look(work: Work, memo: dict[str, Any]) -> None:
    assert isinstance(step(replace(sent(work), memo=memo), looked(found(work))), Synced)


@KINDS
def test_the_first_look_that_finds_nothing_widens(work: Work) -> None:
    for text in (looked(code="1"), looked(code="500", severity="Warn"), looked(code="3120", severity="Error"),
                 looked(code="3140", severity="Error")):  # fmt: skip
        assert step(sent(work), text) == Next({"named": False})


@KINDS
def test_a_look_that_is_ok_and_shows_nothing_is_asked_again(work: Work) -> None:
    out = step(sent(work), looked())
    assert isinstance(out, Later) and "not the same as empty" in out.reason


def a_page(text: str) -> str:
    """An answer behind which more pages come."""
    return text.replace("<CustomerQueryRs ", '<CustomerQueryRs iteratorRemainingCount="3" iteratorID="{i}" ')


def memo_of(out: Outcome) -> dict[str, Any]:
    assert isinstance(out, Next)
    return out.memo


def body_of(out: Outcome) -> str:
    assert isinstance(out, Ask)
    return out.body


def test_a_look_goes_on_page_by_page_before_it_widens() -> None:
    looking = sent(BUDGET)
    memo = memo_of(step(looking, a_page(looked(found(BUDGET, mine=False, other2="")))))
    assert (memo["taken"], memo["iterator"], "named" in memo) == (True, "{i}", False)
    more = body_of(step(replace(looking, memo=memo), None))
    assert 'iterator="Continue" iteratorID="{i}"' in more and "<EntityFilter>" in more
    memo = memo_of(step(replace(looking, memo=memo), looked(code="1")))
    assert (memo["named"], "iterator" in memo, len(memo["candidates"])) == (True, False, 1)
    wide = body_of(step(replace(looking, memo=memo), None))
    assert 'iterator="Start"' in wide and "<FromModifiedDate>" in wide


def test_fewer_estimates_come_at_a_time_after_each_loss() -> None:
    assert "<MaxReturned>6</MaxReturned>" in body_of(step(replace(sent(BUDGET), losses=1), None))


def test_a_copy_on_a_page_is_not_taken_while_the_original_may_follow() -> None:
    looking, copy = sent(BUDGET), found(BUDGET).replace(GUID, "")
    memo = memo_of(step(looking, a_page(looked(copy))))
    assert memo["copies"] == ["1001-1"]
    assert isinstance(step(replace(looking, memo=memo), looked(found(BUDGET))), Synced)
    memo = memo_of(step(replace(looking, memo={"named": False, "copies": ["1001-1"]}), looked(code="1")))
    assert memo["ids"] == ["1001-1"]
    assert "<TxnID>1001-1</TxnID>" in body_of(step(replace(looking, memo=memo), None))
    assert isinstance(step(replace(looking, memo=memo), looked(copy)), Synced)


@KINDS
def test_what_is_lost_since_a_restore_is_read_by_its_ids_before_anything_is_sent(work: Work) -> None:
    ids = [f"{n}-1" for n in range(101)]
    looking = replace(sent(work), restored=True, lost=dict.fromkeys(("estimate", "customer", "vendor", "item"), ids))
    asked, out = [], step(replace(looking, memo={"named": False}), looked(code="1"))
    while "ids" in (memo := memo_of(out)):
        asked.append(re.findall(r"<(?:TxnID|ListID)>(\d+-1)<", body_of(step(replace(looking, memo=memo), None))))
        out = step(replace(looking, memo=memo), looked(code="3120", severity="Error"))
    assert out == Next({"absent": True})
    assert [key for several in asked if len(several) > 1 for key in several] == ids[:100]
    assert [several for several in asked if len(several) == 1] == [[key] for key in ids], (
        "each that did not come is asked for alone"
    )


@KINDS
def test_the_second_look_that_finds_nothing_lets_it_be_sent(work: Work) -> None:
    assert step(replace(sent(work), memo={"named": False}), looked(code="1")) == Next({"absent": True})


@KINDS
def test_what_was_refused_unclearly_and_is_not_there_fails_with_its_words(work: Work) -> None:
    out = step(replace(sent(work, "Internal error. (status 1000)"), memo={"named": False}), looked(code="1"))
    assert out == Failed("refused", "Internal error. (status 1000)")


@LISTS
def test_a_foreign_entry_with_the_name_is_remembered_and_refused(work: Work) -> None:
    foreign = looked(found(work, mine=False))
    assert step(sent(work), foreign) == Next({"named": True})
    for memo, text in (({"named": True}, looked(code="1")), ({"named": False}, foreign)):
        out = step(replace(sent(work), memo=memo), text)
        assert isinstance(out, Failed) and out.code == "3100"


def test_a_foreign_estimate_with_the_number_goes_to_a_person() -> None:
    foreign = looked(found(BUDGET, mine=False))
    out = step(sent(BUDGET), foreign)
    assert isinstance(out, Next)
    assert out.memo["named"] is True
    told = step(replace(sent(BUDGET), memo=out.memo), looked(code="1"))
    assert isinstance(told, Person)
    assert [one["result"]["erp_id"] for one in told.result["candidates"]] == ["1001-1"]


@KINDS
def test_names_are_compared_without_regard_to_case(work: Work) -> None:
    shouted = found(work, mine=False)
    shouted = re.sub(r"(<(Name|FullName|RefNumber)>)([^<]+)", lambda m: m[1] + m[3].upper(), shouted)
    out = step(sent(work), looked(shouted))
    assert isinstance(out, Next)
    assert out.memo["named"] is True


@KINDS
@pytest.mark.parametrize("code", ["1000", "3250", "1010", "9999"])
def test_a_look_that_is_refused_comes_later_and_decides_nothing(work: Work, code: str) -> None:
    assert step(sent(work), looked(code=code, severity="Error", words="No.")) == Later(5, "No.")


def test_ours_is_known_by_memo_or_guid_and_the_guid_wins() -> None:
    by_memo = found(BUDGET).replace(GUID, "")
    by_guid = found(BUDGET).replace(f"Countersign {MARKER}", "Rita was here")
    assert isinstance(step(sent(BUDGET), looked(by_memo)), Synced)
    assert isinstance(step(sent(BUDGET), looked(by_guid)), Synced)
    out = step(sent(BUDGET), looked(by_memo.replace("1001-1", "2002-2") + by_guid))
    assert isinstance(out, Synced) and out.result["erp_id"] == "1001-1"


def test_a_guid_in_capitals_is_ours() -> None:
    assert isinstance(step(sent(JOB), looked(found(JOB).replace(GUID, GUID.upper()))), Synced)


# errors


@pytest.mark.parametrize("code", [*REFUSED, *OURS])
def test_every_refusal_has_a_cause_and_a_cure_in_sentences(code: str) -> None:
    told = explain(code, "")
    assert told.cause.endswith(".") and told.cure.endswith(".")


def test_an_unknown_refusal_is_explained_too() -> None:
    assert explain("4711", "").cure


def test_the_words_for_people_are_the_part_after_quickbooks_error_message() -> None:
    assert human("There was an error. QuickBooks error message: Close it.") == "Close it."
    assert human(" Only this. ") == "Only this."
    assert human("There was an error. QuickBooks error message: ") == "There was an error."


def test_no_code_is_two_things() -> None:
    assert not LATER & set(REFUSED)
    assert not BURNED & set(REFUSED)
    assert not is_later("3100", "another user")


# what people see of a message before it leaves


def test_a_preview_shows_what_stands_in_the_project_beside_what_will_stand_in_quickbooks() -> None:
    typed = JOB.payload | {"name": "Pier 9 – “Sewer”"}
    shown = QUICKBOOKS.preview(replace(JOB, payload=typed))
    assert shown["title"] == "A job under City of Bayview"
    assert ("Project name", "Pier 9 – “Sewer”", 'Pier 9 - "Sewer"') in shown["rows"]
    assert ("Street", "9 Pier Road", "9 Pier Road") in shown["rows"]


def test_a_preview_before_the_choices_says_that_they_are_open() -> None:
    for kind, work in (("job", JOB), ("cost_code", CODE), ("budget", BUDGET)):
        shown = QUICKBOOKS.preview(replace(work, kind=kind, choices={}))
        assert "you pick" in shown["title"] or any("chosen at Accept" in row[2] for row in shown["rows"])


def test_a_preview_of_a_budget_shows_every_line_that_is_sent_and_no_other() -> None:
    shown = QUICKBOOKS.preview(replace(BUDGET, refs=BUDGET.refs | {"code_names": {"1200": "32:32-1200"}}))
    assert [(line[0], line[2]) for line in shown["lines"]] == [
        ("32:32-1200", 1234567), ("32-1300", -50), ("32-1500", 999999999999)]  # fmt: skip
    assert ("Number", "25-1361-B", "25-1361-B") in shown["rows"]


def test_a_preview_of_changes_says_that_lines_are_added_and_nothing_is_overwritten() -> None:
    shown = QUICKBOOKS.preview(MOD)
    assert shown["title"] == "2 further lines on an Estimate that is there; nothing on it is overwritten"
    assert [(line[0], line[2]) for line in shown["lines"]] == [("32-1200", 50_00), ("32-1300", -20_00)]
