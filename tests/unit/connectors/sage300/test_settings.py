"""The settings of a connection to Sage: defaults, and a sentence for each field that cannot be used."""

import json

import pytest

from erp.connectors.sage300 import dates
from erp.connectors.sage300.settings import DEFAULT, Misconfigured, Settings, read, why_not
from erp.connectors.sage300.text import Unwritable


def of(**given: object) -> Settings:
    """The settings with these chosen."""
    return read({"sage300": given})


def test_a_new_connection_has_sages_own_dates_free_shapes_and_jobs_keyed_by_hand() -> None:
    assert (DEFAULT.date_format, DEFAULT.job_records, DEFAULT.drop_folder) == ("MMDDYYYY", False, "")
    assert DEFAULT.categories == {"L": "L", "M": "M", "E": "E", "S": "S", "O": "O"}
    assert DEFAULT.shapes["job"].mask == ""
    assert why_not({}) == {}


def test_settings_survive_the_database() -> None:
    chosen = of(shapes={"job": {"mask": "00-0000-0", "suffix": "-0"}}, categories={"L": "LAB", "O": ""}, date_format="DD/MM/YY",
                layouts={"E": ["record", "extra:8"]}, job_records=True, drop_folder="/srv/sage")  # fmt: skip
    assert read({"sage300": json.loads(json.dumps(chosen.data()))}) == chosen
    assert read({"sage300": json.loads(json.dumps(DEFAULT.data()))}) == DEFAULT


@pytest.mark.parametrize(("form", "written"), [("MMDDYYYY", "11232026"), ("MM/DD/YYYY", "11/23/2026"), ("DD.MM.YY", "23.11.26"),
                                               ("YYYY-MM-DD", "2026-11-23")])  # fmt: skip
def test_a_date_is_written_as_chosen(form: str, written: str) -> None:
    assert dates.written("2026-11-23", of(date_format=form).date_format) == written


@pytest.mark.parametrize("iso", ["", "soon", "2026-02-30"])
def test_what_is_no_date_is_refused(iso: str) -> None:
    with pytest.raises(Unwritable, match="Accounting date: .* is no date. Choose one at Accept."):
        dates.written(iso, DEFAULT.date_format)


@pytest.mark.parametrize(("given", "field", "why"), [
    ({"shapes": {"job": {"mask": "00--0"}}}, "shapes.job", "No code fits the mask 00--0"),
    ({"categories": {"L": "LABR"}}, "categories.L", "Category of Labor “LABR” has 4 signs; Sage takes at most 3"),
    ({"categories": {"L": 7}}, "categories.L", "Category of Labor is a text of at most 3 signs"),
    ({"shapes": {"category": {"mask": "000"}}}, "categories.L", "Category of Labor “L” does not fit the mask 000"),
    ({"layouts": {"C": ["record"]}}, "layouts.C", "Record C lacks cost_code"),
    ({"date_format": "MMDD"}, "date_format", "write DD, MM and YYYY or YY once each"), ({"date_format": 8}, "date_format", "Date format"),
    ({"date_format": "MM-DD/YY"}, "date_format", "with the same sign"), ({"date_format": "MMMMYY"}, "date_format", "once each"),
    ({"job_records": "yes"}, "job_records", "switched on or off"), ({"drop_folder": "files"}, "drop_folder", "is not a whole path"),
    ({"drop_folder": "/a\nb"}, "drop_folder", "Enter it anew"), ({"drop_folder": None}, "drop_folder", "Enter it anew"),
    ({"shapes": []}, "shapes", "The settings know shapes for job, extra, code, category only"),
    ({"shapes": {"vendor": {}}}, "shapes", "Enter them anew"), ({"categories": {"X": "X"}}, "categories", "for L, M, E, S, O only"),
    ({"layouts": {"CI": []}}, "layouts", "for *, E, C only"), ("junk", "sage300", "could not be read"), ([1], "sage300", "could not be read"),
])  # fmt: skip
def test_a_field_that_cannot_be_used_has_its_sentence(given: object, field: str, why: str) -> None:
    assert why in why_not({"sage300": given})[field]
    with pytest.raises(Misconfigured, match="The settings of the connection need a correction."):
        read({"sage300": given})


def test_every_field_is_told_at_once() -> None:
    assert set(why_not({"sage300": {"date_format": "", "job_records": 1, "layouts": {"E": []}}})) == {
        "date_format",
        "job_records",
        "layouts.E",
    }


@pytest.mark.parametrize("folder", ["/srv/sage", r"C:\Sage\Import", r"\\server\share", "D:/in"])
def test_a_whole_path_is_taken(folder: str) -> None:
    assert of(drop_folder=folder).drop_folder == folder


def test_a_cost_type_without_category_is_refused_with_the_cure() -> None:
    with pytest.raises(Unwritable, match="The cost type Labor has no category in Sage. An ERP administrator chooses one"):
        of(categories={"L": ""}).category("L")
