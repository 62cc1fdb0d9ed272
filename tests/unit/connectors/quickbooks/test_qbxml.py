"""Writing, checking and reading qbXML."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from erp.connector import Ask, Failed
from erp.connectors.quickbooks.connector import QUICKBOOKS
from erp.connectors.quickbooks.mapping import MAPPINGS
from erp.connectors.quickbooks.qbxml import Unreadable, amount, check, message, minor, not_an_answer, parse, read
from erp.connectors.quickbooks.step import step
from tests.unit.connectors.quickbooks.messages import BUDGET, CODE, JOB, SCHEMA, line, schema

# amounts


@pytest.mark.parametrize(
    ("cents", "text"),
    [(0, "0.00"), (1, "0.01"), (-1, "-0.01"), (99, "0.99"), (-99, "-0.99"), (100, "1.00"), (-1234567, "-12345.67"),
     (100050, "1000.50"), (999_999_999_999, "9999999999.99"), (-999_999_999_999, "-9999999999.99")],
)  # fmt: skip
def test_amounts_have_two_decimals_and_no_comma(cents: int, text: str) -> None:
    assert (amount(cents), minor(text)) == (text, cents)


@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_no_cent_is_lost_on_the_way_out_and_back(cents: int) -> None:
    assert minor(amount(cents)) == cents
    assert Decimal(amount(cents)) == Decimal(cents) / 100


@pytest.mark.parametrize(("text", "cents"), [("5", 500), ("5.5", 550), ("-5", -500), ("0", 0), ("-0.50", -50), ("12.345", 1234)])
def test_amounts_of_quickbooks_are_read_as_they_come(text: str, cents: int) -> None:
    assert minor(text) == cents


MONEY = st.integers(-999_999_999_999, 999_999_999_999).filter(bool)


@given(st.lists(MONEY, min_size=1, max_size=20))
def test_the_lines_of_an_estimate_add_up_to_the_budget(sends: list[int]) -> None:
    payload = BUDGET.payload | {"lines": [line(1200, cents) for cents in sends]}
    asked = step(replace(BUDGET, payload=payload), None)
    assert isinstance(asked, Ask)
    sent = [Decimal(node.text) for node in etree.fromstring(asked.body.encode()).iter("Amount")]
    assert sum(sent) == Decimal(sum(sends)) / 100
    if SCHEMA:
        assert schema().validate(etree.fromstring(asked.body.encode()))


# what QuickBooks would refuse


def problems(kind: str, **payload: str) -> list[str]:
    work = {"job": JOB, "cost_code": CODE}[kind]
    return [reason.text for reason in QUICKBOOKS.check(kind, work.payload | payload, work.choices, {})]


@pytest.mark.parametrize(
    ("kind", "field", "text", "sentence"),
    [
        ("job", "name", "x" * 42, f"Project name “{'x' * 42}” has 42 characters; QuickBooks takes 41."),
        ("job", "name", "", "Project name is missing."),
        ("job", "name", " ", "Project name is empty."),
        ("job", "name", "株", "Project name “株” has 株 in it, which QuickBooks cannot keep."),
        ("job", "name", "a\x0bb", "Project name has a control character in it; type it anew."),
        ("job", "city", "x" * 32, f"City “{'x' * 32}” has 32 characters; QuickBooks takes 31."),
        ("job", "region", "x" * 22, f"State “{'x' * 22}” has 22 characters; QuickBooks takes 21."),
        ("cost_code", "code", "x" * 32, f"Cost code “{'x' * 32}” has 32 characters; QuickBooks takes 31."),
    ],
)  # fmt: skip
def test_a_field_that_would_not_fit_is_named_in_the_words_of_the_pm(kind: str, field: str, text: str, sentence: str) -> None:
    assert problems(kind, **{field: text}) == [sentence]


def test_lengths_count_what_will_stand_in_quickbooks() -> None:
    assert problems("job", name=" " * 30 + "x" * 41) == []
    assert "41" in problems("job", name="…" * 14)[0], "an ellipsis becomes three dots"


@pytest.mark.parametrize("kind", ["job", "cost_code"])
def test_a_name_with_a_colon_is_refused_before_quickbooks_refuses_it(kind: str) -> None:
    """The schema takes it, QuickBooks answers 3090."""
    name = {"job": "name", "cost_code": "code"}[kind]
    assert len(problems(kind, **{name: "Phase 1: North"})) == 1


def test_a_message_that_would_not_fit_is_never_sent() -> None:
    out = step(replace(JOB, payload=JOB.payload | {"name": "x" * 42}), None)
    assert isinstance(out, Failed)
    assert (out.code, out.reason) == ("field", f"Project name “{'x' * 42}” has 42 characters; QuickBooks takes 41.")


def test_order_repetition_and_unknown_fields_are_seen() -> None:
    add = [("Name", "a"), ("Name", "b"), ("Notes", "n"), ("AccountNumber", "1"), ("Colour", "red")]
    found = {(p.path.rpartition("/")[2], p.what) for p in check("CustomerAddRq", [("CustomerAdd", add)])}
    assert found == {("Colour", "is not a field of this message"), ("CustomerAdd", "has its fields in the wrong order"),
                     ("Name", "stands there twice")}  # fmt: skip


@pytest.mark.parametrize(
    ("shape", "good", "bad"),
    [("TxnDate", "2026-11-23", "11/23/2026"), ("ExternalGUID", "{0fcc5af9-1bba-59be-ac5c-161e5dafe945}", "0fcc5af9"),
     ("RefNumber", "12345678901", "123456789012")],
)  # fmt: skip
def test_shapes_are_checked(shape: str, good: str, bad: str) -> None:
    order = ["CustomerRef", "TxnDate", "RefNumber", "ExternalGUID", "EstimateLineAdd"]
    fields = {"CustomerRef": [("ListID", "1")], "EstimateLineAdd": [("Amount", "1.00")]}
    for text, fits in ((good, True), (bad, False)):
        tree = [(name, (fields | {shape: text})[name]) for name in order if name in fields or name == shape]
        assert (check("EstimateAddRq", [("EstimateAdd", tree)]) == []) == fits


@pytest.mark.parametrize("text", ["1", "1.5", "1,000.00", "+1.00", "1.005", "", "NaN", "1e5", "12345678901234.00"])
def test_amounts_in_another_form_are_refused(text: str) -> None:
    tree = [("EstimateAdd", [("CustomerRef", [("ListID", "1")]), ("EstimateLineAdd", [("Amount", text)])])]
    assert any("is no amount" in problem.what for problem in check("EstimateAddRq", tree))


def test_every_kind_has_a_message_in_the_table() -> None:
    for mapping in MAPPINGS.values():
        assert check(mapping.message, []), f"{mapping.message} has required fields"


# reading


def reply(inside: str, attributes: str = "") -> str:
    return f'<?xml version="1.0" ?><QBXML><QBXMLMsgsRs {attributes}>{inside}</QBXMLMsgsRs></QBXML>'


ASKED = message("CustomerAddRq", [("CustomerAdd", [("Name", "Pier 9")])], "K", writes=True)
MINE, OTHER, NAMELESS = ('<CustomerAddRs requestID="K"/>', '<CustomerAddRs requestID="L"/>', "<CustomerAddRs/>")


@pytest.mark.parametrize("text", [reply(MINE), reply(NAMELESS), reply('<HostQueryRs/>' + MINE), reply(OTHER + MINE), reply(""),
                                  reply("", 'messageSetStatusCode="9002"'), "", "<", "no xml"])  # fmt: skip
def test_what_names_the_key_is_read_and_so_is_what_names_none_or_nothing_at_all(text: str) -> None:
    assert not_an_answer(ASKED, "K", text) == ""


@pytest.mark.parametrize(("inside", "why"), [
    (OTHER, "it answers L, not K"),
    (NAMELESS + NAMELESS, "none of its 2 responses names K"),
    ('<CustomerQueryRs requestID="K"/>', "it is of the kind CustomerQueryRs, and CustomerAddRq was asked"),
    ("<EstimateAddRs/>", "it is of the kind EstimateAddRs, and CustomerAddRq was asked"),
])  # fmt: skip
def test_what_names_others_or_is_of_another_kind_is_not_the_answer(inside: str, why: str) -> None:
    assert not_an_answer(ASKED, "K", reply(inside)) == why


def test_of_several_responses_the_one_counts_that_names_the_key() -> None:
    both = read(reply('<HostQueryRs statusCode="0"/><CustomerAddRs requestID="K" statusCode="3100"/>'))
    assert [both.to(key).code for key in ("K", "L")] == ["3100", "0"]


def test_the_status_of_a_message_set_is_read() -> None:
    got = read(reply("", 'messageSetStatusCode="9002" messageSetStatusMessage="not stored"'))
    assert (got.set_code, got.set_message, got.responses) == ("9002", "not stored", [])


@pytest.mark.parametrize(
    "text", ["", " ", "<QBXML>", "<QBXML/>", "<!DOCTYPE a [<!ENTITY b 'c'>]><QBXML>&b;</QBXML>", "\x00", "\ud800"]
)
def test_what_is_no_qbxml_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable):
        read(text)


@pytest.mark.parametrize("junk", ["\x0b", "\x00", "&#11;", "&#x0B;", "&#0;", "&#x1f;", "&#31;"])
def test_stray_control_characters_are_dropped(junk: str) -> None:
    root = parse(reply(f"<A><Memo>old{junk}note</Memo></A>"))
    assert root.findtext(".//Memo") == "oldnote"


@pytest.mark.parametrize("kept", ["&#9;", "&#10;", "&#13;", "&#32;", "&#233;", "&#x20AC;"])
def test_other_references_stay(kept: str) -> None:
    root = parse(reply(f"<A><Memo>a{kept}b\x0b</Memo></A>"))
    assert len(root.findtext(".//Memo")) == 3


@given(st.text(max_size=300))
def test_no_text_whatever_breaks_the_reader(text: str) -> None:
    try:
        read(text)
    except Unreadable:
        return
    raise AssertionError("a random text was taken for an answer")


def test_a_number_that_is_none_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="02} where a number belongs"):
        read('<QBXML><QBXMLMsgsRs><ItemQueryRs requestID="a" statusCode="0" iteratorRemainingCount="02}"/></QBXMLMsgsRs></QBXML>')


@pytest.mark.parametrize("text", ["\ufffd0", "1.x", "--1", "1e5"])
def test_an_amount_that_is_none_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable, match="where a number belongs"):
        minor(text)
