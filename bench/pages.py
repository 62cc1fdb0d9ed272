"""Pages of lists as QuickBooks sends them: jobs by name, about 600 bytes each, and vendors with every field, about 900."""

from collections.abc import Callable, Iterator

from erp.connectors.quickbooks.lists import PAGE

Pages = Callable[[int], Iterator[str]]


def _pages(query: str, row: Callable[[int], str]) -> Pages:
    def pages(n: int) -> Iterator[str]:
        for at in range(0, n, PAGE):
            keys = range(at, min(at + PAGE, n))
            yield (f'<QBXML><QBXMLMsgsRs><{query}Rs requestID="KEY" statusCode="0" statusSeverity="Info" iteratorID="{{i}}" '
                   f'iteratorRemainingCount="{n - keys.stop}">{"".join(map(row, keys))}</{query}Rs></QBXMLMsgsRs></QBXML>')  # fmt: skip

    return pages


def _job(k: int) -> str:
    return (
        f"<CustomerRet><ListID>8000{k:05}-1700000000</ListID><TimeModified>2026-11-01T10:{k % 60:02}:00-08:00</TimeModified>"
        f"<EditSequence>17000{k:05}</EditSequence><Name>Job {k}</Name><FullName>Customer {k // 200:03}:Job {k:06}</FullName>"
        f"<IsActive>true</IsActive><ParentRef><ListID>7000-{k // 200}</ListID></ParentRef><Sublevel>1</Sublevel><BillAddress>"
        f"<Addr1>{k} Pier Road</Addr1><City>Bayview</City><State>CA</State><PostalCode>94111</PostalCode></BillAddress>"
        f"<AccountNumber>26-{k}</AccountNumber></CustomerRet>")  # fmt: skip


def _vendor(k: int) -> str:
    return (
        f"<VendorRet><ListID>9000{k:05}-1700000000</ListID><TimeModified>2026-11-01T10:{k % 60:02}:00-08:00</TimeModified>"
        f"<EditSequence>17000{k:05}</EditSequence><Name>Vendor {k:06}</Name><IsActive>{'false' if k % 20 == 0 else 'true'}</IsActive>"
        f"<CompanyName>Vendor {k:06} Incorporated</CompanyName><FirstName>Noor</FirstName><LastName>Haddad {k}</LastName>"
        f"<VendorAddress><Addr1>{k} Depot Street</Addr1><Addr2>Suite {k % 90}</Addr2><City>Bayview</City><State>CA</State>"
        f"<PostalCode>94112</PostalCode></VendorAddress><Phone>555-{k:05}</Phone><Fax>556-{k:05}</Fax>"
        f"<Email>office{k}@vendor.test</Email><VendorTaxIdent>94-{k:07}</VendorTaxIdent></VendorRet>")  # fmt: skip


jobs = _pages("CustomerQuery", _job)
vendors = _pages("VendorQuery", _vendor)
