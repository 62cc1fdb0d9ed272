"""What a text of a document may hold: no sign that accounting's messages, mails and files cannot carry."""

from erp.signs import UNSEEN

MOST = 255
"""The most characters of a short text here; accounting's own limits are said by the grey button."""


def counted(number: int, word: str) -> str:
    """“1 line”, “1,234 lines”."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def printable(text: str) -> str:
    """The text without forbidden signs, for names that nobody typed, such as those of files."""
    return UNSEEN.sub("", text)


def like(text: str) -> str:
    """The pattern of LIKE for texts that have these words in them; its escape is `!`."""
    return f"%{printable(text).strip().replace('!', '!!').replace('%', '!%').replace('_', '!_')}%"


def why_not(label: str, text: str, *, most: int | None = MOST, required: bool = True) -> str:
    """The sentence against a text, naming the field and the cure; empty when it can be taken."""
    if required and not text.strip():
        return f"{label} is missing. Write it."
    if found := UNSEEN.search(text):
        return f"{label} has a control character (U+{ord(found[0]):04X}) at place {found.start() + 1}. Type the text anew."
    if most and len(text) > most:
        return f"{label} has {len(text)} characters; at most {most} fit. Shorten it."
    return ""
