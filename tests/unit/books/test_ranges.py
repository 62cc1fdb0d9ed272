"""Ranges hold exactly the ids that were put in, whatever their order."""

import random

from erp.books.ranges import holds, with_ids


def test_ids_in_a_row_are_one_range():
    assert with_ids([], range(1, 501)) == [[1, 500]]
    assert with_ids([[1, 500]], range(501, 1001)) == [[1, 1000]]


def test_a_gap_stays_a_gap_until_it_is_filled():
    assert with_ids([[1, 3]], [5]) == [[1, 3], [5, 5]]
    assert with_ids([[1, 3], [5, 5]], [4]) == [[1, 5]]


def test_any_ids_in_any_order_are_held_and_no_others():
    die = random.Random(7)
    for _ in range(50):
        ids = {die.randrange(1, 200) for _ in range(die.randrange(1, 150))}
        ranges = []
        shuffled = list(ids)
        die.shuffle(shuffled)
        for at in range(0, len(shuffled), 7):
            ranges = with_ids(ranges, shuffled[at : at + 7])
        assert {key for key in range(0, 201) if holds(ranges, key)} == ids
        assert all(a[1] + 1 < b[0] for a, b in zip(ranges, ranges[1:], strict=False))


def test_nothing_holds_nothing():
    assert not holds([], 1)
