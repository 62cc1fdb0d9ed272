"""The drop folder: files first, manifest last, nothing twice; the clock goes on with what was interrupted."""

import errno
import json
import os
from pathlib import Path

import pytest

from erp.audit import history
from erp.connectors.sage300 import dropping
from erp.connectors.sage300.delivery import deliver
from erp.db import db, transaction
from erp.invariants import broken
from jobs.clock import tick
from tests.unit.books.test_folders import Killed, Power
from tests.unit.sage import Sage

FILES = ["000001_estimate.jce", "000001_manifest.json"]


@pytest.fixture
def folder(sage: Sage, app, tmp_path: Path) -> Path:
    """The connection's drop folder, below the directory that the server allows."""
    made = tmp_path / "base" / "sage"
    made.mkdir(parents=True)
    app.config["SAGE_DROP_DIR"] = str(tmp_path / "base")
    with transaction():
        sage.connection.settings = {"sage300": {"drop_folder": str(made)}}
    return made


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_an_export_lays_the_files_and_a_manifest_that_names_them(sage: Sage, folder: Path) -> None:
    batch = sage.batch(100_050, -50)
    assert names(folder) == FILES
    assert (folder / FILES[0]).read_bytes() == batch.files[0].body
    said = json.loads((folder / FILES[1]).read_text())
    assert (said["batch"], said["job"], said["format"]) == ("000001", "261164", 1)
    assert said["files"] == [
        {"name": FILES[0], "sha256": batch.files[0].sha256, "bytes": batch.files[0].size, "lines": 2, "total": "1000.00"}
    ]
    assert (batch.laid_at is not None, batch.problem, history(batch.subject)[-1].action) == (True, "", "lay")
    assert broken(thorough=True) == []


def test_what_lies_there_is_laid_once_and_stays_laid_when_it_was_fetched(sage: Sage, folder: Path) -> None:
    batch = sage.batch()
    for name in FILES:
        (folder / name).unlink()
    assert (dropping.lay_all(), names(folder), len(history(batch.subject))) == (0, [], 2)


def test_what_was_laid_may_be_imported_without_a_download(sage: Sage, folder: Path) -> None:
    assert sage.go(sage.batch(), "hand_import").state == "Imported (not posted)"


def test_killed_at_any_file_operation_nothing_is_offered_half_and_the_clock_ends_it(
    sage: Sage, folder: Path, monkeypatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(dropping, "lay_all", lambda: 0)
        batch = sage.batch()
    seen = set()
    for nth in range(200):
        with pytest.MonkeyPatch.context() as patch:
            power = Power(patch, nth)
            try:
                dropping.lay_all()
            except Killed:
                db.session.rollback()
        there = [name for name in names(folder) if not name.startswith(".")]
        seen.add(tuple(there))
        assert there in ([], FILES[:1], FILES), nth
        assert all(FILES[0] != name or (folder / name).read_bytes() == batch.files[0].body for name in there)
        assert broken(only="I15 FILE") == []
        assert power.dead or sage.find(1).laid_at
        if not power.dead:
            break
        dropping.lay_all()
        assert (names(folder), sage.find(1).laid_at is not None) == (FILES, True), nth
        with transaction():
            sage.find(1).laid_at = None
        for name in FILES:
            (folder / name).unlink()
    assert seen == {(), (FILES[0],), tuple(FILES)}
    assert nth > 12


def test_another_file_of_the_name_is_a_conflict_on_the_page_and_no_manifest(sage: Sage, folder: Path) -> None:
    (folder / FILES[0]).write_bytes(b"theirs")
    batch = sage.batch()
    assert "Another 000001_estimate.jce lies in the drop folder already" in batch.problem
    assert (names(folder), batch.state, batch.laid_at, broken(thorough=True)) == ([FILES[0]], "Ready", None, [])
    dropping.lay_all()
    (folder / FILES[0]).unlink()
    tick()
    assert (names(folder), sage.find(1).problem) == (FILES, "")


def test_a_full_disk_leaves_nothing_and_the_batch_says_so_until_there_is_room(sage: Sage, folder: Path, monkeypatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda *_: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left")))
        batch = sage.batch()
    assert ("its disk is full" in batch.problem, names(folder), batch.state, sage.item(batch).state) == (
        True,
        [],
        "Ready",
        "Waiting",
    )
    assert (dropping.lay_all(), sage.find(1).problem, names(folder)) == (1, "", FILES)


@pytest.mark.parametrize("wanted", ["{base}/../elsewhere", "/", "{base}/link"])
def test_a_folder_outside_of_the_allowed_one_is_refused(sage: Sage, app, tmp_path: Path, wanted: str) -> None:
    base, elsewhere = tmp_path / "base", tmp_path / "elsewhere"
    base.mkdir()
    elsewhere.mkdir()
    (base / "link").symlink_to(elsewhere)
    app.config["SAGE_DROP_DIR"] = str(base)
    with transaction():
        sage.connection.settings = {"sage300": {"drop_folder": wanted.format(base=base)}}
    batch = sage.batch()
    assert (batch.problem.startswith("The drop folder must lie below"), list(elsewhere.iterdir())) == (True, [])


def test_without_the_servers_permission_it_is_switched_off_with_a_sentence(sage: Sage, app, folder: Path) -> None:
    app.config["SAGE_DROP_DIR"] = ""
    batch = sage.batch()
    assert (batch.problem.startswith("The drop folder is switched off"), names(folder)) == (True, [])
    assert not sage.download(batch).startswith(b"\0")


def test_without_a_wish_nothing_is_laid(sage: Sage, app, tmp_path: Path) -> None:
    app.config["SAGE_DROP_DIR"] = str(tmp_path)
    batch = sage.batch()
    assert (dropping.lay_all(), list(tmp_path.iterdir()), batch.folder) == (0, [], "")


@pytest.mark.parametrize("name", ["void_batch", "supersede"])
def test_a_withdrawn_batch_leaves_the_folder(sage: Sage, folder: Path, name: str) -> None:
    sage.go(sage.batch(), name, reason="Wrong.")
    dropping.lay_all()
    later = ["000002_estimate.jce", "000002_manifest.json"] if name == "supersede" else []
    assert (names(folder), sage.find(1).folder, history("batch:1")[-1].action) == (later, "", "take_out")


def test_a_confirmed_batch_leaves_the_folder_and_others_files_stay(sage: Sage, folder: Path) -> None:
    batch = sage.batch()
    (folder / "theirs.txt").write_text("theirs")
    sage.settle(sage.item(batch))
    assert (dropping.lay_all(), names(folder)) == (1, ["theirs.txt"])


def test_killed_while_taking_out_the_manifest_goes_first(sage: Sage, folder: Path) -> None:
    sage.go(sage.batch(), "void_batch", reason="Wrong.")
    with pytest.MonkeyPatch.context() as patch:
        Power(patch, 2)
        with pytest.raises(Killed):
            dropping.lay_all()
    db.session.rollback()
    assert names(folder) == FILES[:1]
    tick()
    assert (names(folder), sage.find(1).folder) == ([], "")


def test_a_batch_voided_while_it_was_laid_is_taken_out_again(sage: Sage, folder: Path, monkeypatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(dropping, "lay_all", lambda: 0)
        sage.batch()
    real = dropping.LAY

    def work(batch) -> None:
        real[0](batch)
        db.session.rollback()
        sage.go(sage.find(1), "void_batch", reason="Now.")

    monkeypatch.setattr(dropping, "LAY", (work, real[1]))
    dropping.lay_all()
    assert (sage.find(1).laid_at, names(folder)) == (None, FILES)
    dropping.lay_all()
    assert names(folder) == []


def test_altered_bytes_break_an_invariant(sage: Sage, folder: Path) -> None:
    batch = sage.batch()
    (folder / FILES[0]).write_bytes(b"half")
    assert [one.ids for one in broken(only="I15 FILE")] == [("000001",)]
    (folder / FILES[0]).unlink()
    with transaction():
        batch.laid_at = None
    assert [one.sentence for one in broken(only="I15 FILE")] == ["a manifest offers files that were never laid complete"]
    with transaction():
        batch.files[0].body = b"other"
    assert "files of batches were altered" in [one.sentence for one in broken(thorough=True, only="I15 FILE")]


def test_delivering_nothing_lays_nothing(sage: Sage, folder: Path) -> None:
    assert (deliver(sage.connection.id), names(folder)) == (0, [])
