"""The exact messages, one golden file each; `GOLDEN=write pytest …` writes them anew, git shows what changed."""

import os

import pytest
from lxml import etree

from tests.unit.connectors.quickbooks.messages import BUILT, HERE, KEY, MARKER, needs_schema, pretty, schema

GOLDEN = HERE / "golden"


@pytest.mark.parametrize("name", BUILT)
def test_a_message_is_what_it_was(name: str) -> None:
    path = GOLDEN / f"{name}.xml"
    text = pretty(BUILT[name]())
    if os.environ.get("GOLDEN") == "write":
        path.write_text(text)
    assert text == path.read_text()


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.xml")} == set(BUILT)


@needs_schema
@pytest.mark.parametrize("name", BUILT)
def test_a_message_is_valid_by_the_schema_of_intuit(name: str) -> None:
    assert schema().validate(etree.fromstring(BUILT[name]().encode())), schema().error_log


@pytest.mark.parametrize("name", BUILT)
def test_a_message_is_plain_ascii_compact_and_asks_for_qbxml_13(name: str) -> None:
    text = BUILT[name]()
    assert text.startswith(
        '<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="stopOnError"'
    )
    assert text.isascii()
    assert "\n" not in text
    assert f'requestID="{KEY}"' in text


@pytest.mark.parametrize("name", BUILT)
def test_only_a_write_carries_a_message_set_and_our_marker(name: str) -> None:
    text = BUILT[name]()
    writes = name.endswith(("_add", "_mod"))
    assert (f'newMessageSetID="{KEY}"' in text) == writes
    assert ("<ExternalGUID>{" in text) == name.endswith("_add")
    assert (MARKER in text) == (writes and "code" not in name and "division" not in name), "items have no notes"


def test_the_guid_of_a_marker_never_changes() -> None:
    """Documents of older releases must be found again."""
    assert "<ExternalGUID>{0fcc5af9-1bba-59be-ac5c-161e5dafe945}</ExternalGUID>" in BUILT["job_add"]()
