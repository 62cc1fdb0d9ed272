"""Under its final name a file is complete or not there: killed at any file operation, with a full disk, and beside others."""

import errno
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from erp.books import folders
from erp.books.batches import sha256
from erp.books.folders import Conflict, NotLaid, lay, withdraw

BODY = b'C,"32-1200"\r\n' * 500
OPERATIONS = ("open", "write", "fsync", "close", "link", "unlink")


class Killed(BaseException):
    """The process is gone: nothing of it runs any more."""


class Power:
    """Lets the process die before its nth file operation; afterwards no operation of it happens at all."""

    def __init__(self, patch: pytest.MonkeyPatch, nth: int) -> None:
        self.left, self.dead = nth, False
        for name in OPERATIONS:
            patch.setattr(os, name, self._guarded(getattr(os, name)))

    def _guarded(self, real: Any) -> Any:
        def call(*args: Any, **options: Any) -> Any:
            self.left -= 1
            self.dead = self.dead or self.left < 0
            if self.dead:
                raise Killed
            return real(*args, **options)

        return call


def final(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_a_file_lies_there_with_its_bytes_and_nothing_beside_it(tmp_path: Path) -> None:
    lay(tmp_path, "1.jce", BODY)
    assert ([path.name for path in tmp_path.iterdir()], (tmp_path / "1.jce").read_bytes()) == (["1.jce"], BODY)


def test_a_second_time_it_stays_the_same_file(tmp_path: Path) -> None:
    lay(tmp_path, "1.jce", BODY)
    before = (tmp_path / "1.jce").stat().st_ino
    lay(tmp_path, "1.jce", BODY)
    assert (tmp_path / "1.jce").stat().st_ino == before


def test_killed_at_any_file_operation_it_is_there_whole_or_not_at_all_and_the_next_try_ends_it(tmp_path: Path) -> None:
    seen = set()
    for nth in range(100):
        folder = tmp_path / str(nth)
        folder.mkdir()
        with pytest.MonkeyPatch.context() as patch:
            power = Power(patch, nth)
            with suppress(Killed):
                lay(folder, "1.jce", BODY)
        seen.add(tuple(final(folder)))
        assert not final(folder) or (folder / "1.jce").read_bytes() == BODY, nth
        lay(folder, "1.jce", BODY)
        assert ([path.name for path in folder.iterdir()], (folder / "1.jce").read_bytes()) == (["1.jce"], BODY), nth
        if not power.dead:
            assert (nth > 7, seen) == (True, {(), ("1.jce",)})
            return
    pytest.fail("it never ended")


@pytest.mark.parametrize("name", ["open", "write", "fsync", "link"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EFBIG, errno.EDQUOT])
def test_a_full_disk_leaves_nothing_behind_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, code: int
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, name, lambda *_, **__: (_ for _ in ()).throw(OSError(code, os.strerror(code))))
        with pytest.raises(NotLaid, match=r"1\.jce could not be laid into the drop folder: its disk is full\. Make room"):
            lay(tmp_path, "1.jce", BODY)
    assert list(tmp_path.iterdir()) == []
    lay(tmp_path, "1.jce", BODY)
    assert final(tmp_path) == ["1.jce"]


def test_a_real_full_device_is_refused(tmp_path: Path) -> None:
    handle = os.open("/dev/full", os.O_WRONLY)
    with pytest.raises(OSError, match="No space left"):
        os.write(handle, b"x")
    os.close(handle)


def test_any_other_fault_is_a_sentence_too(tmp_path: Path) -> None:
    with pytest.raises(NotLaid, match="no such file or directory. Put that right on the server"):
        lay(tmp_path / "nowhere", "1.jce", BODY)


def test_what_reads_otherwise_than_it_was_written_gets_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "write", lambda handle, data, real=os.write: real(handle, bytes(len(data))))
    with pytest.raises(NotLaid, match="not to be trusted"):
        lay(tmp_path, "1.jce", BODY)
    assert list(tmp_path.iterdir()) == []


def test_something_else_of_the_name_is_a_conflict_and_stays(tmp_path: Path) -> None:
    (tmp_path / "1.jce").write_bytes(b"theirs")
    with pytest.raises(Conflict, match="Another 1.jce lies in the drop folder already"):
        lay(tmp_path, "1.jce", BODY)
    assert ([path.name for path in tmp_path.iterdir()], (tmp_path / "1.jce").read_bytes()) == (["1.jce"], b"theirs")


@pytest.mark.parametrize(("there", "conflict"), [(BODY, False), (b"theirs", True)])
def test_who_was_faster_at_the_last_moment_is_compared_too(tmp_path, monkeypatch, there, conflict) -> None:
    real = os.link

    def link(source: Any, target: Any) -> None:
        Path(target).write_bytes(there)
        real(source, target)

    monkeypatch.setattr(os, "link", link)
    if conflict:
        with pytest.raises(Conflict):
            lay(tmp_path, "1.jce", BODY)
    else:
        lay(tmp_path, "1.jce", BODY)
    assert (final(tmp_path), (tmp_path / "1.jce").read_bytes()) == (["1.jce"], there)


def test_a_slow_writer_whose_file_was_swept_away_gives_nothing_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.link

    def link(source: Any, target: Any) -> None:
        monkeypatch.setattr(os, "link", real)
        lay(tmp_path, "1.jce", BODY)
        os.unlink(target)  # somebody has fetched it already
        real(source, target)

    monkeypatch.setattr(os, "link", link)
    with pytest.raises(NotLaid):
        lay(tmp_path, "1.jce", BODY)
    assert list(tmp_path.iterdir()) == []


def test_withdrawn_it_is_gone_and_what_is_not_ours_stays(tmp_path: Path) -> None:
    lay(tmp_path, "1.jce", BODY)
    (tmp_path / "2.jce").write_bytes(b"theirs")
    for name in ("1.jce", "2.jce", "3.jce"):
        withdraw(tmp_path, name, sha256(BODY))
    assert final(tmp_path) == ["2.jce"]


def test_a_fault_at_withdrawing_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tmp_path, "1.jce", BODY)
    monkeypatch.setattr(os, "unlink", lambda *_: (_ for _ in ()).throw(PermissionError(errno.EACCES, "Permission denied")))
    with pytest.raises(NotLaid, match="permission denied"):
        withdraw(tmp_path, "1.jce", sha256(BODY))
    assert folders.hash_of(tmp_path / "1.jce") == sha256(BODY)
