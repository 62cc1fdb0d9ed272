"""The table at the end of `make prove`: what every process noted, one column per database, nothing that was not counted."""

import pytest

from tests.prove import figures


@pytest.fixture
def noted(tmp_path, monkeypatch):
    """What was noted, and the table: noted() gives its lines with single blanks."""
    monkeypatch.setenv(figures.FOLDER, str(tmp_path))
    return lambda: [" ".join(line.split()) for line in figures.table(figures.read(tmp_path))]


def history(broken="", **faults):
    figures.note("histories", "1", writes=10, changes=2, again=1, faults=faults, broken=broken)


def on(monkeypatch, database):
    monkeypatch.setenv("TEST_DATABASE", database)


def test_without_a_folder_nothing_is_noted(monkeypatch, tmp_path):
    monkeypatch.delenv(figures.FOLDER, raising=False)
    figures.note("races", "one", crowd=2)
    assert list(figures.read(tmp_path)) == []


def test_no_notes_are_no_table(noted):
    assert noted() == []


def test_histories_of_both_databases_stand_side_by_side(noted, monkeypatch):
    on(monkeypatch, "sqlite")
    history(killed=3, lost=1)
    history(killed=1)
    on(monkeypatch, "postgresql")
    history(lost=5)
    found = noted()
    assert found[0] == "What this run came to SQLite PostgreSQL"
    assert "histories: played 2 1" in found
    assert "histories: faults injected 5 of 2 kinds 5 of 1 kinds" in found
    assert "histories: duplicates 0 0" in found
    assert "histories: money equal to the cent equal to the cent" in found


@pytest.mark.parametrize(("broken", "line"), [
    ("I3 AT_MOST_ONE: posted twice", "histories: duplicates 1"), ("I2 AT_REST: still on its way", "histories: lost or stuck 1"),
    ("stuck: item:4", "histories: lost or stuck 1"), ("I5 MONEY: differs", "histories: money 1 differ"),
    ("ValueError: x", "histories: other broken promises 1"),
])  # fmt: skip
def test_a_broken_promise_is_counted_where_it_belongs(noted, monkeypatch, broken, line):
    on(monkeypatch, "sqlite")
    history(broken)
    assert line in noted()


def test_what_ran_on_one_database_only_and_what_failed_is_said(noted, monkeypatch):
    on(monkeypatch, "postgresql")
    figures.note("restarted database", "Send")
    figures.note(figures.FAILED, "tests/a.py::test_b[1]")
    figures.note(figures.FAILED, "tests/a.py::test_b[2]")
    on(monkeypatch, "sqlite")
    figures.note("disk full", "Send")
    figures.note("power cuts", "erp.moves:move", pair=False)
    figures.note("failures of the Nth operation", "commits", nth=1200)
    assert noted()[2:] == [
        "power cuts: one at a time 1 at 1 labels -", "power cuts: in pairs 0 -",
        "failures of the Nth operation 1 (1 commits), up to the 1,200th -", "restarted database - 1", "disk full 1 -",
        "proofs that failed 0 2 of 1 tests",
    ]  # fmt: skip
