"""SOAP as bytes: calls of both styles in, compact typed answers out."""

import pytest
from lxml import etree

from erp.connectors.quickbooks.soap import METHODS, SPACE, Call, NotSoap, answer, fault, read_call
from erp.simulator import soap as dotnet

DOCUMENT = (
    b'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" '
    b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>'
    b'<authenticate xmlns="http://developer.intuit.com/"><strUserName>u</strUserName><strPassword>p &amp; q</strPassword>'
    b"</authenticate></soap:Body></soap:Envelope>"
)
RPC = (
    b'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" '
    b'xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/" xmlns:tns="http://developer.intuit.com/" '
    b'xmlns:types="http://developer.intuit.com/encodedTypes" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    b'xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body soap:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">'
    b'<q1:authenticate xmlns:q1="http://developer.intuit.com/"><strUserName xsi:type="xsd:string">u</strUserName>'
    b'<strPassword xsi:type="xsd:string">p &amp; q</strPassword></q1:authenticate></soap:Body></soap:Envelope>'
)


def envelope(inside: str) -> str:
    return f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{inside}</s:Body></s:Envelope>'


@pytest.mark.parametrize("body", [DOCUMENT, RPC], ids=["Document", "RPC"])
def test_both_styles_of_the_dotnet_client_are_read(body: bytes) -> None:
    assert read_call(body) == Call("authenticate", {"strUserName": "u", "strPassword": "p & q"})


@pytest.mark.parametrize("style", ["Document", "RPC"])
@pytest.mark.parametrize("method", METHODS)
def test_every_method_is_read_with_its_arguments(method: str, style: str) -> None:
    arguments = {name: f"<{name}> \r\n ü" for name in METHODS[method]}
    assert read_call(dotnet.envelope(method, arguments, style)) == Call(method, arguments)


def test_an_argument_that_is_missing_is_empty() -> None:
    assert read_call(envelope('<getLastError xmlns="http://developer.intuit.com/"/>').encode()).arguments == {"ticket": ""}


def test_an_argument_nobody_knows_is_ignored() -> None:
    assert read_call(envelope("<getLastError><ticket>t</ticket><more>x</more></getLastError>").encode()).arguments == {
        "ticket": "t"
    }


def test_comments_and_a_header_are_passed_over() -> None:
    body = DOCUMENT.replace(b"<soap:Body>", b"<!-- x --><soap:Header><a/></soap:Header><soap:Body><!-- y -->")
    assert read_call(body).method == "authenticate"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("before", ["", "\n", "<!-- " + "x" * 5000 + " -->"])
def test_a_doctype_is_refused_in_every_encoding(encoding: str, before: str) -> None:
    head = "" if encoding == "utf-8" else f'<?xml version="1.0" encoding="{encoding.removesuffix("-le").removesuffix("-be")}"?>'
    bomb = f'{head}{before}<!DOCTYPE s [<!ENTITY a "{"lol" * 100}"><!ENTITY b "&a;&a;&a;">]>'
    with pytest.raises(NotSoap):
        read_call((bomb + envelope("<getLastError><ticket>&b;</ticket></getLastError>")).encode(encoding))


@pytest.mark.parametrize(
    "payload",
    [
        '<!DOCTYPE s SYSTEM "http://localhost:1/evil.dtd">',
        '<!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE s [<!ENTITY % p SYSTEM "file:///etc/passwd">%p;]>',
        "<!doctype html>",
    ],
)
def test_nothing_outside_is_ever_read(payload: str) -> None:
    with pytest.raises(NotSoap):
        read_call((payload + envelope("<getLastError><ticket>&x;</ticket></getLastError>")).encode())


@pytest.mark.parametrize(
    "body",
    [b"", b" ", b"\xff\xfe", b"\x00" * 50, b"<", b"<a>", b"hello", b"{}", b"\xef\xbb\xbf", b"<html><body>hi</body></html>",
     b'<?xml version="1.0" encoding="nonsense"?><a/>', DOCUMENT[:-20], DOCUMENT.replace(b"utf-8", b"utf-16"),
     envelope("").encode(), envelope("just text").encode(), envelope("<dropTables/>").encode(), b"<a>" * 100_000,
     DOCUMENT.replace(b"Envelope", b"Umschlag"), DOCUMENT.replace(b"<strUserName>u", b"<strUserName>\xff\xff")],
)  # fmt: skip
def test_what_names_no_method_is_not_soap(body: bytes) -> None:
    with pytest.raises(NotSoap) as refused:
        read_call(body)
    assert refused.value.sentence.endswith(".")


@pytest.mark.parametrize("junk", ["&#xB;", "&#0;", "&#x1F;", "&#27;", "\x0b", "\x01"])
def test_control_characters_of_an_old_company_file_get_through_the_door(junk: str) -> None:
    inside = (
        f"<receiveResponseXML><ticket>t</ticket><response>&lt;Memo&gt;old{junk}note&lt;/Memo&gt;</response></receiveResponseXML>"
    )
    assert read_call(envelope(inside).encode()).arguments["response"] == "<Memo>oldnote</Memo>"


def test_a_big_answer_in_one_text_node_is_read() -> None:
    inside = f"<receiveResponseXML><response>{'x' * 11_000_000}</response></receiveResponseXML>"
    assert len(read_call(envelope(inside).encode()).arguments["response"]) == 11_000_000


# answers


def test_a_list_answers_with_strings_in_the_namespace_of_intuit() -> None:
    root = etree.fromstring(answer("authenticate", ["t", "", "", ""]))
    result = root.find(f".//{{{SPACE}}}authenticateResponse/{{{SPACE}}}authenticateResult")
    assert [child.tag for child in result] == [f"{{{SPACE}}}string"] * 4
    assert [child.text or "" for child in result] == ["t", "", "", ""]


def test_an_answer_is_compact_and_begins_with_its_declaration() -> None:
    body = answer("authenticate", ["t", "none", "", ""])
    assert body == (
        b'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        b'<authenticateResponse xmlns="http://developer.intuit.com/"><authenticateResult><string>t</string><string>none</string>'
        b"<string></string><string></string></authenticateResult></authenticateResponse></soap:Body></soap:Envelope>"
    )


@pytest.mark.parametrize(("result", "text"), [("", ""), (100, "100"), (-1, "-1"), ("a < b & c", "a &lt; b &amp; c")])
def test_a_text_is_escaped_once_and_never_left_out(result: str | int, text: str) -> None:
    assert f"<sendRequestXMLResult>{text}</sendRequestXMLResult>" in answer("sendRequestXML", result).decode()


def test_a_request_survives_the_envelope() -> None:
    request = '<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?><QBXML><a>&#233; &lt;</a></QBXML>'
    root = etree.fromstring(answer("sendRequestXML", request))
    assert root.findtext(f".//{{{SPACE}}}sendRequestXMLResult") == request


def test_control_characters_never_leave() -> None:
    etree.fromstring(answer("getLastError", "bad \x00\x0b\x1f text"))
    etree.fromstring(fault("bad \x00 text & more"))


def test_a_fault_carries_its_sentence() -> None:
    assert b"<faultstring>The SOAP body is empty.</faultstring>" in fault("The SOAP body is empty.")
