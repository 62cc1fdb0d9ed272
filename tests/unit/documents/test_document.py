"""Counting the changes of a document."""

import pytest

from erp.db import db
from erp.documents.document import StaleDocument, touch
from erp.documents.project import Project


def test_a_change_counts_and_an_older_page_changes_nothing(pier: Project) -> None:
    touch(pier, 1)
    assert pier.version == 2
    with pytest.raises(StaleDocument):
        touch(pier, 1)
    db.session.refresh(pier)
    assert pier.version == 2


def test_only_the_document_itself_is_counted(pier: Project) -> None:
    noise = db.session.scalars(db.select(Project).where(Project.id != pier.id)).one()
    touch(pier, None)
    db.session.expire_all()
    assert (pier.version, noise.version) == (2, 1)


def test_who_read_before_somebody_else_saved_is_stale(pier: Project) -> None:
    read = pier.version
    with db.engine.begin() as other:
        other.exec_driver_sql(f"UPDATE documents SET version = version + 1 WHERE id = {pier.id}")
    with pytest.raises(StaleDocument, match=""):
        touch(pier, read)
