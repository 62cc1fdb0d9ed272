"""A Web Connector that only carries: SOAP calls over one connection, and answers of QuickBooks made up from the request."""

import html
import http.client
import re
from dataclasses import dataclass

from bench.peers.servers import Server

SOAP = ('<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        '<{method} xmlns="http://developer.intuit.com/">{arguments}</{method}></soap:Body></soap:Envelope>')  # fmt: skip
HCP = ('<?xml version="1.0" ?><QBXML><QBXMLMsgsRs><HostQueryRs requestID="0" statusCode="0"><HostRet><ProductName>QuickBooks</ProductName>'
       '</HostRet></HostQueryRs><CompanyQueryRs requestID="1" statusCode="0"><CompanyRet><CompanyName>Harbor</CompanyName><DataExtRet>'
       '<OwnerID>{owner}</OwnerID><DataExtName>FileID</DataExtName><DataExtType>STR255TYPE</DataExtType><DataExtValue>{file}</DataExtValue>'
       '</DataExtRet></CompanyRet></CompanyQueryRs><PreferencesQueryRs requestID="2" statusCode="0"><PreferencesRet>'
       '<JobsAndEstimatesPreferences><IsUsingEstimates>true</IsUsingEstimates></JobsAndEstimatesPreferences></PreferencesRet>'
       '</PreferencesQueryRs></QBXMLMsgsRs></QBXML>')  # fmt: skip
RESULT = re.compile(r"<[^<>]*Result[^<>]*>(.*)</[^<>]*Result>", re.DOTALL)
LINE = re.compile(r"<EstimateLineAdd><ItemRef><ListID>([^<]*)</ListID></ItemRef><Desc>([^<]*)</Desc><Amount>([^<]*)</Amount>"
                  r"<Other2>([^<]*)</Other2></EstimateLineAdd>")  # fmt: skip


@dataclass
class Caller:
    """One Web Connector at one server; `hcp` is what it says of the company file at its first call."""

    server: Server
    user: str
    password: str
    hcp: str = ""

    def __post_init__(self) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)

    def call(self, method: str, **arguments: str) -> str:
        """One SOAP call; the text of its result."""
        inside = "".join(f"<{name}>{html.escape(value, quote=False)}</{name}>" for name, value in arguments.items())
        head = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"http://developer.intuit.com/{method}"'}
        self.line.request("POST", self.server.path, SOAP.format(method=method, arguments=inside).encode(), head)
        answer = self.line.getresponse()
        body = answer.read().decode()
        found = RESULT.search(body)
        assert answer.status == 200 and found, (method, answer.status, body[:500])
        return re.sub(r"</?[\w:]*(string|int)[^>]*>", "\n", found[1]).strip() if found[1].lstrip().startswith("<") else found[1]

    def begin(self) -> str:
        """A ticket, over a new line: servers hang up on who was silent for a while."""
        self.line.close()
        return self.call("authenticate", strUserName=self.user, strPassword=self.password).split()[0]

    def trip(self, ticket: str, hcp: str, number: int) -> str:
        """One round trip: ask, let QuickBooks work, answer; returns the percentage."""
        request = self.call("sendRequestXML", ticket=ticket, strHCPResponse=hcp, strCompanyFileName="", qbXMLCountry="US",
                            qbXMLMajorVers="13", qbXMLMinorVers="0")  # fmt: skip
        return self.call(
            "receiveResponseXML", ticket=ticket, response=estimate(html.unescape(request), number), hresult="", message=""
        )


def estimate(request: str, number: int) -> str:
    """What QuickBooks says after it has made this Estimate; number tells it from the others."""
    key, job = _one(request, 'requestID="([^"]*)"'), _one(request, "<CustomerRef><ListID>([^<]*)")
    assert "EstimateAddRq" in request, request[:300]
    lines = "".join(f"<EstimateLineRet><TxnLineID>{number}-{n}</TxnLineID><ItemRef><ListID>{item}</ListID><FullName>Code</FullName></ItemRef>"
                    f"<Desc>{words}</Desc><Amount>{amount}</Amount><Other2>{marker}</Other2></EstimateLineRet>"
                    for n, (item, words, amount, marker) in enumerate(LINE.findall(request)))  # fmt: skip
    return (f'<?xml version="1.0" ?><QBXML><QBXMLMsgsRs><EstimateAddRs requestID="{key}" statusCode="0" statusSeverity="Info" '
            f'statusMessage="Status OK"><EstimateRet><TxnID>T-{number}</TxnID><TimeCreated>2026-11-23T10:00:00</TimeCreated>'
            f"<TimeModified>2026-11-23T10:00:00</TimeModified><EditSequence>1{number}</EditSequence><TxnNumber>{number}</TxnNumber>"
            f"<CustomerRef><ListID>{job}</ListID><FullName>City of Bayview:Pier</FullName></CustomerRef><TxnDate>2026-11-23</TxnDate>"
            f"<RefNumber>{_one(request, '<RefNumber>([^<]*)')}</RefNumber><Subtotal>2000.00</Subtotal><TotalAmount>2000.00</TotalAmount>"
            f"<Memo>{_one(request, '<Memo>([^<]*)')}</Memo><ExternalGUID>{_one(request, '<ExternalGUID>([^<]*)')}</ExternalGUID>{lines}"
            "</EstimateRet></EstimateAddRs></QBXMLMsgsRs></QBXML>")  # fmt: skip


def _one(text: str, pattern: str) -> str:
    found = re.search(pattern, text)
    return found[1] if found else ""
