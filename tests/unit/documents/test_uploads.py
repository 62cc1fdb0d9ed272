"""Files on their way in belong to one person, one project and one purpose, for a day."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from erp.db import db, now
from erp.documents import uploads
from erp.documents.project import Project
from erp.documents.uploads import AT_ONCE, KEPT, Upload
from erp.sheets import SheetRefused

TABLE = b"Code,Amount\nG-1,5\n"


def test_only_its_owner_finds_it_for_its_project_and_purpose(people: SimpleNamespace, pier: Project) -> None:
    kept = uploads.keep(people.pam, "budget", "sov.csv", TABLE, pier.id)
    assert uploads.find(people.pam, "budget", kept.id, pier.id) is kept
    assert kept.sheet.rows[0].cells == ("G-1", "5")
    noise = pier.id - 1
    for person, purpose, project_id in ((people.ann, "budget", pier.id), (people.pam, "cost codes", pier.id),
    (people.pam, "budget", noise),
                                        (people.pam, "budget", None)):  # fmt: skip
        assert uploads.find(person, purpose, kept.id, project_id) is None


def test_a_file_that_cannot_be_read_is_not_kept(people: SimpleNamespace) -> None:
    with pytest.raises(SheetRefused):
        uploads.keep(people.pam, "budget", "sov.csv", b"")
    assert db.session.scalars(db.select(Upload)).all() == []


def test_old_files_of_everybody_go_at_the_next_upload(people: SimpleNamespace) -> None:
    old = uploads.keep(people.ann, "budget", "old.csv", TABLE)
    old.created_at = now() - KEPT - timedelta(minutes=1)
    db.session.flush()
    assert uploads.find(people.ann, "budget", old.id) is None
    uploads.keep(people.pam, "budget", "new.csv", TABLE)
    assert [row.name for row in db.session.scalars(db.select(Upload))] == ["new.csv"]


def test_a_person_keeps_a_few_and_the_others_keep_theirs(people: SimpleNamespace) -> None:
    uploads.keep(people.ann, "budget", "noise.csv", TABLE)
    for number in range(AT_ONCE + 2):
        uploads.keep(people.pam, "budget", f"{number}.csv", TABLE)
    names = [row.name for row in db.session.scalars(db.select(Upload).order_by(Upload.id))]
    assert names == ["noise.csv", "2.csv", "3.csv", "4.csv", "5.csv", "6.csv"]


def test_a_forgotten_file_is_gone(people: SimpleNamespace) -> None:
    kept = uploads.keep(people.pam, "budget", "so\x00v.csv", TABLE)
    assert kept.name == "sov.csv"
    uploads.forget(kept)
    assert uploads.find(people.pam, "budget", kept.id) is None
