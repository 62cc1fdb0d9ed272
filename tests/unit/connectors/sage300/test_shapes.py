"""Masks and rules: what Sage will see of a code, or a sentence."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp.connectors.sage300.shape_settings import faults, read
from erp.connectors.sage300.shapes import LIMITS, Pad, Shape
from erp.connectors.sage300.text import Unwritable

SUFFIXED = Shape("job", "00-0000-0", suffix="-0")
PADDED = Shape("code", "00-000000", pad=(Pad(2, "right", 6),))
REGROUPED = Shape("code", "00-0000", strip=" .")


@pytest.mark.parametrize(("shape", "ours", "theirs"), [
    (SUFFIXED, "25-1355", "25-1355-0"), (SUFFIXED, "25-1355-1", "25-1355-1"), (PADDED, "01-5204", "01-520400"),
    (PADDED, "01-520401", "01-520401"), (REGROUPED, "03 30 00", "03-3000"), (REGROUPED, "03-3000", "03-3000"),
    (Shape("job", "000-000", pad=(Pad(1, "left", 3), Pad(2, "left", 3))), "7-12", "007-012"),
    (Shape("job", "AA-####"), "SF-29A7", "SF-29A7"), (Shape("category", "A??"), "L", "L"), (Shape("category", "A??"), "LAB", "LAB"),
    (Shape("job", "00-00??", pad=(Pad(2, "right", 4),)), "25-13", "25-1300"), (Shape("job", strip="-"), "25-1355", "251355"),
    (Shape("job"), "25-1355-0001", "25-1355-0001"), (Shape("extra"), " SW ", "SW"),
])  # fmt: skip
def test_a_code_is_written_as_sage_will_see_it(shape: Shape, ours: str, theirs: str) -> None:
    assert faults(shape) == []
    assert shape.written(ours) == theirs


@pytest.mark.parametrize(("shape", "code", "why"), [
    (SUFFIXED, "25-13", "“25-13” becomes “25-13-0” for Sage and does not fit the mask 00-0000-0 (0 is a digit"),
    (Shape("job", "00-0000"), "2513557", "“2513557” becomes “25-13557” for Sage and does not fit"),
    (Shape("job", "00-0000"), "SF-1355", "“SF-1355” does not fit the mask 00-0000"),
    (Shape("job"), "12345678901", "has 11 signs beside the dividing signs; Sage takes at most 10"),
    (Shape("job"), "1-2-3-4", "has 4 sections; Sage takes at most 3"), (Shape("extra"), "SW-45678901", "has 11 signs; Sage takes at most 10"),
    (Shape("code"), "01-520400-0000", "has 14 signs; Sage takes at most 12"), (Shape("category"), "LABR", "has 4 signs; Sage takes at most 3"),
    (Shape("job"), "", "is empty"), (Shape("job", strip="-"), "--", "becomes “” for Sage and is empty"),
    (Shape("job"), "25|1355", "has signs that no code of Sage has"), (Shape("job"), 'a"b', "has signs that no code of Sage has"),
    (Shape("job"), "Zürich", "has signs that no code of Sage has"),
])  # fmt: skip
def test_a_code_that_does_not_fit_is_refused_with_the_field_the_code_and_the_cure(shape: Shape, code: str, why: str) -> None:
    with pytest.raises(Unwritable) as refused:
        shape.written(code)
    assert str(refused.value).startswith(f"{LIMITS[shape.name].label} “{code}”")
    assert why in str(refused.value)
    assert str(refused.value).endswith("Change it here, or its shape in the connection's settings.")


@pytest.mark.parametrize(("shape", "why"), [
    (Shape("job", "B0-00"), "has B. In a mask 0 is a digit"), (Shape("job", "00--00"), "No code fits the mask 00--00 of Job number"),
    (Shape("job", "-0"), "No code fits the mask -0"), (Shape("job", "0-"), "No code fits the mask 0-"),
    (Shape("job", "---"), "No code fits the mask ---"), (Shape("job", "0000000-0000"), "it has 11 signs beside the dividing signs"),
    (Shape("job", "0-0-0-0"), "it has 4 sections; Sage takes at most 3"), (Shape("category", "0000"), "it has 4 signs"),
    (Shape("code", "00-00-00-00-00"), "Sage takes at most"), (Shape("job", "00-0000", suffix="-0"), "No code of Job number can fit the mask 00-0000"),
    (Shape("code", "00-0000", pad=(Pad(2, "right", 6),)), "“11-1111” would become “11-111100”"),
    (Shape("category", suffix="ABC"), "No code of Category can fit"), (Shape("job", strip="0"), "only the signs - . / _ and spaces can be stripped"),
    (Shape("job", suffix=","), "the suffix “,” has signs that no code of Sage has"),
    (Shape("job", "00-0000", pad=(Pad(3, "left", 2),)), "there is no section 3 to pad; there are 2"),
    (Shape("job", pad=(Pad(1, "up", 2),)), "section 1 is padded left or right"), (Shape("job", pad=(Pad(1, "left", 99),)), "to a length from 1 to 10"),
    (Shape("job", pad=(Pad(1, "left", 2, "00"),)), "with a letter or a digit"),
])  # fmt: skip
def test_a_shape_that_fits_no_code_is_refused_when_it_is_configured(shape: Shape, why: str) -> None:
    with pytest.raises(Unwritable, match=re.escape(why)):
        read(shape.name, shape.data())


@pytest.mark.parametrize("shape", [SUFFIXED, PADDED, REGROUPED, Shape("job")])
def test_a_shape_survives_its_settings(shape: Shape) -> None:
    assert read(shape.name, shape.data()) == shape


@pytest.mark.parametrize("junk", [None, [], "00-00", {"mask": 7}, {"pad": 3}, {"pad": [{}]}, {"pad": ["x"]}, {"suffix": None},
                                  {"pad": [{"section": "a", "side": "left", "to": 2}]}])  # fmt: skip
def test_junk_for_a_shape_is_a_sentence(junk: object) -> None:
    with pytest.raises(
        Unwritable, match="Job number: its shape is a mask, signs to strip, paddings and a suffix. Enter it anew."
    ):
        read("job", junk)


@given(
    st.sampled_from([SUFFIXED, PADDED, REGROUPED, Shape("job"), Shape("extra"), Shape("category", "A??")]),
    st.text() | st.from_regex(r"[0-9A-Z]{1,4}([-. ][0-9]{0,6}){0,3}"),
)
def test_whatever_is_written_fits_and_is_written_once(shape: Shape, code: str) -> None:
    try:
        made = shape.written(code)
    except Unwritable:
        return
    assert shape.fits(made) or not shape.mask
    assert shape.written(made) == made, "a code of Sage stays as it is"
