"""Whole update sessions of the Web Connector against a tiny server."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from erp.simulator import bookkeeper, views, wire
from erp.simulator.company import Company
from erp.simulator.connector import Session, WebConnector
from erp.simulator.faults import STAGES, ConnectorDied, Fault
from tests.unit.simulator.server import HOST_QUERY, QWC, FakeServer
from tests.unit.simulator.talk import qbxml

ADD = qbxml("<CustomerAddRq requestID='r'><CustomerAdd><Name>New</Name></CustomerAdd></CustomerAddRq>")


class Desk:
    """One connector, one server, one company."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.server = FakeServer([HOST_QUERY, HOST_QUERY])
        self.slept: list[float] = []
        self.connector = WebConnector(QWC, "secret", company, post=self.server.post, sleep=self.slept.append)

    def serve(self, *requests: str, **answers: str | int | list[str]) -> Desk:
        self.server = FakeServer(list(requests), answers)
        self.connector = WebConnector(QWC, "secret", self.company, post=self.server.post, sleep=self.slept.append)
        return self

    def update(self) -> Session:
        return self.connector.update()

    def added(self) -> int:
        return [row["name"] for row in views.customers(self.company)].count("New")


@pytest.fixture
def desk(company: Company) -> Desk:
    return Desk(company)


def test_a_session_goes_through_all_steps(desk: Desk) -> None:
    session = desk.update()
    assert desk.server.methods == [
        "serverVersion", "clientVersion", "authenticate", "sendRequestXML", "receiveResponseXML", "sendRequestXML",
        "receiveResponseXML", "closeConnection",
    ]  # fmt: skip
    assert (session.outcome, session.ok, session.percent) == ("done", True, 100)
    assert [(request, "HostRet" in answer) for request, answer in session.exchanges] == [(HOST_QUERY, True)] * 2


def test_name_and_password_are_sent(desk: Desk) -> None:
    desk.update()
    assert desk.server.arguments("authenticate") == {"strUserName": "connection-1", "strPassword": "secret"}


def test_only_the_first_request_carries_host_company_and_preferences(desk: Desk) -> None:
    desk.update()
    sent = [arguments for method, arguments in desk.server.calls if method == "sendRequestXML"]
    assert all(tag in sent[0]["strHCPResponse"] for tag in ("<HostRet>", "<CompanyRet>", "<PreferencesRet>"))
    assert sent[1]["strHCPResponse"] == ""
    assert (sent[0]["qbXMLCountry"], sent[0]["qbXMLMajorVers"], sent[0]["qbXMLMinorVers"]) == ("US", "16", "0")
    assert sent[0]["strCompanyFileName"] == "C:\\QuickBooks\\company.qbw"


def test_with_nothing_to_do_the_session_ends_at_once(desk: Desk) -> None:
    session = desk.serve().update()
    assert (session.outcome, session.ok) == ("none", True)
    assert desk.server.methods[2:] == ["authenticate", "closeConnection"]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (["", "nvu", "", ""], "nvu"),
        (["t", "NVU"], "nvu"),
        (["t", "busy", "", ""], "busy"),
        (["t", "NONE", "", ""], "none"),
        (["t", "", "60", ""], "postponed"),
    ],
)
def test_the_application_may_decline(desk: Desk, answer: list[str], outcome: str) -> None:
    session = desk.serve(HOST_QUERY, authenticate=answer).update()
    assert session.outcome == outcome
    assert "sendRequestXML" not in desk.server.methods
    assert ("closeConnection" in desk.server.methods) == bool(answer[0])


def test_postponement_and_smallest_interval_are_remembered(desk: Desk) -> None:
    session = desk.serve(authenticate=["t", "none", "60", "300"]).update()
    assert (session.postpone, session.at_least) == (60.0, 300.0)


@pytest.mark.parametrize(("verdict", "outcome"), [("", "done"), ("W:old", "done"), ("E:no", "stopped"), ("O:9.9", "stopped")])
def test_the_application_may_judge_the_version(desk: Desk, verdict: str, outcome: str) -> None:
    assert desk.serve(HOST_QUERY, clientVersion=verdict).update().outcome == outcome


def test_an_empty_request_asks_for_the_last_error_and_ends(desk: Desk) -> None:
    session = desk.serve(HOST_QUERY, sendRequestXML="", getLastError="No work for you").update()
    assert (session.outcome, session.ok) == ("failed", False)
    assert "No work for you" in session.message
    assert desk.server.methods[-2:] == ["getLastError", "closeConnection"]


def test_no_op_waits_five_seconds_and_asks_again(desk: Desk) -> None:
    session = desk.serve(HOST_QUERY, sendRequestXML="", getLastError="NoOp").update()
    assert set(desk.slept) == {5.0}
    assert desk.server.methods.count("sendRequestXML") == len(desk.slept) + 1
    assert session.outcome == "failed"


def test_a_negative_percentage_asks_for_the_last_error_and_ends(desk: Desk) -> None:
    session = desk.serve(HOST_QUERY, receiveResponseXML=-1, getLastError="Broken").update()
    assert session.outcome == "failed"
    assert desk.server.methods[-3:] == ["receiveResponseXML", "getLastError", "closeConnection"]


def test_a_request_quickbooks_cannot_read_is_reported_with_its_hresult(desk: Desk) -> None:
    session = desk.serve(ADD.replace("Name>", "Nam>")).update()
    told = desk.server.arguments("receiveResponseXML")
    assert (told["response"], told["hresult"]) == ("", "0x80040400")
    assert "parsing the provided XML" in told["message"]
    assert session.exchanges[0][1] == "0x80040400"


def test_a_file_that_cannot_be_opened_is_a_connection_error(desk: Desk) -> None:
    bookkeeper.open_dialog(desk.company)
    session = desk.update()
    assert session.outcome == "no company"
    assert desk.server.arguments("connectionError")["hresult"] == "0x80040414"
    assert desk.server.methods[-1] == "connectionError"


def test_a_wanted_file_that_is_not_the_open_one_is_a_connection_error(desk: Desk) -> None:
    bookkeeper.open_other_file(desk.company)
    desk.serve(HOST_QUERY, authenticate=["t", "C:\\QuickBooks\\company.qbw", "", ""]).update()
    assert desk.server.arguments("connectionError")["hresult"] == "0x8004040A"


def test_the_application_may_name_another_file_but_not_for_ever(desk: Desk) -> None:
    bookkeeper.quit_quickbooks(desk.company)
    answers = desk.serve(HOST_QUERY, connectionError="C:\\QuickBooks\\company.qbw")
    assert answers.update().outcome == "done"
    bookkeeper.open_dialog(desk.company)
    assert desk.serve(HOST_QUERY, connectionError="").update().outcome == "no company"
    assert desk.server.methods.count("connectionError") == 3


def test_another_open_file_shows_no_file_id(desk: Desk) -> None:
    desk.update()
    bookkeeper.open_other_file(desk.company)
    desk.serve(HOST_QUERY).update()
    sent = desk.server.arguments("sendRequestXML")
    assert "FileID" not in sent["strHCPResponse"]
    assert sent["strCompanyFileName"].endswith("company.another-company.qbw")


def test_an_unreachable_server_is_no_catastrophe(desk: Desk) -> None:
    def post(url: str, headers: dict[str, str], body: bytes) -> wire.Answered:
        raise wire.Unreachable("connection refused")

    desk.connector = WebConnector(QWC, "pw", desk.company, post=post)
    session = desk.update()
    assert (session.outcome, session.message) == ("unreachable", "connection refused")


def test_the_log_reads_like_the_web_connectors(desk: Desk, tmp_path: Path) -> None:
    desk.connector.log_path = tmp_path / "QWCLog.txt"
    session = desk.update()
    text = desk.connector.log_path.read_text()
    assert 'QBWebConnector.SOAPWebService.do_authenticate() : authRet[0] = "ticket-1"' in text
    assert "<HostQueryRq" in text
    assert "secret" not in text
    assert session.log[0].partition("\t")[0].endswith(" UTC")


@pytest.mark.parametrize("stage", STAGES)
def test_the_connector_may_vanish_at_every_stage(desk: Desk, stage: str) -> None:
    def die(now: str) -> None:
        if now == stage:
            raise ConnectorDied

    desk.serve(ADD).connector.fault = die
    assert desk.update().outcome == "died"
    assert desk.added() == (stage in ("executed", "delivered", "before_close"))
    assert ("receiveResponseXML" in desk.server.methods) == (stage in ("delivered", "before_close"))
    assert "closeConnection" not in desk.server.methods


def at_executed(twist: str) -> Fault:
    return lambda stage: twist if stage == "executed" else None


def test_an_answer_may_be_lost_in_an_hresult_after_the_work_was_done(desk: Desk) -> None:
    desk.serve(ADD).connector.fault = at_executed("hresult:0x8004041C")
    desk.update()
    told = desk.server.arguments("receiveResponseXML")
    assert (told["response"], told["hresult"], desk.added()) == ("", "0x8004041C", 1)


def test_an_answer_may_be_delivered_twice(desk: Desk) -> None:
    desk.serve(ADD).connector.fault = at_executed("duplicate")
    desk.update()
    told = [arguments["response"] for method, arguments in desk.server.calls if method == "receiveResponseXML"]
    assert len(told) == 2
    assert told[0] == told[1]


def test_an_answer_may_be_cut_short(desk: Desk) -> None:
    desk.serve(ADD).connector.fault = at_executed("truncate")
    desk.update()
    assert not desk.server.arguments("receiveResponseXML")["response"].rstrip().endswith("</QBXML>")


@pytest.mark.parametrize(
    ("twist", "names"),
    [("emptied", []), ("swapped", ["a"]), ("beside", ["r", "a"]), ("unnamed", ["r", None])],
)
def test_an_answer_may_be_another_than_what_was_asked(desk: Desk, twist: str, names: list[str | None]) -> None:
    desk.serve(HOST_QUERY, ADD).connector.fault = at_executed(twist)
    desk.update()
    told = [arguments["response"] for method, arguments in desk.server.calls if method == "receiveResponseXML"]
    answers = etree.fromstring(told[-1].encode()).find("QBXMLMsgsRs")
    assert answers is not None
    assert ([one.get("requestID") for one in answers], desk.added()) == (names, 1)


def test_an_answer_to_a_query_may_be_ok_with_nothing_in_it(desk: Desk) -> None:
    desk.serve(HOST_QUERY).connector.fault = at_executed("emptied")
    desk.update()
    told = etree.fromstring(desk.server.arguments("receiveResponseXML")["response"].encode())
    assert [(one.tag, one.get("statusCode"), len(one)) for one in told.iter("{*}HostQueryRs")] == [("HostQueryRs", "0", 0)]


def test_an_answer_may_come_late_under_its_old_ticket(desk: Desk) -> None:
    desk.serve(ADD).connector.fault = at_executed("late")
    assert desk.update().outcome == "died"
    assert (desk.added(), len(desk.connector.late)) == (1, 1)
    assert "receiveResponseXML" not in desk.server.methods
    assert desk.connector.deliver_late() == [100]
    assert desk.server.calls[-1][1]["ticket"] == "ticket-1"
    assert desk.connector.late == []
