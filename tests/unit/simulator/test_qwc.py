"""Which .qwc files the Web Connector takes."""

from __future__ import annotations

import re

import pytest

from erp.simulator import wire
from erp.simulator.company import Company
from erp.simulator.connector import WebConnector
from erp.simulator.qwc import NotInstalled, application
from tests.unit.simulator.server import HOST_QUERY, QWC, FakeServer


def changed(**values: str) -> str:
    text = QWC
    for tag, value in values.items():
        text = re.sub(f"<{tag}>.*?</{tag}>", f"<{tag}>{value}</{tag}>", text)
    return text


def without(tag: str) -> str:
    return re.sub(f"<{tag}>.*?</{tag}>", "", QWC)


def refusal(text: str) -> str:
    with pytest.raises(NotInstalled) as caught:
        application(text)
    return caught.value.code


def test_a_good_file_is_read() -> None:
    found = application(QWC)
    assert (found.name, found.url, found.user) == ("Countersign", "http://localhost:8000/qbwc", "connection-1")
    assert (found.style, found.seconds) == ("Document", 300)


@pytest.mark.parametrize(
    "tag", ["AppName", "AppURL", "AppSupport", "AppDescription", "UserName", "OwnerID", "FileID", "QBType", "AppID"]
)
def test_required_tags_must_be_there(tag: str) -> None:
    assert refusal(without(tag)) == "QBWC1005"


def test_only_the_app_id_may_be_empty() -> None:
    assert application(QWC).name
    assert refusal(changed(UserName="")) == "QBWC1005"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"AppSupport": "http://elsewhere:8000/support"}, "QBWC1000"),
        ({"AppURL": "http://127.0.0.1:8000/qbwc"}, "QBWC1001"),
        ({"AppURL": "https://[::1]/qbwc"}, "QBWC1001"),
        ({"AppURL": "localhost/qbwc"}, "QBWC1001"),
        ({"AppSupport": "https://10.0.0.1/"}, "QBWC1002"),
        ({"AppURL": "http://example.com/qbwc", "AppSupport": "http://example.com/"}, "QBWC1010"),
        ({"OwnerID": "57F3B9B1-86F1-4fcc-B1EE-566DE1813D20"}, "QBWC1007"),
        ({"FileID": "{1}"}, "QBWC1007"),
        ({"QBType": "QBPOS"}, "QBWC1006"),
        ({"Style": "Wrapped"}, "QBWC1006"),
        ({"IsReadOnly": "no"}, "QBWC1006"),
    ],
)
def test_wrong_values_are_refused(values: dict[str, str], code: str) -> None:
    assert refusal(changed(**values)) == code


@pytest.mark.parametrize("text", ["", "<QBWCXML>", "<Other/>", QWC.replace("QBWCXML", "qbwcxml")])
def test_other_texts_are_refused(text: str) -> None:
    assert refusal(text) == "QBWC1005"


def test_https_names_and_names_on_the_local_network_are_taken() -> None:
    assert application(changed(AppURL="https://books.example.com/q", AppSupport="https://books.example.com/")).url
    assert application(changed(AppURL="http://office-server/q", AppSupport="http://office-server/")).url


def test_of_two_scheduler_tags_the_first_wins() -> None:
    both = "<RunEveryNSeconds>90</RunEveryNSeconds><RunEveryNMinutes>5</RunEveryNMinutes>"
    assert application(QWC.replace("<RunEveryNMinutes>5</RunEveryNMinutes>", both)).seconds == 90
    assert application(changed(Scheduler="")).seconds == 0


def test_the_file_id_is_stamped_once_and_another_one_is_refused(company: Company) -> None:
    server = FakeServer([HOST_QUERY])
    assert WebConnector(QWC, "pw", company, post=server.post).update().outcome == "done"
    assert "{90A44FB5-33D9-4815-AC85-BC87A7E7D1EB}" in server.arguments("sendRequestXML")["strHCPResponse"]
    other = changed(FileID="{11111111-1111-1111-1111-111111111111}")
    session = WebConnector(other, "pw", company, post=server.post).update()
    assert (session.outcome, session.message[:8]) == ("not installed", "QBWC1039")


@pytest.mark.parametrize(("status", "outcome"), [(200, "done"), (202, "done"), (302, "not installed"), (401, "not installed")])
def test_the_support_page_must_answer_without_login(company: Company, status: int, outcome: str) -> None:
    server, seen = FakeServer([HOST_QUERY]), []

    def get(url: str) -> wire.Answered:
        seen.append(url)
        return status, {}, b""

    connector = WebConnector(QWC, "pw", company, post=server.post, get=get)
    assert connector.update().outcome == outcome
    assert seen == ["http://localhost:8000/support"]


def test_the_support_page_is_looked_at_only_when_the_application_is_added(company: Company) -> None:
    server = FakeServer([HOST_QUERY])
    WebConnector(QWC, "pw", company, post=server.post, get=lambda url: (200, {}, b"")).update()
    again = WebConnector(QWC, "pw", company, post=server.post, get=lambda url: (404, {}, b""))
    assert again.update().outcome == "none"


def test_an_unreachable_support_page_is_refused(company: Company) -> None:
    def get(url: str) -> wire.Answered:
        raise wire.Unreachable("refused")

    session = WebConnector(QWC, "pw", company, post=FakeServer().post, get=get).update()
    assert session.message.startswith("QBWC1003")
