"""Layouts: fields in order, editable, and refused with a sentence where Sage could not place a line."""

import json
from pathlib import Path

import pytest

from erp.connectors.sage300.layouts import CHANGED, DEFAULTS, UNTRIED, read
from erp.connectors.sage300.text import Unwritable

COST = list(DEFAULTS["C"])


@pytest.mark.parametrize("record", DEFAULTS)
def test_the_layouts_found_in_public_material_are_the_defaults(record: str) -> None:
    assert tuple(read(record).data()) == DEFAULTS[record]
    assert read(record, read(record).data()) == read(record)


def test_a_cost_record_has_13_fields() -> None:
    assert [slot.name for slot in read("C").slots][7:] == ["amount", "blank", "blank", "blank", "blank", "extra"]


def test_they_are_those_of_the_page_beside_the_design() -> None:
    path = Path(__file__).resolve().parents[5] / "shared" / "data" / "sage" / "sage300cre_layouts.json"
    if not path.is_file():
        pytest.skip("the data of the design are not here")
    told = json.loads(path.read_text())["jce"]["records"]
    for record, names in told.items():
        ours = [slot.name for slot in read(record).slots]
        assert ours == [name if not name.startswith("blank") else "blank" for name in names]


@pytest.mark.parametrize("record", DEFAULTS)
def test_each_says_that_nobody_tried_it_on_a_real_sage(record: str) -> None:
    assert UNTRIED.startswith("Never tried on a real Sage.")
    assert UNTRIED in read(record).evidence


def test_a_changed_layout_says_so() -> None:
    assert read("C", [*COST, "blank"]).evidence.startswith(CHANGED)


@pytest.mark.parametrize(("fields", "why"), [
    ([one for one in COST if not one.startswith("category")], "Record C lacks category; Sage cannot place a line without."),
    (COST[:-1], "Record C lacks extra;"), (["record"], "Record C lacks cost_code, category, date, amount, extra;"),
    ([], "Record C lacks record,"), ([*COST, "colour"], "Record C has no field “colour”. Its fields are record, cost_code"),
    ([*COST, "amount:8.2"], "Record C has amount twice. Take one out."), ([*COST[1:], "record"], "Record C begins with the field record"),
    ([*COST[:-1], "extra"], "the field extra needs a length from 1 to 15, such as extra:10, not “”."),
    ([*COST[:-1], "extra:16"], "the field extra needs a length from 1 to 15"), ([*COST[:-1], "extra:0"], "needs a length"),
    ([*COST[:-1], "extra:ten"], "not “ten”"), ([*COST, "blank:3"], "the field blank has no length. Write blank alone."),
    ([one.replace("amount:8.2", "amount:8") for one in COST], "the field amount needs digits and two decimals, such as amount:8.2, not “8”."),
    ([one.replace("amount:8.2", "amount:8.3") for one in COST], "not “8.3”"), (["record", 7], "is a list of fields in order"),
    ("record", "is a list of fields in order"), ({"record": 1}, "is a list of fields in order"),
])  # fmt: skip
def test_a_layout_that_sage_could_not_read_is_refused(fields: object, why: str) -> None:
    with pytest.raises(Unwritable) as refused:
        read("C", fields)
    assert why in str(refused.value)
