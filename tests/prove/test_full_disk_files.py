"""Files on a disk without room: a backup that does not fit is refused with the cure, and nothing of it stays behind."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from erp.exchanges import epoch
from tests.house import move_in
from tests.prove.figures import note
from tests.prove.morning import STAGE, prepared
from tests.prove.obstacles import fill

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a small disk")


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 KB."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "none", tmp_path], check=True)
    yield tmp_path
    subprocess.run(["umount", "--lazy", tmp_path], check=True)


def test_a_backup_that_does_not_fit_is_refused_and_leaves_nothing(small: Path) -> None:
    prepared()
    with move_in(STAGE) as house:
        status, told = house.flask("backup", str(small / "monday.db"))
        assert status == 1
        assert "make room" in told
        assert list(small.iterdir()) == []
        status, told = house.flask("backup", str(house.folder / "monday.backup"))
        assert status == 0
    note("disk full", "backup")


def test_an_epoch_file_that_does_not_fit_leaves_the_old_one(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(epoch, "path", lambda key: small / f"house.epoch-{key}")
    with move_in():
        epoch.keep(1, 2, "first")
        before = (small / "house.epoch-1").read_text()
        ballast = fill(small)
        with pytest.raises(OSError, match="No space"):
            epoch.keep(1, 2, "second")
        ballast.unlink()
        assert [file.name for file in small.iterdir()] == ["house.epoch-1"]
        assert (small / "house.epoch-1").read_text() == before
    note("disk full", "epoch file")
