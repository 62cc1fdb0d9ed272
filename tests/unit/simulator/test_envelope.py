"""What QuickBooks does not even begin to read."""

from __future__ import annotations

import pytest

from erp.simulator.company import Company
from erp.simulator.refusals import HResult
from tests.unit.simulator.talk import Talk, qbxml, texts

HOST = '<HostQueryRq requestID="1"/>'
ADD = "<CustomerAddRq><CustomerAdd>{}</CustomerAdd></CustomerAddRq>"


def refused(company: Company, text: str) -> bool:
    with pytest.raises(HResult) as caught:
        company.process(text)
    return caught.value.code == "0x80040400" and caught.value.message == (
        "QuickBooks found an error when parsing the provided XML text stream."
    )


@pytest.mark.parametrize("version", ["1.0", "8.0", "13.0", "16.0"])
def test_known_versions_are_read(company: Company, version: str) -> None:
    assert 'statusCode="0"' in company.process(qbxml(HOST, version=version))


@pytest.mark.parametrize("version", ["", "13", "16.1", "99.0"])
def test_unknown_versions_are_refused(company: Company, version: str) -> None:
    assert refused(company, qbxml(HOST, version=version))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no xml",
        "<QBXML/>",
        qbxml(HOST).replace('<?qbxml version="13.0"?>', ""),
        qbxml(HOST).replace("QBXML>", "QBML>"),
        qbxml(HOST)[:-5],
        qbxml(HOST).replace("<?qbxml", '<!DOCTYPE QBXML [<!ENTITY a "b">]><?qbxml'),
        qbxml(HOST).replace("<QBXML>", "<QBXML><SignonMsgsRq/>"),
        qbxml(HOST).replace("<QBXML>", '<QBXML version="1">'),
        "\ufeff" + qbxml(HOST),
        " " + qbxml(HOST),
    ],
)
def test_anything_but_one_message_set_is_refused(company: Company, text: str) -> None:
    assert refused(company, text)


@pytest.mark.parametrize(
    "attributes",
    ["", 'onError="rollbackOnError"', 'onError="stop"', 'onError="stopOnError" more="1"',
     'onError="stopOnError" responseData="some"'],
)  # fmt: skip
def test_message_sets_need_exactly_the_known_attributes(company: Company, attributes: str) -> None:
    assert refused(company, qbxml(HOST, attributes))


@pytest.mark.parametrize(
    "request_text",
    [
        "<NonsenseRq/>",
        "<HostQuery/>",
        '<HostQueryRq more="1"/>',
        "<HostQueryRq>text</HostQueryRq>",
        "<HostQueryRq><Surprise/></HostQueryRq>",
        '<CustomerQueryRq metaData="Some"/>',
        '<CustomerQueryRq iterator="Again"/>',
        '<AccountQueryRq iterator="Start"><MaxReturned>1</MaxReturned></AccountQueryRq>',
        "<CustomerQueryRq><ListID>1</ListID><FullName>x</FullName></CustomerQueryRq>",
        "<CustomerQueryRq><ActiveStatus>Any</ActiveStatus></CustomerQueryRq>",
        "<CustomerQueryRq><MaxReturned>many</MaxReturned></CustomerQueryRq>",
        ADD.format(""),
        ADD.format("<IsActive>true</IsActive>"),
        ADD.format("<IsActive>true</IsActive><Name>Order</Name>"),
        ADD.format("<Name>Twice</Name><Name>Twice</Name>"),
        ADD.format("<Name>Typo</Name><Fone>1</Fone>"),
        ADD.format("<Name>Canada</Name><TaxRegistrationNumber>1</TaxRegistrationNumber>"),
        ADD.format("<Name><b>Bold</b></Name>"),
        ADD.format("<Name>Enum</Name><JobStatus>Begun</JobStatus>"),
        ADD.format("<Name>Loose</Name>loose text"),
        ADD.format(f"<Name>Id</Name><ParentRef><ListID>{'9' * 37}</ListID></ParentRef>"),
        "<EstimateAddRq><EstimateAdd><Memo>no customer</Memo></EstimateAdd></EstimateAddRq>",
        "<EstimateAddRq><EstimateAdd><CustomerRef><FullName>x</FullName></CustomerRef></EstimateAdd></EstimateAddRq>",
        "<ItemServiceAddRq><ItemServiceAdd><Name>sideless</Name></ItemServiceAdd></ItemServiceAddRq>",
        "<ListDeletedQueryRq/>",
    ],
)
def test_elements_out_of_place_are_refused(company: Company, request_text: str) -> None:
    assert refused(company, qbxml(request_text))


def test_raw_accents_are_refused_but_numeric_references_are_read(company: Company, ask: Talk) -> None:
    assert refused(company, qbxml(ADD.format("<Name>Café</Name>")))
    assert texts(ask.customer("<Name>Caf&#233;</Name>"), "Name") == ["Café"]


def test_one_bad_request_refuses_the_whole_set_before_anything_happens(company: Company, ask: Talk) -> None:
    assert refused(company, qbxml(ADD.format("<Name>First</Name>") + "<NonsenseRq/>"))
    assert ask.code("<CustomerQueryRq><FullName>First</FullName></CustomerQueryRq>") == 500


def test_comments_and_white_space_between_elements_do_not_matter(ask: Talk) -> None:
    assert ask.code("\n <!-- hello --> <HostQueryRq>\n</HostQueryRq>") == 0


def test_messages_the_simulation_does_not_play_are_refused_honestly(ask: Talk) -> None:
    answer = ask("<InvoiceQueryRq><TxnID>1</TxnID></InvoiceQueryRq>")
    assert answer.tag == "InvoiceQueryRs"
    assert answer.get("statusCode") == "1030"
    assert "simulation" in answer.get("statusMessage")


def test_macros_are_refused_honestly(ask: Talk) -> None:
    assert (
        ask.code(
            '<EstimateAddRq><EstimateAdd defMacro="TxnID:a"><CustomerRef><FullName>City of Bayview</FullName></CustomerRef>'
            "<EstimateLineAdd><Desc>a</Desc></EstimateLineAdd></EstimateAdd></EstimateAddRq>"
        )
        == 1030
    )


def test_a_request_id_comes_back_and_has_at_most_50_characters(ask: Talk) -> None:
    assert ask(f'<HostQueryRq requestID="{"r" * 50}"/>').get("requestID") == "r" * 50
    assert ask.code(f'<HostQueryRq requestID="{"r" * 51}"/>') == 1060


def test_with_stop_on_error_the_rest_is_not_processed(ask: Talk) -> None:
    requests = HOST + ADD.format("<Name>City of Bayview</Name>") + ADD.format("<Name>Later</Name>") + HOST
    assert [node.get("statusCode") for node in ask.all(requests)] == ["0", "3100", "3231", "3231"]
    assert ask.code("<CustomerQueryRq><FullName>Later</FullName></CustomerQueryRq>") == 500


def test_with_continue_on_error_every_request_has_its_own_answer(ask: Talk) -> None:
    requests = HOST + ADD.format("<Name>City of Bayview</Name>") + ADD.format("<Name>Later</Name>")
    answers = ask.all(requests, 'onError="continueOnError"')
    assert [node.get("statusCode") for node in answers] == ["0", "3100", "0"]
    assert [node.get("statusSeverity") for node in answers] == ["Info", "Error", "Info"]


def test_without_response_data_only_the_status_comes_back(ask: Talk) -> None:
    answers = ask.all(HOST, 'onError="stopOnError" responseData="includeNone"')
    assert len(answers[0]) == 0
