"""The door over HTTP: typed answers whatever happens, faults only where no method was recognised."""

from typing import Any

import pytest

from erp.connectors.quickbooks import session
from erp.exchanges import journal
from erp.simulator import soap as dotnet
from erp.simulator.soap import Reply
from erp.web import webconnector
from tests.house import House


def call(house: House, method: str, **arguments: str) -> Reply:
    body = dotnet.envelope(method, arguments)
    return Reply(*house.post("http://localhost:8000/qbwc", dotnet.headers(method, body), body))


def post(house: House, body: bytes, path: str = "/qbwc") -> Reply:
    return Reply(*house.post(f"http://localhost:8000{path}", {"Content-Type": "text/xml; charset=utf-8"}, body))


def crash(*_: Any, **__: Any) -> Any:
    raise ZeroDivisionError("our own fault")


def test_the_versions_are_exchanged(house: House) -> None:
    assert dotnet.text_result("serverVersion", call(house, "serverVersion")).startswith("Countersign")
    assert dotnet.text_result("clientVersion", call(house, "clientVersion", strVersion="2.3.0.215")) == ""


@pytest.mark.parametrize("method", ["getInteractiveURL", "interactiveRejected", "interactiveDone"])
def test_interactive_mode_is_answered_politely(house: House, method: str) -> None:
    assert dotnet.text_result(method, call(house, method)) in ("", "Done")


def test_authenticate_answers_four_strings(house: House) -> None:
    answer = call(house, "authenticate", strUserName="nobody", strPassword="x")
    assert dotnet.strings_result("authenticate", answer) == ["", "nvu", "", ""]


@pytest.mark.parametrize("body", [b"", b"<", b"\xff\xfe\x00", b"<!DOCTYPE a><a/>", b"<html/>"])
def test_what_is_no_soap_is_a_fault_and_never_a_page(house: House, body: bytes) -> None:
    answer = post(house, body)
    assert (answer.status, answer.headers["Content-Type"]) == (500, "text/xml; charset=utf-8")
    assert b"<soap:Fault>" in answer.body
    assert b"Traceback" not in answer.body


def test_an_unknown_method_is_a_fault(house: House) -> None:
    answer = call(house, "dropTables")
    assert (answer.status, b"There is no method dropTables here." in answer.body) == (500, True)


def large(ticket: str, signs: int) -> bytes:
    answer = "<QBXML><QBXMLMsgsRs/></QBXML>" + " " * signs
    return dotnet.envelope("receiveResponseXML", {"ticket": ticket, "response": answer, "hresult": "", "message": ""})


def test_seventeen_megabytes_of_a_stranger_are_too_much(house: House) -> None:
    for body in (b"x" * 17 * 2**20, large("0" * 32, 17 * 2**20)):
        answer = post(house, body)
        assert (answer.status, b"The request is too large." in answer.body) == (413, True)


def test_the_answer_of_an_open_session_may_be_as_large_as_the_largest_estimate(house: House) -> None:
    house.exported_job()
    caller = house.caller()
    caller.ask()
    assert post(house, large(caller.ticket, 17 * 2**20)).status == 200
    assert house.answers()[-1].message_key is not None
    assert post(house, large(caller.ticket, 97 * 2**20)).status == 413
    caller.close()
    assert post(house, large(caller.ticket, 17 * 2**20)).status == 413


def test_fifteen_megabytes_are_not(house: House) -> None:
    body = dotnet.envelope("receiveResponseXML", {"ticket": "t", "response": "x" * 15 * 2**20, "hresult": "", "message": ""})
    assert dotnet.int_result("receiveResponseXML", post(house, body)) == -1


@pytest.mark.parametrize("path", ["/qbwc", "/qbwc/", "/qbwc/support"])
def test_a_person_who_opens_the_address_reads_a_sentence(house: House, path: str) -> None:
    answer = house.client.get(path)
    assert answer.status_code == 200
    assert answer.text.endswith(".\n")


def test_the_door_sets_no_cookie_and_reads_none(house: House) -> None:
    answer = call(house, "serverVersion")
    assert not any(name.lower() == "set-cookie" for name in answer.headers)


# our own faults


def test_a_fault_of_ours_in_authenticate_reads_as_nothing_to_do(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "authenticate", crash)
    assert dotnet.strings_result("authenticate", call(house, "authenticate")) == ["", "none", "", ""]


def test_a_fault_of_ours_in_a_request_reads_as_an_empty_one(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "send_request", crash)
    assert dotnet.text_result("sendRequestXML", call(house, "sendRequestXML")) == ""


def test_a_fault_of_ours_in_an_answer_is_never_minus_one(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule 15: minus one would end the session for everything else that waits."""
    monkeypatch.setattr(session, "receive", crash)
    assert 0 <= dotnet.int_result("receiveResponseXML", call(house, "receiveResponseXML")) < 100


def test_the_next_call_goes_on_after_a_fault_of_ours_in_reading(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    item = house.exported_job()
    faults = iter([True])
    read = journal.apply_unapplied

    def once(held: Any) -> None:
        if held.outstanding and next(faults, False):
            raise ZeroDivisionError("our own fault")
        read(held)

    monkeypatch.setattr(journal, "apply_unapplied", once)
    assert house.update().outcome == "done"
    assert (item.state, len(house.writes(item))) == ("Synced", 1)


@pytest.mark.parametrize("method", sorted(webconnector.METHODS))
def test_every_method_answers_its_own_type_when_everything_breaks(
    house: House, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    monkeypatch.setitem(webconnector.METHODS, method, crash)
    answer = call(house, method)
    read = {"authenticate": dotnet.strings_result, "receiveResponseXML": dotnet.int_result}.get(method, dotnet.text_result)
    read(method, answer)
    assert b"ZeroDivision" not in answer.body
