"""After every test everything that must be true is true; only the stage's successes have no answer in the journal."""

from collections.abc import Iterator

import pytest

from erp import invariants
from erp.db import db
from tests.unit.stage import Stage


@pytest.fixture(autouse=True)
def nothing_broken(stage: Stage) -> Iterator[None]:
    yield
    db.session.expire_all()
    assert [one for one in invariants.broken(thorough=True) if "answer in the journal" not in one.sentence] == []
