"""Random texts, codes and amounts: whatever is written Sage takes to the cent; all else is refused by a sentence."""

import json
import random
from typing import Any

import pytest

from erp.connector import Ask, Failed, Synced, Work
from erp.connectors.sage300.check import check
from erp.connectors.sage300.preview import preview
from erp.connectors.sage300.step import step
from tests.unit.connectors.sage300.works import budget, line, posted, sage

PIECES = ["PIPE", " ", '"', ",", "\r\n", "\t", "½", "⅜", "“", "’", "–", "12", "é", "Ł", "株", "\x00", "\x85", "\u2028", "€", "'", "=1+1", "\\", "|", "\u00a0",
          "e\u0301", "😀", "A" * 40, "\ud800", ";", "\x1a"]  # fmt: skip
AMOUNTS = [0, 1, -1, 99, 100, -100, 12345, 99_999_999_99, -99_999_999_99, 100_000_000_00, 10**15]


def text(dice: random.Random, most: int, wild: float) -> str:
    """A text, mostly of tame pieces."""
    tame = [piece for piece in PIECES[:14] if piece not in "Ł株\x00"]
    return "".join(dice.choice(PIECES if dice.random() < wild else tame) for _ in range(dice.randint(0, most)))


def random_budget(dice: random.Random) -> Work:
    """A budget of a few lines."""
    wild = dice.choice((0, 0, 0.02, 0.3))
    amounts = AMOUNTS if wild == 0.3 else AMOUNTS[:9]
    lines: list[dict[str, Any]] = []
    for key in range(1, dice.randint(2, 8)):
        name = f"{key}{text(dice, 12, wild)}"
        lines.append(line(key, dice.choice(amounts), dice.choice(amounts), type=dice.choice("LMESO"), sub=dice.choice(["", "R", "SW"]), name=name,
                          sub_job_name=text(dice, 3, wild) if wild == 0.3 else "Works", code_short=text(dice, 4, wild) if dice.random() < 0.2 else ""))  # fmt: skip
    settings = {"sage300": {"job_records": dice.random() < 0.5}}
    return budget(*lines, settings=settings)


@pytest.mark.parametrize("seed", range(600))
def test_a_random_budget_is_taken_to_the_cent_or_refused_by_a_sentence(seed: int) -> None:
    work = random_budget(random.Random(seed))
    shown = preview(work)
    assert shown["title"]
    out = step(work, None)
    if isinstance(out, Failed):
        assert out.code == "field"
        assert out.reason.endswith(".")
        return
    assert isinstance(out, Ask)
    assert list(check("budget", work.payload, work.choices, work.settings)) == []
    into = posted(sage(work), work)
    assert sum(into.original.values()) == sum(one["send_original"] for one in work.payload["lines"])
    assert sum(into.changes.values()) == sum(one["changes"] for one in work.payload["lines"])
    assert isinstance(step(work, json.dumps(into.read_back())), Synced)
    assert [one["lines"] for one in shown["files"]] == [
        [told["text"] for told in json.loads(out.body) if f"NNNNNN_{told['file']}.jce" == one["name"]] for one in shown["files"]
    ]


def test_about_half_of_them_are_written() -> None:
    """Else the test above would not say much."""
    written = sum(isinstance(step(random_budget(random.Random(seed)), None), Ask) for seed in range(600))
    assert 200 < written < 550
