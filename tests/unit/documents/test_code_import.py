"""Importing standard cost codes."""

from types import SimpleNamespace

import pytest

from erp import audit, sheets
from erp.documents import cost_code, uploads
from erp.documents.code_import import Mapping, carry_out, plan
from erp.documents.cost_code import CostCode
from erp.documents.imports import ImportRefused, numbers
from erp.documents.uploads import Upload
from erp.people import User

BY_SHAPE, COLUMNS = Mapping(code=0, name=1), Mapping(code=0, name=1, division=2)


def data(*rows: str) -> bytes:
    return "\n".join(("Code,Name,Division", *rows)).encode()


def keep(person: User, *rows: str) -> Upload:
    return uploads.keep(person, "cost codes", "codes.csv", data(*rows))


def test_codes_and_their_divisions_are_made_and_known_ones_stay(people: SimpleNamespace, codes: list[CostCode]) -> None:
    done = carry_out(
        keep(people.adam, "03-3000,Another name,", "03-4000,Precast,", "G-1,Mobilization,"), BY_SHAPE, people.adam, False
    )
    rows = {row.code: row for row in cost_code.every()}
    assert rows["03-3000"].name == "Cast-in-place concrete"
    assert (rows["03-4000"].division, rows["G-1"].division) == (rows["03"], rows["G"])
    assert ([row.code for row in done.there], done.new_divisions) == (["03-3000"], ["G"])
    assert audit.history(f"user:{people.adam.id}")[-1].action == "import cost codes"


def test_a_row_that_others_name_as_their_division_is_a_division_with_its_name(people: SimpleNamespace) -> None:
    carry_out(keep(people.adam, "05,Metals,", "05-1200,Steel,05", "05-5000,Fabrications,05"), COLUMNS, people.adam, False)
    metals, steel, _ = cost_code.every()
    assert (metals.is_division, metals.name, steel.division) == (True, "Metals", metals)


def test_the_division_column_wins_over_the_shape_and_an_empty_one_means_none(people: SimpleNamespace) -> None:
    shown = plan(sheets.read("codes.csv", data("05-1200,Steel,Metals", "06-1,Wood,")), COLUMNS)
    assert [(row.code, row.division) for row in shown.codes] == [("05-1200", "Metals"), ("06-1", "")]
    assert shown.new_divisions == ["Metals"]


@pytest.mark.parametrize(("rows", "faults"), [
    ([",Nameless code,"], [(2, "Code", "Code is missing")]),
    (["G-1,,"], [(2, "Name", "Name is missing")]),
    (["G-1,a,", "g-1,b,"], [(2, "Code", "stands in row 2 and in row 3"), (3, "Code", "stands in row 3 and in row 2")]),
    (["G-1,B\x07ell,"], [(2, "Name", "control character")]),
    ([f"G-1,{'x' * 256},"], [(2, "Name", "256 characters")]),
    (["G-1,a,\x01"], [(2, "Division", "control character")]),
    (["G-1,a,03-3000"], [(2, "Division", "03-3000 is a cost code itself")]),
    (["03-3000,a,", "G-1,b,03-3000"], [(2, "Code", "03-3000 is a cost code here"), (3, "Division", "cost code itself")]),
])  # fmt: skip
def test_errors_name_row_column_and_cure(codes: list[CostCode], rows: list[str], faults: list[tuple[int, str, str]]) -> None:
    shown = plan(sheets.read("codes.csv", data(*rows, "33-9,Noise,33")), COLUMNS)
    assert [(fault.row, fault.column) for fault in shown.faults] == [fault[:2] for fault in faults]
    for fault, (_, _, words) in zip(shown.faults, faults, strict=True):
        assert words in fault.sentence
    assert [row.code for row in shown.codes] == ["33-9"]


def test_rows_with_errors_stop_everything_unless_left_out(people: SimpleNamespace) -> None:
    upload = keep(people.adam, "G-1,Mobilization,", ",Total,")
    with pytest.raises(ImportRefused, match="1 row has errors. Nothing was imported."):
        carry_out(upload, BY_SHAPE, people.adam, False)
    assert cost_code.every() == []
    carry_out(upload, BY_SHAPE, people.adam, True)
    assert [row.code for row in cost_code.every()] == ["G", "G-1"]


def test_a_file_with_nothing_new_imports_nothing(people: SimpleNamespace, codes: list[CostCode]) -> None:
    with pytest.raises(ImportRefused, match="No row is left to import"):
        carry_out(keep(people.adam, "03-3000,Concrete,"), BY_SHAPE, people.adam, False)


@pytest.mark.parametrize(("rows", "words"), [([4], "row 4"), ([4, 9], "rows 4 and 9"), ([1, 2, 3], "rows 1, 2 and 3"),
                                             (list(range(1, 9)), "rows 1, 2, 3, 4, 5 and 3 more")])  # fmt: skip
def test_rows_are_listed_as_people_say_them(rows: list[int], words: str) -> None:
    assert numbers(rows) == words


SHORT = Mapping(code=0, name=1, short=2)


def test_a_column_of_short_names_goes_onto_the_codes(people: SimpleNamespace) -> None:
    carry_out(keep(people.adam, "05-1200,Structural steel framing,Steel", "05-5000,Fabrications,"), SHORT, people.adam, False)
    assert {row.code: row.short for row in cost_code.every()} == {"05": "", "05-1200": "Steel", "05-5000": ""}


def test_a_short_name_that_is_not_short_is_an_error_of_its_row(people: SimpleNamespace) -> None:
    shown = plan(sheets.read("codes.csv", data(f"G-1,a,{'x' * 31}", f"G-2,b,{'x' * 30}")), SHORT)
    assert [(fault.row, fault.column, fault.sentence) for fault in shown.faults] == [
        (2, "Abbreviation", "Abbreviation has 31 characters; at most 30 fit. Shorten it.")]  # fmt: skip
    assert [row.short for row in shown.codes] == ["x" * 30]


@pytest.mark.parametrize(("header", "found"), [
    (("Code", "Name", "Short name"), {"code": 0, "name": 1, "short": 2}),
    (("Code", "Description", "Short"), {"code": 0, "name": 1, "short": 2}),
    (("Code", "Short description"), {"code": 0, "name": 1}),
])  # fmt: skip
def test_the_column_of_short_names_is_known_and_takes_no_other_away(header: tuple[str, ...], found: dict[str, int]) -> None:
    assert sheets.guess(header, ("code", "division", "name", "short")) == found
