"""A set of ids as ranges: what a reading of a hundred thousand records has seen fits into a few numbers."""

from bisect import bisect_right
from collections.abc import Iterable

Ranges = list[list[int]]
"""First and last of each range, ascending, never touching each other."""


def with_ids(ranges: Ranges, ids: Iterable[int]) -> Ranges:
    """The ranges with these ids too."""
    merged: Ranges = []
    for first, last in sorted([*ranges, *([one, one] for one in ids)]):
        if merged and first <= merged[-1][1] + 1:
            merged[-1][1] = max(merged[-1][1], last)
        else:
            merged.append([first, last])
    return merged


def holds(ranges: Ranges, key: int) -> bool:
    """Whether the id is in one of the ranges."""
    at = bisect_right(ranges, key, key=lambda one: one[0]) - 1
    return at >= 0 and key <= ranges[at][1]
