"""Our order-and-length table against Intuit's schema and reference, where they are."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from lxml import etree

from erp.connectors.quickbooks.qbxml import check, message
from erp.connectors.quickbooks.table import MESSAGES, Field
from tests.unit.connectors.quickbooks.messages import FOLDER, KEY, needs_schema, schema

REFERENCE = FOLDER / "fields.json"
needs_reference = pytest.mark.skipif(not REFERENCE.is_file(), reason=f"{REFERENCE} is not there; set QBXML_XSD_DIR")
SHAPES = {
    "text": {"STRTYPE", "IDTYPE", "ENUMTYPE"}, "amount": {"AMTTYPE"}, "date": {"DATETYPE"}, "time": {"DATETIMETYPE"},
    "guid": {"GUIDTYPE"}, "integer": {"INTTYPE"}, "boolean": {"BOOLTYPE"},
}  # fmt: skip
FULL_NAMES = {"FullName"}
"""The reference gives no length for the names in a reference; ours are those of the longest list they may point into."""


@cache
def reference() -> dict[str, list[dict[str, Any]]]:
    return dict(json.loads(REFERENCE.read_text()))


def walk(path: str, fields: tuple[Field, ...]) -> Iterator[tuple[str, Field]]:
    for field in fields:
        yield f"{path}/{field.name}", field
        yield from walk(f"{path}/{field.name}", field.below)


ROWS = [(name, path, field) for name in MESSAGES for path, field in walk(name, MESSAGES[name])]


@needs_reference
@pytest.mark.parametrize(("name", "path", "field"), ROWS, ids=[row[1] for row in ROWS])
def test_a_field_has_the_length_and_the_shape_of_the_reference(name: str, path: str, field: Field) -> None:
    theirs = [row for row in reference()[name] if row["path"] == path]
    assert theirs, f"{path} is not in the reference"
    row = theirs[0]
    assert row["us"], f"{path} is not in the US edition"
    assert float(row["since"] or 0) <= 13, f"{path} is newer than qbXML 13"
    if field.below:
        assert row["type"] is None
    else:
        assert row["type"] in SHAPES[field.shape]
    if row["max"]:
        assert 0 < field.most <= row["max"]
    assert not field.repeats or row["rep"] or "or more" in str(row["choice"]) or field.beside


@needs_reference
@pytest.mark.parametrize("name", MESSAGES)
def test_what_the_reference_requires_is_required_or_always_filled(name: str) -> None:
    mine = dict(walk(name, MESSAGES[name]))
    for row in reference()[name]:
        depth = row["path"].count("/")
        parent = row["path"].rpartition("/")[0]
        if not row["opt"] and depth and row["choice"] is None and (parent in mine or depth == 1):
            assert row["path"] in mine, f"{row['path']} is required by QuickBooks and unknown to us"
            assert mine[row["path"]].required, f"{row['path']} is required by QuickBooks and not by us"


@needs_reference
@pytest.mark.parametrize("name", MESSAGES)
def test_the_fields_stand_in_the_order_of_the_reference(name: str) -> None:
    theirs = list(dict.fromkeys(row["path"] for row in reference()[name]))
    mine = [path for path, _ in walk(name, MESSAGES[name])]
    assert mine == sorted(mine, key=theirs.index)


SAMPLES = {"amount": "1.00", "date": "2026-11-23", "time": "2026-11-23T00:00:00", "integer": "1", "boolean": "true",
           "guid": "{0fcc5af9-1bba-59be-ac5c-161e5dafe945}"}  # fmt: skip
WORDS = {
    "JobStatus": "InProgress",
    "ActiveStatus": "All",
    "JobReportType": "JobEstimatesVsActualsDetail",
    "ReportDateMacro": "All",
    "ListDelType": "Customer",
}
EITHER = {"ListID", "TxnID", "FullName"}


def full(fields: tuple[Field, ...], top: bool = True) -> list[tuple[str, Any]]:
    """Every field once; of a choice between an id and filters, the filters."""
    tree: list[tuple[str, Any]] = []
    for field in fields:
        if top and field.name in EITHER and not field.required:
            continue
        if field.name == "FullName" and any(name == "ListID" for name, _ in tree):
            continue
        value = full(field.below, top=False) if field.below else WORDS.get(field.name) or SAMPLES.get(field.shape, "x")
        tree.append((field.name, value))
    return tree


@needs_schema
@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_with_every_field_passes_our_check_and_the_schema(name: str) -> None:
    tree = full(MESSAGES[name])
    assert check(name, tree) == []
    assert schema().validate(etree.fromstring(message(name, tree, KEY).encode())), schema().error_log


@needs_schema
@pytest.mark.parametrize(("name", "path", "field"), ROWS, ids=[row[1] for row in ROWS])
def test_a_text_of_the_full_length_passes_and_one_more_does_not(name: str, path: str, field: Field) -> None:
    if not field.most or field.name in FULL_NAMES or field.name in WORDS:
        return
    for length, passes in ((field.most, True), (field.most + 1, False)):
        tree = with_text(MESSAGES[name], path.split("/")[1:], "x" * length)
        problems = [problem for problem in check(name, tree) if "characters" in problem.what]
        assert (problems == []) == passes
        if passes:
            text = message(name, tree, KEY)
            assert schema().validate(etree.fromstring(text.encode())), schema().error_log


def with_text(fields: tuple[Field, ...], path: list[str], text: str, top: bool = True) -> list[tuple[str, Any]]:
    """Every required field, and this one with this text."""
    tree: list[tuple[str, Any]] = []
    for field in fields:
        if field.name == path[0]:
            below = with_text(field.below, path[1:], text, top=False) if field.below else text
            tree.append((field.name, below))
        elif field.required or not (top and field.name in EITHER) and not (field.name == "FullName" or path[0] in EITHER):
            value = full(field.below, top=False) if field.below else WORDS.get(field.name) or SAMPLES.get(field.shape, "x")
            tree.append((field.name, value))
    return tree
