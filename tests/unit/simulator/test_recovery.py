"""Message sets, locks, permissions, crashes: what an application must be able to live with."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from erp.simulator import bookkeeper, demo, views
from erp.simulator.answering import ANSWERS
from erp.simulator.calls import Answer, Call
from erp.simulator.company import Company
from erp.simulator.refusals import HResult, Refusal
from tests.unit.simulator.talk import Talk, qbxml, texts

ADD = "<CustomerAddRq requestID='r'><CustomerAdd><Name>{}</Name></CustomerAdd></CustomerAddRq>"


def with_id(new: str, old: str = "") -> str:
    olden = f' oldMessageSetID="{old}"' if old else ""
    return f'onError="stopOnError" newMessageSetID="{new}"{olden}' if new else f'onError="stopOnError"{olden}'


def count(company: Company, name: str) -> int:
    return [row["name"] for row in views.customers(company)].count(name)


def status(ask: Talk, requests: str, attributes: str) -> str | None:
    found = ask.all(requests, attributes).get("messageSetStatusCode")
    return str(found) if found is not None else None


def test_the_same_bytes_get_the_stored_answer_and_nothing_happens_twice(company: Company) -> None:
    text = qbxml(ADD.format("Once"), with_id("SET-1"))
    first = company.process(text)
    assert company.process(text) == first
    assert 'newMessageSetID="SET-1" messageSetStatusCode="0"' in first
    assert count(company, "Once") == 1


def test_stored_answers_survive_a_restart(company: Company, tmp_path: Path) -> None:
    text = qbxml(ADD.format("Once"), with_id("SET-1"))
    first = company.process(text)
    assert Company(tmp_path / "company.sqlite").process(text) == first


def test_refusals_are_stored_too(company: Company) -> None:
    text = qbxml(ADD.format("Once"), with_id("SET-1"))
    bookkeeper.lock(company, times=1)
    assert 'statusCode="3175"' in company.process(text)
    assert 'statusCode="3175"' in company.process(text)
    assert count(company, "Once") == 0


def test_queries_are_stored_too(company: Company) -> None:
    text = qbxml("<VendorQueryRq/>", with_id("SET-1"))
    first = company.process(text)
    bookkeeper.add_vendor(company, "New Vendor")
    assert company.process(text) == first


def test_other_content_under_a_known_id_is_refused(company: Company, ask: Talk) -> None:
    ask.all(ADD.format("Once"), with_id("SET-1"))
    assert status(ask, ADD.format("Twice"), with_id("SET-1")) == "9001"
    assert status(ask, " " + ADD.format("Once"), with_id("SET-1")) == "9001"
    assert count(company, "Twice") == 0


def test_an_id_has_at_most_24_characters(company: Company, ask: Talk) -> None:
    assert status(ask, ADD.format("A"), with_id("x" * 24)) == "0"
    assert status(ask, ADD.format("B"), with_id("x" * 25)) == "9004"
    assert count(company, "B") == 0


def test_the_status_of_a_set_can_be_asked_for(ask: Talk) -> None:
    ask.all(ADD.format("Once"), with_id("SET-1"))
    again = ask.all("", with_id("SET-1", "SET-1"))
    assert (again.get("messageSetStatusCode"), texts(again, "Name")) == ("0", ["Once"])
    assert status(ask, "", with_id("SET-9", "SET-9")) == "600"


def test_a_cleared_set_is_forgotten(company: Company, ask: Talk) -> None:
    text = qbxml(ADD.format("Once"), with_id("SET-1"))
    company.process(text)
    assert status(ask, "", with_id("", "SET-1")) == "0"
    assert status(ask, "", with_id("", "SET-1")) == "600"
    assert 'statusCode="3100"' in company.process(text)


def test_one_message_can_clear_the_old_set_and_begin_the_next(ask: Talk) -> None:
    ask.all(ADD.format("A"), with_id("SET-1"))
    assert status(ask, ADD.format("B"), with_id("SET-2", "SET-1")) == "0"
    assert status(ask, "", with_id("SET-1", "SET-1")) == "600"
    assert status(ask, "", with_id("SET-2", "SET-2")) == "0"


def test_all_sets_can_be_cleared_at_once(ask: Talk) -> None:
    ask.all(ADD.format("A"), with_id("SET-1"))
    assert status(ask, "", with_id("", "ClearAllMessageSets")) == "0"
    assert status(ask, "", with_id("SET-1", "SET-1")) == "600"


def test_only_so_many_sets_are_remembered(company: Company, ask: Talk) -> None:
    bookkeeper.keep_message_sets(company, 1)
    ask.all(ADD.format("A"), with_id("SET-1"))
    ask.all(ADD.format("B"), with_id("SET-2"))
    assert status(ask, "", with_id("SET-1", "SET-1")) == "600"
    assert status(ask, "", with_id("SET-2", "SET-2")) == "0"


def test_without_an_id_nothing_is_remembered(company: Company, ask: Talk) -> None:
    assert status(ask, ADD.format("A"), 'onError="stopOnError"') is None
    assert ask.code(ADD.format("A")) == 3100


def test_a_crash_before_the_answer_was_stored_leaves_the_work_and_a_9002(company: Company, ask: Talk) -> None:
    text = qbxml(ADD.format("Once"), with_id("SET-1"))
    bookkeeper.crash_unsaved(company)
    with pytest.raises(HResult) as caught:
        company.process(text)
    assert caught.value.code == "0x8004041C"
    assert count(company, "Once") == 1
    assert 'messageSetStatusCode="9002"' in company.process(text)
    assert status(ask, "", with_id("SET-1", "SET-1")) == "9002"
    assert count(company, "Once") == 1


def test_a_crash_waits_for_a_write(company: Company, ask: Talk) -> None:
    bookkeeper.crash_unsaved(company)
    assert ask.code("<HostQueryRq/>") == 0
    with pytest.raises(HResult):
        ask.code(ADD.format("A"))
    assert ask.code("<HostQueryRq/>") == 0


@pytest.mark.parametrize("number", [1010, 3170, 3175, 3176, 3180])
def test_another_user_in_the_way_stops_writes_but_not_questions(company: Company, ask: Talk, number: int) -> None:
    bookkeeper.lock(company, number, times=2)
    assert ask.code("<VendorQueryRq/>") == 0
    assert [ask.code(ADD.format("A")) for _ in range(3)] == [number, number, 0]


def test_a_lock_without_end_holds_until_it_is_lifted(company: Company, ask: Talk) -> None:
    bookkeeper.lock(company)
    assert [ask.code(ADD.format("A")) for _ in range(3)] == [3175, 3175, 3175]
    bookkeeper.unlock(company)
    assert ask.code(ADD.format("A")) == 0


def test_a_read_only_application_may_only_ask(company: Company, ask: Talk) -> None:
    bookkeeper.set_read_only(company)
    assert ask.code(ADD.format("A")) == 3260
    assert ask.code("<VendorQueryRq/>") == 0
    bookkeeper.set_read_only(company, False)
    assert ask.code(ADD.format("A")) == 0


def test_a_refused_request_leaves_nothing_behind(company: Company, ask: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    def write_and_refuse(call: Call) -> Answer:
        call.books.set_fact("company_name", "Half done")
        raise Refusal("Changed my mind.")

    monkeypatch.setitem(ANSWERS, "HostQuery", write_and_refuse)
    answers = ask.all("<HostQueryRq/>" + ADD.format("After"), 'onError="continueOnError"')
    assert [answer.get("statusCode") for answer in answers] == ["3210", "0"]
    assert (views.company_name(company), count(company, "After")) == ("Test Builders", 1)


def test_another_open_file_gets_what_is_sent(company: Company, ask: Talk) -> None:
    bookkeeper.open_other_file(company, "Wrong & Sons")
    assert texts(ask("<CompanyQueryRq/>"), "CompanyName") == ["Wrong & Sons"]
    assert ask.code("<VendorQueryRq/>") == 1
    assert ask.code(ADD.format("Lost")) == 0
    assert count(company, "Lost") == 1
    bookkeeper.open_own_file(company)
    assert count(company, "Lost") == 0


@pytest.mark.parametrize(
    ("deed", "file", "hresult"),
    [
        (bookkeeper.open_dialog, "", "0x80040414"),
        (bookkeeper.quit_quickbooks, "", "0x80040416"),
        (bookkeeper.quit_quickbooks, "C:\\QuickBooks\\company.qbw", ""),
        (bookkeeper.deny, "", "0x80040420"),
        (bookkeeper.open_other_file, "", ""),
        (bookkeeper.open_other_file, "C:\\QuickBooks\\company.qbw", "0x8004040A"),
        (bookkeeper.open_own_file, "C:\\quickbooks\\COMPANY.qbw", ""),
        (bookkeeper.open_own_file, "C:\\QuickBooks\\other.qbw", "0x8004040A"),
    ],
)
def test_a_session_begins_only_when_the_file_can_be_opened(
    company: Company, deed: Callable[[Company], None], file: str, hresult: str
) -> None:
    deed(company)
    if not hresult:
        company.begin_session(file)
        return
    with pytest.raises(HResult) as caught:
        company.begin_session(file)
    assert caught.value.code == hresult


def test_a_backup_brings_the_old_state_back(company: Company, ask: Talk) -> None:
    bookkeeper.back_up(company, "monday")
    ask.code(ADD.format("Tuesday"))
    bookkeeper.restore(company, "monday")
    assert count(company, "Tuesday") == 0
    assert ask.code(ADD.format("Tuesday")) == 0


ADD_FOR_EVER = """
import sys
from collections.abc import Callable
from pathlib import Path
from erp.simulator.company import Company
company, text = Company(Path(sys.argv[1])), sys.argv[2]
for number in range(10_000):
    company.process(text.replace("%", str(number)))
    print(number, flush=True)
"""


def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "killed.sqlite"
    demo.create(Company(path))
    text = qbxml(ADD.format("Customer %"), with_id("SET-%"))
    process = subprocess.Popen([sys.executable, "-c", ADD_FOR_EVER, str(path), text], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    answered = [process.stdout.readline() for _ in range(50)]
    process.kill()
    answered += process.stdout.readlines()
    process.wait()
    there = {row["name"] for row in views.customers(Company(path))}
    assert {f"Customer {number.strip()}" for number in answered} <= there
    assert len(there) - len(answered) <= 1


def test_two_processes_may_share_a_file(company: Company, tmp_path: Path) -> None:
    other = Company(tmp_path / "company.sqlite")
    Talk(other).code(ADD.format("From the other side"))
    assert count(company, "From the other side") == 1
