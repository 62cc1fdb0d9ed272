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
    told, refusal = SAGE300.explain("rejected", words), REFUSED.get(code, UNKNOWN)
    assert told.cause == refusal.cause
    assert told.cure.startswith(refusal.cure)


def test_what_sage_rejected_may_be_there_by_a_reject_file_that_somebody_imported() -> None:
    told = "If somebody imported Sage's reject file by hand, it may be there already: after Retry read back from Sage first"
    assert told in SAGE300.explain("rejected", "Job is closed").cure
    assert told in SAGE300.explain("rejected", "What a day").cure
    assert told not in SAGE300.explain("parent-missing", "Job is closed").cure


@pytest.mark.parametrize("code", REFUSED)
def test_each_refusal_has_a_cause_and_a_cure(code: str) -> None:
    refusal = SAGE300.explain(code, "Job is closed")
    assert refusal is REFUSED[code]
    assert refusal.cause.endswith(".")
    assert refusal.cure.endswith(".")


def test_every_class_of_words_has_its_refusal() -> None:
    assert {code for code, _ in WORDS} <= set(REFUSED)
