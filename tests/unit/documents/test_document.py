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
