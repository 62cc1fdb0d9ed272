"""What Sage will see of codes under a shape: a few of them, and the numbers of all."""

from erp.connectors.sage300.seen import EXAMPLES, NAMED, Seen, look
from erp.connectors.sage300.shapes import Pad, Shape

PADDED = Shape("code", mask="00-0000", pad=(Pad(2, "right", 4),))


def test_a_code_is_shown_beside_what_it_becomes() -> None:
    assert look(PADDED, ["03-12"]).rows == [Seen("03-12", "03-1200")]


def test_a_code_that_does_not_fit_says_why_in_few_words() -> None:
    assert look(PADDED, ["A3-12"]).rows == [Seen("A3-12", "A3-1200", "does not fit the mask 00-0000")]


def test_signs_that_no_file_can_hold_are_refused() -> None:
    (row,) = look(PADDED, ["03-1\u2603"]).rows
    assert row.why


def test_what_was_typed_to_try_stands_first_and_counts_for_nothing() -> None:
    found = look(PADDED, ["03-12"], "99-1")
    assert [row.ours for row in found.rows] == ["99-1", "03-12"]
    assert (found.fit, found.refused) == (1, 0)


def test_refused_codes_stand_before_changed_ones_and_those_before_others_while_all_are_counted() -> None:
    codes = [*(f"03-{n:04d}" for n in range(50)), "04-1", *(f"X{n}" for n in range(20))]
    found = look(PADDED, codes)
    assert len(found.rows) == EXAMPLES
    assert [bool(row.why) for row in found.rows[:NAMED]] == [True] * NAMED
    assert found.rows[NAMED] == Seen("04-1", "04-1000")
    assert (found.fit, found.refused) == (51, 20)


def test_two_codes_that_become_one_are_named() -> None:
    assert look(Shape("code", strip="-."), ["03-1", "03.1", "04-1"]).same == [("031", ["03-1", "03.1"])]
