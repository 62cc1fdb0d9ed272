"""Names that would be the same within the signs that Sage keeps, and short names instead of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from erp.connectors.sage300.text import LONGEST, clean, cut
from erp.signs import UNSEEN, in_windows


@dataclass(frozen=True)
class Alike:
    """A text that several codes would have in Sage although their names differ."""

    text: str
    codes: tuple[str, ...]


def alike(names: Iterable[tuple[str, str]], most: int = LONGEST) -> list[Alike]:
    """The groups of (code, name) whose different names become one text of at most so many signs."""
    groups: dict[str, dict[str, str]] = {}
    for code, name in names:
        groups.setdefault(cut(clean(name), most).stays, {})[code] = name.strip()
    return [Alike(text, tuple(group)) for text, group in groups.items() if len(set(group.values())) > 1]


def shorten(names: list[tuple[str, str]]) -> dict[str, str]:
    """Proposals for the codes whose names collide, by code: the name cut and the code behind it; 30 signs at most, unique."""
    collide = {code for group in alike(names) for code in group.codes}
    taken = {cut(clean(name), LONGEST).stays for code, name in names if code not in collide}
    short: dict[str, str] = {}
    for code, name in names:
        if code in collide and code not in short:
            short[code] = _free(_plain(name), _plain(code), taken)
            taken.add(short[code])
    return short


def _plain(text: str) -> str:
    return clean("".join(sign for sign in UNSEEN.sub("", clean(text)) if in_windows(sign)))


def _free(name: str, code: str, taken: set[str]) -> str:
    end, times = code, 1
    while True:
        end = cut(end, LONGEST).stays
        room = LONGEST - len(end) - 1
        proposal = f"{cut(name, room).stays} {end}".strip() if room > 0 else end
        if proposal not in taken:
            return proposal
        times += 1
        end = f"{cut(code, LONGEST - 6).stays} {times}".strip()
