"""Values that do not convert, texts that are too long, and what happens to good ones."""

from __future__ import annotations

import pytest

from erp.simulator.values import problem
from tests.unit.simulator.talk import Talk, code, line, texts


@pytest.mark.parametrize(
    ("kind", "good", "bad", "status"),
    [
        ("flag", ["true", "false", "1", "0", ""], ["yes", "True"], 3010),
        ("date", ["2026-11-22", ""], ["2026-02-30", "22.11.2026", "20261122", "2026-11-22T00:00:00"], 3020),
        ("moment", ["2026-11-22", "2026-11-22T10:00:00", "2026-11-22T10:00:00-05:00"], ["now", "2026-11-22 10:00"], 3020),
        ("amount", ["0", "12.50", "-1000.00", "+1.00"], ["1000.5", "1,000.00", "12.345", "$1", "12345678901234.00"], 3040),
        ("price", ["1.5", "0.00001", "-3"], ["1.123456", "12345678901"], 3045),
        ("percent", ["8.25"], ["8.25%"], 3050),
        ("quantity", ["3", "0.5", "-1"], ["three"], 3060),
        ("guid", ["0", "{90A44FB5-33D9-4815-AC85-BC87A7E7D1EB}"], ["90A44FB5-33D9-4815-AC85-BC87A7E7D1EB", "{1}"], 3065),
    ],
)
def test_values_convert_or_are_refused_with_their_own_status(kind: str, good: list[str], bad: list[str], status: int) -> None:
    assert [problem(kind, "F", text) for text in good] == [None] * len(good)
    assert [refusal.code if (refusal := problem(kind, "F", text)) else 0 for text in bad] == [status] * len(bad)


def test_a_bad_amount_in_a_line_is_refused_naming_the_field(ask: Talk) -> None:
    answer = ask.estimate(line("<Amount>1,000.00</Amount>"))
    assert code(answer) == 3040
    assert '"Amount"' in answer.get("statusMessage")


@pytest.mark.parametrize(
    ("field", "most"), [("Name", 41), ("CompanyName", 41), ("Phone", 21), ("AccountNumber", 99), ("Notes", 4095)]
)
def test_a_text_may_be_as_long_as_its_field_and_no_longer(ask: Talk, field: str, most: int) -> None:
    def with_text(text: str) -> str:
        return f"<Name>{text}</Name>" if field == "Name" else f"<Name>Someone</Name><{field}>{text}</{field}>"

    answer = ask.customer(with_text("x" * (most + 1)))
    assert code(answer) == 3070
    assert f'"{field}"' in answer.get("statusMessage")
    assert code(ask.customer(with_text("x" * most))) == 0


def test_ref_numbers_of_estimates_have_at_most_eleven_characters(ask: Talk) -> None:
    assert code(ask.estimate(line("<Amount>1.00</Amount>"), "<RefNumber>123456789012</RefNumber>")) == 3070
    assert code(ask.estimate(line("<Amount>1.00</Amount>"), "<RefNumber>12345678901</RefNumber>")) == 0


def test_text_is_trimmed_and_narrowed_to_windows_1252(ask: Talk) -> None:
    answer = ask.customer("<Name>  Caf&#233; &#8220;Nord&#8221; &#26666;  </Name><Notes>5 &#8364; &#8211; ok</Notes>")
    assert texts(answer, "Name") == ["Café “Nord” ?"]
    assert texts(answer, "Notes") == ["5 € – ok"]


def test_line_feeds_in_a_memo_survive(ask: Talk) -> None:
    answer = ask.estimate(line("<Amount>1.00</Amount>"), "<Memo>one&#10;two</Memo>")
    assert texts(answer, "Memo") == ["one\ntwo"]
