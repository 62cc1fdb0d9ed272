"""What Sage rejects, explained."""

import pytest

from erp.connectors.sage300.connector import SAGE300
from erp.connectors.sage300.errors import REFUSED, UNKNOWN, WORDS, classed


@pytest.mark.parametrize(("words", "code"), [
    ("Category LAB is not a standard category", "category"), ("Cost code 01-5001 is not on the standard cost code list", "standard-code"),
    ("Invalid cost code", "standard-code"), ("Cost code has too many sections", "code"), ("Job is closed", "closed"),
    ("Job does not exist", "job"), ("Extra SW not found on job", "extra"), ("Accounting date is invalid", "date"),
    ("Amount exceeds maximum", "amount"), ("Invalid record type", "layout"), ("Duplicate entry", "duplicate"),
    ("Original estimate is finalized", "final"), ("What a day", ""), ("", ""),
])  # fmt: skip
def test_a_rejection_is_told_apart_by_what_it_speaks_of(words: str, code: str) -> None:
    assert classed(words) == code
    assert SAGE300.explain("", words) == REFUSED.get(code, UNKNOWN)


@pytest.mark.parametrize("code", REFUSED)
def test_each_refusal_has_a_cause_and_a_cure(code: str) -> None:
    refusal = SAGE300.explain(code, "Job is closed")
    assert refusal is REFUSED[code]
    assert refusal.cause.endswith(".")
    assert refusal.cure.endswith(".")


def test_every_class_of_words_has_its_refusal() -> None:
    assert {code for code, _ in WORDS} <= set(REFUSED)
