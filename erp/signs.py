"""Signs that no text of ours may hold. Pure."""

import re

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 cannot carry, and DEL; in a text of several lines."""
UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""All of that, line breaks, and what turns the direction of writing; in a text of one line."""


def in_windows(text: str) -> bool:
    """Whether Windows-1252, in which both accounting systems keep their texts, has every sign of it."""
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True
