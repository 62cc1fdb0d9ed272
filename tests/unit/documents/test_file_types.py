"""What is inside a file must be what its name says."""

import pytest

from erp.documents import file_types
from erp.documents.file_types import TYPES
from tests.unit.documents.files import GOOD, HTML, PDF, SVG, ZIP


@pytest.mark.parametrize("extension", list(TYPES))
def test_a_good_file_of_each_type_can_be_taken_in_any_capitals(extension: str) -> None:
    assert file_types.why_not(f"plan.{extension}", GOOD[extension]) == ""
    assert file_types.why_not(f"PLAN.{extension.upper()}", GOOD[extension]) == ""


SAME = {("jpg", "jpeg"), ("jpeg", "jpg"), ("csv", "txt"), ("txt", "csv"), ("eml", "txt"), ("eml", "csv")}
"""(content, name): pairs that cannot be told apart, and need not be."""


@pytest.mark.parametrize("extension", list(TYPES))
def test_a_file_under_the_name_of_another_type_is_refused(extension: str) -> None:
    taken = {(content, extension) for content, data in GOOD.items() if not file_types.why_not(f"x.{extension}", data)}
    assert taken - SAME == {(extension, extension)}


@pytest.mark.parametrize("data", [HTML, SVG, b" \n" + HTML, b"\xef\xbb\xbf" + SVG, b"<?xml version='1.0'?><svg/>", ZIP,
                                  b"MZ\x90\x00\x03", b"\x7fELF\x02\x01", b"PK\x03\x04broken",
                                  b"\xff\xfe" + "<html>".encode("utf-16-le"), b"\xff\xfe\x00",
                                  HTML + b"%PDF-1.7"])  # fmt: skip
@pytest.mark.parametrize("extension", list(TYPES))
def test_pages_pictures_of_script_and_programs_fit_no_name(extension: str, data: bytes) -> None:
    assert "does not hold what its name says" in file_types.why_not(f"x.{extension}", data)


@pytest.mark.parametrize(
    "name", ["page.html", "logo.svg", "run.exe", "macro.xlsm", "pdf", ".pdf", "plan.pdf.", "plan.pdf.js", "plan.", "plan"]
)
def test_other_extensions_are_refused_naming_the_allowed_ones(name: str) -> None:
    assert file_types.why_not(name, PDF) == (
        f"{name} cannot be attached. Allowed are pdf, png, jpg, jpeg, gif, txt, csv, xlsx, xls, docx, doc, eml, msg, dwg."
    )


def test_an_empty_file_and_a_wrong_one_are_refused_in_a_sentence() -> None:
    assert file_types.why_not("plan.pdf", b"") == "plan.pdf is empty. Choose another file."
    assert file_types.why_not("plan.pdf", HTML) == (
        "plan.pdf does not hold what its name says: it is no PDF file. Save it anew in that format and try again."
    )


@pytest.mark.parametrize("text", ["A,B\n1,2", "Größe", "line one\x1a", "\ttab\x0cform feed"])
def test_text_comes_in_several_encodings(text: str) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "latin-1"):
        assert file_types.why_not("notes.txt", text.encode(encoding)) == ""
