"""Names that would be the same in Sage, and short names instead of them."""

import random

import pytest

from erp.connectors.sage300.names import Alike, alike, shorten
from erp.connectors.sage300.text import clean, cut, kept
from tests.unit.connectors.sage300.works import schedule

TELEVISION = [("SW-11", "TELEVISION INSPECTION OF EXISTING MAIN SEWERS"), ("SW-12", "TELEVISION INSPECTION OF EXISTING SIDE SEWERS"),
              ("SW-13", "MANHOLES")]  # fmt: skip


def test_different_names_that_become_one_text_are_found() -> None:
    assert alike(TELEVISION) == [Alike("TELEVISION INSPECTION OF EXIST", ("SW-11", "SW-12"))]


def test_two_codes_of_one_and_the_same_name_stay_what_they_are() -> None:
    assert alike([("01-5001", "Allowance"), ("01-5002", "Allowance")]) == []


def test_typography_that_sage_does_not_keep_makes_names_the_same() -> None:
    assert alike([("1", "12″ pipe"), ("2", '12" pipe')]) == [Alike('12" pipe', ("1", "2"))]


def test_the_lines_of_one_code_are_one_name() -> None:
    assert alike([TELEVISION[0], TELEVISION[0]]) == []


def test_a_proposal_is_the_name_cut_and_the_code_behind_it() -> None:
    assert shorten(TELEVISION) == {"SW-11": "TELEVISION INSPECTION OF SW-11", "SW-12": "TELEVISION INSPECTION OF SW-12"}


def test_a_name_that_only_looks_like_a_proposal_is_not_taken_twice() -> None:
    others = ("SW-14", "TELEVISION INSPECTION OF SW-11")
    assert shorten([*TELEVISION, others])["SW-11"] != others[1]
    assert "SW-14" not in shorten([*TELEVISION, others])


@pytest.mark.parametrize(("contract", "collide"), [("1164I", 4), ("2977J", 6)])
def test_the_real_schedules_have_codes_to_shorten(contract: str, collide: int) -> None:
    names = [(line["code"], line["code_name"]) for line in schedule(contract, short=False).payload["lines"]]
    short = shorten(names)
    assert len(short) == collide
    assert alike([(code, short.get(code, name)) for code, name in names]) == []


@pytest.mark.parametrize("seed", range(200))
def test_proposals_are_unique_writable_and_at_most_30_signs(seed: int) -> None:
    dice = random.Random(seed)
    signs = "abé ½⅜“—株\u200b\x07 -"
    beginning = "".join(dice.choices(signs, k=32))
    names = [("".join(dice.choices("019-ż", k=dice.choice((1, 3, 12, 29, 40)))), beginning[: dice.choice((5, 32))] + "".join(dice.choices(signs, k=3)))
             for _ in range(30)]  # fmt: skip
    short = shorten(names)
    assert set(short) == {code for group in alike(names) for code in group.codes}
    others = [cut(clean(name), 30).stays for code, name in names if code not in short]
    assert len(set(short.values())) == len(short)
    assert not set(short.values()) & set(others)
    for text in short.values():
        assert kept("Short name", text) == text
        assert 0 < len(text) <= 30
