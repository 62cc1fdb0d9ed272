"""`flask backup`, `restore` and `check-invariants` at the terminal."""

import fcntl
import hashlib
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from erp.cli import dumps
from erp.db import db, transaction
from tests.databases import on_postgresql
from tests.house import House, move_in

SQLITE = pytest.mark.skipif(on_postgresql(), reason="about the file of a SQLite database; test_restores.py is about both")


@pytest.fixture
def house(tmp_path: Path):
    with move_in() as moved_in:
        yield moved_in


@SQLITE
def test_a_backup_is_whole_and_its_checksum_is_printed(house: House, tmp_path: Path) -> None:
    file = tmp_path / "one.db"
    status, told = house.flask("backup", str(file))
    assert status == 0
    assert told.split() == [hashlib.sha256(file.read_bytes()).hexdigest(), str(file)]
    assert dumps.check(file)
    assert [left.name for left in tmp_path.iterdir()] == ["one.db"]


@SQLITE
def test_a_backup_while_others_write_is_consistent(house: House, tmp_path: Path) -> None:
    """Each transaction writes two rows; a backup holds both or none."""
    with transaction():
        db.session.execute(text("CREATE TABLE pairs (n INTEGER)"))
    db.session.remove()
    stop, path = threading.Event(), dumps.database()

    def write() -> None:
        with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as other:
            n = 0
            while not stop.is_set():
                n += 1
                other.executescript(f"BEGIN IMMEDIATE; INSERT INTO pairs VALUES ({n}); INSERT INTO pairs VALUES ({n}); COMMIT")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for n in range(5):
            dumps.write(tmp_path / f"{n}.db")
    finally:
        stop.set()
        writer.join()
    for n in range(5):
        with closing(sqlite3.connect(tmp_path / f"{n}.db")) as one:
            assert one.execute("SELECT count(*) FROM (SELECT n FROM pairs GROUP BY n HAVING count(*) <> 2)").fetchone() == (0,)


def test_a_backup_that_fails_leaves_nothing_under_its_name(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dumps, "sha256", lambda file: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    status, told = house.flask("backup", str(tmp_path / "one.db"))
    assert status == 1
    assert "No space left" in told
    assert list(tmp_path.iterdir()) == []


def test_a_restore_asks_first(house: House) -> None:
    status, told = house.flask("restore", str(house.backup()))
    assert status == 1
    assert "--yes" in told


def test_a_restore_is_refused_while_the_product_runs(house: House) -> None:
    file = house.backup()
    with (house.folder / "run.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        status, told = house.flask("restore", str(file), "--yes")
    assert (status, "Stop it first" in told) == (1, True)


@SQLITE
def test_a_restore_is_refused_while_somebody_has_the_database_open(house: House) -> None:
    house.exported_job()
    file = house.backup()
    with closing(sqlite3.connect(dumps.database())) as other:
        other.execute("SELECT count(*) FROM items").fetchone()
        status, told = house.flask("restore", str(file), "--yes")
    assert (status, "in use" in told) == (1, True)


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\x00" + b"\x00" * 4000])
def test_a_file_that_is_no_backup_is_refused_and_nothing_changes(house: House, tmp_path: Path, content: bytes) -> None:
    house.exported_job()
    (tmp_path / "bad.db").write_bytes(content)
    status, _ = house.flask("restore", str(tmp_path / "bad.db"), "--yes")
    assert status == 1
    assert house.item(house.pier).state == "Exporting"


@SQLITE
def test_a_restore_that_fails_is_taken_back(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    file = house.backup()
    house.exported_job()
    house.leave()
    monkeypatch.setattr("erp.cli.backup.mark", lambda actor: 1 / 0)
    status, told = house.flask("restore", str(file), "--yes")
    assert (status, "taken back" in told) == (1, True)
    assert house.item(house.pier).state == "Exporting"


@SQLITE
def test_what_stood_there_is_kept_beside(house: House) -> None:
    file = house.backup()
    house.exported_job()
    house.restore(file)
    assert (house.folder / "house.db.before-restore").is_file()


@pytest.mark.parametrize("words", [(), ("--thorough",)])
def test_invariants_are_checked_on_live_data(house: House, words: tuple[str, ...]) -> None:
    house.exported_job()
    assert house.update().ok
    assert house.flask("check-invariants", *words)[0] == 0
    with transaction():
        db.session.execute(text("UPDATE items SET state = 'Failed'"))
    status, told = house.flask("check-invariants", *words)
    assert status == 1
    assert "I1 ONE_LIST: items stand in a list that is not that of their state (1)" in told
    assert "I6 AUDIT_1_1" in told
