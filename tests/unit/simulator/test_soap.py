"""The bytes the .NET proxy writes, and the replies it cannot read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from lxml import etree

from erp.simulator import bookkeeper, soap
from erp.simulator.company import Company
from erp.simulator.connector import WebConnector
from erp.simulator.soap import BadReply, Reply
from tests.unit.simulator.server import HOST_QUERY, QWC, FakeServer, reply

TEXT = {"Content-Type": "text/xml; charset=utf-8"}
GOOD = reply("getLastError", "fine")


def test_document_style_is_written_as_dotnet_writes_it() -> None:
    assert soap.envelope("authenticate", {"strUserName": "u", "strPassword": "p&<"}) == (
        b'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"'
        b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>'
        b'<authenticate xmlns="http://developer.intuit.com/"><strUserName>u</strUserName>'
        b"<strPassword>p&amp;&lt;</strPassword></authenticate></soap:Body></soap:Envelope>"
    )


def test_empty_arguments_and_calls_are_closed_at_once() -> None:
    assert b"<ticket /><hresult />" in soap.envelope("x", {"ticket": "", "hresult": ""})
    assert b'<serverVersion xmlns="http://developer.intuit.com/" />' in soap.envelope("serverVersion", {})


def test_rpc_style_has_typed_children_without_namespace() -> None:
    body = soap.envelope("sendRequestXML", {"ticket": "t", "qbXMLMajorVers": 16}, "RPC")
    assert b'<q1:sendRequestXML xmlns:q1="http://developer.intuit.com/"><ticket xsi:type="xsd:string">t</ticket>' in body
    assert b'<qbXMLMajorVers xsi:type="xsd:int">16</qbXMLMajorVers>' in body
    assert b'<soap:Body soap:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">' in body


def test_the_headers_are_those_of_the_dotnet_proxy(company: Company) -> None:
    server = FakeServer([HOST_QUERY])
    WebConnector(QWC, "pw", company, post=server.post).update()
    headers = server.headers[2]
    assert headers["SOAPAction"] == '"http://developer.intuit.com/authenticate"'
    assert headers["Content-Type"] == "text/xml; charset=utf-8"
    assert headers["User-Agent"].startswith("Mozilla/4.0 (compatible; MSIE 6.0; MS Web Services Client Protocol")
    assert headers["Content-Length"] == str(len(server.bodies[2]))


def test_both_styles_carry_a_session(company: Company) -> None:
    server = FakeServer([HOST_QUERY])
    assert WebConnector(QWC, "pw", company, post=server.post, style="RPC").update().outcome == "done"
    assert b"q1:authenticate" in server.bodies[2]


def test_good_replies_are_read_compact_or_not() -> None:
    assert soap.text_result("getLastError", Reply(200, TEXT, GOOD)) == "fine"
    assert soap.text_result("getLastError", Reply(200, TEXT, reply("getLastError", ""))) == ""
    pretty = GOOD.replace(b"><soap:Body", b">\n  <soap:Body").replace(b"><getLastErrorResp", b">\n  <getLastErrorResp")
    assert soap.text_result("getLastError", Reply(200, {"content-type": "TEXT/XML"}, pretty)) == "fine"


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (200, "text/html", GOOD),
        (200, "application/soap+xml", GOOD),
        (200, "", GOOD),
        (302, "text/xml", GOOD),
        (404, "text/xml", GOOD),
        (500, "text/xml", GOOD),
        (200, "text/xml", b""),
        (200, "text/xml", b"<html>login</html>"),
        (200, "text/xml", b"\xef\xbb\xbf" + GOOD),
        (200, "text/xml", b"\n" + GOOD),
        (200, "text/xml", GOOD[:-20]),
        (200, "text/xml", GOOD.replace(b"http://developer.intuit.com/", b"http://developer.intuit.com")),
        (200, "text/xml", GOOD.replace(b"schemas.xmlsoap.org/soap/envelope/", b"www.w3.org/2003/05/soap-envelope")),
        (200, "text/xml", GOOD.replace(b"getLastErrorResponse", b"getlasterrorResponse")),
        (200, "text/xml", GOOD.replace(b"getLastErrorResult", b"result")),
        (200, "text/xml", GOOD.replace(b">fine<", b"><b>fine</b><")),
        (200, "text/xml", GOOD.replace(b"<?xml version", b"<!DOCTYPE a><?xml version")),
        (200, "text/xml", GOOD.replace(b"?><soap", b"?><!DOCTYPE a><soap")),
    ],
)
def test_replies_the_dotnet_proxy_cannot_read_break_it(status: int, kind: str, body: bytes) -> None:
    with pytest.raises(BadReply):
        soap.text_result("getLastError", Reply(status, {"Content-Type": kind}, body))


def test_nil_and_faults_break_it_too() -> None:
    nil = GOOD.replace(b"<getLastErrorResult>fine", b'<getLastErrorResult xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'
                       b' i:nil="true">')  # fmt: skip
    fault = (
        b'<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><soap:Fault>'
        b"<faultcode>soap:Server</faultcode><faultstring>oops</faultstring></soap:Fault></soap:Body></soap:Envelope>"
    )
    for status, body in ((200, nil), (200, fault), (500, fault)):
        with pytest.raises(BadReply):
            soap.text_result("getLastError", Reply(status, TEXT, body))


@pytest.mark.parametrize(("text", "value"), [("100", 100), (" 42 ", 42), ("-1", -1), ("+5", 5)])
def test_integers_are_read(text: str, value: int) -> None:
    assert soap.int_result("receiveResponseXML", Reply(200, TEXT, reply("receiveResponseXML", text))) == value


@pytest.mark.parametrize("text", ["", "100%", "1.0", "many", "99999999999", "--1"])
def test_anything_else_is_no_integer(text: str) -> None:
    with pytest.raises(BadReply):
        soap.int_result("receiveResponseXML", Reply(200, TEXT, reply("receiveResponseXML", text)))


def test_array_items_of_another_namespace_do_not_exist() -> None:
    good = reply("authenticate", ["t", "none"])
    assert soap.strings_result("authenticate", Reply(200, TEXT, good)) == ["t", "none"]
    arrays = b'<string xmlns="http://schemas.microsoft.com/2003/10/Serialization/Arrays">'
    assert soap.strings_result("authenticate", Reply(200, TEXT, good.replace(b"<string>", arrays))) == []


@pytest.mark.parametrize(
    "body",
    [
        reply("authenticate", []),
        reply("authenticate", ["t"]),
        reply("authenticate", ["t", "none"]).replace(b"<string>", b'<string xmlns="">'),
        reply("authenticate", ["t", "none"]).replace(b"<string>none", b'<string xmlns:i="http://www.w3.org/2001/'
                                                     b'XMLSchema-instance" i:nil="true">'),
    ],
)  # fmt: skip
def test_a_broken_authentication_fails_with_1012(company: Company, body: bytes) -> None:
    server = FakeServer([HOST_QUERY], raw={"authenticate": (200, TEXT, body)})
    session = WebConnector(QWC, "pw", company, post=server.post).update()
    assert (session.outcome, session.message[:8]) == ("failed", "QBWC1012")


@pytest.mark.parametrize(
    ("method", "number"),
    [("sendRequestXML", "1041"), ("receiveResponseXML", "1042"), ("closeConnection", "1045"), ("clientVersion", "1046")],
)
def test_a_method_that_throws_ends_the_session_with_its_code(company: Company, method: str, number: str) -> None:
    page = (500, {"Content-Type": "text/html"}, b"<h1>Internal Server Error</h1>")
    server = FakeServer([HOST_QUERY], raw={method: page})
    session = WebConnector(QWC, "pw", company, post=server.post).update()
    assert (session.outcome, session.message[:8]) == ("failed", f"QBWC{number}")
    assert server.methods[-1] == method


WSDL = Path(os.environ.get("QBXML_XSD_DIR", "../shared/data/qbxml")) / "QBWebConnectorSvc.wsdl"


@pytest.mark.skipif(not WSDL.is_file(), reason=f"Intuit's WSDL is not at {WSDL}: methods and arguments stay unchecked")
def test_methods_and_arguments_are_those_of_the_wsdl(company: Company) -> None:
    xs = "{http://www.w3.org/2001/XMLSchema}"
    declared = {
        str(method.get("name")): [str(argument.get("name")) for argument in method.iter(f"{xs}element")][1:]
        for method in etree.parse(WSDL).getroot().iterfind(f".//{xs}schema/{xs}element")
    }
    server = FakeServer([HOST_QUERY], {"receiveResponseXML": -1})
    WebConnector(QWC, "pw", company, post=server.post).update()
    bookkeeper.open_dialog(company)
    WebConnector(QWC, "pw", company, post=server.post).update()
    sent = {method: list(arguments) for method, arguments in server.calls if method != "serverVersion"}
    assert sent == {method: declared[method] for method in sent}
    assert len(sent) == 7
